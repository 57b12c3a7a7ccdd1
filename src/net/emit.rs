//! The one place that calls the program, with nothing of the loop borrowed.
use super::error::{ErrorRef, NetError};
use super::events::{MemberEvent, ServerEvent, ServerEventName, SocketEvent, SocketEventName};
use super::server::ServerReaction;
use super::socket::Flags;
use super::socket_listeners::Reaction;
use super::{Loop, ServerId, SocketId, TimerId};
use crate::core::listeners::{Hearing, Listener};
use crate::sys::callback::Callback;
use crate::sys::code::Code;

impl SocketEvent<'_> {
    #[inline]
    fn name(&self) -> Option<SocketEventName> {
        Some(match self {
            SocketEvent::Connect => SocketEventName::Connect,
            SocketEvent::Ready => SocketEventName::Ready,
            SocketEvent::Data(_) => SocketEventName::Data,
            SocketEvent::Readable => SocketEventName::Readable,
            SocketEvent::End => SocketEventName::End,
            SocketEvent::Drain => SocketEventName::Drain,
            SocketEvent::Finish => SocketEventName::Finish,
            SocketEvent::Timeout => SocketEventName::Timeout,
            SocketEvent::Error(_) => SocketEventName::Error,
            SocketEvent::Close { .. } => SocketEventName::Close,
            SocketEvent::Pause => SocketEventName::Pause,
            SocketEvent::Resume => SocketEventName::Resume,
            SocketEvent::Lookup { .. } => SocketEventName::Lookup,
            SocketEvent::ConnectionAttempt(_) => SocketEventName::ConnectionAttempt,
            SocketEvent::ConnectionAttemptFailed(..) => SocketEventName::ConnectionAttemptFailed,
            SocketEvent::ConnectionAttemptTimeout(_) => SocketEventName::ConnectionAttemptTimeout,
            SocketEvent::Pipe(_) => SocketEventName::Pipe,
            SocketEvent::Unpipe(_) => SocketEventName::Unpipe,
            SocketEvent::Handle(_) => SocketEventName::Handle,
            SocketEvent::Moved | SocketEvent::Completion(_) => return None,
        })
    }
}

impl ServerEvent<'_> {
    #[inline]
    fn name(&self) -> Option<ServerEventName> {
        Some(match self {
            ServerEvent::Listening => ServerEventName::Listening,
            ServerEvent::Connection(_) => ServerEventName::Connection,
            ServerEvent::Close => ServerEventName::Close,
            ServerEvent::Error(_) => ServerEventName::Error,
            ServerEvent::Drop { .. } => ServerEventName::Drop,
            ServerEvent::Moved | ServerEvent::CloseCompletion(_) | ServerEvent::Connections(..) => return None,
        })
    }
}

impl Loop {
    /// Tells an event of a socket to all who listen, in the order of registration.
    #[inline]
    pub fn emit(&self, id: SocketId, event: &SocketEvent<'_>) {
        self.emit_in(id, event, true);
    }

    /// The same; without the library's own reactions if the event belongs to a life of the socket that has been left.
    #[inline]
    fn emit_in(&self, id: SocketId, event: &SocketEvent<'_>, present: bool) {
        // Found out where the event is made, and so already known.
        if let Some(name) = event.name() {
            self.emit_named(id, name, event, present);
        }
    }

    fn emit_named(&self, id: SocketId, name: SocketEventName, event: &SocketEvent<'_>, present: bool) {
        if self.is_freeing() {
            return;
        }
        let hearing = {
            let mut state = self.state_traced();
            state.events += 1;
            let Some(socket) = state.sockets.get(id.0) else { return };
            socket.listeners.hearing(name as u8)
        };
        match hearing {
            Hearing::Nobody => {
                if let SocketEvent::Error(error) = event {
                    self.unheard(error);
                }
                self.settle();
            }
            Hearing::Only(only) => {
                self.call_socket(id, &only, event);
                self.settle();
            }
            Hearing::Several => self.emit_to_several(id, name, event, present),
        }
    }

    #[inline(never)]
    fn emit_to_several(&self, id: SocketId, name: SocketEventName, event: &SocketEvent<'_>, present: bool) {
        let mut heard = self.take_scratch();
        if let Some(socket) = self.state().sockets.get(id.0) {
            socket.listeners.snapshot(name as u8, &mut heard);
        }
        for listener in &heard {
            if self.is_freeing() || self.state().sockets.get(id.0).is_none() {
                break;
            }
            if listener.reaction != 0 && !present && !Reaction::is_of_pipe(listener) {
                continue;
            }
            if listener.once {
                self.forget_called(id, name, listener);
            }
            match listener.reaction {
                0 => self.call_socket(id, &listener.callback, event),
                _ => self.react(id, listener, event),
            }
        }
        self.give_scratch(heard);
        self.settle();
    }

    fn forget_called(&self, id: SocketId, name: SocketEventName, listener: &Listener) {
        let mut state = self.state();
        let Some(socket) = state.sockets.get_mut(id.0) else { return };
        if let Some(gone) = socket.listeners.remove_called(listener) {
            state.drop_later(gone.callback);
            if gone.reaction == 0 {
                state.reading_listener_removed(id, name);
            }
        }
    }

    /// Tells a request of a socket how it ended, once.
    pub fn complete(&self, id: SocketId, callback: Callback, error: Option<&ErrorRef>) {
        self.call_socket(id, &callback, &SocketEvent::Completion(error));
        self.state().drop_later(callback);
        self.settle();
    }

