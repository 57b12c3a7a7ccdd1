//! What a loop knows: its handles and its queues.
use super::closing::Closing;
use super::error::{Known, NetError};
use super::events::LoopId;
use super::gathering::Gathering;
use super::lookup::PendingLookup;
use super::pipe::Pipe;
use super::server::Server;
use super::socket::{Reading, Socket};
use super::tick::{Tick, Ticks};
use super::timer::Timer;
use super::tracing::Tracing;
use super::{LookupId, ServerId, SocketId, TimerId};
use crate::core::order::{Order, Outlook, Stamp};
use crate::core::shape::Shape;
use crate::core::table::{Key, Table};
use crate::core::timers::Timers;
use crate::sys::callback::{Callback, ForeignBytes};
use crate::sys::clock;
use crate::sys::code::{Code, Result};
use crate::sys::errno::Errno;
use crate::sys::listener::Spare;
use crate::sys::poller::{Found, Poller, Readiness, WAKE_TOKEN};
use crate::sys::splice::Pool;
use std::collections::VecDeque;
use std::rc::Rc;

/// What may be due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    /// A timer of the program's, in this setting.
    Timer(TimerId, u64),
    /// A socket's idle time, in this setting.
    SocketTimeout(SocketId, u64),
    /// The time of a connection attempt, in this setting.
    Attempt(SocketId, u64),
    /// The end of a graceful stop, in this setting.
    Shutdown(ServerId, u64),
    /// Accepting again after descriptors ran out.
    AcceptAgain(ServerId),
    /// Offering a handle again after too many were on their way.
    SendAgain(SocketId),
}

/// What I/O puts off to the next time around it, outside any callback.
#[derive(Debug)]
pub enum Fed {
    /// The end may be sent: all writes are out.
    Shutdown(SocketId),
    /// Connecting failed inside the call.
    ConnectFailed(SocketId, Errno),
    /// A write ended with its second offer.
    Written(SocketId),
}

/// What was ready and has more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Again {
    /// Bytes to read.
    Read(SocketId),
    /// A connection was made or refused, or there is room to write, but the turn was halted.
    Write(SocketId),
    /// Connections to accept.
    Accept(ServerId),
}

/// How much one read takes; as much as Node's.
pub const READ_SIZE: usize = 64 * 1024;
/// How much one takes while a socket that flows keeps filling that: fewer calls for bulk.
pub const LARGE_READ_SIZE: usize = 256 * 1024;

/// What waits outside of a turn, as far as the wake hook tells it.
#[derive(Clone, Copy, Default, Debug)]
pub struct Queued {
    /// Deferred tasks, which `run_deferred` runs.
    pub ticks: bool,
    /// Anything that makes the next turn due at once.
    pub work: bool,
    /// The latest timer.
    pub timers: u64,
}

impl Queued {
    /// Whether there is something to tell to one who knows of `told`.
    pub fn more_than(self, told: Queued) -> bool {
        (self.ticks && !told.ticks) || (self.work && !told.work) || (self.timers != told.timers)
    }
}

/// Everything a loop knows. Its functions never call the program.
pub struct State {
    /// Which loop this is.
    pub id: LoopId,
    /// Waits for readiness.
    pub poller: Poller,
    /// Sockets by name.
    pub sockets: Table<Socket>,
    /// What listeners of sockets have in common.
    pub shapes: Rc<Shape>,
    /// Errors that sockets have in common.
    pub errors: Known,
    /// Servers by name.
    pub servers: Table<Server>,
    /// Timers by name.
    pub timers: Table<Timer>,
    /// Lookups of the program's that have not been answered.
    pub lookups: Table<PendingLookup>,
    /// Pipes between sockets; no handle names them.
    pub pipes: Table<Pipe>,
    /// Node's nextTick queue.
    pub ticks: Ticks,
    /// What I/O put off.
    pub fed: VecDeque<Fed>,
    /// Closed in this turn; told of in the close phase, latest first, as in Node.
    pub closing: Vec<Closing>,
    /// In which order those that are ready are served.
    pub order: Order,
    /// Ready with more.
    pub again: VecDeque<Again>,
    /// Room for these while they are put in order.
    ready_again: Vec<Readiness>,
    /// What is due when.
    pub due: Timers<Due>,
    /// Written in the present callback, and not sent.
    pub gathering: Gathering,
    /// User pointers to drop when no callback runs.
    pub drops: Vec<Callback>,
    /// Owned bytes to release when no callback runs.
    pub releases: Vec<ForeignBytes>,
    /// Referenced handles that hold the loop: those that read or listen.
    pub holds: usize,
    /// Requests that hold the loop: connecting, writing, sending the end, looking up.
    pub requests: usize,
    /// Referenced timers that are set.
    pub timer_holds: usize,
    /// The `error` event that nobody heard.
    pub unheard: Option<NetError>,
    /// Waiting for readiness failed: run and poll end with this.
    pub wait_failed: Option<Code>,
    /// Told when a turn has become due.
    pub wake_hook: Option<Callback>,
    /// Told of all that happens, if anybody wants to know.
    pub tracing: Option<Box<Tracing>>,
    /// What was queued when the hook was last told, or the last turn ended.
    pub hook_told: Queued,
    /// Kernel pipes for what is piped from socket to socket.
    pub kernel_pipes: Pool,
    /// In reserve for when no descriptor is left.
    pub spare: Spare,
    /// Events told so far.
    pub events: u64,
    /// Turns so far.
    pub turns: u64,
    /// Bytes read by sockets that are gone or reconnected, and by those that live.
    pub bytes_read: u64,
    /// Bytes the kernel took.
    pub bytes_written: u64,
    now: u64,
    now_is_fresh: bool,
}

