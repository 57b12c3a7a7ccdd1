//! server.listen: binds inside the call; with a host, after its lookup, which for a literal address is a tick.
use super::address::Address;
use super::error::NetError;
use super::events::ServerEvent;
use super::ip;
use super::lookup::{LookupAnswer, LookupAsked, address_to_listen_on, no_threads};
use super::loops::{self, Message};
use super::options::{ListenOptions, ListenTarget};
use super::state::{State, Token};
use super::tick::Tick;
use super::tracing::{Note, NoteKind, shown};
use super::{Loop, ServerId};
use crate::sys::callback::Callback;
use crate::sys::code::{Code, Result};
use crate::sys::errno::Errno;
use crate::sys::listener::Listener;
use crate::sys::resolver::{self, Answer, Question};
use crate::sys::sockaddr::Endpoint;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A listen whose host is being looked up.
#[derive(Clone, Default, Debug)]
pub struct ListenPlan {
    /// Counts listens and closes: the answer to an earlier one is void.
    pub listening_id: u32,
    /// The name.
    pub host: String,
    /// The port.
    pub port: u16,
    /// backlog
    pub backlog: i32,
    /// ipv6Only
    pub ipv6_only: bool,
    /// reusePort
    pub reuse_port: bool,
}

/// Binds a port of the unspecified address, which is told as a text, also in errors.
pub fn bind_anywhere(
    port: u16,
    ipv6_only: bool,
    reuse_port: bool,
) -> (std::result::Result<Listener, Errno>, &'static str) {
    let six = SocketAddr::from((Ipv6Addr::UNSPECIFIED, port));
    // Where IPv6 is missing IPv4 is what is left, and its error is the one that is told.
    match Listener::bind(&six, ipv6_only, reuse_port) {
        Err(errno) if errno != Errno::EADDRINUSE => {
            let four = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
            (Listener::bind(&four, ipv6_only, reuse_port), "0.0.0.0")
        }
        bound => (bound, "::"),
    }
}

impl State {
    /// Some if it is the program that is to be asked for the addresses.
    fn listen(&mut self, id: ServerId, options: &ListenOptions<'_>) -> Result<Option<LookupAsked>> {
        let server = self.server_mut(id)?;
        if server.is_listening() {
            return Err(Code::ERR_SERVER_ALREADY_LISTEN);
        }
        server.listening_id = server.listening_id.wrapping_add(1);
        let listening_id = server.listening_id;
        self.forget_listen_lookup(id);
        match options.target {
            ListenTarget::Tcp { port, host: None } => self.listen_anywhere(id, port, options),
            ListenTarget::Tcp { port, host: Some(host) } => {
                let plan = ListenPlan {
                    listening_id,
                    host: host.to_owned(),
                    port,
                    backlog: options.backlog,
                    ipv6_only: options.ipv6_only,
                    reuse_port: options.reuse_port,
                };
                return self.look_up_and_listen(id, plan, options.lookup);
            }
            ListenTarget::Path(path) => self.listen_on_path(id, path, options)?,
            ListenTarget::Fd(fd) => self.listen_on_fd(id, fd, options.backlog),
            ListenTarget::Bound(bound) => self.listen_on_bound(id, bound, options.backlog)?,
            ListenTarget::Server(other) => self.listen_on_server(id, other, options.backlog)?,
            ListenTarget::Socket(socket) => self.listen_on_socket(id, socket, options.backlog)?,
        }
        Ok(None)
    }

    fn listen_anywhere(&mut self, id: ServerId, port: u16, options: &ListenOptions<'_>) {
        let (bound, shown) = bind_anywhere(port, options.ipv6_only, options.reuse_port);
        let shown = Some(shown.as_bytes());
        let bound = bound.map_err(|errno| NetError::listen(errno, shown, Some(port.into())).into());
        self.listen_with(id, bound, options.backlog, shown, Some(port.into()));
    }

    fn listen_on_path(&mut self, id: ServerId, path: &[u8], options: &ListenOptions<'_>) -> Result {
        // As in Node, a folder that is missing is one that may not be written to.
        let bound = Listener::bind_path(path)
            .map_err(|errno| if errno == Errno::ENOENT { Errno::EACCES } else { errno })
            .map_err(|errno| NetError::listen(errno, Some(path), Some(-1)).into());
        if let Some(server) = self.servers.get_mut(id.0) {
            server.path = Some(path.to_vec());
        }
        self.listen_with(id, bound, options.backlog, Some(path), Some(-1));
        let Some(listener) = self.servers.get(id.0).and_then(|server| server.listener.as_ref()) else { return Ok(()) };
        if options.readable_all || options.writable_all {
            if let Err(errno) = listener.open_to_all(options.readable_all, options.writable_all) {
                self.stop_listening(id);
                return Err(errno.code());
            }
        }
        Ok(())
    }

