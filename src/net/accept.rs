//! Accepting: one connection a turn and server, as Node does, so that what came first is told first.
use super::address::Address;
use super::events::{DropReason, ServerEvent};
use super::options::SocketOptions;
use super::socket::{ConnectPhase, Flags, Flowing, Reading, Socket};
use super::state::{Again, Due, State};
use super::{Loop, ServerId, SocketId};
use crate::core::listeners::Listeners;
use crate::core::mutation::mutated;
use crate::sys::sockaddr::Endpoint;
use crate::sys::stream::Stream;

/// How long to wait before accepting again when no descriptor was left, in milliseconds.
const RETRY: u64 = 100;

/// What came of an attempt to accept.
enum Accepted {
    Connection(SocketId),
    Dropped(Address, Address),
    Shed(Vec<(Address, Address)>),
    Nothing,
}

fn ends(stream: &Stream) -> (Address, Address) {
    let shown = |endpoint: Result<Endpoint, _>| endpoint.map_or(Address::Absent, Address::of_tcp);
    (shown(stream.local_endpoint()), shown(stream.peer_endpoint()))
}

impl State {
    /// The server tries to accept in the next turn, even if no new edge comes.
    pub fn accept_again(&mut self, id: ServerId) {
        let Some(server) = self.servers.get_mut(id.0) else { return };
        if !server.queued_again {
            server.queued_again = true;
            self.again.push_back(Again::Accept(id));
        }
    }

    fn accept(&mut self, id: ServerId) -> Accepted {
        let Some(server) = self.servers.get(id.0) else { return Accepted::Nothing };
        let Some(listener) = server.listener.as_ref() else { return Accepted::Nothing };
        let stream = loop {
            match listener.accept() {
                Ok(stream) => break stream,
                Err(errno) if errno.would_block() => return Accepted::Nothing,
                Err(errno) if errno.no_descriptors() => return self.shed(id),
                // The connection ended before it was accepted, or the network had a fault that concerns only it.
                Err(errno) if errno.concerns_one_connection() => {}
                Err(_) => {
                    self.retry_later(id);
                    return Accepted::Nothing;
                }
            }
        };
        let stream = match &server.seat {
            Some(seat) => seat.hand_over(stream),
            None => Some(stream),
        };
        self.accept_again(id);
        stream.map_or(Accepted::Nothing, |stream| self.take_in(id, stream))
    }

    fn take_in(&mut self, id: ServerId, stream: Stream) -> Accepted {
        let Some(server) = self.servers.get(id.0) else { return Accepted::Nothing };
        let limit = server.max_connections;
        let full = limit.is_some_and(|limit| server.connections >= limit + u64::from(mutated!(OneTooMany)));
        if full {
            let (local, remote) = ends(&stream);
            return Accepted::Dropped(local, remote);
        }
        if self.blocks_peer(id, &stream) {
            return Accepted::Nothing;
        }
        self.adopt(id, stream)
    }

    /// Whether the server's list has the peer. A local socket has no address that could be on a list.
    fn blocks_peer(&self, id: ServerId, stream: &Stream) -> bool {
        let Some(list) = self.servers.get(id.0).and_then(|server| server.options.block_list.as_ref()) else {
            return false;
        };
        matches!(stream.peer_endpoint(), Ok(Endpoint::Ip(peer)) if list.blocks(peer.ip()) && !mutated!(BlockedLetIn))
    }

    fn adopt(&mut self, id: ServerId, stream: Stream) -> Accepted {
        let Some(server) = self.servers.get_mut(id.0) else { return Accepted::Nothing };
        let options = &server.options;
        let listeners = Listeners::new(&self.shapes);
        let options = SocketOptions {
            allow_half_open: options.allow_half_open,
            no_delay: options.no_delay,
            keep_alive: options.keep_alive,
            keep_alive_initial_delay: options.keep_alive_initial_delay * u64::from(options.keep_alive),
            high_water_mark: options.high_water_mark,
            ..SocketOptions::default()
        };
        let paused = server.options.pause_on_connect;
        let mut socket = Socket::new(&options, listeners);
        socket.stream = stream;
        socket.connect = ConnectPhase::Connected;
        socket.flags.insert(Flags::HANDLE | Flags::ACCEPTED);
        socket.flags.set(Flags::LOCAL, server.local);
        socket.server = id;
        if paused {
            socket.flowing = Flowing::Paused;
        } else {
            // What asking for the first bytes comes to, where nothing has come and nothing was asked before.
            socket.reading.insert(Reading::ASKED | Reading::NEED_READABLE | Reading::HANDLE);
        }
        server.connections += 1;
        let Ok(socket) = self.insert_socket(socket) else {
            self.uncount(id);
            return Accepted::Nothing;
        };
        if self.watch(socket).is_err() {
            self.sockets.remove(socket.0);
            self.uncount(id);
            return Accepted::Nothing;
        }
        self.sync_hold(socket);
        Accepted::Connection(socket)
    }

    fn uncount(&mut self, id: ServerId) {
        if let Some(server) = self.servers.get_mut(id.0) {
            server.connections -= 1;
        }
    }

    fn shed(&mut self, id: ServerId) -> Accepted {
        self.retry_later(id);
        let mut shed = Vec::new();
        if let Some(listener) = self.servers.get(id.0).and_then(|server| server.listener.as_ref()) {
            self.spare.shed(listener, |stream| shed.push(ends(stream)));
        }
        Accepted::Shed(shed)
    }

    /// Accepts again when some time has passed.
    pub fn retry_later(&mut self, id: ServerId) {
        let due = self.now() + RETRY;
        let Some(server) = self.servers.get_mut(id.0) else { return };
        if !server.out_of_descriptors {
            server.out_of_descriptors = true;
            self.due.set(due, |_| Due::AcceptAgain(id));
        }
    }

    /// The time to accept again has come.
    pub fn accept_due(&mut self, id: ServerId) {
        if let Some(server) = self.servers.get_mut(id.0) {
            server.out_of_descriptors = false;
            self.accept_again(id);
        }
    }
}

impl Loop {
    /// There may be a connection to accept.
    pub fn on_acceptable(&self, id: ServerId) {
        let accepted = {
            let mut state = self.state();
            let stamp = state.order.served();
            if let Some(server) = state.servers.get_mut(id.0) {
                server.stamp = stamp;
            }
            state.accept(id)
        };
        self.tell_accepted(id, accepted);
    }

    /// Another loop has accepted a connection for this server.
    pub fn on_handed_over(&self, id: ServerId, stream: Stream) {
        let accepted = self.state().take_in(id, stream);
        self.tell_accepted(id, accepted);
    }

    fn tell_accepted(&self, id: ServerId, accepted: Accepted) {
        match accepted {
            Accepted::Nothing => return,
            Accepted::Connection(socket) => self.emit_server(id, &ServerEvent::Connection(socket)),
            Accepted::Dropped(local, remote) => {
                let reason = DropReason::MaxConnections;
                self.emit_server(id, &ServerEvent::Drop { reason, local: &local, remote: &remote });
            }
            Accepted::Shed(list) => {
                for (local, remote) in list {
                    let reason = DropReason::NoDescriptors;
                    self.emit_server(id, &ServerEvent::Drop { reason, local: &local, remote: &remote });
                    self.drain_ticks();
                }
            }
        }
        self.drain_ticks();
    }
}
