//! net.Server: what one server is, and what can be asked of it.
//!
//! Idle → Looking up (a host is resolved) → Listening → Idle again when it is closed. `close` is told when it does not listen
//! and no accepted socket is left undestroyed.
use super::address::Address;
use super::closing::Closing;
use super::error::NetError;
use super::events::{ServerEvent, ServerEventName};
use super::hand_over::Seat;
use super::options::ServerOptions;
use super::server_sockets::Shutdown;
use super::socket::seconds;
use super::state::State;
use super::tick::Tick;
use super::tracing::{Note, NoteKind};
use super::{Loop, ServerId, SocketId};
use crate::core::listeners::{Listener as EventListener, Listeners};
use crate::core::mutation::mutated;
use crate::core::order::Stamp;
use crate::core::table::Key;
use crate::sys::callback::{Callback, SharedUser};
use crate::sys::code::{Code, Result};
use crate::sys::listener::Listener;
use crate::sys::sockaddr::Endpoint;
use std::rc::Rc;

/// What the library adds to a listener for `close` that was given to close().
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServerReaction {
    /// The server was running.
    Closed = 1,
    /// It was not.
    NotRunning = 2,
}

impl ServerReaction {
    /// The reverse of `as u8`.
    pub fn from_number(number: u8) -> Option<ServerReaction> {
        match number {
            1 => Some(ServerReaction::Closed),
            2 => Some(ServerReaction::NotRunning),
            _ => None,
        }
    }
}

/// What servers have in common that have one handle: each is another's only if it was cloned from it.
#[derive(Clone, Default, Debug)]
pub struct Sharing(Rc<()>);

impl PartialEq for Sharing {
    fn eq(&self, other: &Sharing) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A server.
#[derive(Debug)]
pub struct Server {
    /// Its endpoint while it listens; of several that share one, the last to listen has it.
    pub listener: Option<Listener>,
    /// With whom it shares its handle, until it closes.
    pub sharing: Option<Sharing>,
    /// What accepted sockets get.
    pub options: ServerOptions,
    /// Who listens.
    pub listeners: Listeners,
    /// Accepted sockets that are not destroyed.
    pub connections: u64,
    /// maxConnections
    pub max_connections: Option<u64>,
    /// The last path that it was to listen on, as it was given. As in Node it stays the address when the server is closed.
    pub path: Option<Vec<u8>>,
    /// It listens on a local socket, not TCP.
    pub local: bool,
    /// Counts listens and closes: a lookup that answers late is void.
    pub listening_id: u32,
    /// The program's lookup that has not answered.
    pub lookup: Option<Key>,
    /// unref()
    pub unref: bool,
    /// Counted in the loop's holds.
    pub holds: bool,
    /// It waits among those that accept again.
    pub queued_again: bool,
    /// Connections wait that could not be accepted: it is not watched until a timer has it try again.
    pub rests: bool,
    /// A graceful stop that was begun.
    pub shutdown: Option<Box<Shutdown>>,
    /// When it was served, or began to be watched.
    pub stamp: Stamp,
    /// The program's data.
    pub data: Option<Callback>,
    /// A user pointer that it holds together with the other servers of its group.
    pub shared: Option<SharedUser>,
    /// Its place, if its group hands connections over.
    pub seat: Option<Seat>,
}

impl Server {
    /// One that does not listen.
    pub fn new(options: ServerOptions) -> Server {
        Server {
            listener: None,
            sharing: None,
            options,
            listeners: Listeners::default(),
            connections: 0,
            max_connections: None,
            path: None,
            local: false,
            listening_id: 0,
            lookup: None,
            unref: false,
            holds: false,
            queued_again: false,
            rests: false,
            shutdown: None,
            stamp: Stamp::default(),
            data: None,
            shared: None,
            seat: None,
        }
    }

    /// listening
    pub fn is_listening(&self) -> bool {
        self.listener.is_some() || self.sharing.is_some()
    }

    /// The delay accepted sockets keep alive after, if they do.
    pub fn keep_alive(&self) -> Option<u32> {
        self.options.keep_alive.then(|| seconds(self.options.keep_alive_initial_delay))
    }

