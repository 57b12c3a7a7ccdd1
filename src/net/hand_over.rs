//! Handing connections over: servers of several loops share one listening socket, one of them accepts, and all take turns.
//!
//! Each server has a place at a table: expected → there → gone for ever when it stops listening. What is sent to a server
//! that is expected comes after it, for it was sent to its loop first. Whoever accepts passes that on when it goes, so that
//! the socket is served as long as one of them listens.
use super::events::LoopId;
use super::loops::{self, Message};
use super::state::{State, Token};
use super::{Loop, ServerId};
use crate::core::table::Key;
use crate::sys::stream::Stream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The servers that share a socket.
#[derive(Debug)]
pub struct HandOver {
    places: Vec<Place>,
    /// Whose turn it is, counted on for ever.
    turn: AtomicUsize,
}

#[derive(Debug)]
struct Place {
    of: LoopId,
    /// The bits of the server's key, or one of the two constants.
    server: AtomicUsize,
}

const EXPECTED: usize = 0;
const GONE: usize = usize::MAX;

/// What a server knows of its place.
#[derive(Debug)]
pub struct Seat {
    table: Arc<HandOver>,
    at: usize,
    accepts: bool,
}

/// On its way to the server at a place.
#[derive(Debug)]
pub struct Handed<T> {
    table: Arc<HandOver>,
    at: usize,
    what: T,
}

/// That the server accepts from now on.
#[derive(Debug)]
pub struct Turn;

impl HandOver {
    /// A place for each loop.
    pub fn new(loops: &[LoopId]) -> Arc<HandOver> {
        let places = loops.iter().map(|of| Place { of: *of, server: AtomicUsize::new(EXPECTED) }).collect();
        Arc::new(HandOver { places, turn: AtomicUsize::new(0) })
    }

    fn server_at(&self, at: usize) -> Option<ServerId> {
        let bits = self.places[at].server.load(Ordering::Acquire);
        Key::from_all_bits(bits).filter(|_| bits != EXPECTED).map(ServerId)
    }

    fn leave(&self, at: usize) {
        self.places[at].server.store(GONE, Ordering::Release);
    }

    /// The next place in turn from which nobody has gone.
    fn next(&self) -> Option<usize> {
        let count = self.places.len();
        (0..count)
            .map(|_| self.turn.fetch_add(1, Ordering::Relaxed) % count)
            .find(|at| self.places[*at].server.load(Ordering::Acquire) != GONE)
    }
}

impl<T> Handed<T> {
    /// To whoever's turn it is; what nobody takes is let go, which closes a connection.
    fn pass_on(mut self, message: fn(Handed<T>) -> Message, back: fn(Message) -> Option<Handed<T>>) {
        while let Some(at) = self.table.next() {
            let to = self.table.places[at].of;
            self.at = at;
            match loops::offer(to, message(self)).and_then(back) {
                Some(refused) => self = refused,
                None => return,
            }
            self.table.leave(at);
        }
    }
}

impl Handed<Stream> {
    /// A connection whose server does not listen any more goes to another.
    pub fn send(self) {
        self.pass_on(Message::Connection, |message| match message {
            Message::Connection(handed) => Some(handed),
            _ => None,
        });
    }
}

impl Handed<Turn> {
    /// Accepting is for another.
    pub fn send(self) {
        self.pass_on(Message::Accept, |message| match message {
            Message::Accept(handed) => Some(handed),
            _ => None,
        });
    }
}

impl Seat {
    /// Of a server that is expected. The one at the first place accepts.
    pub fn new(table: Arc<HandOver>, at: usize) -> Seat {
        Seat { table, at, accepts: at == 0 }
    }

    /// The server has come to its loop.
    pub fn take(&self, server: ServerId) {
        self.table.places[self.at].server.store(server.0.bits(), Ordering::Release);
    }

    /// Whether it is this one that accepts.
    pub fn accepts(&self) -> bool {
        self.accepts
    }

    /// Sends a connection on its way; back comes what is this server's own.
    pub fn hand_over(&self, stream: Stream) -> Option<Stream> {
        let mut stream = stream;
        loop {
            let at = self.table.next().filter(|at| *at != self.at);
            let Some(at) = at else { return Some(stream) };
            let handed = Handed { table: self.table.clone(), at, what: stream };
            match loops::offer(self.table.places[at].of, Message::Connection(handed)) {
                Some(Message::Connection(handed)) => stream = handed.what,
                _ => return None,
            }
            self.table.leave(at);
        }
    }

    /// The server stops listening.
    pub fn leave(self) {
        self.table.leave(self.at);
        if self.accepts {
            Handed { table: self.table, at: self.at, what: Turn }.send();
        }
    }
}

impl State {
    fn begin_to_accept(&mut self, id: ServerId) -> bool {
        let Some(server) = self.servers.get_mut(id.0) else { return false };
        let (Some(listener), Some(seat)) = (&server.listener, &mut server.seat) else { return false };
        seat.accepts = true;
        server.stamp = self.order.begins();
        // Without a descriptor or memory for it the timer of those who have none tries again.
        if listener.register(&self.poller, Token::Server(id).number()).is_err() {
            self.rest_from_accepting(id);
        }
        true
    }
}

impl Loop {
    /// A connection that another loop has accepted.
    pub fn connection_arrives(&self, handed: Handed<Stream>) {
        let server = handed.table.server_at(handed.at);
        let here = server.filter(|id| self.state().servers.get(id.0).is_some_and(|server| server.seat.is_some()));
        match here {
            Some(id) => self.on_handed_over(id, handed.what),
            None => handed.send(),
        }
    }

    /// It is this loop's server that accepts from now on.
    pub fn accepting_arrives(&self, handed: Handed<Turn>) {
        let begun = handed.table.server_at(handed.at).is_some_and(|id| self.state().begin_to_accept(id));
        if !begun {
            handed.send();
        }
    }
}
