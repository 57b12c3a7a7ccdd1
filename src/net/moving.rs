//! Moving a connected socket or a listening server to another loop, which is usually another thread's.
//!
//! Here → on its way (a message in the inbox of the other loop, which holds that loop) → there. The descriptor itself
//! travels, so whatever the system holds for it travels along: bytes that came, connections that wait to be accepted. The
//! old handle is dead at once; the new one is told to the function that was given along. If the other loop ends first,
//! the descriptor is closed with the message.
use super::error::NetError;
use super::events::{LoopId, ServerEvent, ServerEventName};
use super::hand_over::Seat;
use super::loops::{self, Message};
use super::options::{ServerOptions, SocketOptions};
use super::server::Server;
use super::socket::{ConnectPhase, Flags, ReadPhase, Reading, Socket, WritePhase};
use super::state::{State, Token};
use super::tick::Tick;
use super::{Loop, ServerId, SocketId};
use crate::core::listeners::{Listener as EventListener, Listeners};
use crate::sys::callback::{Callback, SharedUser};
use crate::sys::code::{Code, Result};
use crate::sys::listener::Listener;
use crate::sys::stream::{Probes, Stream};

/// A socket on its way.
#[derive(Debug)]
pub struct MovedSocket {
    stream: Stream,
    local: bool,
    options: SocketOptions,
    probes: Option<Probes>,
    is_shared: bool,
    /// Called with the new handle.
    pub callback: Callback,
}

/// A server on its way.
#[derive(Debug)]
pub struct MovedServer {
    /// Its socket, watched by nobody.
    pub listener: Listener,
    /// Not TCP.
    pub local: bool,
    /// What accepted sockets get.
    pub options: ServerOptions,
    /// maxConnections
    pub max_connections: Option<u64>,
    /// The path as it was given.
    pub path: Option<Vec<u8>>,
    /// What follows there.
    pub arrival: Arrival,
}

/// What becomes of a server when it has come.
#[derive(Debug)]
pub enum Arrival {
    /// Somebody waits for the new handle.
    Told(Callback),
    /// It is one of a group's.
    InGroup {
        /// The listener of `connection`.
        connection: Callback,
        /// Whose user pointer all of them hold.
        shared: SharedUser,
        /// If they hand connections over.
        seat: Option<Seat>,
    },
}

impl Arrival {
    /// It does not come; what has to be dropped.
    pub fn fails(self) -> Option<Callback> {
        match self {
            Arrival::Told(callback) => Some(callback),
            Arrival::InGroup { shared, seat, .. } => {
                seat.into_iter().for_each(Seat::leave);
                shared.let_go()
            }
        }
    }
}

impl Socket {
    /// Whether nothing is known of it here that would be lost: connected, nothing read, written, queued or ended.
    fn can_move(&self) -> bool {
        self.connect == ConnectPhase::Connected
            && self.has_handle()
            && !self.destroyed()
            && !self.flags.contains(Flags::ERRORED)
            && (self.read == ReadPhase::Open || self.reading.contains(Reading::NOT_READABLE))
            && !self.reading.contains(Reading::EOF)
            && self.write == WritePhase::Open
            && self.bytes_read == 0
            && self.bytes_dispatched == 0
            && self.unread_len() == 0
            && !self.is_piped()
            && self.cold.as_ref().is_none_or(|cold| cold.writes.queue.is_empty() && cold.writes.request.is_none())
    }

    /// What it has to be made with to be the same elsewhere.
    fn manner(&self) -> SocketOptions {
        SocketOptions {
            allow_half_open: self.flags.contains(Flags::ALLOW_HALF_OPEN),
            no_delay: self.flags.contains(Flags::NO_DELAY),
            keep_alive: self.flags.contains(Flags::KEEP_ALIVE),
            type_of_service: self.cold.as_ref().and_then(|cold| cold.type_of_service),
            high_water_mark: self.write_mark as usize,
            readable: !self.reading.contains(Reading::NOT_READABLE),
            ipc: self.has_ipc(),
            ..SocketOptions::default()
        }
    }
}