    /// Hands a socket to whom it was sent, once.
    pub fn hand_socket(&self, id: SocketId, callback: Callback) {
        self.call_socket(id, &callback, &SocketEvent::Moved);
        self.state().drop_later(callback);
        self.settle();
    }

    /// Completes what was asked of a socket that was freed meanwhile.
    pub fn complete_orphan(&self, id: SocketId, callback: Callback) {
        let error = NetError::library(Code::ECANCELED);
        self.complete(id, callback, Some(&error.into()));
    }

    /// Tells an event of a server to all who listen.
    pub fn emit_server(&self, id: ServerId, event: &ServerEvent<'_>) {
        let Some(name) = event.name() else { return };
        if self.is_freeing() {
            return;
        }
        let hearing = {
            let mut state = self.state_traced();
            state.events += 1;
            let Some(server) = state.servers.get(id.0) else { return };
            server.listeners.hearing(name as u8)
        };
        match hearing {
            Hearing::Nobody => {
                if let ServerEvent::Error(error) = event {
                    self.unheard(error);
                }
                self.settle();
            }
            Hearing::Only(only) => {
                self.call_server(id, &only, event);
                self.settle();
            }
            Hearing::Several => self.emit_to_several_of_server(id, name, event),
        }
    }

    #[inline(never)]
    fn emit_to_several_of_server(&self, id: ServerId, name: ServerEventName, event: &ServerEvent<'_>) {
        let mut heard = self.take_scratch();
        if let Some(server) = self.state().servers.get(id.0) {
            server.listeners.snapshot(name as u8, &mut heard);
        }
        for listener in &heard {
            if self.is_freeing() || self.state().servers.get(id.0).is_none() {
                break;
            }
            if listener.once {
                let mut state = self.state();
                let gone = state.servers.get_mut(id.0).and_then(|server| server.listeners.remove_called(listener));
                gone.into_iter().for_each(|gone| state.drop_later(gone.callback));
            }
            match ServerReaction::from_number(listener.reaction) {
                None => self.call_server(id, &listener.callback, event),
                Some(ServerReaction::Closed) => {
                    self.call_server(id, &listener.callback, &ServerEvent::CloseCompletion(None));
                }
                Some(ServerReaction::NotRunning) => {
                    let error = NetError::library(Code::ERR_SERVER_NOT_RUNNING);
                    self.call_server(id, &listener.callback, &ServerEvent::CloseCompletion(Some(&error)));
                }
            }
        }
        self.give_scratch(heard);
        self.settle();
    }

    /// Answers a question about a server, once.
    pub fn complete_server(&self, id: ServerId, callback: Callback, event: &ServerEvent<'_>) {
        self.call_server(id, &callback, event);
        self.state().drop_later(callback);
        self.settle();
    }

    /// Calls a timer's function.
    pub fn fire(&self, id: TimerId, callback: &Callback) {
        self.state().events += 1;
        self.calling(|| (self.dispatch().timer)(callback, self.id(), id));
        self.settle();
    }

    /// Tells something of a loop in a group.
    pub fn call_member(&self, callback: &Callback, event: &MemberEvent<'_>) {
        self.calling(|| (self.dispatch().member)(callback, self.id(), event));
        self.settle();
    }

    /// Runs a posted function, once.
    pub fn run_posted(&self, callback: Callback) {
        self.calling(|| (self.dispatch().run)(&callback, self.id()));
        self.state().drop_later(callback);
        self.settle();
    }

    /// An error that nobody listens for ends run and poll, as an uncaught exception ends Node.
    pub fn unheard(&self, error: &NetError) {
        self.state().unheard = Some(error.clone());
        self.halt();
    }

    #[inline]
    fn call_socket(&self, id: SocketId, callback: &Callback, event: &SocketEvent<'_>) {
        self.calling(|| (self.dispatch().socket)(callback, self.id(), id, event));
    }

    fn call_server(&self, id: ServerId, callback: &Callback, event: &ServerEvent<'_>) {
        self.calling(|| (self.dispatch().server)(callback, self.id(), id, event));
    }

    /// Drops and releases what is due, if no callback is running.
    #[inline]
    pub fn settle(&self) {
        if self.is_calling() {
            return;
        }
        let due = {
            let state = self.state();
            !state.drops.is_empty() || !state.releases.is_empty()
        };
        if due {
            self.settle_now();
        }
    }

    #[cold]
    fn settle_now(&self) {
        loop {
            let (drops, releases) = {
                let mut state = self.state();
                (std::mem::take(&mut state.drops), std::mem::take(&mut state.releases))
            };
            if drops.is_empty() && releases.is_empty() {
                return;
            }
            self.calling(|| {
                releases.into_iter().for_each(crate::sys::callback::ForeignBytes::release);
                drops.iter().for_each(|callback| (self.dispatch().drop)(callback));
            });
        }
    }

    /// Drops one user pointer, after the callbacks before it.
    pub fn drop_now(&self, callback: Callback) {
        self.state().drop_later(callback);
        self.settle();
    }

    /// Tells `close`, and lets an accepted socket go.
    pub fn emit_close(&self, id: SocketId, life: u32, had_error: bool) {
        let present = self.state().sockets.get(id.0).is_some_and(|socket| socket.life == life);
        self.emit_in(id, &SocketEvent::Close { had_error }, present);
        let mut state = self.state();
        let Some(socket) = state.sockets.get(id.0) else { return };
        if socket.flags.contains(Flags::ACCEPTED) && !socket.flags.contains(Flags::KEPT) {
            // The next task there is, if there is no other.
            if state.ticks.is_empty() {
                state.free_accepted(id);
            } else {
                state.tick(super::tick::Tick::FreeAccepted(id));
            }
        }
    }
}