impl State {
    /// Nothing known yet.
    pub fn new(id: LoopId, poller: Poller) -> State {
        State {
            id,
            poller,
            sockets: Table::new(id.generation),
            shapes: Shape::root(),
            errors: Known::default(),
            servers: Table::new(id.generation),
            timers: Table::new(id.generation),
            lookups: Table::new(id.generation),
            pipes: Table::new(1),
            ticks: Ticks::default(),
            fed: VecDeque::new(),
            closing: Vec::new(),
            order: Order::default(),
            again: VecDeque::new(),
            ready_again: Vec::new(),
            due: Timers::default(),
            gathering: Gathering::default(),
            drops: Vec::new(),
            releases: Vec::new(),
            holds: 0,
            requests: 0,
            timer_holds: 0,
            unheard: None,
            wait_failed: None,
            wake_hook: None,
            tracing: None,
            hook_told: Queued::default(),
            kernel_pipes: Pool::default(),
            spare: Spare::take(),
            events: 0,
            turns: 0,
            bytes_read: 0,
            bytes_written: 0,
            now: 0,
            now_is_fresh: false,
        }
    }

    /// The socket, or EBADF.
    #[inline]
    pub fn socket(&self, id: SocketId) -> Result<&Socket> {
        self.sockets.get(id.0).ok_or(Code::EBADF)
    }

    /// The socket, to be changed, or EBADF.
    #[inline]
    pub fn socket_mut(&mut self, id: SocketId) -> Result<&mut Socket> {
        self.sockets.get_mut(id.0).ok_or(Code::EBADF)
    }

    /// The server, or EBADF.
    pub fn server(&self, id: ServerId) -> Result<&Server> {
        self.servers.get(id.0).ok_or(Code::EBADF)
    }

    /// The server, to be changed, or EBADF.
    pub fn server_mut(&mut self, id: ServerId) -> Result<&mut Server> {
        self.servers.get_mut(id.0).ok_or(Code::EBADF)
    }

    /// Runs later, before anything else of the loop.
    pub fn tick(&mut self, tick: Tick) -> u64 {
        self.ticks.push(tick)
    }

    /// The time of this turn, in milliseconds.
    pub fn now(&mut self) -> u64 {
        if !self.now_is_fresh {
            self.now = clock::now_ms();
            self.now_is_fresh = true;
        }
        self.now
    }

    /// The next look at the time reads the clock.
    #[inline]
    pub fn time_passed(&mut self) {
        self.now_is_fresh = false;
    }

    /// Whether a turn has work without waiting.
    #[inline]
    pub fn has_work(&self) -> bool {
        !self.ticks.is_empty() || !self.fed.is_empty() || !self.closing.is_empty() || !self.again.is_empty()
    }

    /// What the wake hook is about.
    pub fn queued(&self) -> Queued {
        Queued { ticks: !self.ticks.is_empty(), work: self.has_work(), timers: self.due.latest() }
    }

    /// Whether nothing is left to do and nothing will be due.
    #[inline]
    pub fn is_rested(&self) -> bool {
        // One test for all: this is asked in each turn.
        self.ticks.len() | self.fed.len() | self.closing.len() | self.again.len() | self.due.len() == 0
    }

    /// Whether something keeps the loop going.
    #[inline]
    pub fn holds_loop(&self) -> bool {
        self.holds > 0
            || self.requests > 0
            || self.timer_holds > 0
            || !self.ticks.is_empty()
            || !self.fed.is_empty()
            || !self.closing.is_empty()
    }

