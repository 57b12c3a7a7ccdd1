//! The loop itself: run, poll and the phases of a turn.
use super::SocketId;
use super::closing::Closing;
use super::error::NetError;
use super::events::{Dispatch, LoopId};
use super::gathering::NOBODY;
use super::loops::Message;
use super::ready::Otherwise;
use super::state::{Due, Fed, LARGE_READ_SIZE, Queued, READ_SIZE, State, Token};
use crate::core::inbox::Remote;
use crate::core::listeners::Listener;
use crate::core::mutation::mutated;
use crate::core::table::Key;
use crate::core::turn::{Phases, turn};
use crate::sys::callback::{Callback, Heard};
use crate::sys::code::{Code, Result};
use crate::sys::poller::{Found, Poller, Readiness};
use std::cell::{Cell, RefCell, RefMut};
use std::sync::Arc;

/// Figures of a loop.
#[allow(missing_docs)]
#[derive(Clone, Copy, Default, Debug)]
pub struct Metrics {
    pub turns: u64,
    pub events: u64,
    pub handles: u64,
    pub bytes_read: u64,
    pub bytes_written: u64,
}

/// A loop: what it knows, and what it is doing. One thread at a time.
pub struct Loop {
    id: LoopId,
    dispatch: Dispatch,
    /// What the handles of all its sockets have in common.
    sockets: usize,
    remote: Arc<Remote<Message>>,
    state: RefCell<State>,
    freeing: Cell<bool>,
    in_turn: Cell<bool>,
    /// A callback of the program's is running.
    calling: Cell<bool>,
    /// A socket tells `data` the straight way, and the program has not looked in from there; see [`Loop::look_in`].
    telling: Cell<bool>,
    /// Which one, while that is so.
    teller: Cell<SocketId>,
    /// Why a socket was not served straight, from there to [`Loop::serve`].
    pub otherwise: Cell<Otherwise>,
    /// The first to write in the present callback.
    first_writer: Cell<SocketId>,
    /// Who tells `data` and has nothing in the way of a write, as long as nobody has written or looked in: then the first
    /// writer is nobody, whoever stands there.
    free_writer: Cell<SocketId>,
    /// Something is to be done when the present callback returns; see [`super::gathering`].
    gathered: Cell<bool>,
    scratch: Cell<Vec<Listener>>,
    messages: Cell<Vec<Message>>,
    found: RefCell<Found>,
    /// Read into by every socket, and looked at by the program.
    read_buffer: RefCell<Option<Box<ReadBuffer>>>,
    /// Read into instead by a socket that keeps filling the other.
    large_buffer: RefCell<Box<[u8]>>,
}

/// What sockets read into.
pub type ReadBuffer = [u8; READ_SIZE];

#[cold]
#[inline(never)]
fn make_buffer() -> Box<ReadBuffer> {
    // By way of a Vec, which needs no array on the stack and leaves the pages untouched.
    vec![0; READ_SIZE].into_boxed_slice().try_into().unwrap_or_else(|_| Box::new([0; READ_SIZE]))
}

impl Loop {
    /// A loop with nothing in it.
    pub fn new(id: LoopId, dispatch: Dispatch, poller: Poller, remote: Arc<Remote<Message>>) -> Loop {
        Loop {
            id,
            sockets: (dispatch.sockets_of)(id.slot),
            dispatch,
            remote,
            state: RefCell::new(State::new(id, poller)),
            freeing: Cell::new(false),
            in_turn: Cell::new(false),
            calling: Cell::new(false),
            telling: Cell::new(false),
            teller: Cell::new(SocketId(Key::NONE)),
            otherwise: Cell::default(),
            first_writer: Cell::new(NOBODY),
            free_writer: Cell::new(NOBODY),
            gathered: Cell::new(false),
            scratch: Cell::new(Vec::new()),
            messages: Cell::new(Vec::new()),
            found: RefCell::default(),
            read_buffer: RefCell::default(),
            large_buffer: RefCell::default(),
        }
    }

