//! Moving a connected socket or a listening server to another loop, which is usually another thread's.
//!
//! Here → on its way (a message in the inbox of the other loop, which holds that loop) → there. The descriptor itself
//! travels, so whatever the system holds for it travels along: bytes that came, connections that wait to be accepted. The
//! old handle is dead at once; the new one is told to the function that was given along. If the other loop ends first,
//! the descriptor is closed with the message.
use super::error::NetError;
use super::events::{LoopId, ServerEvent};
use super::loops::{self, Message};
use super::options::{ServerOptions, SocketOptions};
use super::server::Server;
use super::socket::{ConnectPhase, Flags, ReadPhase, Reading, Socket, WritePhase};
use super::state::{State, Token};
use super::tick::Tick;
use super::{Loop, ServerId, SocketId};
use crate::core::listeners::Listeners;
use crate::sys::callback::Callback;
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
    /// Called with the new handle.
    pub callback: Callback,
}

/// A server on its way.
#[derive(Debug)]
pub struct MovedServer {
    listener: Listener,
    local: bool,
    options: ServerOptions,
    max_connections: Option<u64>,
    path: Option<Vec<u8>>,
    /// Called with the new handle.
    pub callback: Callback,
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
            callback,
        };
        // If the loop has ended just now, so does the connection, as if that had been a little later.
        let refused = loops::offer(to, Message::Socket(Box::new(moved)));
        refused.and_then(Message::into_drop).into_iter().for_each(|callback| self.drop_later(callback));
        self.free_socket(id);
        Ok(())
    }

    fn take_socket_in(&mut self, moved: MovedSocket) -> Option<SocketId> {
        let mut socket = Socket::new(&moved.options, Listeners::new(&self.shapes));
        if let Some(probes) = moved.probes {
            socket.cold().probes = probes;
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
        let listener = server.listener.take_if(|_| loops::lives(to));
        let Some(listener) = listener else {
            let listening = server.is_listening();
            return Err(if listening { Code::EBADF } else { Code::ERR_WORKER_HANDLE_NOT_TRANSFERABLE });
        };
        if let Err(errno) = listener.unregister(&self.poller) {
            server.listener = Some(listener);
            return Err(errno.code());
        }
        let moved = MovedServer {
            listener,
            local: server.local,
            options: server.options.clone(),
            max_connections: server.max_connections,
            path: server.path.clone(),
            callback,
        };
        let refused = loops::offer(to, Message::Server(Box::new(moved)));
        refused.and_then(Message::into_drop).into_iter().for_each(|callback| self.drop_later(callback));
        self.free_server(id);
        Ok(())
    }

    fn take_server_in(&mut self, moved: MovedServer) -> Option<ServerId> {
        let mut server = Server::new(moved.options);
        (server.local, server.path) = (moved.local, moved.path);
        server.max_connections = moved.max_connections;
        let id = self.servers.insert(|_| server).map(ServerId)?;
        match moved.listener.register(&self.poller, Token::Server(id).number()) {
            Ok(()) => self.begin_listening(id, moved.listener),
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
        let callback = moved.callback;
        let arrived = self.state().take_server_in(moved);
        match arrived {
            Some(id) => self.complete_server(id, callback, &ServerEvent::Moved),
            None => self.drop_now(callback),
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