    /// Milliseconds until the next thing is due.
    pub fn until_due(&mut self) -> Option<u64> {
        if self.has_work() {
            return Some(0);
        }
        if self.due.is_empty() {
            return None;
        }
        let (timers, sockets, servers) = (&self.timers, &self.sockets, &self.servers);
        let due = self.due.next(|due| match *due {
            Due::Timer(id, setting) => timers.get(id.0).is_some_and(|timer| timer.setting == Some(setting)),
            Due::SocketTimeout(id, setting) => sockets.get(id.0).is_some_and(|socket| socket.has_timeout(setting)),
            Due::Attempt(id, setting) => sockets.get(id.0).is_some_and(|socket| socket.has_attempt_timer(setting)),
            Due::Shutdown(id, setting) => {
                let shutdown = servers.get(id.0).and_then(|server| server.shutdown.as_ref());
                shutdown.is_some_and(|shutdown| shutdown.setting == setting)
            }
            Due::AcceptAgain(id) => servers.get(id.0).is_some_and(|server| server.is_listening()),
            Due::SendAgain(id) => sockets.get(id.0).is_some_and(|socket| socket.rests()),
        })?;
        let now = self.now();
        Some(due.saturating_sub(now))
    }

    /// Puts what the wait has found, and what was known to be ready before it, in the order in which it is to be served.
    #[inline]
    pub fn arrange(&mut self, found: &mut Found) {
        if self.order.is_used_up() {
            self.forget_stamps();
        }
        if !self.again.is_empty() {
            self.take_again(found);
        } else if found.list().len() > 1 {
            match self.look(found) {
                Outlook::InOrder => {}
                Outlook::Turned { from, early, late } => {
                    found.list_mut()[from..from + early + late].rotate_left(early);
                }
                Outlook::Mixed => self.put_in_order(found),
            }
        }
    }

    /// How it lies as the wait has found it; mixed too if there is something else than sockets.
    #[inline]
    fn look(&self, found: &Found) -> Outlook {
        // A socket that has gone is not served, so it does not matter whose stamp is looked at in its place.
        let mut all_known = true;
        let stamps = found.list().iter().map(|ready| match self.sockets.at_place_of(ready.token()) {
            Some(socket) => socket.stamp,
            None => {
                let stamp = self.stamp_of_other(*ready);
                all_known &= stamp.is_some();
                stamp.unwrap_or_default()
            }
        });
        let outlook = self.order.look(stamps);
        if all_known { outlook } else { Outlook::Mixed }
    }

    /// Of a server, or of nothing.
    #[inline(never)]
    fn stamp_of_other(&self, ready: Readiness) -> Option<Stamp> {
        Self::stamp(&self.sockets, &self.servers, ready)
    }

    #[inline]
    fn stamp(sockets: &Table<Socket>, servers: &Table<Server>, ready: Readiness) -> Option<Stamp> {
        match Token::from_number(ready.token()) {
            Token::Socket(id) => sockets.get(id.0).map(|socket| socket.stamp),
            Token::Server(id) => servers.get(id.0).map(|server| server.stamp),
            Token::Waker => None,
        }
    }

    #[inline(never)]
    fn put_in_order(&mut self, found: &mut Found) {
        let (sockets, servers) = (&self.sockets, &self.servers);
        self.order.arrange(found.list_mut(), |ready| Self::stamp(sockets, servers, ready));
    }

    #[cold]
    fn forget_stamps(&mut self) {
        for key in self.sockets.keys() {
            if let Some(socket) = self.sockets.get_mut(key) {
                socket.stamp = Stamp::default();
            }
        }
        for key in self.servers.keys() {
            if let Some(server) = self.servers.get_mut(key) {
                server.stamp = Stamp::default();
            }
        }
        self.order.begin_anew();
    }