    /// What the loop knows. Never held while the program is called.
    #[inline]
    pub fn state(&self) -> RefMut<'_, State> {
        self.state.borrow_mut()
    }

    /// Which loop this is.
    pub fn id(&self) -> LoopId {
        self.id
    }

    /// What sockets read into, made when it is first needed. Held while the program looks at what was read: nobody reads
    /// meanwhile, since a turn cannot begin in another.
    #[inline]
    pub fn read_buffer(&self) -> RefMut<'_, ReadBuffer> {
        RefMut::map(self.read_buffer.borrow_mut(), |buffer| &mut **buffer.get_or_insert_with(make_buffer))
    }

    /// What a socket reads into that keeps filling the usual one.
    pub fn large_buffer(&self) -> RefMut<'_, Box<[u8]>> {
        let mut buffer = self.large_buffer.borrow_mut();
        if buffer.is_empty() {
            *buffer = vec![0; LARGE_READ_SIZE].into();
        }
        buffer
    }

    /// How the program is called.
    #[inline]
    pub fn dispatch(&self) -> &Dispatch {
        &self.dispatch
    }

    /// Runs something of the program's.
    #[inline]
    pub fn calling<R>(&self, call: impl FnOnce() -> R) -> R {
        let calling = self.calling.replace(true);
        self.nobody_writes();
        let answer = call();
        self.calling.set(calling);
        self.send_gathered();
        answer
    }

    /// The callback has returned: what it wrote goes out, before anything else is done.
    #[inline]
    pub fn send_gathered(&self) {
        if self.gathered.replace(false) {
            self.end_gathering();
        }
    }

    /// Something has to be done when the callback returns.
    pub fn set_gathered(&self) {
        self.gathered.set(true);
    }

    /// Who was the first to write in this callback.
    #[inline]
    pub fn first_writer(&self) -> SocketId {
        if self.free_writer.get() == NOBODY { self.first_writer.get() } else { NOBODY }
    }

    /// Whether this one tells `data` and may write for the first time in this callback without another look at it.
    #[inline]
    pub fn is_free_writer(&self, id: SocketId) -> bool {
        self.free_writer.get() == id
    }

    #[inline]
    fn nobody_writes(&self) {
        self.free_writer.set(NOBODY);
        self.first_writer.set(NOBODY);
    }

    /// Somebody writes. Who was the first to do so in this callback before.
    #[inline]
    pub fn replace_first_writer(&self, id: SocketId) -> SocketId {
        let first = self.first_writer();
        self.set_first_writer(id);
        first
    }

    /// Somebody is the first to write.
    #[inline]
    pub fn set_first_writer(&self, id: SocketId) {
        self.free_writer.set(NOBODY);
        self.first_writer.set(id);
    }

    /// Whether a callback runs that belongs to a turn.
    pub fn is_in_callback(&self) -> bool {
        self.calling.get() && self.in_turn.get()
    }

    /// Whether something of the program's is running.
    #[inline]
    pub fn is_calling(&self) -> bool {
        self.calling.get()
    }

    /// Calls the listener of `data` the straight way. True if the program has not looked in meanwhile: whatever it did was a write that
    /// went out whole, and all is as it was. `FREE` if nothing is in the way of a write.
    #[inline(always)]
    pub fn call_straight<const FREE: bool>(&self, id: SocketId, bytes: &[u8], heard: Heard) -> bool {
        self.teller.set(id);
        self.telling.set(true);
        self.calling.set(true);
        if FREE {
            self.free_writer.set(id);
        } else {
            self.nobody_writes();
        }
        (self.dispatch.data)(id, bytes, heard, self.sockets);
        self.calling.set(false);
        self.telling.replace(false)
    }

    /// The program calls in, not just to write. A socket that tells `data` the straight way still looks as it did before
    /// the bytes came, which is also what it looks like after: that spares looking it up again. From here on it has to
    /// look as it does between.
    #[inline]
    pub fn look_in(&self) {
        if self.telling.get() {
            self.look_in_at(&mut self.state());
        }
    }

    /// Whether a socket tells `data` the straight way, and the program has not looked in.
    #[inline]
    pub fn is_telling(&self) -> bool {
        self.telling.get()
    }

    /// [`Loop::look_in`] where the state is borrowed.
    #[inline(never)]
    pub fn look_in_at(&self, state: &mut State) {
        if self.free_writer.get() != NOBODY {
            self.nobody_writes();
        }
        if self.telling.replace(false) {
            state.no_longer_asked(self.teller.get());
        }
    }

    /// Room for the listeners of one emit.
    #[inline]
    pub fn take_scratch(&self) -> Vec<Listener> {
        self.scratch.take()
    }

    /// Gives it back.
    #[inline]
    pub fn give_scratch(&self, mut scratch: Vec<Listener>) {
        scratch.clear();
        self.scratch.set(scratch);
    }

    /// Whether the turn has to be left at once: it was stopped, an error was unheard, or the loop is being freed.
    #[inline]
    pub fn is_halted(&self) -> bool {
        self.remote.stopping()
    }

    /// Leaves the turn after the present callback; [`Loop::leave`] makes an end of it.
    pub fn halt(&self) {
        self.remote.halt();
    }

    /// Whether the loop is being freed: nothing is told any more but completions.
    #[inline]
    pub fn is_freeing(&self) -> bool {
        self.freeing.get()
    }

    /// The loop will be freed when the present call ends.
    pub fn halt_for_free(&self) {
        self.freeing.set(true);
        self.halt();
    }

    /// What a call from outside leaves behind: drops, and work that an embedder has to hear of.
    #[inline]
    pub fn after_call(&self) {
        if !self.is_calling() {
            self.after_outer_call();
        }
    }

    fn after_outer_call(&self) {
        self.settle();
        if !self.in_turn.get() && !self.freeing.get() {
            self.tell_wake_hook();
        }
    }

    fn tell_wake_hook(&self) {
        let hook = {
            let mut state = self.state();
            let Some(hook) = state.wake_hook else { return };
            let queued = state.queued();
            if !queued.more_than(state.hook_told) {
                return;
            }
            state.hook_told = queued;
            hook
        };
        self.calling(|| (self.dispatch.run)(&hook, self.id));
    }

    fn enter(&self) -> Result {
        if self.in_turn.get() || self.is_calling() {
            return Err(Code::EBUSY);
        }
        self.in_turn.set(true);
        self.state().unheard = None;
        Ok(())
    }

    fn leave(&self) -> Result {
        self.in_turn.set(false);
        self.remote.stopped();
        let mut state = self.state();
        // What the turn has left is known: whoever ran it asks when the next is due.
        state.hook_told = state.queued();
        state.time_passed();
        if self.freeing.get() {
            return Err(Code::ECANCELED);
        }
        match (state.wait_failed.take(), &state.unheard) {
            (Some(code), _) => Err(code),
            (None, Some(error)) => Err(error.code),
            (None, None) => Ok(()),
        }
    }

    #[inline(never)]
    fn run_fed(&self, count: usize) {
        for _ in 0..count {
            if self.is_halted() {
                break;
            }
            let Some(fed) = self.state().fed.pop_front() else { break };
            match fed {
                Fed::Shutdown(id) => self.state().shut_down_now(id),
                Fed::ConnectFailed(id, errno) => self.attempt_ended(id, Err(errno)),
                Fed::Written(id) => self.written(id),
            }
            self.drain_ticks();
        }
    }

    #[inline(never)]
    fn receive_all(&self) {
        let mut messages = self.take_messages().into_iter();
        for message in messages.by_ref() {
            self.receive(message);
            if self.is_halted() {
                break;
            }
        }
        let rest: Vec<Message> = messages.collect();
        if !rest.is_empty() {
            // Kept for the next turn, which must not wait for it.
            self.messages.set(rest);
            self.remote.remind();
        }
    }

    /// The turn was halted before this was served.
    #[cold]
    pub fn keep_ready(&self, ready: Readiness) {
        let mut state = self.state();
        match Token::from_number(ready.token()) {
            Token::Socket(id) => state.keep_ready(id, ready),
            Token::Server(id) => state.accept_again(id),
            // What was sent waits in the inbox, which is looked into without it.
            Token::Waker => {}
        }
    }

    fn holds(&self) -> bool {
        self.state().holds_loop() || !self.remote.is_empty()
    }

    /// Runs one turn, or as many as there are reasons to. The one place that does, so that all of a turn becomes part of it.
    #[inline(never)]
    fn run_turns(&self, limit: Option<u64>, once: bool) {
        if self.is_halted() || !(once || self.holds()) {
            return;
        }
        loop {
            self.state().turns += 1;
            turn(self, limit);
            if once || self.is_halted() || !self.holds() {
                return;
            }
        }
    }

    fn receive(&self, message: Message) {
        match message {
            Message::Post(callback) => self.run_posted(callback),
            Message::LookedUp { socket, life, host, answer } => {
                self.state().requests -= 1;
                self.looked_up(socket, life, super::lookup::LookupAnswer::of(answer, &host));
            }
            Message::ListenLookedUp { server, plan, answer } => {
                self.state().requests -= 1;
                let answer = super::lookup::LookupAnswer::of(answer, &plan.host);
                self.listen_looked_up(server, &plan, answer);
            }
            Message::Socket(moved) => self.socket_arrives(*moved),
            Message::Server(moved) => self.server_arrives(*moved),
            Message::Connection(handed) => self.connection_arrives(handed),
            Message::Accept(handed) => self.accepting_arrives(handed),
            Message::Retire => self.state().retire(),
            Message::Answered { id, answer } => {
                // The socket may be gone by now: then nobody waits for the answer.
                let _ = self.program_answered(id, answer);
            }
        }
        self.drain_ticks();
    }

    /// Everything other threads have sent and nobody has looked at.
    pub fn take_messages(&self) -> Vec<Message> {
        let mut messages = self.messages.take();
        let mut newer = Vec::new();
        self.remote.take(&mut newer);
        messages.append(&mut newer);
        messages
    }
}

