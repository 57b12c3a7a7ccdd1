//! The readable side: pause, resume, read, data, end.
//!
//! Open → Ended (the peer's end was read) → EndScheduled (nothing is unread) → EndEmitted; a life that connects again begins
//! anew. Beside it `flowing` says who takes the bytes, and [`Reading`] what has been asked and promised.
use super::events::{SocketEvent, SocketEventName};
use super::socket::{ClosePhase, Flags, Flowing, ReadPhase, Reading, Socket};
use super::socket_listeners::Reaction;
use super::state::{Again, State};
use super::tick::Tick;
use super::tracing::{Note, NoteKind};
use super::{Loop, SocketId};
use crate::core::mutation::mutated;
use crate::sys::code::{Code, Result};
use crate::sys::errno::Errno;

/// How much a read wants.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    /// Nothing: only see to it that more comes.
    Nothing,
    /// What there is, one chunk of it, at most so much.
    Some(usize),
    /// So much or nothing; less only at the end.
    Exactly(usize),
}

/// read(n) refuses more, as Node does.
const MAX_MARK: usize = 0x4000_0000;

impl Socket {
    fn ended(&self) -> bool {
        self.read != ReadPhase::Open
    }

    /// Nobody hears that it flows, and there is nothing that could flow before more comes: how it is with nearly every socket
    /// that was just accepted.
    fn resumes_unheard(&self) -> bool {
        self.flowing == Flowing::Flowing
            && self.reading.contains(Reading::ASKED)
            && !self.ended()
            && self.unread_len() == 0
            && !self.listeners.is_heard(SocketEventName::Resume as u8)
    }

    fn how_much(&self, want: Want) -> usize {
        let unread = self.unread_len();
        match want {
            Want::Nothing => 0,
            Want::Some(most) => {
                let first = self.cold.as_ref().and_then(|cold| cold.unread.front()).map_or(0, |chunk| chunk.len());
                first.min(most)
            }
            Want::Exactly(n) if n <= unread => n,
            Want::Exactly(_) if self.ended() => unread,
            Want::Exactly(_) => 0,
        }
    }

    fn take(&mut self, n: usize) -> Vec<u8> {
        let cold = self.cold();
        cold.unread_len -= n;
        let mut out = match cold.unread.pop_front() {
            Some(first) if first.len() <= n => first.into_vec(),
            Some(first) => {
                cold.unread.push_front(first[n..].into());
                return first[..n].to_vec();
            }
            None => return Vec::new(),
        };
        while out.len() < n {
            let Some(next) = cold.unread.pop_front() else { break };
            let part = (n - out.len()).min(next.len());
            out.extend_from_slice(&next[..part]);
            if part < next.len() {
                cold.unread.push_front(next[part..].into());
            }
        }
        out
    }
}

impl State {
    fn read(&mut self, id: SocketId, want: Want) -> Option<Vec<u8>> {
        self.read_into_own_again(id);
        let socket = self.sockets.get_mut(id.0)?;
        if let Want::Exactly(n) = want {
            if n > socket.read_mark as usize {
                socket.read_mark = n.next_power_of_two() as u32;
            }
        }
        if want != Want::Nothing {
            socket.reading.remove(Reading::EMITTED_READABLE);
        }
        let (unread, mark, ended) = (socket.unread_len(), socket.read_mark as usize, socket.ended());
        let full = if mark != 0 { unread >= mark } else { unread > 0 };
        if want == Want::Nothing && socket.reading.contains(Reading::NEED_READABLE) && (full || ended) {
            if unread == 0 && ended {
                self.end_readable(id);
            } else {
                self.emit_readable(id);
            }
            return None;
        }
        if unread == 0 && !ended && socket.reading.contains(Reading::ASKED) {
            // Nothing is there, and more was asked for: all that is left to do is to wait for it.
            socket.reading.insert(Reading::NEED_READABLE);
            return None;
        }
        let n = socket.how_much(want);
        if n == 0 && ended {
            if unread == 0 {
                self.end_readable(id);
            }
            return None;
        }
        let more = socket.reading.contains(Reading::NEED_READABLE) || unread == 0 || unread - n < mark;
        let can_ask = !socket.reading.contains(Reading::ASKED)
            && !ended
            && !socket.destroyed()
            && !socket.flags.contains(Flags::ERRORED);
        if more && can_ask {
            socket.reading.insert(Reading::ASKED);
            if unread == 0 {
                socket.reading.insert(Reading::NEED_READABLE);
            }
            self.ask_handle(id);
        }
        let socket = self.sockets.get_mut(id.0)?;
        let chunk = (n > 0).then(|| socket.take(n));
        if chunk.is_none() && unread <= mark {
            socket.reading.insert(Reading::NEED_READABLE);
        }
        if unread == n {
            if !ended {
                socket.reading.insert(Reading::NEED_READABLE);
            } else if want != Want::Exactly(n) && want != Want::Nothing {
                self.end_readable(id);
            }
        }
        chunk
    }