    /// Where it listens.
    pub fn address(&self, listener: Option<&Listener>) -> Address {
        let endpoint = listener.and_then(|listener| listener.local_endpoint().ok());
        match (endpoint, &self.path) {
            (Some(Endpoint::Ip(ip)), _) => Address::Ip(ip),
            (_, Some(path)) => Address::Path(path.clone()),
            (Some(Endpoint::Path(path)), None) => Address::Path(path),
            (_, None) => Address::Absent,
        }
    }
}

impl State {
    /// Counts the server among what holds the loop, or no longer.
    pub fn sync_server_hold(&mut self, id: ServerId) {
        let Some(server) = self.servers.get_mut(id.0) else { return };
        let holds = server.listener.is_some() && !server.unref;
        if holds != server.holds {
            server.holds = holds;
            if holds {
                self.holds += 1;
            } else {
                self.holds -= 1;
            }
        }
    }

    /// Stops listening; a path is removed.
    pub fn stop_listening(&mut self, id: ServerId) {
        self.forget_listen_lookup(id);
        let Some(server) = self.servers.get_mut(id.0) else { return };
        server.listening_id = server.listening_id.wrapping_add(1);
        server.rests = false;
        server.seat.take().into_iter().for_each(Seat::leave);
        if let Some(listener) = server.listener.take() {
            // Another process may have it too, and its connections would go on to be told here. One that rests, or hands
            // connections over, is not watched.
            let _ = listener.unregister(&self.poller);
            self.closing.push(Closing::Server);
            self.note(|_| Note::of_server(id, NoteKind::ServerClose, "close"));
        }
        self.stop_sharing(id);
        self.sync_server_hold(id);
    }

    fn close_server(&mut self, id: ServerId, completion: Option<Callback>) {
        let Some(server) = self.servers.get_mut(id.0) else { return };
        if let Some(callback) = completion {
            let reaction = if server.is_listening() || mutated!(SecondCloseWell) {
                ServerReaction::Closed
            } else {
                ServerReaction::NotRunning
            };
            let event = ServerEventName::Close as u8;
            server.listeners.add(EventListener::new(event, true, reaction as u8, callback));
        }
        self.stop_listening(id);
        self.close_if_drained(id);
    }

    fn close_if_drained(&mut self, id: ServerId) {
        let Some(server) = self.servers.get(id.0) else { return };
        if !server.is_listening() && server.connections == 0 {
            self.tick(Tick::ServerClose(id));
        }
    }

    /// The group of the loop closes: it holds the loop no longer, and all servers close.
    pub fn retire(&mut self) {
        self.requests -= 1;
        for key in self.servers.keys() {
            if self.servers.get(key).is_some_and(Server::is_listening) {
                self.close_server(ServerId(key), None);
            }
        }
    }

    /// A socket was destroyed: its server counts it no longer.
    pub fn leave_server(&mut self, socket: SocketId) {
        let Some(id) = self.sockets.get(socket.0).map(|socket| socket.server) else { return };
        let Some(server) = self.servers.get_mut(id.0) else { return };
        server.connections = server.connections.saturating_sub(1);
        let is_last = server.connections == 0;
        if mutated!(ServerCloseLost) && self.sockets.get(socket.0).is_some_and(|socket| socket.error().is_some()) {
            return;
        }
        if is_last {
            self.close_if_drained(id);
        }
    }
}

impl Loop {
    /// close() of a server that was freed before it closed.
    pub fn complete_server_orphan(&self, id: ServerId, callback: Callback) {
        let error = NetError::library(Code::ECANCELED);
        self.complete_server(id, callback, &ServerEvent::CloseCompletion(Some(&error)));
    }
}

/// net.Server
#[allow(missing_docs)]
impl Loop {
    pub fn server_new(&self, options: ServerOptions) -> Result<ServerId> {
        self.state().servers.insert(|_| Server::new(options)).map(ServerId).ok_or(Code::ENOMEM)
    }