impl Phases for Loop {
    fn deferred(&self) {
        self.drain_ticks();
    }

    #[inline]
    fn pending(&self) -> bool {
        let count = self.state().fed.len();
        if count > 0 {
            self.run_fed(count);
        }
        count > 0
    }

    #[inline]
    fn rested(&self) -> bool {
        self.state().is_rested()
    }

    #[inline(never)]
    fn patience(&self, limit: Option<u64>) -> Option<u64> {
        let mut state = self.state();
        let due = state.until_due();
        // What held the loop when the turn began may have gone with a socket that was freed.
        let idle = limit.is_none() && !state.holds_loop() && self.remote.is_empty();
        let limit = if idle { Some(0) } else { limit };
        match (limit, due) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    #[inline]
    fn wait(&self, limit: Option<u64>) {
        let mut state = self.state();
        state.time_passed();
        let mut found = self.found.borrow_mut();
        if let Err(errno) = state.poller.wait(limit, &mut found) {
            state.wait_failed = Some(errno.code());
            self.halt();
        }
        state.gathering.all_is_told();
        state.arrange(&mut found);
    }

    #[inline]
    fn inbox(&self) {
        if !self.remote.is_empty() {
            self.receive_all();
        }
    }

    #[inline]
    fn done(&self) -> bool {
        let state = self.state();
        // One test for all.
        state.fed.len() | state.closing.len() | state.due.len() == 0
    }

    #[inline]
    fn ready(&self) {
        // Though it is only looked at: this is the cheaper way to borrow.
        let found = self.found.borrow_mut();
        self.state().order.begin_serving();
        if !found.list().is_empty() {
            self.serve(found.list());
        }
    }

    fn closing(&self) {
        let mut closing: Vec<Closing> = std::mem::take(&mut self.state().closing);
        if closing.is_empty() {
            return;
        }
        if mutated!(CloseOrder) {
            closing.reverse();
        }
        while let Some(closed) = closing.pop() {
            match closed {
                Closing::Socket(closed) => self.closed_now(closed),
                Closing::Server => {}
            }
            if self.is_halted() {
                break;
            }
        }
        // What is left, and the room.
        let mut state = self.state();
        closing.append(&mut state.closing);
        state.closing = closing;
    }

    fn timers(&self) {
        let until = {
            let mut state = self.state();
            if state.due.is_empty() {
                return;
            }
            state.time_passed();
            state.due.latest()
        };
        while !self.is_halted() {
            let due = {
                let mut state = self.state();
                let now = state.now();
                state.due.due(now, until)
            };
            match due {
                Some(Due::Timer(id, setting)) => self.timer_due(id, setting),
                Some(Due::SocketTimeout(id, setting)) => self.timeout_due(id, setting),
                Some(Due::Attempt(id, setting)) => self.attempt_due(id, setting),
                Some(Due::Shutdown(id, setting)) => {
                    self.state().shutdown_due(id, setting);
                    self.drain_ticks();
                }
                Some(Due::AcceptAgain(id)) => self.state().accept_due(id),
                Some(Due::SendAgain(id)) => self.send_due(id),
                None => return,
            }
        }
    }

    fn halted(&self) -> bool {
        self.is_halted()
    }
}

/// run, poll and what embedders need.
#[allow(missing_docs)]
impl Loop {
    pub fn run(&self) -> Result {
        self.enter()?;
        self.drain_ticks();
        self.run_turns(None, false);
        self.leave()
    }

