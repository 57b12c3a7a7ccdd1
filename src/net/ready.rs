//! Serving what is ready: bytes to read, room to write, the end of a connection attempt.
use super::events::SocketEventName;
use super::socket::{ClosePhase, ConnectPhase, Flags, Flowing, ReadPhase, Reading, Socket};
use super::state::{Again, READ_SIZE, State};
use super::{Loop, SocketId};
use crate::sys::errno::Errno;
use crate::sys::poller::Readiness;

/// How often one socket may read in a turn before the others are served; as libuv has it.
const READS_PER_TURN: usize = 32;

/// What one attempt to read came to.
enum ReadOutcome {
    /// Bytes in the loop's buffer.
    Bytes(Box<[u8]>, usize),
    EndOfFile,
    Failed(Errno),
    Nothing,
}

impl State {
    fn note_read(&mut self, id: SocketId, buffer: Box<[u8]>, read: Result<usize, Errno>) -> ReadOutcome {
        let Some(socket) = self.sockets.get_mut(id.0) else { return ReadOutcome::Nothing };
        let outcome = match read {
            Ok(0) => {
                socket.reading.insert(Reading::EOF);
                socket.reading.remove(Reading::MAY_READ | Reading::STICKY);
                ReadOutcome::EndOfFile
            }
            Ok(n) => {
                socket.bytes_read += n as u64;
                self.bytes_read += n as u64;
                if n < buffer.len() && !socket.reading.contains(Reading::STICKY) {
                    socket.reading.remove(Reading::MAY_READ);
                }
                return ReadOutcome::Bytes(buffer, n);
            }
            Err(errno) => {
                socket.reading.remove(Reading::MAY_READ);
                if errno.would_block() {
                    ReadOutcome::Nothing
                } else {
                    socket.reading.remove(Reading::HANDLE);
                    ReadOutcome::Failed(errno)
                }
            }
        };
        self.read_buffer = buffer;
        self.sync_hold(id);
        outcome
    }
}

impl Socket {
    /// Bytes go straight to the one who listens: it flows, nothing is unread and nothing is wrong.
    #[inline]
    fn reads_straight(&self) -> bool {
        self.flowing == Flowing::Flowing
            && self.read == ReadPhase::Open
            && self.close == ClosePhase::Alive
            && self.reading.contains(Reading::HANDLE | Reading::DATA_LISTENING)
            && !self.flags.contains(Flags::ERRORED)
            && self.read_mark > 0
            && self.unread_len() == 0
    }
}

impl Loop {
    fn read_once(&self, id: SocketId) -> ReadOutcome {
        let mut state = self.state();
        let state = &mut *state;
        let Some(socket) = state.sockets.get_mut(id.0) else { return ReadOutcome::Nothing };
        if !socket.reading.contains(Reading::HANDLE) || socket.reading.contains(Reading::EOF) {
            return ReadOutcome::Nothing;
        }
        let mut buffer = std::mem::take(&mut state.read_buffer);
        if buffer.is_empty() {
            buffer = vec![0; READ_SIZE].into();
        }
        let read = socket.stream.read(&mut buffer);
        state.note_read(id, buffer, read)
    }

    fn on_readable(&self, id: SocketId) {
        for _ in 0..READS_PER_TURN {
            let outcome = self.read_once(id);
            if !self.tell_read(id, outcome) {
                return;
            }
        }
        self.keep_reading(id);
    }

    /// Tells what a read came to; true if it is worth reading again at once.
    fn tell_read(&self, id: SocketId, outcome: ReadOutcome) -> bool {
        match outcome {
            ReadOutcome::Nothing => return false,
            ReadOutcome::EndOfFile => self.on_end_of_file(id),
            ReadOutcome::Failed(errno) => self.on_read_error(id, errno),
            ReadOutcome::Bytes(buffer, n) => {
                let full = n == buffer.len();
                self.on_read(id, &buffer[..n]);
                self.state().read_buffer = buffer;
                self.drain_ticks();
                if full && !self.is_halted() {
                    return true;
                }
                self.keep_reading(id);
                return false;
            }
        }
        self.drain_ticks();
        false
    }