impl State {
    fn send_socket(&mut self, id: SocketId, to: LoopId, callback: Callback) -> Result {
        let socket = self.sockets.get_mut(id.0).ok_or(Code::EBADF)?;
        if !socket.can_move() {
            return Err(Code::ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
        }
        if !loops::lives(to) {
            return Err(Code::EBADF);
        }
        // Before it is sent: on the other side it may be closed at once, and its number be another's.
        socket.stream.unregister(&self.poller).map_err(crate::sys::errno::Errno::code)?;
        let moved = MovedSocket {
            stream: std::mem::replace(&mut socket.stream, Stream::NONE),
            local: socket.flags.contains(Flags::LOCAL),
            options: socket.manner(),
            probes: socket.cold.as_ref().map(|cold| cold.probes),
            is_shared: socket.cold.as_ref().is_some_and(|cold| cold.is_shared),
            callback,
        };
        // If the loop has ended just now, so does the connection, as if that had been a little later.
        let refused = loops::offer(to, Message::Socket(Box::new(moved)));
        refused.and_then(Message::undelivered).into_iter().for_each(|callback| self.drop_later(callback));
        self.free_socket(id);
        Ok(())
    }

    fn take_socket_in(&mut self, moved: MovedSocket) -> Option<SocketId> {
        let mut socket = Socket::new(&moved.options, Listeners::new(&self.shapes));
        if let Some(probes) = moved.probes {
            socket.cold().probes = probes;
        }
        if moved.is_shared {
            socket.cold().is_shared = true;
        }
        socket.stream = moved.stream;
        socket.connect = ConnectPhase::Connected;
        socket.flags.insert(Flags::HANDLE | Flags::ACCEPTED);
        socket.flags.set(Flags::LOCAL, moved.local);
        socket.reading.insert(Reading::MAY_READ);
        let id = self.insert_socket(socket).ok()?;
        if let Err(errno) = self.watch(id) {
            self.destroy(id, Some(NetError::system("open", errno).into()));
        }
        Some(id)
    }

    fn send_server(&mut self, id: ServerId, to: LoopId, callback: Callback) -> Result {
        let server = self.servers.get_mut(id.0).ok_or(Code::EBADF)?;
        if !server.is_listening() || server.seat.is_some() || server.sharing.is_some() {
            return Err(Code::ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
        }
        let Some(listener) = server.listener.take_if(|_| loops::lives(to)) else { return Err(Code::EBADF) };
        let forgotten = if server.rests { Ok(()) } else { listener.unregister(&self.poller) };
        if let Err(errno) = forgotten {
            server.listener = Some(listener);
            return Err(errno.code());
        }
        let moved = MovedServer {
            listener,
            local: server.local,
            options: server.options.clone(),
            max_connections: server.max_connections,
            path: server.path.clone(),
            arrival: Arrival::Told(callback),
        };
        let refused = loops::offer(to, Message::Server(Box::new(moved)));
        refused.and_then(Message::undelivered).into_iter().for_each(|callback| self.drop_later(callback));
        self.free_server(id);
        Ok(())
    }

    fn take_server_in(&mut self, server: Server, listener: Listener) -> Option<ServerId> {
        let accepts = server.seat.as_ref().is_none_or(Seat::accepts);
        let id = self.servers.insert(|_| server).map(ServerId)?;
        if let Some(seat) = self.servers.get(id.0).and_then(|server| server.seat.as_ref()) {
            seat.take(id);
        }
        let watched = if accepts { listener.register(&self.poller, Token::Server(id).number()) } else { Ok(()) };
        match watched {
            Ok(()) => self.begin_listening(id, listener),
            Err(errno) => {
                self.tick(Tick::ServerError(id, NetError::listen(errno, None, None).into()));
            }
        }
        Some(id)
    }
}

impl Loop {
    /// A socket has come from another loop. It reads nothing before it is asked to, as in Node.
    pub fn socket_arrives(&self, moved: MovedSocket) {
        let callback = moved.callback;
        let arrived = self.state().take_socket_in(moved);
        match arrived {
            Some(id) => self.hand_socket(id, callback),
            None => self.drop_now(callback),
        }
    }

    /// A server has come from another loop.
    pub fn server_arrives(&self, moved: MovedServer) {
        let mut server = Server::new(moved.options);
        (server.local, server.path) = (moved.local, moved.path);
        server.max_connections = moved.max_connections;
        let told = match moved.arrival {
            Arrival::Told(callback) => Some(callback),
            Arrival::InGroup { connection, shared, seat } => {
                let event = ServerEventName::Connection as u8;
                server.listeners.add(EventListener::new(event, false, 0, connection));
                (server.shared, server.seat) = (Some(shared), seat);
                None
            }
        };
        let arrived = self.state().take_server_in(server, moved.listener);
        match (told, arrived) {
            (Some(callback), Some(id)) => self.complete_server(id, callback, &ServerEvent::Moved),
            (Some(callback), None) => self.drop_now(callback),
            (None, _) => {}
        }
    }
}

/// Moving.
#[allow(missing_docs)]
impl Loop {
    pub fn socket_move(&self, id: SocketId, to: LoopId, callback: Callback) -> Result {
        let mut state = self.state();
        let sent = state.send_socket(id, to, callback);
        if sent.is_err() {
            state.drop_later(callback);
        }
        sent
    }

    pub fn server_move(&self, id: ServerId, to: LoopId, callback: Callback) -> Result {
        let mut state = self.state();
        let sent = state.send_server(id, to, callback);
        if sent.is_err() {
            state.drop_later(callback);
        }
        sent
    }
}
