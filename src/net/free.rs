//! Freeing: what was asked is canceled, then what the program lent is given back. No events.
use super::closing::Closing;
use super::error::{ErrorRef, NetError};
use super::events::{ServerEvent, SocketEvent};
use super::socket::Flags;
use super::state::State;
use super::tick::Tick;
use super::{Loop, ServerId, SocketId, TimerId};
use crate::sys::callback::{Callback, SharedUser};
use crate::sys::code::{Code, Result};

/// What a freed handle leaves behind.
#[derive(Debug, Default)]
struct Leftover {
    completions: Vec<Callback>,
    drops: Vec<Callback>,
}

impl Leftover {
    fn is_empty(&self) -> bool {
        self.completions.is_empty() && self.drops.is_empty()
    }
}

impl State {
    fn take_socket(&mut self, id: SocketId) -> Leftover {
        let mut left = Leftover::default();
        self.send_all_gathered();
        let Some(socket) = self.sockets.get(id.0) else { return left };
        let has_cold = socket.cold.is_some();
        if !socket.destroyed() {
            self.leave_server(id);
        }
        self.leave_pipes(id);
        if has_cold {
            // Without a cold part nothing was asked.
            if let Some((_, ended)) = self.take_request(id, None) {
                left.completions.extend(ended.waiting.into_list());
            }
            self.forget_lookup(id);
        }
        if self.closing.iter().any(|closing| closing.is_of(id)) {
            let (own, others): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.closing).into_iter().partition(|closing| closing.is_of(id));
            self.closing = others;
            let requests = own.into_iter().filter_map(Closing::into_request);
            left.completions.extend(requests.flat_map(|(_, ended)| ended.waiting.into_list()));
        }
        let Some(mut socket) = self.sockets.remove(id.0) else { return left };
        if socket.shutting_down() {
            self.requests -= 1;
        }
        socket.end_connect_request(&mut self.requests);
        socket.flags.remove(Flags::HANDLE);
        socket.sync_hold(&mut self.holds);
        socket.listeners.end(&mut left.drops);
        if let Some(mut cold) = socket.cold {
            for mut queued in cold.writes.queue.drain(..) {
                queued.pieces.release(&mut self.releases);
                left.completions.extend(queued.completion);
            }
            left.completions.append(&mut cold.writes.end_callbacks);
            left.drops.extend(cold.onread.take().map(|onread| onread.callback()));
            left.drops.extend(cold.data.take());
        }
        left
    }

    fn take_server(&mut self, id: ServerId) -> Leftover {
        let mut left = Leftover::default();
        self.stop_listening(id);
        let Some(mut server) = self.servers.remove(id.0) else { return left };
        left.completions = server.listeners.take_reactions();
        server.listeners.end(&mut left.drops);
        left.drops.extend(server.data.take());
        left.drops.extend(server.shared.take().and_then(SharedUser::let_go));
        let asked = server.lookup.take().and_then(|key| self.lookups.remove(key));
        left.drops.extend(asked.map(|lookup| lookup.callback()));
        left
    }

    /// An accepted socket has told its `close`: it goes unless it is kept, or connects anew.
    pub fn free_accepted(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get(id.0) else { return };
        if socket.destroyed() && !socket.flags.intersects(Flags::KEPT | Flags::HANDLE) {
            self.free_socket(id);
        }
    }

    /// Ends a socket: completions and drops follow on ticks.
    pub fn free_socket(&mut self, id: SocketId) {
        let left = self.take_socket(id);
        if left.is_empty() {
            return;
        }
        for completion in left.completions {
            self.tick(Tick::Orphan(id, completion));
        }
        for callback in left.drops {
            self.tick(Tick::Drop(callback));
        }
    }
}

impl State {
    /// Ends a server: completions and drops follow on ticks.
    pub fn free_server(&mut self, id: ServerId) {
        let left = self.take_server(id);
        for completion in left.completions {
            self.tick(Tick::ServerOrphan(id, completion));
        }
        for callback in left.drops {
            self.tick(Tick::Drop(callback));
        }
    }
}

