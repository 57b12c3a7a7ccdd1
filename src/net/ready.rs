//! Serving what is ready: bytes to read, room to write, the end of a connection attempt.
use super::event_loop::ReadBuffer;
use super::events::SocketEventName;
use super::piped::Moved;
use super::socket::{ClosePhase, Condition, ConnectPhase, Flags, Flowing, ReadPhase, Reading, Socket, Writing};
use super::state::{Again, Fed, LARGE_READ_SIZE, READ_SIZE, State, Token};
use super::tracing::NoteKind;
use super::writable::WRITES;
use super::{Loop, SocketId};
use crate::core::table::Key;
use crate::sys::errno::Errno;
use crate::sys::poller::Readiness;

/// How often one socket may read in a turn before the others are served; as libuv has it.
pub const READS_PER_TURN: usize = 32;

/// What one attempt to read came to.
pub enum ReadOutcome {
    /// So many bytes in the loop's buffer; whether they fill it.
    Bytes {
        /// How many.
        n: usize,
        /// Whether there may be more.
        full: bool,
    },
    /// The peer's end.
    EndOfFile,
    /// An error.
    Failed(Errno),
    /// Neither, for now.
    Nothing,
}

/// What the busiest way comes to, seldom.
#[derive(Default)]
pub enum Otherwise {
    /// It was not taken.
    Untouched,
    /// What was read filled the buffer, or was no bytes at all.
    Read(Result<usize, Errno>),
    /// The bytes were told, and the program has done something else than to write.
    #[default]
    LookedIn,
}

/// Where the bytes of a socket go that is ready to read.
#[derive(Clone, Copy)]
enum Reads {
    /// It is not read.
    Not,
    /// Into the loop's buffer.
    IntoOurs,
    /// Into the program's.
    IntoOwn,
}

impl State {
    /// The bytes that were asked of the handle have come, and no more is asked yet.
    pub fn no_longer_asked(&mut self, id: SocketId) {
        if let Some(socket) = self.sockets.get_mut(id.0) {
            socket.reading.remove(Reading::ASKED);
        }
    }

