//! Faults on purpose, by which the comparison with Node is judged: each of them has to be found by it.
//!
//! With the cargo feature `mutations` the variable NODENET_MUTATION chooses one when the library is first used. Without
//! the feature, as in every library that ships, `mutated!` is the word `false` and nothing else here is compiled.

/// Whether this fault was chosen.
#[cfg(feature = "mutations")]
macro_rules! mutated {
    ($fault:ident) => {
        $crate::core::mutation::is_chosen($crate::core::mutation::Mutation::$fault)
    };
}

/// No fault in a library that ships.
#[cfg(not(feature = "mutations"))]
macro_rules! mutated {
    ($fault:ident) => {
        false
    };
}

pub(crate) use mutated;

#[cfg(all(feature = "mutations", not(debug_assertions)))]
compile_error!("the feature mutations is for tests and never part of a release build");

#[cfg(feature = "mutations")]
pub use listed::{Mutation, is_chosen};

#[cfg(feature = "mutations")]
mod listed {
    use std::sync::OnceLock;

    macro_rules! mutations {
        ($($(#[$what:meta])* $fault:ident = $name:literal,)*) => {
            /// The faults.
            #[derive(Clone, Copy, PartialEq, Eq, Debug)]
            pub enum Mutation {
                $($(#[$what])* $fault,)*
            }

            const NAMES: &[(&str, Mutation)] = &[$(($name, Mutation::$fault),)*];
        };
    }

    mutations! {
        /// A socket that connects anew shows the address of the peer before.
        PeerKept = "peer-kept",
        /// resetAndDestroy while connecting does not wait for the connection.
        ResetAtOnce = "reset-at-once",
        /// Errors of connect have no port.
        PortLost = "port-lost",
        /// The errno of a failed read has the other sign.
        ErrnoPositive = "errno-positive",
        /// What is wrong with a destroyed stream is told by `error` once more.
        ErrorTwice = "error-twice",
        /// A refused write that has a completion tells it only there, not by `error`.
        ErrorSwallowed = "error-swallowed",
        /// write says to go on with exactly the high water mark waiting.
        MarkOffByOne = "mark-off-by-one",
        /// A write that has to wait behind another owes no drain.
        DrainLost = "drain-lost",
        /// Completions of a write that had to wait come before its drain.
        DrainLast = "drain-last",
        /// One uncork undoes every cork.
        UncorkAll = "uncork-all",
        /// Writes that went out as one complete in the wrong order.
        GatheredBackwards = "gathered-backwards",
        /// bytesWritten leaves out what waits in the queue.
        QueueUncounted = "queue-uncounted",
        /// bytesRead goes on from the connection before.
        CounterKept = "counter-kept",
        /// `finish` is told before the completions of end.
        FinishFirst = "finish-first",
        /// A socket that is ending closes when the peer has ended, before both ends are told.
        CloseEarly = "close-early",
        /// Of sockets destroyed in the same turn the first tells `close` first.
        CloseOrder = "close-order",
        /// The argument of `close` is false if the error was the program's own.
        CloseArgument = "close-argument",
        /// Once more than the high water mark is read ahead.
        ReadAhead = "read-ahead",
        /// pause tells `pause` where it is paused already.
        PauseTwice = "pause-twice",
        /// `resume` is told after the bytes that were waiting.
        ResumeLast = "resume-last",
        /// Without its last listener for `data` a socket no longer flows.
        OffStops = "off-stops",
        /// After a timeout activity does not begin the idle time anew.
        TimeoutNotRefreshed = "timeout-not-refreshed",
        /// setTimeout(0) leaves the timer that is set.
        TimeoutNotCleared = "timeout-not-cleared",
        /// A socket that is destroyed still times out.
        TimeoutOutlives = "timeout-outlives",
        /// A second close of a server tells its completion no error.
        SecondCloseWell = "second-close-well",
        /// A server whose last connection fails does not tell `close`.
        ServerCloseLost = "server-close-lost",
        /// maxConnections lets one more in.
        OneTooMany = "one-too-many",
        /// unref of a server that does not listen yet is forgotten.
        UnrefForgotten = "unref-forgotten",
        /// unref of a socket that has a connection is forgotten.
        SocketUnrefForgotten = "socket-unref-forgotten",
        /// ref does not undo the unref of a socket.
        RefForgotten = "ref-forgotten",
        /// The end of a piped socket does not end where it is piped to.
        PipeEndLost = "pipe-end-lost",
        /// A pipe ends its destination though it is told not to.
        PipeEndsAll = "pipe-ends-all",
        /// What a pipe writes is not waited for.
        PipeUnheld = "pipe-unheld",
        /// A pipe that waited for its destination does not go on.
        PipeStuck = "pipe-stuck",
        /// unpipe loses what is unread.
        UnpipeLoses = "unpipe-loses",
        /// unpipe leaves the source flowing.
        UnpipeFlows = "unpipe-flows",
        /// The callback of onread cannot stop reading.
        OnreadGoesOn = "onread-goes-on",
        /// Of the buffers that the function of onread gives only the first is read into.
        OnreadBufferKept = "onread-buffer-kept",
        /// pause does not stop a socket with onread.
        OnreadUnpaused = "onread-unpaused",
        /// A bound socket that is adopted does not refuse to tell its address.
        AdoptedAnswers = "adopted-answers",
        /// A socket does not tell the path that it is bound to.
        BoundPathLost = "bound-path-lost",
        /// A write without a connection is a broken pipe on a bound path too.
        BoundPathBroken = "bound-path-broken",
        /// The addresses of a lookup are tried family by family.
        FamiliesApart = "families-apart",
        /// Errors of a connect do not tell the port that it was made from.
        LocalPortLost = "local-port-lost",
        /// A server lets those in that its block list has.
        BlockedLetIn = "blocked-let-in",
        /// A subnet that is removed from a block list still counts.
        RemovedCounts = "removed-counts",
        /// The type of service that is set before connecting is not set then.
        ServiceForgotten = "service-forgotten",
    }

    /// Whether this is the one that NODENET_MUTATION names. Ends the process if it names none.
    pub fn is_chosen(mutation: Mutation) -> bool {
        static CHOSEN: OnceLock<Option<Mutation>> = OnceLock::new();
        *CHOSEN.get_or_init(choose) == Some(mutation)
    }

    fn choose() -> Option<Mutation> {
        let asked = std::env::var_os("NODENET_MUTATION")?;
        let found = NAMES.iter().find(|(name, _)| asked == *name);
        if found.is_none() {
            let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            eprintln!("NODENET_MUTATION is {asked:?}, which is none of: {}", names.join(" "));
            std::process::exit(2);
        }
        found.map(|(_, mutation)| *mutation)
    }
}
