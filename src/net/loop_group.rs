//! Loops in threads of their own that serve together.
//!
//! Serving → Closing (its servers accept no more, each thread ends when its loop has nothing left) → over; or → Ending (each
//! thread leaves its loop at once) → over. It is over when no thread runs any more.
use super::LoopGroupId;
use super::error::NetError;
use super::event_loop::Loop;
use super::events::{Dispatch, LoopId, MemberEvent};
use super::loops::{self, Message};
use crate::core::table::Table;
use crate::sys::callback::Callback;
use crate::sys::code::{Code, Result};
use crate::sys::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::{Builder, JoinHandle, available_parallelism};
use std::time::{Duration, Instant};

/// What a group is made with.
#[derive(Debug)]
pub struct GroupOptions {
    /// How many; 0: as many as the machine can run at a time.
    pub loops: usize,
    /// Who is told.
    pub told: Told,
}

/// Functions of the program's, which share a user pointer.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Called in each thread before its loop runs.
    pub on_start: Option<Callback>,
    /// Called in each thread after its loop has run.
    pub on_stop: Option<Callback>,
    /// Called with an `error` event that nobody heard.
    pub on_error: Option<Callback>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Serving,
    Closing,
    Ending,
}

#[derive(Debug)]
struct Life {
    stage: Stage,
    /// Threads that have not ended.
    running: usize,
    /// Those of them that have begun, by [`thread::current`].
    inside: Vec<usize>,
    /// What made it end.
    failed: Option<Code>,
}

/// Loops and their threads.
#[derive(Debug)]
pub struct LoopGroup {
    loops: Vec<LoopId>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    life: Mutex<Life>,
    /// A thread has ended.
    ended: Condvar,
    /// The user pointer of all three functions.
    lent: Mutex<Callback>,
}

static GROUPS: LazyLock<RwLock<Table<Arc<LoopGroup>>>> = LazyLock::new(|| RwLock::new(Table::new(1)));

