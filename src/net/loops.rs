//! The loops of the process: which one a handle means, and what every thread may ask of it.
use super::error::NetError;
use super::event_loop::Loop;
use super::events::{Dispatch, LoopId};
use super::hand_over::{Handed, Turn};
use super::listen::ListenPlan;
use super::lookup::{GivenAddress, LookupAnswer};
use super::moving::{MovedServer, MovedSocket};
use super::{LookupId, ServerId, SocketId};
use crate::core::inbox::Remote;
use crate::sys::callback::Callback;
use crate::sys::code::{Code, Result};
use crate::sys::errno::Errno;
use crate::sys::poller::Poller;
use crate::sys::registry::{Leave, Pin, Registry};
use crate::sys::resolver::Answer;
use crate::sys::stream::Stream;
use std::cell::Cell;
use std::sync::Arc;

/// What other threads send.
#[derive(Debug)]
pub enum Message {
    /// net_loop_post
    Post(Callback),
    /// A socket's host was looked up.
    LookedUp {
        /// Whose.
        socket: SocketId,
        /// In which connect.
        life: u32,
        /// The name.
        host: String,
        /// What came.
        answer: Answer,
    },
    /// A server's host was looked up.
    ListenLookedUp {
        /// Whose.
        server: ServerId,
        /// What it is to listen with.
        plan: ListenPlan,
        /// What came.
        answer: Answer,
    },
    /// A socket comes from another loop.
    Socket(Box<MovedSocket>),
    /// A server comes from another loop.
    Server(Box<MovedServer>),
    /// A connection for a server here, which another loop has accepted.
    Connection(Handed<Stream>),
    /// A server here accepts from now on.
    Accept(Handed<Turn>),
    /// The group of this loop closes.
    Retire,
    /// The program answered a lookup.
    Answered {
        /// Which.
        id: LookupId,
        /// What came.
        answer: LookupAnswer,
    },
}

impl Message {
    /// Nobody receives it any more; what has to be dropped.
    pub fn undelivered(self) -> Option<Callback> {
        match self {
            Message::Post(callback) => return Some(callback),
            Message::Socket(moved) => return Some(moved.callback),
            Message::Server(moved) => return moved.arrival.fails(),
            Message::Connection(handed) => handed.send(),
            Message::Accept(handed) => handed.send(),
            Message::Retire | Message::LookedUp { .. } | Message::ListenLookedUp { .. } | Message::Answered { .. } => {}
        }
        None
    }
}

static LOOPS: Registry<Loop, Arc<Remote<Message>>> = Registry::new();

thread_local! {
    static DEFAULT: Cell<Option<LoopId>> = const { Cell::new(None) };
}

/// Makes a loop owned by the calling thread.
pub fn loop_new(dispatch: Dispatch) -> Result<LoopId> {
    let made = LOOPS.insert(|slot, generation| {
        let (poller, waker) = Poller::new().map_err(|error| Errno::of(&error).code())?;
        let remote = Arc::new(Remote::new(waker));
        let id = LoopId { slot, generation };
        Ok((Box::new(Loop::new(id, dispatch, poller, remote.clone())), Box::new(remote)))
    });
    made.map(|(slot, generation)| LoopId { slot, generation })
}

/// The calling thread's default loop, made at the first call, and anew if it was freed.
pub fn loop_default(dispatch: Dispatch) -> Result<LoopId> {
    if let Some(id) = DEFAULT.get() {
        if with_loop(id, |_| Ok(())) != Err(Code::EBADF) {
            return Ok(id);
        }
    }
    let id = loop_new(dispatch)?;
    DEFAULT.set(Some(id));
    Ok(id)
}

/// Runs `call` with the loop, if it lives, is the calling thread's and has not been poisoned by a panic.
#[inline]
pub fn with_loop<R>(id: LoopId, call: impl FnOnce(&Loop) -> Result<R>) -> Result<R> {
    inside(LOOPS.pin(id.slot, id.generation)?, id.slot, call)
}

/// The same for whatever loop lives in this slot: handles of its things carry no more than that.
#[inline]
pub fn with_loop_in<R>(slot: u16, call: impl FnOnce(&Loop) -> Result<R>) -> Result<R> {
    inside(LOOPS.pin_any(slot)?, slot, call)
}

/// The same for a call from inside a callback of that loop; None if it is no such call. Whatever `call` changes must not
/// need anything done after it.
#[inline]
pub fn with_loop_around<R>(slot: u16, call: impl FnOnce(&Loop) -> R) -> Option<R> {
    LOOPS.inside(slot, call)
}

