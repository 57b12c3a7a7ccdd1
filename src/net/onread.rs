//! The option `onread`: a socket that reads into buffers of the program's own, and tells no `data`.
//!
//! The stream is asked for nothing and gets nothing but the end, so pausing and resuming are with the handle: it reads,
//! or it does not ([`Reading::HANDLE`]).
use super::options::{OnReadOptions, OwnBuffer};
use super::ready::{READS_PER_TURN, ReadOutcome};
use super::socket::{Flags, Reading, Socket};
use super::state::State;
use super::tracing::{Note, NoteKind};
use super::{Loop, SocketId};
use crate::core::mutation::mutated;
use crate::sys::callback::{Callback, ForeignRoom};
use crate::sys::errno::Errno;

/// What such a socket has in its cold part.
#[derive(Clone, Copy, Debug)]
pub struct OnRead {
    /// Where the next read puts its bytes.
    room: ForeignRoom,
    /// What gives another one for each read.
    gives: Option<Callback>,
    /// What is told.
    callback: Callback,
}

impl OnRead {
    /// Nothing has been read or asked.
    pub fn new(options: &OnReadOptions) -> OnRead {
        let (room, gives) = match options.buffer {
            OwnBuffer::Same(room) => (room, None),
            OwnBuffer::AskedFor(gives) => (ForeignRoom::NONE, Some(gives)),
        };
        OnRead { room, gives, callback: options.callback }
    }

    /// What is to be dropped with the socket.
    pub fn callback(&self) -> Callback {
        self.callback
    }
}

impl Socket {
    fn onread(&mut self) -> Option<&mut OnRead> {
        self.cold.as_mut()?.onread.as_deref_mut()
    }

    /// Whether it has the option.
    #[inline]
    pub fn reads_into_own(&self) -> bool {
        self.flags.contains(Flags::READS_APART) && self.cold.as_ref().is_some_and(|cold| cold.onread.is_some())
    }

    fn has_own_handle(&self) -> bool {
        self.reads_into_own() && self.has_handle() && !self.connecting()
    }
}

impl State {
    /// Whoever asks a socket for bytes that its stream never gets makes its handle read again.
    #[inline]
    pub fn read_into_own_again(&mut self, id: SocketId) {
        let stands = |socket: &&Socket| socket.has_own_handle() && !socket.reading.contains(Reading::HANDLE);
        if self.sockets.get(id.0).is_some_and(|socket| stands(&socket)) {
            self.ask_handle(id);
        }
    }

    /// No read follows, whatever the stream does.
    pub fn stop_reading_into_own(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if socket.has_own_handle() && socket.reading.contains(Reading::HANDLE) {
            socket.reading.remove(Reading::HANDLE);
            self.sync_hold(id);
            self.note(|_| Note::of(id, NoteKind::ReadStop, "read stop"));
        }
    }

    fn set_own_room(&mut self, id: SocketId, room: ForeignRoom) {
        if let Some(onread) = self.sockets.get_mut(id.0).and_then(Socket::onread) {
            if !mutated!(OnreadBufferKept) || onread.room.is_empty() {
                onread.room = room;
            }
        }
    }

    fn gives_own_room(&mut self, id: SocketId) -> Option<Callback> {
        self.sockets.get_mut(id.0)?.onread()?.gives
    }

    fn read_into_own(&mut self, id: SocketId) -> ReadOutcome {
        let Some(socket) = self.sockets.get_mut(id.0) else { return ReadOutcome::Nothing };
        if !socket.reading.contains(Reading::HANDLE) || socket.reading.contains(Reading::EOF) {
            return ReadOutcome::Nothing;
        }
        let Some(mut room) = socket.onread().map(|onread| onread.room) else { return ReadOutcome::Nothing };
        let read = if room.is_empty() { Err(Errno::ENOBUFS) } else { socket.read_with_handles(room.bytes()) };
        self.note_read(id, read, room.len())
    }
}

impl Loop {
    /// What [`Loop::on_readable`](Loop) is to other sockets.
    pub fn on_readable_own(&self, id: SocketId) {
        for _ in 0..READS_PER_TURN {
            let outcome = self.state().read_into_own(id);
            let ReadOutcome::Bytes { n, full } = outcome else {
                self.tell_read(id, outcome);
                return;
            };
            self.tell_handles(id);
            self.tell_own(id, n);
            self.drain_ticks();
            if !full || self.is_halted() {
                break;
            }
        }
        self.keep_reading(id);
    }

    fn tell_own(&self, id: SocketId, n: usize) {
        let onread = {
            let mut state = self.state();
            state.touch(id);
            state.events += 1;
            state.sockets.get_mut(id.0).and_then(Socket::onread).map(|onread| *onread)
        };
        let Some(OnRead { room, callback, .. }) = onread else { return };
        let goes_on = self.calling(|| (self.dispatch().onread)(&callback, self.id(), id, n, room));
        self.settle();
        // A socket that was destroyed asks too, as in Node; one that was freed does not.
        self.ask_own_buffer(id);
        if !goes_on && !mutated!(OnreadGoesOn) {
            self.state().stop_reading_into_own(id);
        }
    }

    /// Asks the program for the buffer of the next read, if it has not given one for all of them. It may do anything in
    /// there.
    pub fn ask_own_buffer(&self, id: SocketId) {
        let gives = self.state().gives_own_room(id);
        let Some(gives) = gives.filter(|_| !self.is_freeing()) else { return };
        let room = self.calling(|| (self.dispatch().buffer)(&gives, self.id(), id));
        self.settle();
        if let Some(room) = room {
            self.state().set_own_room(id, room);
        }
    }

    /// The same, for the next attempt to connect; whether there still is to be one.
    pub fn ask_own_buffer_while_connecting(&self, id: SocketId) -> bool {
        self.ask_own_buffer(id);
        self.state().sockets.get(id.0).is_some_and(Socket::connecting)
    }
}
