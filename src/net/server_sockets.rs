//! The sockets that a server has accepted: walking them, and a graceful stop, which ends them all and destroys those that are
//! left when the time is up.
use super::state::{Due, State};
use super::{Loop, ServerId, SocketId};
use crate::sys::code::Result;

/// A graceful stop that waits for its end.
#[derive(Debug)]
pub struct Shutdown {
    /// The timer that counts.
    pub setting: u64,
    /// Those that were there; a server may listen again meanwhile.
    sockets: Vec<SocketId>,
}

impl State {
    fn belongs(&self, server: ServerId, id: SocketId) -> bool {
        self.sockets.get(id.0).is_some_and(|socket| socket.server == server && !socket.destroyed())
    }

    fn sockets_of(&self, server: ServerId, after: Option<SocketId>) -> impl Iterator<Item = SocketId> {
        let from = after.map_or(0, |id| id.0.index() + 1);
        self.sockets.keys_from(from).map(SocketId).filter(move |id| self.belongs(server, *id))
    }

    fn begin_shutdown(&mut self, id: ServerId, grace: u64) {
        let sockets: Vec<SocketId> = self.sockets_of(id, None).collect();
        if grace == 0 {
            return sockets.into_iter().for_each(|socket| self.destroy(socket, None));
        }
        for socket in &sockets {
            self.end(*socket);
        }
        let due = self.now().saturating_add(grace);
        let setting = self.due.set(due, |setting| Due::Shutdown(id, setting));
        if let Some(server) = self.servers.get_mut(id.0) {
            server.shutdown = Some(Box::new(Shutdown { setting, sockets }));
        }
    }

    /// The time of a graceful stop is up.
    pub fn shutdown_due(&mut self, id: ServerId, setting: u64) {
        let Some(server) = self.servers.get_mut(id.0) else { return };
        let Some(shutdown) = server.shutdown.take_if(|shutdown| shutdown.setting == setting) else { return };
        for socket in shutdown.sockets {
            // Others may have its place by now.
            if self.belongs(id, socket) {
                self.destroy(socket, None);
            }
        }
    }
}

#[allow(missing_docs)]
impl Loop {
    pub fn server_next_socket(&self, id: ServerId, after: Option<SocketId>) -> Result<Option<SocketId>> {
        let state = self.state();
        state.server(id)?;
        let next = state.sockets_of(id, after).next();
        Ok(next)
    }

    pub fn server_shutdown(&self, id: ServerId, grace: u64) -> Result {
        self.server_close(id, None)?;
        self.state().begin_shutdown(id, grace);
        Ok(())
    }
}