    pub fn server_close(&self, id: ServerId, completion: Option<Callback>) -> Result {
        let mut state = self.state();
        if state.servers.get(id.0).is_none() {
            completion.into_iter().for_each(|completion| state.drop_later(completion));
            return Err(Code::EBADF);
        }
        state.close_server(id, completion);
        Ok(())
    }

    pub fn server_listening(&self, id: ServerId) -> Result<bool> {
        Ok(self.state().server(id)?.is_listening())
    }

    pub fn server_address(&self, id: ServerId) -> Result<Address> {
        let state = self.state();
        let server = state.server(id)?;
        let holder = state.holder(id).and_then(|holder| state.servers.get(holder.0));
        if holder.is_none() && server.is_listening() {
            // Who had it too has closed it.
            return Err(Code::EBADF);
        }
        Ok(server.address(holder.and_then(|holder| holder.listener.as_ref())))
    }

    pub fn server_get_connections(&self, id: ServerId, completion: Callback) -> Result {
        let mut state = self.state();
        let count = match state.server(id) {
            Ok(server) => server.connections,
            Err(code) => {
                state.drop_later(completion);
                return Err(code);
            }
        };
        state.tick(Tick::Connections(id, completion, usize::try_from(count).unwrap_or(usize::MAX)));
        Ok(())
    }

    pub fn server_set_max_connections(&self, id: ServerId, max: Option<u64>) -> Result {
        self.state().server_mut(id)?.max_connections = max;
        Ok(())
    }

    pub fn server_max_connections(&self, id: ServerId) -> Result<Option<u64>> {
        Ok(self.state().server(id)?.max_connections)
    }

    pub fn server_ref(&self, id: ServerId) -> Result {
        self.set_server_ref(id, true)
    }

    pub fn server_unref(&self, id: ServerId) -> Result {
        self.set_server_ref(id, false)
    }

    fn set_server_ref(&self, id: ServerId, referenced: bool) -> Result {
        let mut state = self.state();
        state.server(id)?;
        for one in state.with_sharers(id) {
            let server = state.server_mut(one)?;
            server.unref = !referenced && (server.is_listening() || !mutated!(UnrefForgotten));
            state.sync_server_hold(one);
        }
        Ok(())
    }

    pub fn server_fd(&self, id: ServerId) -> Result<Option<i32>> {
        let state = self.state();
        state.server(id)?;
        let holder = state.holder(id).and_then(|holder| state.servers.get(holder.0));
        Ok(holder.and_then(|holder| holder.listener.as_ref()).map(Listener::fd))
    }

    pub fn server_set_data(&self, id: ServerId, data: Callback) -> Result {
        let mut state = self.state();
        let old = match state.server_mut(id) {
            Ok(server) => server.data.replace(data),
            Err(code) => {
                state.drop_later(data);
                return Err(code);
            }
        };
        old.into_iter().for_each(|old| state.drop_later(old));
        Ok(())
    }

    pub fn server_data(&self, id: ServerId) -> Result<*mut core::ffi::c_void> {
        let state = self.state();
        let data = state.server(id)?.data;
        Ok(data.map_or(std::ptr::null_mut(), |data| data.user()))
    }

    pub fn server_on(&self, id: ServerId, event: ServerEventName, once: bool, callback: Callback) -> Result {
        let mut state = self.state();
        let Some(server) = state.servers.get_mut(id.0) else {
            state.drop_later(callback);
            return Err(Code::EBADF);
        };
        server.listeners.add(EventListener::new(event as u8, once, 0, callback));
        Ok(())
    }

    pub fn server_off(&self, id: ServerId, event: ServerEventName, callback: Callback) -> Result {
        let mut state = self.state();
        let removed = state.server_mut(id)?.listeners.remove(event as u8, &callback).ok_or(Code::ENOENT)?;
        state.drop_later(removed.callback);
        Ok(())
    }

    pub fn server_listener_count(&self, id: ServerId, event: ServerEventName) -> Result<usize> {
        Ok(self.state().server(id)?.listeners.count(event as u8))
    }
}