impl Loop {
    /// Everything ends: completions with ECANCELED, releases, then drops. The loop cannot be reached by a handle any more.
    /// Returns a generation that none of its handles had.
    pub fn shut_down_loop(&self) -> u32 {
        let canceled: ErrorRef = NetError::library(Code::ECANCELED).into();
        let mut drops = Vec::new();
        let ticks = {
            let mut state = self.state();
            let mut ticks = Vec::new();
            while let Some(tick) = state.ticks.pop() {
                ticks.push(tick);
            }
            ticks
        };
        for tick in ticks {
            self.cancel_tick(tick, &canceled, &mut drops);
        }
        let sockets = self.state().sockets.keys();
        for key in sockets {
            let id = SocketId(key);
            let left = self.state().take_socket(id);
            for callback in left.completions {
                self.cancel_socket(id, callback, &canceled, &mut drops);
            }
            drops.extend(left.drops);
        }
        let servers = self.state().servers.keys();
        for key in servers {
            let id = ServerId(key);
            let left = self.state().take_server(id);
            for callback in left.completions {
                self.cancel_server(id, callback, &ServerEvent::CloseCompletion(Some(&canceled)), &mut drops);
            }
            drops.extend(left.drops);
        }
        let next_generation = {
            let mut state = self.state();
            for key in state.timers.keys() {
                state.remove_timer(TimerId(key));
            }
            for key in state.lookups.keys() {
                drops.extend(state.lookups.remove(key).map(|lookup| lookup.callback()));
            }
            drops.extend(state.wake_hook.take());
            drops.extend(state.tracing.take().map(|tracing| tracing.callback()));
            state.unused_generation()
        };
        for message in self.take_messages() {
            drops.extend(message.undelivered());
        }
        self.state().drops.extend(drops.into_iter().filter(Callback::has_drop));
        self.settle();
        next_generation
    }

    fn cancel_tick(&self, tick: Tick, canceled: &ErrorRef, drops: &mut Vec<Callback>) {
        match tick {
            Tick::Complete(id, callback, _) | Tick::Orphan(id, callback) => {
                self.cancel_socket(id, callback, canceled, drops);
            }
            Tick::AfterWriteTick(id, callback, count) => {
                for _ in 0..count {
                    self.cancel_socket(id, callback, canceled, drops);
                }
            }
            Tick::AfterWrites(id, callbacks) | Tick::WriteError(id, callbacks, _) => {
                for callback in callbacks {
                    self.cancel_socket(id, callback, canceled, drops);
                }
            }
            Tick::Connections(id, callback, _) => {
                self.cancel_server(id, callback, &ServerEvent::Connections(Some(canceled), 0), drops);
            }
            Tick::ServerOrphan(id, callback) => {
                self.cancel_server(id, callback, &ServerEvent::CloseCompletion(Some(canceled)), drops);
            }
            Tick::Drop(callback) => drops.push(callback),
            _ => {}
        }
    }

    fn cancel_socket(&self, id: SocketId, callback: Callback, error: &ErrorRef, drops: &mut Vec<Callback>) {
        self.calling(|| (self.dispatch().socket)(&callback, self.id(), id, &SocketEvent::Completion(Some(error))));
        drops.push(callback);
    }

    fn cancel_server(&self, id: ServerId, callback: Callback, event: &ServerEvent<'_>, drops: &mut Vec<Callback>) {
        self.calling(|| (self.dispatch().server)(&callback, self.id(), id, event));
        drops.push(callback);
    }
}

/// free
#[allow(missing_docs)]
impl Loop {
    pub fn socket_free(&self, id: SocketId) -> Result {
        let mut state = self.state();
        state.socket(id)?;
        state.free_socket(id);
        Ok(())
    }

    pub fn server_free(&self, id: ServerId) -> Result {
        let mut state = self.state();
        state.server(id)?;
        state.free_server(id);
        Ok(())
    }
}