#[inline]
fn inside<R>(pin: Pin<'_, Loop, Arc<Remote<Message>>>, slot: u16, call: impl FnOnce(&Loop) -> Result<R>) -> Result<R> {
    pin.look_in();
    let answer = call(&pin);
    pin.after_call();
    if pin.is_last_of_doomed() {
        drop(pin);
        free_doomed(slot);
    }
    answer
}

#[cold]
#[inline(never)]
fn free_doomed(slot: u16) {
    finish_if(LOOPS.free_doomed(slot));
}

#[cold]
fn finish_if(leave: Leave<Loop>) {
    if let Leave::Free(freed, slot) = leave {
        finish(freed, slot);
    }
}

#[cold]
#[allow(clippy::boxed_local)] // A loop by value would make every call's frame as large as a loop.
fn finish(freed: Box<Loop>, slot: usize) {
    let next_generation = freed.shut_down_loop();
    LOOPS.vacate(slot, next_generation);
}

/// Frees the loop: at once, or when the call that is inside it ends.
pub fn loop_free(id: LoopId) -> Result {
    match LOOPS.pin(id.slot, id.generation) {
        Ok(pin) => pin.halt_for_free(),
        Err(Code::EPANIC) => {}
        Err(code) => return Err(code),
    }
    finish_if(LOOPS.free(id.slot, id.generation)?);
    Ok(())
}

/// Ends run and poll. No lock, no allocation, no thread-local: for signal handlers too.
pub fn loop_stop(id: LoopId) -> Result {
    LOOPS.visit(id.slot, id.generation, |remote| remote.stop())
}

/// Has the loop's thread call a function. Its drop runs on every path.
pub fn loop_post(id: LoopId, callback: Callback) -> Result {
    let sent = LOOPS.visit(id.slot, id.generation, |remote| remote.send(Message::Post(callback)));
    if sent.is_err() {
        callback.run_drop();
    }
    sent
}

/// Hands a loop a message, if it still lives.
pub fn send(id: LoopId, message: Message) {
    // A loop that was freed meanwhile waits for nothing.
    let _ = LOOPS.visit(id.slot, id.generation, |remote| remote.send(message));
}

/// Hands a loop a message, and gives it back if the loop does not live.
pub fn offer(id: LoopId, message: Message) -> Option<Message> {
    let mut message = Some(message);
    let _ = LOOPS.visit(id.slot, id.generation, |remote| message.take().map(|message| remote.send(message)));
    message
}

/// Whether the loop lives. It may be freed at any time, unless it is the calling thread's.
pub fn lives(id: LoopId) -> bool {
    LOOPS.generation(id.slot) == Some(id.generation)
}

/// Gives the calling thread's loop up.
pub fn detach(id: LoopId) -> Result {
    LOOPS.detach(id.slot, id.generation)
}

/// Takes a detached loop over.
pub fn loop_attach(id: LoopId) -> Result {
    LOOPS.attach(id.slot, id.generation)
}

/// The loop that lives in a slot: handles of its sockets carry no more than that.
#[inline]
pub fn loop_in_slot(slot: u16) -> Option<LoopId> {
    LOOPS.generation(slot).map(|generation| LoopId { slot, generation })
}

/// After a panic the loop can only be freed.
pub fn poison(id: LoopId) {
    LOOPS.poison(id.slot);
}

/// Answers a custom lookup with addresses.
pub fn lookup_answer(loop_id: LoopId, id: LookupId, addresses: Vec<GivenAddress>) -> Result {
    answer(loop_id, id, LookupAnswer::Addresses(addresses))
}

/// Answers a custom lookup with an error.
pub fn lookup_fail(loop_id: LoopId, id: LookupId, error: NetError) -> Result {
    answer(loop_id, id, LookupAnswer::Failed(error))
}

fn answer(loop_id: LoopId, id: LookupId, answer: LookupAnswer) -> Result {
    let mut answer = Some(answer);
    let here = with_loop(loop_id, |found| match answer.take() {
        Some(answer) => found.program_answered(id, answer),
        None => Ok(()),
    });
    match (here, answer) {
        (Err(Code::EWRONGTHREAD), Some(answer)) => {
            LOOPS.visit(loop_id.slot, loop_id.generation, |remote| remote.send(Message::Answered { id, answer }))
        }
        (here, _) => here,
    }
}