fn find(id: LoopGroupId) -> Result<Arc<LoopGroup>> {
    let groups = GROUPS.read().unwrap_or_else(PoisonError::into_inner);
    groups.get(id.0).cloned().ok_or(Code::EBADF)
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes loops that their threads will take, and that are held until the group closes.
fn make_loops(count: usize, dispatch: Dispatch) -> Result<Vec<LoopId>> {
    let mut made = Vec::with_capacity(count);
    for _ in 0..count {
        let next = loops::loop_new(dispatch).inspect(|id| made.push(*id)).and_then(|id| {
            loops::with_loop(id, |owner| {
                owner.state().requests += 1;
                Ok(())
            })?;
            loops::detach(id)
        });
        if let Err(code) = next {
            free_loops(&made);
            return Err(code);
        }
    }
    Ok(made)
}

fn free_loops(all: &[LoopId]) {
    for id in all {
        if loops::loop_attach(*id).is_ok() {
            let _ = loops::loop_free(*id);
        }
    }
}

/// Makes a group, whose threads run when this returns. `lent` is dropped when the group ends, and here if there is none.
pub fn loop_group_new(options: GroupOptions, lent: Callback, dispatch: Dispatch) -> Result<LoopGroupId> {
    let made = begin(options, lent, dispatch);
    if made.is_err() {
        lent.run_drop();
    }
    made
}

fn begin(options: GroupOptions, lent: Callback, dispatch: Dispatch) -> Result<LoopGroupId> {
    let count = match options.loops {
        0 => available_parallelism().map_or(1, std::num::NonZero::get),
        count => count,
    };
    let group = Arc::new(LoopGroup {
        loops: make_loops(count, dispatch)?,
        threads: Mutex::default(),
        life: Mutex::new(Life { stage: Stage::Serving, running: 0, inside: Vec::new(), failed: None }),
        ended: Condvar::new(),
        lent: Mutex::new(lent),
    });
    let named = GROUPS.write().unwrap_or_else(PoisonError::into_inner).insert(|_| group.clone());
    let begun = named.ok_or(Code::ENOMEM).and_then(|key| group.start_threads(options.told).map(|()| LoopGroupId(key)));
    if begun.is_err() {
        if let Some(key) = named {
            GROUPS.write().unwrap_or_else(PoisonError::into_inner).remove(key);
        }
        group.end();
        group.join();
        free_loops(&group.loops);
    }
    begun
}

impl LoopGroup {
    fn start_threads(self: &Arc<LoopGroup>, told: Told) -> Result {
        let mut threads = locked(&self.threads);
        for (index, id) in self.loops.iter().enumerate() {
            let member = Member { group: self.clone(), id: *id, index, told };
            locked(&self.life).running += 1;
            match Builder::new().name(format!("nodenet-{index}")).spawn(move || member.work()) {
                Ok(thread) => threads.push(thread),
                Err(_) => {
                    locked(&self.life).running -= 1;
                    return Err(Code::EAGAIN);
                }
            }
        }
        Ok(())
    }

    fn fail(&self, code: Code) {
        locked(&self.life).failed.get_or_insert(code);
        self.end();
    }

    fn end(&self) {
        locked(&self.life).stage = Stage::Ending;
        for id in &self.loops {
            // A loop that is no more has ended.
            let _ = loops::loop_stop(*id);
        }
    }

    fn close(&self) {
        {
            let mut life = locked(&self.life);
            if life.stage != Stage::Serving {
                return;
            }
            life.stage = Stage::Closing;
        }
        for id in &self.loops {
            loops::send(*id, Message::Retire);
        }
    }

    fn join(&self) {
        let threads = std::mem::take(&mut *locked(&self.threads));
        for thread in threads {
            let _ = thread.join();
        }
    }

    /// EBUSY in a thread of the group: it would wait for itself.
    fn check_outside(&self) -> Result {
        if locked(&self.life).inside.contains(&thread::current()) { Err(Code::EBUSY) } else { Ok(()) }
    }

    /// Until all threads have ended, or the time is over.
    fn wait(&self, limit: Option<Duration>) -> Result {
        let until = limit.and_then(|limit| Instant::now().checked_add(limit));
        let mut life = locked(&self.life);
        while life.running > 0 {
            life = match until {
                None => self.ended.wait(life).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(Code::ETIMEDOUT);
                    }
                    self.ended.wait_timeout(life, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        life.failed.map_or(Ok(()), Err)
    }

    /// Its loops, while it serves.
    pub fn serving(&self) -> Result<&[LoopId]> {
        if locked(&self.life).stage == Stage::Serving { Ok(&self.loops) } else { Err(Code::ECANCELED) }
    }
}

/// One thread of a group.
struct Member {
    group: Arc<LoopGroup>,
    id: LoopId,
    index: usize,
    told: Told,
}

impl Member {
    fn work(&self) {
        thread::block_signals();
        locked(&self.group.life).inside.push(thread::current());
        if loops::loop_attach(self.id).is_ok() {
            self.call(self.told.on_start, &MemberEvent::Start(self.index));
            self.run();
            self.call(self.told.on_stop, &MemberEvent::Stop(self.index));
            let _ = loops::loop_free(self.id);
        }
        {
            let mut life = locked(&self.group.life);
            life.running -= 1;
            life.inside.retain(|number| *number != thread::current());
        }
        self.group.ended.notify_all();
    }

    /// Runs the loop until its time is over, or the program has freed it.
    fn run(&self) {
        loop {
            let ran = guarded(self.id, Loop::run);
            if !loops::lives(self.id) {
                return;
            }
            let stage = locked(&self.group.life).stage;
            match (stage, ran) {
                (Stage::Ending, _) => return,
                (_, Err(code)) => {
                    if !self.tell_unheard(code) {
                        return self.group.fail(code);
                    }
                }
                (Stage::Closing, Ok(())) if !guarded(self.id, Loop::alive).unwrap_or(false) => return,
                // The program has stopped it, which ends a run, not the group.
                (Stage::Serving | Stage::Closing, Ok(())) => {}
            }
        }
    }

    fn call(&self, callback: Option<Callback>, event: &MemberEvent<'_>) {
        let Some(callback) = callback else { return };
        let _ = guarded(self.id, |owner| {
            owner.call_member(&callback, event);
            Ok(())
        });
    }

    /// Whether there is somebody to tell what nobody has heard.
    fn tell_unheard(&self, code: Code) -> bool {
        if self.told.on_error.is_none() || code == Code::EPANIC {
            return false;
        }
        let unheard = guarded(self.id, |owner| Ok(owner.with_error(|error| error.cloned())));
        let error = unheard.ok().flatten().unwrap_or_else(|| NetError::library(code));
        self.call(self.told.on_error, &MemberEvent::Error(&error));
        true
    }
}

/// Runs `call` with the calling thread's loop. A panic poisons the loop, and ends here.
fn guarded<T>(id: LoopId, call: impl FnOnce(&Loop) -> Result<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(|| loops::with_loop(id, call))) {
        Ok(answer) => answer,
        Err(payload) => {
            // Its own drop could panic again.
            std::mem::forget(payload);
            loops::poison(id);
            Err(Code::EPANIC)
        }
    }
}

/// Ends the group at once and waits for its threads.
pub fn loop_group_free(id: LoopGroupId) -> Result {
    find(id)?.check_outside()?;
    let group = GROUPS.write().unwrap_or_else(PoisonError::into_inner).remove(id.0).ok_or(Code::EBADF)?;
    group.end();
    group.join();
    let lent = std::mem::replace(&mut *locked(&group.lent), Callback::NONE);
    lent.run_drop();
    Ok(())
}

/// Accepts no more; each thread ends when its loop has nothing left.
pub fn loop_group_close(id: LoopGroupId) -> Result {
    find(id)?.close();
    Ok(())
}

/// Waits for the threads.
pub fn loop_group_wait(id: LoopGroupId, limit: Option<Duration>) -> Result {
    let group = find(id)?;
    group.check_outside()?;
    group.wait(limit)
}

/// How many loops it has.
pub fn loop_group_size(id: LoopGroupId) -> Result<usize> {
    Ok(find(id)?.loops.len())
}

/// One of its loops.
pub fn loop_group_loop(id: LoopGroupId, index: usize) -> Result<LoopId> {
    find(id)?.loops.get(index).copied().ok_or(Code::EINVAL)
}

/// The group that is named.
pub fn loop_group(id: LoopGroupId) -> Result<Arc<LoopGroup>> {
    find(id)
}