    /// Sees to it that the handle reads, and that what is there is told.
    pub fn read_nothing(&mut self, id: SocketId) {
        self.read(id, Want::Nothing);
    }

    /// The handle is to read: at once, or when there is a connection.
    pub fn ask_handle(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if socket.connecting() || !socket.has_handle() {
            socket.react_once(SocketEventName::Connect, Reaction::Read);
        } else if socket.is_no_stream() {
            let error = self.errors.system("read", Errno::ENOTCONN);
            self.destroy(id, Some(error));
        } else if !socket.reading.contains(Reading::HANDLE) && !socket.is_held() {
            self.start_reading(id);
        }
    }

    /// The library's answer to `connect` where a read was asked for before.
    pub fn read_from_handle(&mut self, id: SocketId) {
        self.ask_handle(id);
    }

    fn start_reading(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        socket.reading.insert(Reading::HANDLE);
        let (watched, may_read) = (Reading::WATCHED, socket.reading.contains(Reading::MAY_READ));
        if may_read || !socket.reading.contains(watched) {
            socket.stamp = self.order.begins_anew(socket.stamp);
            socket.reading.insert(watched);
        }
        if may_read {
            self.read_again(id);
        }
        self.sync_hold(id);
        self.note(|_| Note::of(id, NoteKind::ReadStart, "read start"));
    }

    /// The socket is read in the next turn even if no new edge comes.
    pub fn read_again(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if !socket.reading.contains(Reading::QUEUED_AGAIN) {
            socket.reading.insert(Reading::QUEUED_AGAIN);
            self.again.push_back(Again::Read(id));
        }
    }

    fn emit_readable(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        socket.reading.remove(Reading::NEED_READABLE);
        if !socket.reading.contains(Reading::EMITTED_READABLE) {
            socket.reading.insert(Reading::EMITTED_READABLE);
            self.tick(Tick::EmitReadable(id));
        }
    }

    fn end_readable(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if socket.read < ReadPhase::EndScheduled {
            socket.read = ReadPhase::EndScheduled;
            let life = socket.life;
            self.tick(Tick::EndReadable(id, life));
        }
    }

    /// A tick will ask for more, so that what is read ahead stays at the mark.
    fn read_more_later(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if socket.reading.intersects(Reading::MORE_SCHEDULED | Reading::ASKED) {
            return;
        }
        let takes_all = socket.flowing == Flowing::Flowing && socket.unread_len() == 0 && socket.read_mark > 0;
        if takes_all && socket.reading.contains(Reading::HANDLE) && !socket.destroyed() {
            // What the tick would do changes nothing that could be seen before it: spare the tick on the busiest path.
            socket.reading.insert(Reading::ASKED | Reading::NEED_READABLE);
            return;
        }
        socket.reading.insert(Reading::MORE_SCHEDULED);
        self.tick(Tick::ReadMore(id));
    }

    /// The tick of [`State::read_more_later`].
    pub fn read_more(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        let unread = socket.unread_len();
        let room = unread < socket.read_mark as usize || (socket.flowing == Flowing::Flowing && unread == 0);
        if !socket.reading.contains(Reading::ASKED) && !socket.ended() && room {
            self.read(id, Want::Nothing);
        }
        if let Some(socket) = self.sockets.get_mut(id.0) {
            socket.reading.remove(Reading::MORE_SCHEDULED);
        }
    }