    /// What is ready for two reasons is found once, where it was found first.
    #[inline(never)]
    fn take_again(&mut self, found: &mut Found) {
        if let (1, Some(&Again::Accept(id))) = (self.again.len(), self.again.front()) {
            return self.take_server_again(id, found);
        }
        let mut all = std::mem::take(&mut self.ready_again);
        let mut search = false;
        while let Some(again) = self.again.pop_front() {
            let ready = match again {
                Again::Read(id) => Readiness::to_read(Token::Socket(id).number()),
                Again::Write(id) => Readiness::to_write(Token::Socket(id).number()),
                Again::Accept(id) => Readiness::to_read(Token::Server(id).number()),
            };
            // A socket with room may be there for its bytes too.
            search |= matches!(again, Again::Write(_));
            match all.iter_mut().filter(|_| search).find(|known| known.token() == ready.token()) {
                Some(known) => *known = known.and(ready),
                None => all.push(ready),
            }
        }
        let were_known = all.len();
        for &ready in found.list() {
            let known = search || self.forget_queued_again(ready.token());
            match all[..were_known].iter_mut().filter(|_| known).find(|known| known.token() == ready.token()) {
                Some(known) => *known = known.and(ready),
                None => all.push(ready),
            }
        }
        for ready in &all {
            self.forget_queued_again(ready.token());
        }
        found.list_mut().clear();
        found.list_mut().append(&mut all);
        self.ready_again = all;
        self.put_in_order(found);
    }

    /// A server that accepts one connection after the other, beside what its sockets have to read.
    fn take_server_again(&mut self, id: ServerId, found: &mut Found) {
        self.again.clear();
        if let Some(server) = self.servers.get_mut(id.0) {
            server.queued_again = false;
        }
        let ready = Readiness::to_read(Token::Server(id).number());
        let list = found.list_mut();
        match list.iter().position(|known| known.token() == ready.token()) {
            Some(at) => list[..=at].rotate_right(1),
            None => list.insert(0, ready),
        }
        let mut all_known = true;
        let stamps = list.iter().map(|ready| {
            let stamp = Self::stamp(&self.sockets, &self.servers, *ready);
            all_known &= stamp.is_some();
            stamp.unwrap_or_default()
        });
        if self.order.look(stamps) != Outlook::InOrder || !all_known {
            self.put_in_order(found);
        }
    }

    /// Whether it was queued again; it is no longer.
    fn forget_queued_again(&mut self, token: usize) -> bool {
        match Token::from_number(token) {
            Token::Socket(id) => self.sockets.get_mut(id.0).is_some_and(|socket| {
                let queued = socket.reading.contains(Reading::QUEUED_AGAIN);
                socket.reading.remove(Reading::QUEUED_AGAIN);
                queued
            }),
            Token::Server(id) => {
                self.servers.get_mut(id.0).is_some_and(|server| std::mem::take(&mut server.queued_again))
            }
            Token::Waker => false,
        }
    }

    /// What was ready when the turn was halted is served in the next.
    pub fn keep_ready(&mut self, id: SocketId, ready: Readiness) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        socket.stamp = self.order.served();
        if ready.readable() {
            socket.reading.insert(Reading::MAY_READ);
            if ready.sticky() {
                socket.reading.insert(Reading::STICKY);
            }
            self.read_again(id);
        }
        if ready.writable() {
            self.again.push_back(Again::Write(id));
        }
    }

    /// A generation that no handle of this loop has had.
    pub fn unused_generation(&self) -> u32 {
        let tables = [
            self.sockets.unused_generation(),
            self.servers.unused_generation(),
            self.timers.unused_generation(),
            self.lookups.unused_generation(),
        ];
        tables.into_iter().max().unwrap_or(1)
    }

    /// Has the user pointer dropped when no callback runs.
    pub fn drop_later(&mut self, callback: Callback) {
        if callback.has_drop() {
            self.drops.push(callback);
        }
    }
}

/// What a token stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Token {
    /// A socket.
    Socket(SocketId),
    /// A server.
    Server(ServerId),
    /// What wakes the wait.
    Waker,
}

/// Above the key's bits.
const SERVER_TOKEN: usize = 1 << Key::WIDTH;

impl Token {
    /// As the poller carries it.
    pub fn number(self) -> usize {
        match self {
            // Nothing but the key: the busiest ones need no unpacking.
            Token::Socket(id) => id.0.bits(),
            Token::Server(id) => SERVER_TOKEN | id.0.bits(),
            Token::Waker => WAKE_TOKEN,
        }
    }

    /// The socket that a number stands for, if it is one.
    #[inline]
    pub fn socket_of(number: usize) -> Option<SocketId> {
        Key::from_all_bits(number).map(SocketId)
    }

    /// The reverse.
    #[inline]
    pub fn from_number(number: usize) -> Token {
        match Key::from_all_bits(number) {
            Some(key) => Token::Socket(SocketId(key)),
            None => Token::rarer(number),
        }
    }

    #[cold]
    fn rarer(number: usize) -> Token {
        if number == WAKE_TOKEN { Token::Waker } else { Token::Server(ServerId(Key::from_bits(number))) }
    }
}

/// A lookup's name, for the program.
pub fn lookup_id(key: Key) -> LookupId {
    LookupId(key)
}
