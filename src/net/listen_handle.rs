//! listen on what is there already: a descriptor, a bound socket, another server, a socket.
use super::bound_sockets::adopt_bound_socket;
use super::error::NetError;
use super::server::Sharing;
use super::socket::{ConnectPhase, Flags};
use super::state::{State, Token};
use super::{BoundSocketId, ServerId, SocketId};
use crate::sys::code::{Code, Result};
use crate::sys::errno::Errno;
use crate::sys::listener::Listener;
use crate::sys::stream::Stream;

/// A handle has no address that an error could show; in Node its port is -1.
pub const NO_PORT: Option<i32> = Some(-1);

fn failed(errno: Errno, port: Option<i32>) -> Box<NetError> {
    Box::new(NetError::listen(errno, None, port))
}

impl State {
    /// A descriptor that is refused stays the program's; one that is a stream and cannot listen is closed, as in Node.
    pub(super) fn listen_on_fd(&mut self, id: ServerId, fd: i32, backlog: i32) {
        let listening = Listener::adopt(fd).and_then(|listener| {
            // Watched before anything is done to it: the loop may know the descriptor already, as another handle's.
            match listener.register(&self.poller, Token::Server(id).number()) {
                Err(Errno::EEXIST) => {
                    listener.release();
                    Err(Errno::EEXIST)
                }
                // A file that cannot be waited for is no socket, which listening tells better.
                _ => listener.listen(backlog).map(|()| listener),
            }
        });
        self.listens(id, listening.map_err(|errno| failed(errno, None)));
    }

    pub(super) fn listen_on_bound(&mut self, id: ServerId, bound: BoundSocketId, backlog: i32) -> Result {
        let adopted = adopt_bound_socket(bound)?;
        if let Some(server) = self.servers.get_mut(id.0).filter(|_| adopted.path.is_some()) {
            server.path = adopted.path;
        }
        self.listen_with(id, Ok(Listener::from(adopted.bound)), backlog, None, NO_PORT);
        Ok(())
    }

    /// Both have the handle from then on, and connections come to the one that listened last.
    pub(super) fn listen_on_server(&mut self, id: ServerId, other: ServerId, backlog: i32) -> Result {
        let from = self.server(other)?;
        // One of a loop group shares its handle already, in another way.
        if !from.is_listening() || from.seat.is_some() {
            return Err(Code::ERR_INVALID_ARG_VALUE);
        }
        if from.local {
            // As in Node, which opens the descriptor of a local one anew.
            self.listens(id, Err(failed(Errno::EEXIST, None)));
            return Ok(());
        }
        let unref = from.unref;
        let sharing = from.sharing.clone().unwrap_or_default();
        let Some(listener) = self.holder(other).and_then(|holder| self.give_listener_up(holder)) else {
            // Who had it too has closed it.
            self.listens(id, Err(failed(Errno::EINVAL, NO_PORT)));
            return Ok(());
        };
        self.server_mut(other)?.sharing = Some(sharing.clone());
        let server = self.server_mut(id)?;
        server.sharing = Some(sharing);
        server.unref |= unref;
        self.listen_with(id, Ok(listener), backlog, None, NO_PORT);
        if self.server(id)?.listener.is_none() {
            self.stop_sharing(id);
        }
        Ok(())
    }

    fn give_listener_up(&mut self, id: ServerId) -> Option<Listener> {
        let listener = self.servers.get_mut(id.0)?.listener.take()?;
        // One that was not watched need not be forgotten.
        let _ = listener.unregister(&self.poller);
        self.sync_server_hold(id);
        Some(listener)
    }

    /// The socket's handle becomes the server's, and the socket is closed. One that is connected cannot listen.
    pub(super) fn listen_on_socket(&mut self, id: ServerId, socket: SocketId, backlog: i32) -> Result {
        let from = self.socket_mut(socket)?;
        if !from.stream.is_open() {
            return Err(Code::ERR_INVALID_ARG_VALUE);
        }
        if from.flags.contains(Flags::LOCAL) && from.connect != ConnectPhase::Bound {
            self.listens(id, Err(failed(Errno::EEXIST, None)));
            return Ok(());
        }
        let stream = std::mem::replace(&mut from.stream, Stream::NONE);
        let source = from.cold.as_mut().and_then(|cold| cold.bound.as_deref_mut());
        let (path, file) = source.map_or((None, None), |bound| (bound.path.clone(), bound.file.take()));
        // A bound one is not watched.
        let _ = stream.unregister(&self.poller);
        self.listen_with(id, Ok(Listener::of_stream(stream, file)), backlog, None, NO_PORT);
        let server = self.server_mut(id)?;
        let listens = server.listener.is_some();
        if path.is_some() && listens {
            server.path = path;
        }
        let lost = (!listens).then(|| NetError::system("read", Errno::EINVAL).into());
        self.destroy(socket, lost);
        Ok(())
    }

    /// Who of those that share a handle has it.
    pub fn holder(&self, id: ServerId) -> Option<ServerId> {
        let server = self.servers.get(id.0)?;
        if server.listener.is_some() {
            return Some(id);
        }
        let sharing = server.sharing.as_ref()?;
        let has = |other: &ServerId| self.servers.get(other.0).is_some_and(|server| server.listener.is_some());
        self.sharers(sharing).into_iter().find(has)
    }

    fn sharers(&self, sharing: &Sharing) -> Vec<ServerId> {
        let shares =
            |id: &ServerId| self.servers.get(id.0).is_some_and(|server| server.sharing.as_ref() == Some(sharing));
        self.servers.keys().into_iter().map(ServerId).filter(shares).collect()
    }

    /// Those that have the same handle, the server among them.
    pub fn with_sharers(&self, id: ServerId) -> Vec<ServerId> {
        match self.servers.get(id.0).and_then(|server| server.sharing.as_ref()) {
            Some(sharing) => self.sharers(sharing),
            None => vec![id],
        }
    }

    /// The server closes the handle: those that have it too have none from then on, though they do not know yet.
    pub fn stop_sharing(&mut self, id: ServerId) {
        let Some(sharing) = self.servers.get_mut(id.0).and_then(|server| server.sharing.take()) else { return };
        for other in self.sharers(&sharing) {
            if self.give_listener_up(other).is_some() {
                self.closing.push(super::closing::Closing::Server);
            }
        }
    }
}