    /// resume()
    pub fn resume(&mut self, id: SocketId) {
        let Some(mut socket) = self.sockets.get_mut(id.0) else { return };
        if socket.flags.contains(Flags::READS_APART) {
            self.read_into_own_again(id);
            self.let_handles_come(id);
            let Some(again) = self.sockets.get_mut(id.0) else { return };
            socket = again;
        }
        if socket.destroyed() {
            return;
        }
        if socket.flowing != Flowing::Flowing {
            let by_readable = socket.reading.contains(Reading::READABLE_LISTENING);
            socket.flowing = if by_readable { Flowing::Paused } else { Flowing::Flowing };
            if !socket.reading.contains(Reading::RESUME_SCHEDULED) {
                socket.reading.insert(Reading::RESUME_SCHEDULED);
                self.ticks.push(Tick::Resume(id));
            }
        }
        socket.reading.insert(Reading::PAUSE_KNOWN);
        socket.reading.remove(Reading::PAUSED);
    }

    /// pause()
    pub fn pause(&mut self, id: SocketId) {
        if !mutated!(OnreadUnpaused) {
            self.stop_reading_into_own(id);
        }
        self.hold_handles(id);
        if self.stop_flow(id) {
            self.tick(Tick::Pause(id));
        }
    }

    /// Whether that is news.
    fn stop_flow(&mut self, id: SocketId) -> bool {
        let Some(socket) = self.sockets.get_mut(id.0) else { return false };
        if socket.destroyed() {
            return false;
        }
        socket.reading.insert(Reading::PAUSE_KNOWN | Reading::PAUSED);
        std::mem::replace(&mut socket.flowing, Flowing::Paused) != Flowing::Paused || mutated!(PauseTwice)
    }

    /// A `data` listener was added.
    pub fn data_listener_added(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        socket.reading.insert(Reading::DATA_LISTENING);
        let readable = SocketEventName::Readable as u8;
        if socket.listeners.is_heard(readable) && socket.listeners.count(readable) > 0 {
            socket.reading.insert(Reading::READABLE_LISTENING);
        }
        if socket.flowing != Flowing::Paused {
            self.resume(id);
        }
    }

    /// A `readable` listener was added.
    pub fn readable_listener_added(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if socket.read == ReadPhase::EndEmitted || socket.reading.contains(Reading::READABLE_LISTENING) {
            return;
        }
        socket.reading.insert(Reading::READABLE_LISTENING | Reading::NEED_READABLE);
        socket.reading.remove(Reading::EMITTED_READABLE);
        socket.flowing = Flowing::Paused;
        self.let_handles_come(id);
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        let (unread, asked) = (socket.unread_len(), socket.reading.contains(Reading::ASKED));
        if unread > 0 {
            self.emit_readable(id);
        } else if !asked {
            self.tick(Tick::ReadNothing(id));
        }
    }

    /// A listener was removed.
    pub fn reading_listener_removed(&mut self, id: SocketId, event: SocketEventName) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if event == SocketEventName::Readable {
            self.tick(Tick::ReadableListening(id));
        } else if event == SocketEventName::Data && !socket.listeners.is_heard(event as u8) {
            socket.reading.remove(Reading::DATA_LISTENING);
            if mutated!(OffStops) {
                socket.flowing = Flowing::Null;
            }
        }
    }

    /// The tick after a `readable` listener was removed.
    pub fn update_readable_listening(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        let listening = socket.listeners.count(SocketEventName::Readable as u8) > 0;
        socket.reading.set(Reading::READABLE_LISTENING, listening);
        let resuming = Reading::PAUSE_KNOWN | Reading::RESUME_SCHEDULED;
        if socket.reading.intersection(resuming | Reading::PAUSED) == resuming {
            socket.flowing = Flowing::Flowing;
        } else if socket.reading.contains(Reading::DATA_LISTENING) {
            self.resume(id);
        } else if !listening {
            socket.flowing = Flowing::Null;
        }
    }
}

