//! Who listens to a socket: the program's functions, and reactions of the library that take their place in the same order.
use super::events::{SocketEvent, SocketEventName};
use super::socket::{ConnectPhase, Flags, Socket};
use super::{Loop, PipeId, SocketId};
use crate::core::listeners::Listener;
use crate::core::mutation::mutated;
use crate::sys::callback::Callback;
use crate::sys::code::{Code, Result};

/// What the library does at an event, once, in the order of registration: Node does these by listeners of its own.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reaction {
    /// At `connect`: writes what waited for the connection.
    WritePending = 1,
    /// At `close`: fails what waited for the connection.
    WriteClosed,
    /// At `connect`: sends the end.
    Final,
    /// At `connect`: begins to read.
    Read,
    /// At `connect`: ref().
    Ref,
    /// At `connect`: unref().
    Unref,
    /// At `connect`: resets.
    Reset,
    /// At `finish`: destroys.
    Destroy,
    /// At `data` of a source: writes it to the destination of a pipe. This and the others of pipes carry its name.
    PipeData,
    /// At `end` of a source: ends the destination.
    PipeEnd,
    /// At `close` or `finish` of a destination, or `end` of a source: undoes a pipe.
    PipeUndo,
    /// At each `drain` of a destination: lets the source flow.
    PipeDrain,
    /// At `error` of a destination: undoes a pipe.
    PipeError,
}

impl Reaction {
    const ALL: [Reaction; 13] = [
        Reaction::WritePending,
        Reaction::WriteClosed,
        Reaction::Final,
        Reaction::Read,
        Reaction::Ref,
        Reaction::Unref,
        Reaction::Reset,
        Reaction::Destroy,
        Reaction::PipeData,
        Reaction::PipeEnd,
        Reaction::PipeUndo,
        Reaction::PipeDrain,
        Reaction::PipeError,
    ];

    /// How often it may be registered at a time, so that lives without a connection do not pile them up.
    fn most(self) -> usize {
        match self {
            // A second one is asked for after connect(); if the first at `connect` comes before a reset, it stays for the next life.
            Reaction::Read => 2,
            Reaction::Destroy => 1,
            _ => usize::MAX,
        }
    }

    /// Whether a listener is one of a pipe.
    pub fn is_of_pipe(listener: &Listener) -> bool {
        listener.reaction >= Reaction::PipeData as u8
    }

    fn from_number(number: u8) -> Option<Reaction> {
        Reaction::ALL.into_iter().find(|reaction| *reaction as u8 == number)
    }
}

impl Socket {
    /// Registers a reaction.
    pub fn react_once(&mut self, event: SocketEventName, reaction: Reaction) {
        if self.listeners.reactions(event as u8, reaction as u8) >= reaction.most() {
            return;
        }
        self.listeners.add(Listener::new(event as u8, true, reaction as u8, Callback::NONE));
    }
}

impl Loop {
    /// Does what a reaction says.
    pub fn react(&self, id: SocketId, listener: &Listener, event: &SocketEvent<'_>) {
        let pipe = PipeId::of(listener);
        match Reaction::from_number(listener.reaction) {
            Some(Reaction::WritePending) => self.write_pending(id),
            Some(Reaction::WriteClosed) => self.write_closed(id),
            Some(Reaction::Final) => self.state().shut_down(id),
            Some(Reaction::Read) => self.state().read_from_handle(id),
            Some(Reaction::Ref) => self.state().set_ref(id, true),
            Some(Reaction::Unref) => self.state().set_ref(id, false),
            Some(Reaction::Reset) => self.state().reset(id),
            Some(Reaction::Destroy) => self.state().destroy(id, None),
            Some(Reaction::PipeData) => {
                if let SocketEvent::Data(bytes) = event {
                    self.pipe_data(pipe, bytes);
                }
            }
            Some(Reaction::PipeEnd) => self.pipe_end(pipe),
            Some(Reaction::PipeUndo) => self.pipe_undo(pipe),
            Some(Reaction::PipeDrain) => self.pipe_drain(pipe),
            Some(Reaction::PipeError) => {
                if let SocketEvent::Error(error) = event {
                    self.pipe_error(pipe, id, error);
                }
            }
            None => {}
        }
    }
}

/// on, once, off, ref, unref.
#[allow(missing_docs)]
impl Loop {
    /// A listener with which the socket's list is one that others have, inside a callback; None for any other, and then
    /// nothing has been done.
    #[inline]
    pub fn socket_on_known(&self, id: SocketId, event: SocketEventName, once: bool, callback: &Callback) -> Option<()> {
        let mut state = self.state();
        let state = &mut *state;
        let socket = state.sockets.get_mut(id.0).filter(|_| !self.is_telling())?;
        socket.listeners.add_known(event as u8, once, callback)?;
        match event {
            SocketEventName::Data => state.data_listener_added(id),
            SocketEventName::Readable => state.readable_listener_added(id),
            _ => {}
        }
        Some(())
    }

    pub fn socket_on(&self, id: SocketId, event: SocketEventName, once: bool, callback: Callback) -> Result {
        let mut state = self.state();
        let Some(socket) = state.sockets.get_mut(id.0) else {
            state.drop_later(callback);
            return Err(Code::EBADF);
        };
        socket.listeners.add(Listener::new(event as u8, once, 0, callback));
        match event {
            SocketEventName::Data => state.data_listener_added(id),
            SocketEventName::Readable => state.readable_listener_added(id),
            _ => {}
        }
        Ok(())
    }

    pub fn socket_off(&self, id: SocketId, event: SocketEventName, callback: Callback) -> Result {
        let mut state = self.state();
        let removed = state.socket_mut(id)?.listeners.remove(event as u8, &callback).ok_or(Code::ENOENT)?;
        state.drop_later(removed.callback);
        state.reading_listener_removed(id, event);
        Ok(())
    }

    pub fn socket_listener_count(&self, id: SocketId, event: SocketEventName) -> Result<usize> {
        Ok(self.state().socket(id)?.listeners.count(event as u8))
    }

    pub fn socket_ref(&self, id: SocketId) -> Result {
        self.set_socket_ref(id, true)
    }

    pub fn socket_unref(&self, id: SocketId) -> Result {
        self.set_socket_ref(id, false)
    }

    fn set_socket_ref(&self, id: SocketId, referenced: bool) -> Result {
        let mut state = self.state();
        let socket = state.socket_mut(id)?;
        if !socket.has_handle() {
            let reaction = if referenced { Reaction::Ref } else { Reaction::Unref };
            socket.react_once(SocketEventName::Connect, reaction);
            return Ok(());
        }
        state.set_ref(id, referenced);
        Ok(())
    }
}

impl super::state::State {
    /// ref() or unref() of the handle.
    pub fn set_ref(&mut self, id: SocketId, referenced: bool) {
        if let Some(socket) = self.sockets.get_mut(id.0) {
            if mutated!(SocketUnrefForgotten) && !referenced && socket.connect == ConnectPhase::Connected {
                return;
            }
            socket
                .flags
                .set(Flags::UNREF, !referenced || mutated!(RefForgotten) && socket.flags.contains(Flags::UNREF));
        }
        self.sync_hold(id);
    }
}
