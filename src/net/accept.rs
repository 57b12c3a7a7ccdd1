//! Accepting: one connection a turn and server, as Node does, so that what came first is told first.
use super::address::Address;
use super::events::{DropReason, ServerEvent};
use super::server::Server;
use super::socket::{Flags, Socket};
use super::state::{Again, Due, State, Token};
use super::tracing::{Note, NoteKind, shown};
use super::{Loop, ServerId, SocketId};
use crate::core::listeners::Listeners;
use crate::core::mutation::mutated;
use crate::sys::poller::LISTENERS_STAY;
use crate::sys::sockaddr::Endpoint;
use crate::sys::stream::Stream;

/// How long to wait before accepting again when no descriptor was left, in milliseconds.
pub const RETRY: u64 = 100;

/// What came of an attempt to accept.
enum Accepted {
    Connection(SocketId),
    Refused(Box<Refused>),
    Nothing,
}

/// Connections that are not kept, each with its near and its far end. Apart, so that the usual answer travels in registers.
enum Refused {
    Dropped(Address, Address),
    Shed(Vec<(Address, Address)>),
}

fn ends(stream: &Stream) -> (Address, Address) {
    let shown = |endpoint: Result<Endpoint, _>| endpoint.map_or(Address::Absent, Address::of_tcp);
    (shown(stream.local_endpoint()), shown(stream.peer_endpoint()))
}

impl Server {
    #[inline]
    fn is_full(&self) -> bool {
        let limit = self.max_connections;
        limit.is_some_and(|limit| self.connections >= limit + u64::from(mutated!(OneTooMany)))
    }

    /// Whether its list has the peer. A local socket has no address that could be on a list.
    #[inline]
    fn blocks_peer(&self, stream: &Stream) -> bool {
        let Some(list) = &self.options.block_list else { return false };
        matches!(stream.peer_endpoint(), Ok(Endpoint::Ip(peer)) if list.blocks(peer.ip()) && !mutated!(BlockedLetIn))
    }
}

impl State {
    /// The server tries to accept in the next turn, also where that is told of new connections only.
    #[inline]
    pub fn accept_again(&mut self, id: ServerId) {
        if LISTENERS_STAY {
            return;
        }
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
                    self.rest_from_accepting(id);
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
        let Some(server) = self.servers.get_mut(id.0) else { return Accepted::Nothing };
        if server.is_full() {
            let (local, remote) = ends(&stream);
            return Accepted::Refused(Refused::Dropped(local, remote).into());
        }
        if server.blocks_peer(&stream) {
            return Accepted::Nothing;
        }
        // Made where it will be.
        let make = |_| Socket::accepted(stream, id, server, Listeners::new(&self.shapes));
        let Some(key) = self.sockets.insert(make) else { return Accepted::Nothing };
        let Some(socket) = self.sockets.get_mut(key) else { return Accepted::Nothing };
        socket.stamp = self.order.begins();
        if socket.stream.register(&self.poller, Token::Socket(SocketId(key)).number()).is_err() {
            self.sockets.remove(key);
            return Accepted::Nothing;
        }
        socket.flags.set(Flags::TRACED, self.tracing.is_some());
        socket.sync_hold(&mut self.holds);
        server.connections += 1;
        self.note(|state| {
            let stream = state.sockets.get(key).map(|socket| &socket.stream);
            let from = stream.map_or(Address::Absent, |stream| ends(stream).1);
            Note::of_server(id, NoteKind::Accept, format!("accept from {}", shown(&from))).and_socket(SocketId(key))
        });
        Accepted::Connection(SocketId(key))
    }

    fn shed(&mut self, id: ServerId) -> Accepted {
        let mut shed = Vec::new();
        let Some(listener) = self.servers.get(id.0).and_then(|server| server.listener.as_ref()) else {
            return Accepted::Nothing;
        };
        if !self.spare.shed(listener, |stream| shed.push(ends(stream))) {
            self.rest_from_accepting(id);
        }
        Accepted::Refused(Refused::Shed(shed).into())
    }

    /// Connections wait that cannot be accepted: they are looked for again when some time has passed.
    pub fn rest_from_accepting(&mut self, id: ServerId) {
        let due = self.now() + RETRY;
        let Some(server) = self.servers.get_mut(id.0) else { return };
        if std::mem::replace(&mut server.rests, true) {
            return;
        }
        if let Some(listener) = &server.listener {
            // One that could not be watched is not.
            let _ = listener.unregister(&self.poller);
        }
        self.due.set(due, |_| Due::AcceptAgain(id));
    }

    /// The time to accept again has come.
    pub fn accept_due(&mut self, id: ServerId) {
        let Some(server) = self.servers.get_mut(id.0) else { return };
        if !std::mem::take(&mut server.rests) {
            return;
        }
        let Some(listener) = &server.listener else { return };
        if listener.register(&self.poller, Token::Server(id).number()).is_err() {
            self.rest_from_accepting(id);
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

    fn tell_dropped(&self, id: ServerId, reason: DropReason, local: &Address, remote: &Address) {
        let why = match reason {
            DropReason::MaxConnections => "too many connections",
            DropReason::NoDescriptors => "no descriptor is left",
        };
        self.state()
            .note(|_| Note::of_server(id, NoteKind::Drop, format!("drop a connection from {}: {why}", shown(remote))));
        self.emit_server(id, &ServerEvent::Drop { reason, local, remote });
    }

    fn tell_accepted(&self, id: ServerId, accepted: Accepted) {
        match accepted {
            Accepted::Nothing => {}
            Accepted::Connection(socket) => {
                self.emit_server(id, &ServerEvent::Connection(socket));
                self.drain_ticks();
            }
            Accepted::Refused(refused) => self.tell_refused(id, *refused),
        }
    }

    #[cold]
    #[inline(never)]
    fn tell_refused(&self, id: ServerId, refused: Refused) {
        match refused {
            Refused::Dropped(local, remote) => {
                self.tell_dropped(id, DropReason::MaxConnections, &local, &remote);
            }
            Refused::Shed(list) => {
                for (local, remote) in list {
                    self.tell_dropped(id, DropReason::NoDescriptors, &local, &remote);
                    self.drain_ticks();
                }
            }
        }
        self.drain_ticks();
    }
}