impl Loop {
    /// The handle read bytes. They are told at once if somebody waits for them, else kept.
    pub fn on_read(&self, id: SocketId, bytes: &[u8]) {
        let direct = {
            let mut state = self.state();
            state.touch(id);
            let Some(socket) = state.sockets.get_mut(id.0) else { return };
            if socket.destroyed() || socket.flags.contains(Flags::ERRORED) || socket.ended() {
                false
            } else {
                socket.reading.remove(Reading::ASKED);
                let direct = socket.flowing == Flowing::Flowing
                    && socket.reading.contains(Reading::DATA_LISTENING)
                    && socket.unread_len() == 0;
                if !direct {
                    let cold = socket.cold();
                    cold.unread.push_back(bytes.into());
                    cold.unread_len += bytes.len();
                    if socket.reading.contains(Reading::NEED_READABLE) {
                        state.emit_readable(id);
                    }
                    state.read_more_later(id);
                }
                direct
            }
        };
        if direct {
            self.emit(id, &SocketEvent::Data(bytes));
        }
        self.after_read(id, direct);
    }

    /// pause() of the library's own, outside any call of the program's.
    pub fn pause_now(&self, id: SocketId) {
        let news = self.state().stop_flow(id);
        if news {
            self.emit(id, &SocketEvent::Pause);
            // As in Node it counts as paused, though a listener of that has made it flow again.
            if let Some(socket) = self.state().sockets.get_mut(id.0) {
                socket.reading.insert(Reading::PAUSE_KNOWN | Reading::PAUSED);
            }
        }
    }

    /// Sees to it that more comes, or that no more does while there is no room.
    pub fn after_read(&self, id: SocketId, more: bool) {
        let mut state = self.state();
        if more {
            state.read_more_later(id);
        }
        let Some(socket) = state.sockets.get_mut(id.0) else { return };
        let unread = socket.unread_len();
        let room = !socket.ended() && (unread < socket.read_mark as usize || unread == 0 || mutated!(ReadAhead));
        let refused = socket.destroyed() || socket.flags.contains(Flags::ERRORED);
        if !room || refused {
            socket.reading.remove(Reading::HANDLE);
            state.sync_hold(id);
            state.note(|_| Note::of(id, NoteKind::ReadStop, "read stop"));
        }
    }

    /// The handle read the peer's end.
    pub fn on_end_of_file(&self, id: SocketId) {
        {
            let mut state = self.state();
            state.touch(id);
            let Some(socket) = state.sockets.get_mut(id.0) else { return };
            if socket.read == ReadPhase::EndEmitted {
                return;
            }
            socket.reading.remove(Reading::ASKED);
            if !socket.ended() {
                socket.read = ReadPhase::Ended;
                socket.reading.remove(Reading::NEED_READABLE);
                socket.reading.insert(Reading::EMITTED_READABLE);
                drop(state);
                self.emit_readable_now(id);
            }
        }
        self.state().read_nothing(id);
    }

    /// The handle failed to read.
    pub fn on_read_error(&self, id: SocketId, errno: Errno) {
        let mut state = self.state();
        state.touch(id);
        let error = state.errors.system("read", errno);
        state.destroy(id, Some(error));
    }

    /// The tick of `readable`.
    pub fn emit_readable_now(&self, id: SocketId) {
        let tell = {
            let state = self.state();
            let Some(socket) = state.sockets.get(id.0) else { return };
            let well = !socket.destroyed() && !socket.flags.contains(Flags::ERRORED);
            well && (socket.unread_len() > 0 || socket.ended())
        };
        if tell {
            self.emit(id, &SocketEvent::Readable);
        }
        {
            let mut state = self.state();
            let Some(socket) = state.sockets.get_mut(id.0) else { return };
            if tell {
                socket.reading.remove(Reading::EMITTED_READABLE);
            }
            let idle = socket.flowing != Flowing::Flowing && !socket.ended();
            if idle && socket.unread_len() <= socket.read_mark as usize {
                socket.reading.insert(Reading::NEED_READABLE);
            }
        }
        self.flow(id);
    }