    fn look_up_and_listen(
        &mut self,
        id: ServerId,
        plan: ListenPlan,
        lookup: Option<Callback>,
    ) -> Result<Option<LookupAsked>> {
        let host = plan.host.clone();
        if let Some(address) = ip::parse(&host, 0).filter(|_| ip::is_ip(host.as_bytes()) != 0) {
            let answer = LookupAnswer::Addresses(vec![address.ip().into()]);
            self.tick(Tick::ListenNow(id, Box::new(plan), Box::new(answer)));
            return Ok(None);
        }
        if let Some(callback) = lookup {
            return self.ask_to_listen(id, plan, callback).map(Some).ok_or(Code::ENOMEM);
        }
        let loop_id = self.id;
        let kept = plan.clone();
        let answer =
            move |answer: Answer| loops::send(loop_id, Message::ListenLookedUp { server: id, plan: kept, answer });
        self.requests += 1;
        if !resolver::submit(Question { host, family: 0, hints: 0 }, Box::new(answer)) {
            self.requests -= 1;
            let answer = LookupAnswer::of(Err(no_threads()), &plan.host);
            self.tick(Tick::ListenNow(id, Box::new(plan), Box::new(answer)));
        }
        Ok(None)
    }

    fn listen_at(&mut self, id: ServerId, plan: &ListenPlan, ip: IpAddr) {
        let address = SocketAddr::new(ip, plan.port);
        let text = ip.to_string();
        let bound = Listener::bind(&address, plan.ipv6_only, plan.reuse_port)
            .map_err(|errno| NetError::listen(errno, Some(text.as_bytes()), Some(plan.port.into())).into());
        self.listen_with(id, bound, plan.backlog, Some(text.as_bytes()), Some(plan.port.into()));
    }

    pub(super) fn listen_with(
        &mut self,
        id: ServerId,
        bound: std::result::Result<Listener, Box<NetError>>,
        backlog: i32,
        address: Option<&[u8]>,
        port: Option<i32>,
    ) {
        let listening = bound.and_then(|listener| {
            let failed = |errno: Errno| Box::new(NetError::listen(errno, address, port));
            listener.listen(backlog).map_err(failed)?;
            listener.register(&self.poller, Token::Server(id).number()).map_err(failed)?;
            Ok(listener)
        });
        self.listens(id, listening);
    }

    /// What became of a listen; the event comes later.
    pub fn listens(&mut self, id: ServerId, listening: std::result::Result<Listener, Box<NetError>>) {
        let Some(server) = self.servers.get_mut(id.0) else { return };
        match listening {
            Ok(listener) => {
                listener.set_inherited(server.options.no_delay, server.keep_alive());
                server.local = matches!(listener.local_endpoint(), Ok(Endpoint::Path(_)));
                self.begin_listening(id, listener);
            }
            Err(error) => {
                self.note(|_| Note::of_server(id, NoteKind::Listen, "listen").with_error(Some(&error)));
                self.tick(Tick::ServerError(id, (*error).into()));
            }
        }
    }

    /// The server has its endpoint, which is watched.
    pub fn begin_listening(&mut self, id: ServerId, listener: Listener) {
        let Some(server) = self.servers.get_mut(id.0) else { return };
        server.stamp = self.order.begins();
        server.listener = Some(listener);
        self.sync_server_hold(id);
        self.note(|state| {
            let server = state.servers.get(id.0);
            let at = server.map_or(Address::Absent, |server| server.address(server.listener.as_ref()));
            Note::of_server(id, NoteKind::Listen, format!("listen on {}", shown(&at)))
        });
        self.tick(Tick::Listening(id));
    }
}

impl Loop {
    /// The host's addresses are known.
    pub fn listen_looked_up(&self, id: ServerId, plan: &ListenPlan, answer: LookupAnswer) {
        let mut state = self.state();
        if state.servers.get(id.0).is_none_or(|server| server.listening_id != plan.listening_id) {
            return;
        }
        let address = match answer {
            LookupAnswer::Addresses(given) => address_to_listen_on(&given, plan),
            LookupAnswer::Failed(error) => Err(Box::new(error)),
        };
        match address {
            Ok(ip) => state.listen_at(id, plan, ip),
            Err(error) => {
                drop(state);
                self.emit_server(id, &ServerEvent::Error(&error));
            }
        }
    }

    /// The tick of `listening`.
    pub fn listening_now(&self, id: ServerId) {
        let listening = self.state().servers.get(id.0).is_some_and(super::server::Server::is_listening);
        if listening {
            self.emit_server(id, &ServerEvent::Listening);
        }
    }
}

/// listen
#[allow(missing_docs)]
impl Loop {
    pub fn server_listen(&self, id: ServerId, options: &ListenOptions<'_>) -> Result {
        let asked = self.state().listen(id, options);
        if let Ok(Some(asked)) = asked {
            self.ask_program(asked);
            return Ok(());
        }
        if let Some(lookup) = options.lookup {
            self.state().drop_later(lookup);
        }
        asked.map(|_| ())
    }
}