    pub fn poll(&self, timeout_ms: Option<u64>) -> Result {
        self.enter()?;
        let limit = if self.holds() { timeout_ms } else { timeout_ms.or(Some(0)) };
        self.run_turns(limit, true);
        self.leave()
    }

    pub fn run_deferred(&self) -> Result {
        self.enter()?;
        self.drain_ticks();
        self.leave()
    }

    pub fn fd(&self) -> Result<i32> {
        self.state().poller.fd().ok_or(Code::ENOTSUP)
    }

    pub fn timeout(&self) -> Result<Option<u64>> {
        if !self.remote.is_empty() {
            return Ok(Some(0));
        }
        let mut state = self.state();
        // An outer loop asks when time has passed since the turn.
        state.time_passed();
        Ok(state.until_due())
    }

    pub fn alive(&self) -> Result<bool> {
        self.state().send_all_gathered();
        Ok(self.holds())
    }

    pub fn set_wake_hook(&self, hook: Option<Callback>) -> Result {
        let mut state = self.state();
        let old = std::mem::replace(&mut state.wake_hook, hook);
        state.hook_told = Queued { timers: state.due.latest(), ..Queued::default() };
        old.into_iter().for_each(|old| state.drop_later(old));
        Ok(())
    }

    pub fn with_error<R>(&self, look: impl FnOnce(Option<&NetError>) -> R) -> R {
        look(self.state().unheard.as_ref())
    }

    pub fn detach(&self) -> Result {
        if self.in_turn.get() || self.is_calling() {
            return Err(Code::EBUSY);
        }
        super::loops::detach(self.id)
    }

    pub fn now(&self) -> u64 {
        self.state().now()
    }

    pub fn metrics(&self) -> Metrics {
        let mut state = self.state();
        state.send_all_gathered();
        let handles = state.sockets.len() + state.servers.len() + state.timers.len();
        Metrics {
            turns: state.turns,
            events: state.events,
            handles: handles as u64,
            bytes_read: state.bytes_read,
            bytes_written: state.bytes_written,
        }
    }
}