    /// Tells all that is unread, as long as it flows.
    fn flow(&self, id: SocketId) {
        loop {
            let (chunk, tell) = {
                let mut state = self.state();
                match state.sockets.get(id.0) {
                    Some(socket) if socket.flowing == Flowing::Flowing => {}
                    _ => return,
                }
                let Some(chunk) = state.read(id, Want::Some(usize::MAX)) else { return };
                let tell = state.sockets.get(id.0).is_some_and(|socket| {
                    !socket.flags.contains(Flags::ERROR_EMITTED) && socket.close != ClosePhase::CloseEmitted
                });
                (chunk, tell)
            };
            if tell {
                self.emit(id, &SocketEvent::Data(&chunk));
            }
        }
    }

    /// The tick of resume().
    pub fn resume_now(&self, id: SocketId) {
        {
            let mut state = self.state();
            let Some(socket) = state.sockets.get(id.0) else { return };
            if !socket.reading.contains(Reading::ASKED) {
                state.read_nothing(id);
            }
            let state = &mut *state;
            if let Some(socket) = state.sockets.get_mut(id.0) {
                socket.reading.remove(Reading::RESUME_SCHEDULED);
                if socket.resumes_unheard() {
                    socket.reading.insert(Reading::NEED_READABLE);
                    state.events += 1;
                    return;
                }
            }
        }
        if mutated!(ResumeLast) {
            self.flow(id);
        }
        self.emit(id, &SocketEvent::Resume);
        self.flow(id);
        let mut state = self.state();
        let Some(socket) = state.sockets.get(id.0) else { return };
        if socket.flowing == Flowing::Flowing && !socket.reading.contains(Reading::ASKED) {
            state.read_nothing(id);
        }
    }

    /// The tick of `end`.
    pub fn end_readable_now(&self, id: SocketId) {
        {
            let mut state = self.state();
            let Some(socket) = state.sockets.get_mut(id.0) else { return };
            if socket.read == ReadPhase::EndScheduled {
                socket.read = ReadPhase::Ended;
            }
            let well = !socket.flags.contains(Flags::ERRORED) && socket.close != ClosePhase::CloseEmitted;
            if !well || socket.read == ReadPhase::EndEmitted || socket.unread_len() > 0 {
                return;
            }
            socket.read = ReadPhase::EndEmitted;
            socket.peer_ended();
        }
        self.emit(id, &SocketEvent::End);
        let mut state = self.state();
        let Some(socket) = state.sockets.get(id.0) else { return };
        if socket.is_writable() && !socket.flags.contains(Flags::ALLOW_HALF_OPEN) {
            let life = socket.life;
            state.tick(Tick::EndWritable(id, life));
        } else if socket.write_is_over() || (mutated!(CloseEarly) && socket.ending()) {
            state.destroy(id, None);
        }
    }
}

/// pause, resume, read.
#[allow(missing_docs)]
impl Loop {
    pub fn socket_pause(&self, id: SocketId) -> Result {
        let mut state = self.state();
        state.socket(id)?;
        state.pause(id);
        Ok(())
    }

    pub fn socket_resume(&self, id: SocketId) -> Result {
        let mut state = self.state();
        state.socket(id)?;
        state.resume(id);
        Ok(())
    }

    pub fn socket_read(&self, id: SocketId, out: &mut [u8]) -> Result<Option<usize>> {
        if out.len() > MAX_MARK {
            return Err(Code::ERR_OUT_OF_RANGE);
        }
        let want = if out.is_empty() { Want::Nothing } else { Want::Exactly(out.len()) };
        self.read_into(id, want, out)
    }

    pub fn socket_read_some(&self, id: SocketId, out: &mut [u8]) -> Result<Option<usize>> {
        self.read_into(id, Want::Some(out.len()), out)
    }

    fn read_into(&self, id: SocketId, want: Want, out: &mut [u8]) -> Result<Option<usize>> {
        let mut state = self.state();
        state.socket(id)?;
        state.let_handles_come(id);
        let chunk = state.read(id, want);
        Ok(chunk.map(|chunk| {
            out[..chunk.len()].copy_from_slice(&chunk);
            chunk.len()
        }))
    }
}
