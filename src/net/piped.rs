//! The short way through a pipe: bytes that nobody else looks at stay in the kernel.
//!
//! It is taken for bulk, as long as the source has one pipe and no other listener and nothing is in the way of the next
//! bytes at either end; a read and a write do the same, and take over from one chunk to the next.
use super::events::SocketEventName;
use super::pipe::{Pace, Pipe};
use super::ready::READS_PER_TURN;
use super::socket::{ClosePhase, Condition, ConnectPhase, Flags, Flowing, ReadPhase, Reading, Socket, Writing};
use super::state::{READ_SIZE, State};
use super::write_request::WriteData;
use super::{Loop, PipeId, SocketId};
use crate::sys::errno::Errno;

/// What one socket may move in a turn before the others are served.
const MOST_PER_TURN: usize = READS_PER_TURN * READ_SIZE;
/// A chunk below this is sooner copied.
const LEAST: usize = 16 * 1024;

/// What became of the short way.
pub enum Moved {
    /// It is not open, or what there is can only be told by a read.
    Closed,
    /// Nothing is left to move, or the source failed.
    Refused(Errno),
    /// There may be more, but the share of the turn is spent.
    Enough,
}

const FLOWS: Condition = Condition::NONE
    .connect(ConnectPhase::Connected)
    .read(ReadPhase::Open)
    .close(ClosePhase::Alive)
    .flowing(Flowing::Flowing)
    .without(Writing::empty(), Flags::ERRORED.union(Flags::READS_APART).union(Flags::TRACED));

const HEARD: Reading = Reading::HANDLE.union(Reading::DATA_LISTENING);
const IN_THE_WAY: Reading = Reading::EOF.union(Reading::READABLE_LISTENING);

impl Socket {
    /// Its one pipe, if bytes would go straight into that and nowhere else.
    fn goes_only_into(&self) -> Option<PipeId> {
        let cold = self.cold.as_ref()?;
        let pipe = cold.outlets.as_ref()?.only()?;
        let flows = self.meets(FLOWS) && self.reading.intersection(HEARD.union(IN_THE_WAY)) == HEARD;
        let alone = || self.listeners.len_of(SocketEventName::Data as u8) == 1;
        (flows && self.read_mark > 0 && cold.unread_len == 0 && alone()).then_some(pipe)
    }
}

impl State {
    fn short_way(&self, source: SocketId) -> Option<(PipeId, SocketId)> {
        let id = self.sockets.get(source.0)?.goes_only_into()?;
        let &Pipe { destination, pace, .. } = self.pipes.get(id.0)?;
        let free = pace == Pace::Bulk && self.sockets.get(destination.0)?.writes_at_once();
        free.then_some((id, destination))
    }
}

impl Loop {
    /// Moves what a source has to the destination of its pipe, as long as that goes within the kernel.
    #[inline]
    pub fn move_piped(&self, source: SocketId) -> Moved {
        if self.state().pipes.is_empty() {
            return Moved::Closed;
        }
        self.move_in_kernel(source)
    }

    fn move_in_kernel(&self, source: SocketId) -> Moved {
        let mut moved = 0;
        while moved < MOST_PER_TURN {
            let (pipe, go_on) = {
                let mut guard = self.state();
                let state = &mut *guard;
                let Some((pipe, destination)) = state.short_way(source) else { return Moved::Closed };
                let Some(socket) = state.sockets.get_mut(source.0) else { return Moved::Closed };
                let bytes = match state.kernel_pipes.read(&socket.stream, MOST_PER_TURN - moved) {
                    Some(Ok(bytes)) if bytes.count() > 0 => bytes,
                    // Urgent bytes look like none.
                    Some(Err(errno)) if errno.would_block() && socket.reading.contains(Reading::STICKY) => {
                        return Moved::Closed;
                    }
                    Some(Err(errno)) => return Moved::Refused(errno),
                    // An end, or no pipe: a read tells.
                    _ => return Moved::Closed,
                };
                let n = bytes.count();
                moved += n;
                socket.bytes_read += n as u64;
                socket.reading.remove(Reading::ASKED);
                state.bytes_read += n as u64;
                state.touch(source);
                state.set_pace(pipe, if n < LEAST { Pace::Pieces } else { Pace::Bulk });
                (pipe, state.write_piped(destination, WriteData::InKernel(bytes)))
            };
            if !go_on {
                self.pipe_full(pipe);
            }
            self.after_read(source, true);
            self.drain_ticks();
            if self.is_halted() {
                break;
            }
        }
        Moved::Enough
    }
}