    /// The busiest way, in one go: bytes that fit the buffer, for one listener who takes them as they come. False if
    /// this socket wants more care.
    #[inline]
    fn read_straight(&self, id: SocketId) -> bool {
        let mut guard = self.state();
        let state = &mut *guard;
        let Some(socket) = state.sockets.get_mut(id.0) else { return true };
        if !socket.reads_straight() || socket.reading.contains(Reading::STICKY) || state.read_buffer.is_empty() {
            return false;
        }
        let Some(listener) = socket.listeners.only(SocketEventName::Data as u8) else { return false };
        let mut buffer = std::mem::take(&mut state.read_buffer);
        let n = match socket.stream.read(&mut buffer) {
            Ok(n) if n > 0 && n < buffer.len() => n,
            other => {
                let outcome = state.note_read(id, buffer, other);
                drop(guard);
                if self.tell_read(id, outcome) {
                    self.on_readable(id);
                }
                return true;
            }
        };
        socket.bytes_read += n as u64;
        socket.reading.remove(Reading::ASKED | Reading::MAY_READ);
        state.bytes_read += n as u64;
        state.events += 1;
        if socket.cold.is_some() {
            state.touch(id);
        }
        drop(guard);
        self.calling(|| (self.dispatch().data)(&listener, self.id(), id, &buffer[..n]));
        self.after_straight(id, buffer);
        true
    }

    /// Asks for more after bytes that went straight, and runs what the callback left behind.
    #[inline]
    fn after_straight(&self, id: SocketId, buffer: Box<[u8]>) {
        let mut state = self.state();
        state.read_buffer = buffer;
        let quiet = state.ticks.is_empty() && state.drops.is_empty() && state.releases.is_empty();
        if let Some(socket) = state.sockets.get_mut(id.0) {
            if socket.reads_straight() && !socket.reading.contains(Reading::MORE_SCHEDULED) {
                socket.reading.insert(Reading::ASKED | Reading::NEED_READABLE);
                if quiet {
                    return;
                }
            } else {
                drop(state);
                self.after_read(id, true);
                self.settle();
                return self.drain_ticks();
            }
        }
        drop(state);
        self.settle();
        self.drain_ticks();
    }

    /// What a socket has left when its share of the turn is spent is read in the next.
    fn keep_reading(&self, id: SocketId) {
        let mut state = self.state();
        let Some(socket) = state.sockets.get(id.0) else { return };
        if socket.reading.contains(Reading::MAY_READ | Reading::HANDLE) {
            state.read_again(id);
        }
    }

    /// Something was seen on a socket.
    #[inline]
    pub fn on_socket_ready(&self, id: SocketId, ready: Readiness) {
        let (connect, waits, served) = {
            let mut state = self.state();
            let Some(socket) = state.sockets.get_mut(id.0) else { return };
            if ready.readable() {
                socket.reading.insert(Reading::MAY_READ);
                if ready.sticky() {
                    socket.reading.insert(Reading::STICKY);
                }
            }
            let served = ready.readable() && socket.reading.contains(Reading::SERVED);
            (socket.connect, socket.writes_wait(), served)
        };
        if connect == ConnectPhase::Attempting {
            return self.on_attempt_ready(id);
        }
        if served {
            self.state().read_again(id);
        } else if ready.readable() && !self.read_straight(id) {
            self.on_readable(id);
        }
        if ready.writable() && waits {
            if self.is_halted() {
                self.state().again.push_back(Again::Write(id));
                return;
            }
            self.on_room(id);
        }
    }

    fn on_attempt_ready(&self, id: SocketId) {
        let outcome = self.state().sockets.get(id.0).and_then(|socket| socket.stream.connected());
        if let Some(outcome) = outcome {
            self.attempt_ended(id, outcome);
            self.drain_ticks();
        }
    }

    #[inline]
    fn on_room(&self, id: SocketId) {
        let waits = {
            let state = self.state();
            state.sockets.get(id.0).is_some_and(|socket| socket.writes_wait())
        };
        if waits {
            self.on_writable(id);
            self.drain_ticks();
        }
    }

    /// Serves what was ready before and had more.
    pub fn serve_again(&self, again: Again) {
        match again {
            Again::Read(id) => {
                {
                    let mut state = self.state();
                    let Some(socket) = state.sockets.get_mut(id.0) else { return };
                    socket.reading.remove(Reading::QUEUED_AGAIN);
                    socket.reading.insert(Reading::SERVED);
                    state.served.push(id);
                }
                self.on_readable(id);
            }
            Again::Write(id) => {
                let connect = self.state().sockets.get(id.0).map(|socket| socket.connect);
                if connect == Some(ConnectPhase::Attempting) {
                    self.on_attempt_ready(id);
                } else {
                    self.on_room(id);
                }
            }
            Again::Accept(id) => {
                if let Some(server) = self.state().servers.get_mut(id.0) {
                    server.queued_again = false;
                }
                self.on_acceptable(id);
            }
        }
    }
}
