//! One turn of the loop: its phases and their order, in one place.

/// What happens in each phase. None of these is called with anything of the loop borrowed, so that all may call the program.
pub trait Phases {
    /// Whether nothing is left from before the turn, nothing will be due, and it is held: then it only waits.
    fn rested(&self) -> bool;
    /// Runs what was deferred, to the end.
    fn deferred(&self);
    /// Runs what was put off to the next time around I/O. False if there was nothing.
    fn pending(&self) -> bool;
    /// How long to wait at most if `limit` is all that the caller has to say.
    fn patience(&self, limit: Option<u64>) -> Option<u64>;
    /// Waits for readiness no longer than this.
    fn wait(&self, limit: Option<u64>);
    /// Takes in what other threads sent.
    fn inbox(&self);
    /// Serves those that are ready; if the turn is halted, the rest is kept for the next.
    fn ready(&self);
    /// Whether no phase after this one has anything to do.
    fn done(&self) -> bool;
    /// Tells of what was closed.
    fn closing(&self);
    /// Runs what is due.
    fn timers(&self);
    /// Whether the turn has to be left at once.
    fn halted(&self) -> bool;
}

/// How often what I/O has put off is run before the turn goes on without it.
const PENDING_ROUNDS: usize = 8;

/// Runs one turn of a loop that is not halted. What each callback defers is run before the next callback: every phase sees to that itself.
///
/// Part of the one loop that runs turns: so there are no registers to be saved and restored around each of them.
#[inline(always)]
pub fn turn(phases: &impl Phases, limit: Option<u64>) {
    // The turn of a loop at rest, one wait and one event, costs no more than it has to.
    let mut limit = limit;
    if !phases.rested() {
        phases.deferred();
        phases.pending();
        if phases.halted() {
            return;
        }
        limit = phases.patience(limit);
    }
    phases.wait(limit);
    phases.inbox();
    phases.ready();
    if phases.done() {
        return;
    }
    for _ in 0..PENDING_ROUNDS {
        if phases.halted() || !phases.pending() {
            break;
        }
    }
    if !phases.halted() {
        phases.closing();
    }
    if !phases.halted() {
        phases.timers();
    }
}
