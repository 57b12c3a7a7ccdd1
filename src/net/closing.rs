//! destroy, reset and close: Alive → Destroyed (inside the call; the handle is gone) → CloseEmitted (the tick that tells the
//! error has run). `close` itself comes in the close phase, or on a tick if there was no handle; connect leads back to Alive.
use super::address::Address;
use super::error::{ErrorKind, ErrorRef, NetError};
use super::events::{SocketEvent, SocketEventName};
use super::socket::{ClosePhase, ConnectPhase, Flags, Reading, WritePhase, Writing};
use super::socket_listeners::Reaction;
use super::state::State;
use super::tick::Tick;
use super::tracing::{Note, NoteKind};
use super::write_request::Ended;
use super::{Loop, SocketId};
use crate::core::mutation::mutated;
use crate::sys::code::{Code, Result};
use crate::sys::errno::Errno;
use crate::sys::stream::Stream;

/// A handle that was closed in this turn. It holds the loop until the close phase has seen it, whether or not anybody is told.
#[derive(Debug)]
pub enum Closing {
    /// A socket's, with what it has to tell.
    Socket(ClosedSocket),
    /// A server's: `close` is told when its last connection is gone, and not by its handle.
    Server,
}

impl Closing {
    /// Whether it was this socket's.
    pub fn is_of(&self, socket: SocketId) -> bool {
        matches!(self, Closing::Socket(closed) if closed.id == socket)
    }

    /// The write that was with it.
    pub fn into_request(self) -> Option<(usize, Ended)> {
        match self {
            Closing::Socket(closed) => closed.cut_off.and_then(|cut_off| cut_off.request),
            Closing::Server => None,
        }
    }
}

/// A socket that has not told that its handle was closed.
#[derive(Debug)]
pub struct ClosedSocket {
    /// Whose it was.
    pub id: SocketId,
    /// In which life.
    pub life: u32,
    /// The argument of `close`.
    pub had_error: bool,
    /// What was under way. Seldom anything is, so that it takes no room among those that wait for the close phase.
    pub cut_off: Option<Box<CutOff>>,
}

/// What the closing of a handle cut off.
#[derive(Debug)]
pub struct CutOff {
    /// The write that was with it.
    pub request: Option<(usize, Ended)>,
    /// The attempt that was under way, one of several.
    pub attempt: Option<std::net::SocketAddr>,
}

impl State {
    /// destroy(): closes the handle inside the call and tells everything later.
    pub fn destroy(&mut self, id: SocketId, error: Option<ErrorRef>) {
        // The peer may be a socket of this loop, and what that has written comes first.
        self.send_all_gathered();
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if socket.destroyed() {
            if mutated!(ErrorTwice) && error.is_some() {
                let life = socket.life;
                self.tick(Tick::Destroyed(id, life, error));
            }
            return;
        }
        // Without a cold part nothing waits, no time is limited, nothing is looked up or attempted.
        let waits = socket
            .cold
            .as_ref()
            .is_some_and(|cold| !cold.writes.queue.is_empty() || !cold.writes.end_callbacks.is_empty());
        let has_cold = socket.cold.is_some();
        if let Some(error) = &error {
            socket.set_error(error);
        }
        socket.close = ClosePhase::Destroyed;
        let life = socket.life;
        if waits {
            self.tick(Tick::FailQueue(id, life));
        }
        self.note(|_| Note::of(id, NoteKind::Destroy, "destroy").with_error(error.as_deref()));
        if has_cold {
            if !mutated!(TimeoutOutlives) {
                self.clear_timeout(id);
            }
            self.forget_lookup(id);
        }
        let failed = error.as_ref().is_some_and(|error| !mutated!(CloseArgument) || error.kind != ErrorKind::User);
        let had_handle = self.close_handle(id, failed);
        self.tick(Tick::Destroyed(id, life, error));
        if !had_handle {
            self.tick(Tick::CloseWithoutHandle(id, life));
        }
        self.leave_server(id);
    }

    /// Closes the handle; false if there is none.
    fn close_handle(&mut self, id: SocketId, had_error: bool) -> bool {
        let Some(socket) = self.sockets.get_mut(id.0) else { return false };
        let attempt = socket.attempt_of_several();
        let connect = std::mem::replace(&mut socket.connect, ConnectPhase::Idle);
        if !socket.has_handle() {
            return false;
        }
        self.gathering.socket_closed();
        if socket.flags.contains(Flags::RESET) {
            socket.flags.remove(Flags::RESET);
            // The peer may be gone already; then nothing is left to reset.
            let _ = socket.stream.reset_on_close();
        }
        let life = socket.life;
        if let Some(cold) = socket.cold.as_mut() {
            if let Some(bound) = cold.bound.as_deref_mut() {
                bound.file = None;
            }
            cold.inbound = None;
            if std::mem::take(&mut cold.is_shared) {
                // It may be gone already.
                let _ = socket.stream.unregister(&self.poller);
            }
        }
        socket.stream = Stream::NONE;
        socket.flags.remove(Flags::HANDLE);
        socket.reading.remove(Reading::HANDLE | Reading::MAY_READ | Reading::STICKY);
        if socket.writing.contains(Writing::SHUTDOWN) {
            socket.writing.remove(Writing::SHUTDOWN);
            self.requests -= 1;
        }
        socket.end_connect_request(&mut self.requests);
        socket.sync_hold(&mut self.holds);
        let dispatched = socket.cold.as_ref().and_then(|cold| cold.writes.request.as_ref());
        let request = match dispatched {
            Some(request) if !request.for_connection => {
                let error = self.errors.system("write", Errno::ECANCELED);
                self.take_request(id, Some(error))
            }
            _ => None,
        };
        let attempt = attempt.filter(|_| connect == ConnectPhase::Attempting);
        let cut_off = (request.is_some() || attempt.is_some()).then(|| Box::new(CutOff { request, attempt }));
        self.closing.push(Closing::Socket(ClosedSocket { id, life, had_error, cut_off }));
        true
    }