    /// `room` is what the read would have filled.
    pub fn note_read(&mut self, id: SocketId, read: Result<usize, Errno>, room: usize) -> ReadOutcome {
        let Some(socket) = self.sockets.get_mut(id.0) else { return ReadOutcome::Nothing };
        let outcome = match read {
            Ok(0) => {
                socket.reading.insert(Reading::EOF);
                socket.reading.remove(Reading::MAY_READ | Reading::STICKY);
                if self.tracing.is_some() {
                    self.note_bytes(id, NoteKind::ReadEnd, "read end", 0);
                }
                ReadOutcome::EndOfFile
            }
            Ok(n) => {
                socket.bytes_read += n as u64;
                self.bytes_read += n as u64;
                // Of the larger one too if the last that Node would have read filled its buffer.
                let full = n % room == 0;
                // Where handles came, the system ends a read early.
                if !full && !socket.reading.contains(Reading::STICKY) && !socket.passes() {
                    socket.reading.remove(Reading::MAY_READ);
                }
                if self.tracing.is_some() {
                    self.note_bytes(id, NoteKind::Read, "read", n);
                }
                return ReadOutcome::Bytes { n, full };
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
        self.sync_hold(id);
        outcome
    }
}

/// Connected and flowing, nothing wrong, and nothing waits to be written.
const FLOWS: Condition = Condition::NONE
    .connect(ConnectPhase::Connected)
    .read(ReadPhase::Open)
    .close(ClosePhase::Alive)
    .flowing(Flowing::Flowing)
    .without(Writing::REQUEST, Flags::ERRORED.union(Flags::READS_APART).union(Flags::TRACED));

/// And nothing is in the way of a write.
const FLOWS_BOTH_WAYS: Condition = FLOWS.and(WRITES);

const TAKES: Reading = Reading::HANDLE.union(Reading::DATA_LISTENING);
const NOT_STRAIGHT: Reading = Reading::STICKY.union(Reading::EOF).union(Reading::MORE_SCHEDULED);
const ASKS: Reading = Reading::ASKED.union(Reading::NEED_READABLE);

impl Socket {
    /// Bytes go straight to the one who listens: it flows, nothing is unread and nothing is wrong.
    #[inline]
    fn takes_straight(&self) -> bool {
        self.goes_straight(TAKES)
    }

    /// The same, and more was asked for already: how it is between two reads. `FREE` if nothing is in the way of a write either,
    /// and nothing about the socket is unusual.
    #[inline(always)]
    fn reads_straight<const FREE: bool>(&self) -> bool {
        if FREE {
            self.meets(FLOWS_BOTH_WAYS) && self.reads(TAKES.union(ASKS)) && self.cold.is_none()
        } else {
            self.goes_straight(TAKES.union(ASKS))
        }
    }

    #[inline]
    fn goes_straight(&self, wanted: Reading) -> bool {
        self.meets(FLOWS) && self.reads(wanted) && self.cold.as_ref().is_none_or(|cold| cold.unread_len == 0)
    }

    #[inline]
    fn reads(&self, wanted: Reading) -> bool {
        self.reading.intersection(wanted.union(NOT_STRAIGHT)) == wanted && self.read_mark > 0
    }
}

impl Loop {
    fn read_once(&self, id: SocketId) -> ReadOutcome {
        let mut state = self.state();
        let Some(socket) = state.sockets.get_mut(id.0) else { return ReadOutcome::Nothing };
        if !socket.reading.contains(Reading::HANDLE) || socket.reading.contains(Reading::EOF) {
            return ReadOutcome::Nothing;
        }
        let mut buffer = self.read_buffer();
        let read = socket.read_with_handles(&mut buffer[..]);
        state.note_read(id, read, READ_SIZE)
    }

    fn on_readable(&self, id: SocketId) {
        for _ in 0..READS_PER_TURN {
            match self.move_piped(id) {
                Moved::Refused(errno) => {
                    let outcome = self.state().note_read(id, Err(errno), READ_SIZE);
                    self.tell_read(id, outcome);
                    return;
                }
                Moved::Enough => break,
                Moved::Closed => {}
            }
            let outcome = self.read_once(id);
            if !self.tell_read(id, outcome) {
                return;
            }
        }
        self.keep_reading(id);
    }

    /// Reads on from a socket that has filled the buffer, into a larger one as long as its bytes go straight.
    fn on_more(&self, id: SocketId) {
        for _ in 0..READS_PER_TURN * READ_SIZE / LARGE_READ_SIZE {
            let mut buffer = self.large_buffer();
            let outcome = {
                let mut state = self.state();
                let Some(socket) = state.sockets.get_mut(id.0) else { return };
                if !socket.takes_straight() {
                    drop((state, buffer));
                    return self.on_readable(id);
                }
                let read = socket.stream.read(&mut buffer);
                state.note_read(id, read, READ_SIZE)
            };
            let ReadOutcome::Bytes { n, full } = outcome else {
                drop(buffer);
                self.tell_read(id, outcome);
                return;
            };
            self.on_read(id, &buffer[..n]);
            drop(buffer);
            self.drain_ticks();
            if !full || self.is_halted() {
                break;
            }
        }
        self.keep_reading(id);
    }

    /// Tells what a read came to; true if it is worth reading again at once.
    pub fn tell_read(&self, id: SocketId, outcome: ReadOutcome) -> bool {
        match outcome {
            ReadOutcome::Nothing => return false,
            ReadOutcome::EndOfFile => self.on_end_of_file(id),
            ReadOutcome::Failed(errno) => self.on_read_error(id, errno),
            ReadOutcome::Bytes { n, full } => {
                self.tell_handles(id);
                self.on_read(id, &self.read_buffer()[..n]);
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

    /// The busiest way, in one go: reads bytes that fit the buffer and tells them to the one listener, who takes them as
    /// they come. False if there is something else, which takes the careful way: what it is stands in `otherwise`.
    /// `FREE` tells what kind of socket this is made for.
    #[inline(always)]
    fn serve_straight<const FREE: bool>(&self, id: SocketId, buffer: &mut ReadBuffer) -> bool {
        let mut guard = self.state();
        let state = &mut *guard;
        let straight =
            state.sockets.get_mut(id.0).filter(|socket| socket.reads_straight::<FREE>()).and_then(|socket| {
                if state.order.has_begun(socket.stamp) {
                    return None;
                }
                let heard = socket.listeners.heard(SocketEventName::Data as u8)?;
                Some((socket, heard))
            });
        let Some((socket, heard)) = straight else {
            self.otherwise.set(Otherwise::Untouched);
            return false;
        };
        let bytes = match socket.stream.read_part(&mut buffer[..]) {
            Ok(bytes) => bytes,
            Err(read) => {
                self.otherwise.set(Otherwise::Read(read));
                return false;
            }
        };
        socket.bytes_read += bytes.len() as u64;
        socket.reading.remove(Reading::MAY_READ);
        state.bytes_read += bytes.len() as u64;
        state.events += 1;
        socket.stamp = state.order.served();
        if !FREE && socket.cold.is_some() {
            state.touch(id);
        }
        drop(guard);
        self.call_straight::<FREE>(id, bytes, heard)
    }

    /// For a socket that has something unusual about it, like a time limit, or no longer writes.
    #[inline(never)]
    fn serve_straight_unless_free(&self, id: SocketId) -> bool {
        self.serve_straight::<false>(id, &mut self.read_buffer())
    }

    /// Asks for more after bytes that went straight, and runs what the callback left behind.
    fn after_straight(&self, id: SocketId) {
        self.send_gathered();
        let asks = match self.state().sockets.get_mut(id.0) {
            Some(socket) if socket.takes_straight() => {
                socket.reading.insert(ASKS);
                true
            }
            _ => false,
        };
        if !asks {
            self.after_read(id, true);
        }
        self.settle();
        self.drain_ticks();
    }

    /// What was to go straight filled the buffer, or was no bytes at all.
    fn read_otherwise(&self, id: SocketId, read: Result<usize, Errno>) {
        let outcome = {
            let mut state = self.state();
            let state = &mut *state;
            let Some(socket) = state.sockets.get_mut(id.0) else { return };
            socket.reading.insert(Reading::MAY_READ);
            socket.stamp = state.order.served();
            state.note_read(id, read, READ_SIZE)
        };
        if self.tell_read(id, outcome) {
            self.on_more(id);
        }
    }

    /// What a socket has left when its share of the turn is spent is read in the next.
    pub fn keep_reading(&self, id: SocketId) {
        let mut state = self.state();
        let Some(socket) = state.sockets.get(id.0) else { return };
        if socket.reading.contains(Reading::MAY_READ | Reading::HANDLE) {
            state.read_again(id);
        }
    }

    /// Serves everything that is ready.
    #[inline]
    pub fn serve(&self, arranged: &[Readiness]) {
        // Taken once for all of them; the careful ways take it themselves.
        let mut buffer = self.read_buffer();
        for ready in arranged {
            if !self.is_halted() && ready.bytes_only() {
                // What is no socket's is the name of none.
                let id = SocketId(Key::from_any_bits(ready.token()));
                if self.serve_straight::<true>(id, &mut buffer) {
                    continue;
                }
                drop(buffer);
                self.serve_otherwise(id, *ready);
            } else {
                drop(buffer);
                self.serve_carefully(*ready);
            }
            buffer = self.read_buffer();
        }
    }

    #[inline(never)]
    fn serve_otherwise(&self, id: SocketId, ready: Readiness) {
        let otherwise = match self.otherwise.take() {
            Otherwise::Untouched if Token::socket_of(ready.token()).is_some() => {
                if self.serve_straight_unless_free(id) {
                    return;
                }
                self.otherwise.take()
            }
            other => other,
        };
        match otherwise {
            Otherwise::Untouched => self.serve_carefully(ready),
            Otherwise::LookedIn => self.after_straight(id),
            Otherwise::Read(read) => self.read_otherwise(id, read),
        }
    }

    #[inline(never)]
    fn serve_carefully(&self, ready: Readiness) {
        if self.is_halted() {
            return self.keep_ready(ready);
        }
        match Token::from_number(ready.token()) {
            Token::Socket(id) => self.on_socket_event(id, ready),
            Token::Server(id) => self.on_acceptable(id),
            Token::Waker => {}
        }
    }

    /// Something was seen on a socket.
    fn on_socket_event(&self, id: SocketId, ready: Readiness) {
        let (connect, waits, reads, hung_up) = {
            let mut guard = self.state();
            let state = &mut *guard;
            let Some(socket) = state.sockets.get_mut(id.0) else { return };
            if ready.readable() {
                socket.reading.insert(Reading::MAY_READ);
                if ready.sticky() {
                    socket.reading.insert(Reading::STICKY);
                }
            }
            if ready.hung_up() {
                socket.hung_up = true;
            }
            let hung_up = ready.readable() && socket.hung_up;
            let (connect, waits) = (socket.connect, socket.writes_wait());
            let into = if socket.reads_into_own() { Reads::IntoOwn } else { Reads::IntoOurs };
            let reads = socket.reading.contains(Reading::HANDLE) && !socket.reading.contains(Reading::EOF);
            // Asked for by a callback of this turn: at the time of the wait nobody wanted to know.
            let late = ready.readable() && reads && state.order.has_begun(socket.stamp);
            if late {
                state.read_again(id);
            } else if connect == ConnectPhase::Attempting || ready.readable() && reads || ready.writable() && waits {
                socket.stamp = state.order.served();
            }
            let reads = if ready.readable() && !late { into } else { Reads::Not };
            (connect, waits, reads, ready.hung_up() || hung_up)
        };
        if connect == ConnectPhase::Attempting {
            return self.on_attempt_ready(id);
        }
        match reads {
            Reads::Not => {}
            Reads::IntoOwn => self.on_readable_own(id),
            Reads::IntoOurs => self.on_readable(id),
        }
        if ready.writable() && waits {
            if self.is_halted() {
                self.state().again.push_back(Again::Write(id));
                return;
            }
            self.on_room(id);
        }
        if hung_up || ready.writable() && waits {
            self.shut_down_at_once(id);
        }
    }

    /// A socket that is served as writable, as one is that has hung up, sends its end within that, not after I/O.
    fn shut_down_at_once(&self, id: SocketId) {
        if self.is_halted() {
            return;
        }
        {
            let mut state = self.state();
            let Some(at) = state.fed.iter().position(|fed| matches!(fed, Fed::Shutdown(fed) if *fed == id)) else {
                return;
            };
            state.fed.remove(at);
            state.shut_down_now(id);
        }
        self.drain_ticks();
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
}