    /// A connection attempt no longer holds the loop.
    pub fn end_connect_request(&mut self, id: SocketId) {
        if let Some(socket) = self.sockets.get_mut(id.0) {
            socket.end_connect_request(&mut self.requests);
        }
    }

    /// Closes the handle with a reset.
    pub fn reset(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if !socket.destroyed() {
            socket.flags.insert(Flags::RESET);
        }
        self.destroy(id, None);
    }
}

impl Loop {
    /// The tick after destroy().
    pub fn destroyed_now(&self, id: SocketId, life: u32, error: Option<ErrorRef>) {
        let (present, told) = match self.state().sockets.get_mut(id.0) {
            Some(socket) if socket.life != life => (false, false),
            Some(socket) if error.is_some() => {
                let told = socket.flags.contains(Flags::ERROR_EMITTED) && !mutated!(ErrorTwice);
                socket.flags.insert(Flags::ERROR_EMITTED);
                (true, told)
            }
            Some(_) => (true, true),
            None => return,
        };
        if let Some(error) = error.filter(|_| !told) {
            self.emit(id, &SocketEvent::Error(&error));
        }
        if let Some(socket) = self.state().sockets.get_mut(id.0).filter(|_| present) {
            socket.close = ClosePhase::CloseEmitted;
        }
    }

    /// Tells that a handle was closed: what was with it is canceled, then `close`.
    pub fn closed_now(&self, closing: ClosedSocket) {
        let id = closing.id;
        if let Some(cut_off) = closing.cut_off {
            self.tell_cut_off(id, closing.life, *cut_off);
        }
        self.state().note(|_| Note::of(id, NoteKind::Close, "close"));
        self.emit_close(id, closing.life, closing.had_error);
        self.drain_ticks();
    }

    #[cold]
    #[inline(never)]
    fn tell_cut_off(&self, id: SocketId, life: u32, cut_off: CutOff) {
        if let Some(address) = cut_off.attempt {
            let address = Address::Ip(address);
            let error = NetError::with_host_port("connect", Errno::ECANCELED, &address, None);
            self.emit(id, &SocketEvent::ConnectionAttemptFailed(&address, &error));
            self.drain_ticks();
        }
        if let Some((len, ended)) = cut_off.request {
            let present = self.state().sockets.get(id.0).is_some_and(|socket| socket.life == life);
            if present {
                self.ended_later(id, len, ended, true);
            } else {
                ended.waiting.into_list().into_iter().for_each(|one| self.complete(id, one, ended.error.as_ref()));
            }
            self.drain_ticks();
        }
    }
}

/// destroy, destroySoon, resetAndDestroy.
#[allow(missing_docs)]
impl Loop {
    pub fn socket_destroy(&self, id: SocketId, error: Option<NetError>) -> Result {
        let mut state = self.state();
        state.socket(id)?;
        state.destroy(id, error.map(Into::into));
        Ok(())
    }

    pub fn socket_destroy_soon(&self, id: SocketId) -> Result {
        let mut state = self.state();
        if state.socket(id)?.is_writable() {
            state.end(id);
        }
        let socket = state.socket_mut(id)?;
        if socket.write == WritePhase::Finished {
            state.destroy(id, None);
        } else {
            socket.react_once(SocketEventName::Finish, Reaction::Destroy);
        }
        Ok(())
    }

    pub fn socket_reset_and_destroy(&self, id: SocketId) -> Result {
        let mut state = self.state();
        let socket = state.socket_mut(id)?;
        if !socket.has_handle() {
            state.destroy(id, Some(NetError::library(Code::ERR_SOCKET_CLOSED).into()));
        } else if socket.flags.contains(Flags::LOCAL) {
            return Err(Code::ERR_INVALID_HANDLE_TYPE);
        } else if socket.connecting() && !mutated!(ResetAtOnce) {
            socket.react_once(SocketEventName::Connect, Reaction::Reset);
        } else {
            state.reset(id);
        }
        Ok(())
    }
}
