//! connect: Idle → Waiting (the address is looked up, or a tick has to pass) → Attempting → Connected, or destroyed on the way.
//!
//! Each address of the plan is attempted in turn; the first that answers wins.
use super::address::Address;
use super::defaults;
use super::error::{ErrorRef, NetError};
use super::events::{SocketEvent, SocketEventName};
use super::ip;
use super::lookup::LookupAsked;
use super::options::{ConnectOptions, ConnectTarget};
use super::socket::{ClosePhase, ConnectPhase, Flags, ReadPhase, Reading, Socket, WritePhase, Writing};
use super::socket_listeners::Reaction;
use super::state::{Due, Fed, State};
use super::tick::Tick;
use super::tracing::{Note, NoteKind, shown};
use super::{Loop, SocketId};
use crate::core::mutation::mutated;
use crate::core::table::Key;
use crate::sys::code::{Code, Result};
use crate::sys::errno::Errno;
use crate::sys::sockaddr::Endpoint;
use crate::sys::stream::Stream;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Where a socket is connecting to, and how far it got.
#[derive(Debug)]
pub struct ConnectPlan {
    /// Counts the connects of the socket: answers to an earlier one are void.
    pub life: u32,
    /// The port of every target.
    pub port: u16,
    /// The name that is looked up.
    pub host: String,
    /// The path, for a local socket.
    pub path: Option<Vec<u8>>,
    /// All addresses are wanted, not only the first.
    pub several: bool,
    /// Addresses in the order of the attempts.
    pub targets: Vec<SocketAddr>,
    local_address: Option<IpAddr>,
    local_port: u16,
    begun: usize,
    errors: Vec<NetError>,
    attempt_timeout: u64,
    attempt_setting: Option<u64>,
    /// The program's lookup that has not answered.
    pub lookup: Option<Key>,
}

impl ConnectPlan {
    fn target(&self) -> Address {
        match &self.path {
            Some(path) => Address::Path(path.clone()),
            None => self
                .begun
                .checked_sub(1)
                .and_then(|at| self.targets.get(at))
                .map_or(Address::Absent, |a| Address::Ip(*a)),
        }
    }

    fn local_for(&self, target: &SocketAddr) -> Option<SocketAddr> {
        if self.local_address.is_none() && self.local_port == 0 {
            return None;
        }
        Some(SocketAddr::new(self.local_ip(target.is_ipv4()), self.local_port))
    }

    fn local_ip(&self, is_ipv4: bool) -> IpAddr {
        let any = if is_ipv4 { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
        self.local_address.unwrap_or(any)
    }

    /// A failed attempt as its event and the socket's error show it.
    fn failure(&self, errno: Errno) -> NetError {
        let asked = match self.target() {
            Address::Ip(target) if self.local_port != 0 && !mutated!(LocalPortLost) => {
                Some(self.local_ip(target.is_ipv4()))
            }
            _ => None,
        };
        let details = asked.map(|address| format!("{address}:{}", self.local_port));
        let mut error = NetError::with_host_port("connect", errno, &self.target(), details.as_deref());
        if let Some(address) = asked {
            error.local_address = Some(address.to_string());
            error.local_port = Some(self.local_port);
        }
        error
    }
}

impl Socket {
    /// The plan of the present or the last connect.
    pub fn plan(&mut self) -> Option<&mut ConnectPlan> {
        self.cold.as_mut()?.plan.as_deref_mut()
    }

    /// Whether this is the connect that the caller began.
    pub fn is_connecting_as(&self, life: u32) -> bool {
        self.connecting()
            && self.cold.as_ref().and_then(|cold| cold.plan.as_ref()).is_some_and(|plan| plan.life == life)
    }

    /// Whether this setting of the attempt's timer still means something.
    pub fn has_attempt_timer(&self, setting: u64) -> bool {
        self.connect == ConnectPhase::Attempting && self.is_attempt(setting)
    }

    /// Whether the attempt with this timer is over, and its socket goes on to the next.
    fn has_given_up(&self, setting: u64) -> bool {
        self.connect == ConnectPhase::Waiting && self.is_attempt(setting)
    }

    fn is_attempt(&self, setting: u64) -> bool {
        let plan = self.cold.as_ref().and_then(|cold| cold.plan.as_ref());
        plan.is_some_and(|plan| plan.attempt_setting == Some(setting))
    }

    /// The attempt that is under way, if it is one of several.
    pub fn attempt_of_several(&self) -> Option<SocketAddr> {
        let plan = self.cold.as_ref()?.plan.as_ref()?;
        let several = self.connect == ConnectPhase::Attempting && plan.several && plan.targets.len() > 1;
        if several { plan.targets.get(plan.begun - 1).copied() } else { None }
    }

    fn begin_life(&mut self, local: bool) {
        self.life = self.life.wrapping_add(1);
        self.flags.insert(Flags::HANDLE);
        self.flags.set(Flags::LOCAL, local);
        self.flags.remove(Flags::ERRORED | Flags::ERROR_EMITTED | Flags::RESET | Flags::UNREF);
        self.hung_up = false;
        self.close = ClosePhase::Alive;
        let unasked = Reading::ASKED | Reading::HANDLE | Reading::EOF | Reading::STICKY;
        self.reading.remove(unasked | Reading::MAY_READ | Reading::WATCHED);
        let readable = !self.reading.contains(Reading::NOT_READABLE);
        self.read = if readable { ReadPhase::Open } else { ReadPhase::EndEmitted };
        self.writing.remove(Writing::SHUTDOWN | Writing::REQUEST);
        let writable = !self.writing.contains(Writing::NOT_WRITABLE);
        self.write = if writable { WritePhase::Open } else { WritePhase::Finished };
        self.bytes_read *= u64::from(mutated!(CounterKept));
        self.bytes_dispatched = 0;
        self.error = None;
        if let Some(cold) = self.cold.as_mut() {
            cold.near = None;
        }
    }
}

impl State {
    fn connect(&mut self, id: SocketId, options: &ConnectOptions<'_>) -> Result<Option<LookupAsked>> {
        let local_address = match options.local_address {
            Some(text) => Some(ip::parse(text, 0).ok_or(Code::ERR_INVALID_IP_ADDRESS)?.ip()),
            None => None,
        };
        let source = self.socket(id)?;
        let bound = source.bound_source().is_some();
        let target = if bound { bound_target(source, options)? } else { options.target.clone() };
        self.send_gathered(id);
        self.forget_lookup(id);
        let socket = self.socket_mut(id)?;
        socket.writing.remove(Writing::AFTER_FIN);
        if socket.destroyed() && !mutated!(PeerKept) {
            socket.cold().peer = None;
        }
        let path = match target {
            ConnectTarget::Path(path) => Some(path.to_vec()),
            ConnectTarget::Tcp { .. } => None,
        };
        if !socket.has_handle() {
            self.begin_life(id, path.is_some());
        }
        let socket = self.socket_mut(id)?;
        let (port, host) = match target {
            ConnectTarget::Tcp { port, host } => (port, host.unwrap_or("localhost")),
            ConnectTarget::Path(_) => (0, ""),
        };
        let literal = ip::parse(host, port).filter(|_| ip::is_ip(host.as_bytes()) != 0);
        let choose = options.auto_select_family.unwrap_or_else(defaults::default_auto_select_family);
        let free = options.family == 0 && local_address.is_none() && !bound;
        let several = path.is_none() && literal.is_none() && free && choose;
        let timeout = options.auto_select_family_attempt_timeout;
        let cold = socket.cold();
        let life = cold.plan.as_ref().map_or(0, |plan| plan.life) + 1;
        cold.plan = Some(Box::new(ConnectPlan {
            life,
            port,
            host: host.to_owned(),
            path: path.clone(),
            several,
            targets: literal.into_iter().collect(),
            local_address,
            local_port: options.local_port,
            begun: 0,
            errors: Vec::new(),
            attempt_timeout: timeout.map_or_else(defaults::default_auto_select_family_attempt_timeout, |ms| {
                ms.max(defaults::MIN_ATTEMPT_TIMEOUT)
            }),
            attempt_setting: None,
            lookup: None,
        }));
        socket.connect = ConnectPhase::Waiting;
        self.touch(id);
        self.note(|_| {
            let to = path.as_ref().map_or_else(|| format!("{host}:{port}"), |path| shown(&Address::Path(path.clone())));
            Note::of(id, NoteKind::Connect, format!("connect to {to}"))
        });
        if let Some(path) = path {
            self.tick(Tick::AttemptBegun(id, Box::new(Address::Path(path.clone()))));
            self.attempt_path(id, &path);
            return Ok(None);
        }
        if let Some(target) = literal.filter(|_| bound) {
            // As in Node, so that the near end is known when the call returns.
            self.tick(Tick::AttemptBegun(id, Box::new(Address::Ip(target))));
            self.attempt_from_bound(id, &target);
            return Ok(None);
        }
        if literal.is_some() {
            self.tick(Tick::ConnectNow(id, life));
            return Ok(None);
        }
        Ok(self.look_up(id, options))
    }

    fn attempt_from_bound(&mut self, id: SocketId, target: &SocketAddr) {
        let opened = self.next_stream(id);
        let blocked = self.blocks_target(id, target).then(|| Box::new(NetError::blocked(target)));
        let begun = opened.and_then(|_| blocked.map_or(Ok(()), Err)).and_then(|()| self.attempt(id));
        if let Err(error) = begun {
            self.destroy(id, Some((*error).into()));
        }
    }

    /// A new handle: everything that belonged to the last life begins anew, and what was still to be written in it fails.
    fn begin_life(&mut self, id: SocketId, local: bool) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if !socket.destroyed() {
            return socket.begin_life(local);
        }
        let request = self.take_request(id, None);
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        socket.begin_life(local);
        socket.listeners.remove_reaction(SocketEventName::Connect as u8, Reaction::WritePending as u8);
        socket.listeners.remove_reaction(SocketEventName::Close as u8, Reaction::WriteClosed as u8);
        let writes = &mut socket.cold().writes;
        let ends = std::mem::take(&mut writes.end_callbacks);
        let queue = std::mem::take(&mut writes.queue);
        (writes.length, writes.queued_len, writes.pending_len) = (0, 0, 0);
        let unsent: ErrorRef = NetError::library(Code::ERR_SOCKET_CLOSED_BEFORE_CONNECTION).into();
        if let Some((_, ended)) = request {
            for completion in ended.waiting.into_list() {
                self.tick(Tick::Complete(id, completion, Some(unsent.clone())));
            }
        }
        let destroyed: ErrorRef = NetError::stream_destroyed("write").into();
        for mut queued in queue {
            queued.pieces.release(&mut self.releases);
            if let Some(completion) = queued.completion {
                self.tick(Tick::Complete(id, completion, Some(destroyed.clone())));
            }
        }
        let destroyed: ErrorRef = NetError::stream_destroyed("end").into();
        for completion in ends {
            self.tick(Tick::Complete(id, completion, Some(destroyed.clone())));
        }
    }

    fn attempt_path(&mut self, id: SocketId, path: &[u8]) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        let bound = socket.bound_source().is_some();
        let opened = match (socket.stream.is_open(), bound) {
            (true, true) => Ok(()),
            (true, false) => Err((busy(socket), true)),
            (false, _) => Stream::local().map(|stream| socket.stream = stream).map_err(|errno| (errno, true)),
        };
        // A path that cannot be said at all fails inside the call; what the system says comes later.
        let begun = opened.and_then(|()| {
            socket.apply_buffer_sizes();
            socket.stream.connect_path(path).map_err(|errno| (errno, errno == Errno::EINVAL))
        });
        match begun {
            Ok(()) => self.attempt_begun(id),
            Err((errno, true)) => {
                let target = Address::Path(path.to_vec());
                let error = NetError::with_host_port("connect", errno, &target, Some("undefined:undefined"));
                self.destroy(id, Some(error.into()));
            }
            Err((errno, false)) => {
                self.hold_attempt(id);
                self.fed.push_back(Fed::ConnectFailed(id, errno));
            }
        }
    }

    fn hold_attempt(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        socket.connect = ConnectPhase::Attempting;
        if !socket.flags.contains(Flags::CONNECT_REQUEST) {
            socket.flags.insert(Flags::CONNECT_REQUEST);
            self.requests += 1;
        }
    }

    fn attempt_begun(&mut self, id: SocketId) {
        self.note(|state| {
            let plan = state.sockets.get(id.0).and_then(|socket| socket.cold.as_ref()?.plan.as_ref());
            let target = plan.map_or(Address::Absent, |plan| plan.target());
            Note::of(id, NoteKind::Attempt, format!("attempt {}", shown(&target)))
        });
        self.hold_attempt(id);
        if let Err(errno) = self.watch(id) {
            self.fed.push_back(Fed::ConnectFailed(id, errno));
        }
    }

    /// Begins the attempt on the plan's present target. Err if it failed inside the call, with what is to be told.
    fn attempt(&mut self, id: SocketId) -> std::result::Result<(), Box<NetError>> {
        let Some(socket) = self.sockets.get_mut(id.0) else { return Ok(()) };
        let Some(plan) = socket.cold.as_ref().and_then(|cold| cold.plan.as_ref()) else { return Ok(()) };
        let Some(target) = plan.begun.checked_sub(1).and_then(|at| plan.targets.get(at)).copied() else {
            return Ok(());
        };
        let begun = if socket.stream.is_open() { socket.stream.connect(&target) } else { Err(Errno::EINVAL) };
        match begun {
            Ok(()) => {
                self.attempt_begun(id);
                Ok(())
            }
            Err(errno) if errno.refused() => {
                self.hold_attempt(id);
                self.fed.push_back(Fed::ConnectFailed(id, errno));
                Ok(())
            }
            Err(errno) => {
                let details = match socket.stream.local_endpoint() {
                    Ok(Endpoint::Ip(local)) => format!("{}:{}", local.ip(), local.port()),
                    _ => "undefined:undefined".to_owned(),
                };
                Err(NetError::with_host_port("connect", errno, &Address::Ip(target), Some(&details)).into())
            }
        }
    }

    /// Opens the stream for the plan's next target and binds it. Err if that failed, with what is to be told.
    fn next_stream(&mut self, id: SocketId) -> std::result::Result<Option<SocketAddr>, Box<NetError>> {
        let Some(socket) = self.sockets.get_mut(id.0) else { return Ok(None) };
        let Some(plan) = socket.plan() else { return Ok(None) };
        let Some(target) = plan.targets.get(plan.begun).copied() else { return Ok(None) };
        plan.begun += 1;
        let local = plan.local_for(&target);
        if socket.stream.is_open() && socket.bound_source().is_some() {
            return Ok(Some(target));
        }
        if let Some(other) = local.filter(|local| local.is_ipv4() != target.is_ipv4()) {
            // Node reads the text as one of the target's family and is told so before the system is asked.
            return Err(NetError::with_host_port("bind", Errno::EINVAL, &Address::Ip(other), None).into());
        }
        if socket.stream.is_open()
            && socket.connect == ConnectPhase::Waiting
            && !socket.flags.contains(Flags::CONNECT_REQUEST)
        {
            let errno = busy(socket);
            return Err(NetError::with_host_port("connect", errno, &Address::Ip(target), None).into());
        }
        let stream = match Stream::tcp(&target) {
            Ok(stream) => stream,
            Err(errno) => return Err(NetError::with_host_port("connect", errno, &Address::Ip(target), None).into()),
        };
        let bound = local.map(|local| (local, stream.bind(&local)));
        socket.stream = stream;
        socket.apply_buffer_sizes();
        if let Some((local, Err(errno))) = bound {
            return Err(NetError::with_host_port("bind", errno, &Address::Ip(local), None).into());
        }
        Ok(Some(target))
    }

    /// Whether the socket's list has the address.
    fn blocks_target(&self, id: SocketId, target: &SocketAddr) -> bool {
        let cold = self.sockets.get(id.0).and_then(|socket| socket.cold.as_ref());
        cold.and_then(|cold| cold.block_list.as_ref()).is_some_and(|list| list.blocks(target.ip()))
    }

    fn clear_attempt_timer(&mut self, id: SocketId) {
        if let Some(plan) = self.sockets.get_mut(id.0).and_then(Socket::plan) {
            plan.attempt_setting = None;
        }
    }

    fn set_attempt_timer(&mut self, id: SocketId) {
        let now = self.now();
        let Some(plan) = self.sockets.get_mut(id.0).and_then(Socket::plan) else { return };
        if plan.begun < plan.targets.len() {
            let due = now + plan.attempt_timeout;
            let setting = self.due.set(due, |setting| Due::Attempt(id, setting));
            if let Some(plan) = self.sockets.get_mut(id.0).and_then(Socket::plan) {
                plan.attempt_setting = Some(setting);
            }
        }
    }

    /// Applies what was set before there was a connection.
    fn connected(&mut self, id: SocketId) {
        self.end_connect_request(id);
        self.clear_attempt_timer(id);
        self.touch(id);
        self.note(|_| Note::of(id, NoteKind::Connected, "connected"));
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        socket.connect = ConnectPhase::Connected;
        socket.apply_options();
    }
}

impl Socket {
    /// Tells the system what was asked for.
    pub fn apply_options(&self) {
        if self.flags.contains(Flags::LOCAL) {
            return;
        }
        // A peer that has gone already makes the system refuse these; the read that follows tells it better.
        if self.flags.contains(Flags::NO_DELAY) {
            let _ = self.stream.set_no_delay(true);
        }
        let (probes, tos) = self.cold.as_ref().map_or_else(Default::default, |c| (c.probes, c.type_of_service));
        if self.flags.contains(Flags::KEEP_ALIVE) {
            let _ = self.stream.set_keep_alive(true, probes);
        }
        if let Some(tos) = tos.filter(|_| !mutated!(ServiceForgotten)) {
            let _ = self.stream.set_type_of_service(tos);
        }
        self.stream.inline_urgent();
    }
}

/// Where a bound socket connects to: as in Node its handle decides whether that is a path, not the options.
fn bound_target<'a>(socket: &Socket, options: &ConnectOptions<'a>) -> Result<ConnectTarget<'a>> {
    match &options.target {
        ConnectTarget::Tcp { .. } if options.local_address.is_some() || options.local_port != 0 => {
            Err(Code::ERR_INVALID_ARG_VALUE)
        }
        ConnectTarget::Tcp { .. } if socket.has_handle() && socket.flags.contains(Flags::LOCAL) => {
            Err(Code::ERR_INVALID_ARG_VALUE)
        }
        ConnectTarget::Path(_) if socket.has_handle() && !socket.flags.contains(Flags::LOCAL) => {
            Ok(ConnectTarget::Tcp { port: 0, host: None })
        }
        target => Ok(target.clone()),
    }
}

/// Why a socket that has a stream cannot connect.
fn busy(socket: &Socket) -> Errno {
    if socket.flags.contains(Flags::CONNECT_REQUEST) { Errno::EALREADY } else { Errno::EISCONN }
}

impl Loop {
    /// The tick of a connect that needed no lookup.
    pub fn connect_now(&self, id: SocketId, life: u32) {
        let connecting = self.state().sockets.get(id.0).is_some_and(|socket| socket.is_connecting_as(life));
        if connecting {
            self.attempt_single(id);
        }
    }

    /// The tick of a connect that failed before there was an attempt.
    pub fn connect_failed_early(&self, id: SocketId, life: u32, error: ErrorRef) {
        let mut state = self.state();
        if state.sockets.get(id.0).is_some_and(|socket| socket.is_connecting_as(life)) {
            state.destroy(id, Some(error));
        }
    }

    /// One address: its failure is the socket's error.
    pub fn attempt_single(&self, id: SocketId) {
        let opened = self.state().next_stream(id);
        let target = match opened {
            Ok(Some(target)) => target,
            Ok(None) => return,
            Err(error) => return self.state().destroy(id, Some((*error).into())),
        };
        self.emit(id, &SocketEvent::ConnectionAttempt(&Address::Ip(target)));
        let mut state = self.state();
        if !state.sockets.get(id.0).is_some_and(Socket::connecting) {
            return;
        }
        if state.blocks_target(id, &target) {
            let error = NetError::blocked(&target);
            state.destroy(id, Some(error.into()));
            return;
        }
        if let Err(error) = state.attempt(id) {
            state.destroy(id, Some((*error).into()));
        }
    }

    /// Several addresses: the next, until one answers or none is left.
    pub fn attempt_next(&self, id: SocketId) {
        loop {
            let again = {
                let mut state = self.state();
                state.clear_attempt_timer(id);
                let Some(socket) = state.sockets.get_mut(id.0).filter(|socket| socket.connecting()) else { return };
                let Some(plan) = socket.plan() else { return };
                let again = plan.begun > 0;
                if plan.begun == plan.targets.len() {
                    let error = NetError::aggregate(std::mem::take(&mut plan.errors));
                    return state.destroy(id, Some(error.into()));
                }
                if again {
                    // Unlike in Node, an end() or unref() made meanwhile outlives the failed attempt.
                    socket.stream = Stream::NONE;
                    socket.connect = ConnectPhase::Waiting;
                    socket.cold().near = None;
                }
                again
            };
            if again && !self.ask_own_buffer_while_connecting(id) {
                return;
            }
            let opened = self.state().next_stream(id);
            let target = match opened {
                Ok(Some(target)) => target,
                Ok(None) => return,
                Err(error) => {
                    self.keep_attempt_error(id, *error);
                    continue;
                }
            };
            if self.state().blocks_target(id, &target) {
                let error = NetError::blocked(&target);
                self.keep_attempt_error(id, error.clone());
                self.emit(id, &SocketEvent::ConnectionAttemptFailed(&Address::Ip(target), &error));
                continue;
            }
            self.emit(id, &SocketEvent::ConnectionAttempt(&Address::Ip(target)));
            let begun = {
                let mut state = self.state();
                let Some(socket) = state.sockets.get_mut(id.0).filter(|socket| socket.connecting()) else { return };
                socket.cold().attempted.get_or_insert_default().push(target);
                state.attempt(id)
            };
            match begun {
                Ok(()) => return self.state().set_attempt_timer(id),
                Err(error) => {
                    self.keep_attempt_error(id, (*error).clone());
                    self.emit(id, &SocketEvent::ConnectionAttemptFailed(&Address::Ip(target), &error));
                }
            }
        }
    }

    fn keep_attempt_error(&self, id: SocketId, error: NetError) {
        if let Some(plan) = self.state().sockets.get_mut(id.0).and_then(Socket::plan) {
            plan.errors.push(error);
        }
    }

    /// The time of an attempt is up: the next is made, unless whoever is told of it destroys the socket.
    pub fn attempt_due(&self, id: SocketId, setting: u64) {
        let target = {
            let mut state = self.state();
            let socket = state.sockets.get_mut(id.0).filter(|socket| socket.has_attempt_timer(setting));
            let Some(plan) = socket.and_then(Socket::plan) else { return };
            let (target, error) = (plan.target(), plan.failure(Errno::ETIMEDOUT));
            state.note(|_| Note::of(id, NoteKind::AttemptFailed, "attempt failed").with_error(Some(&error)));
            target
        };
        self.attempt_is_over(id);
        self.emit(id, &SocketEvent::ConnectionAttemptTimeout(&target));
        let goes_on = self.state().sockets.get(id.0).is_some_and(|socket| socket.has_given_up(setting));
        if goes_on {
            self.keep_timeout(id);
            self.attempt_next(id);
        }
        self.drain_ticks();
    }

    fn keep_timeout(&self, id: SocketId) {
        if let Some(plan) = self.state().sockets.get_mut(id.0).and_then(Socket::plan) {
            let error = plan.failure(Errno::ETIMEDOUT);
            plan.errors.push(error);
        }
    }

    fn attempt_is_over(&self, id: SocketId) {
        let mut state = self.state();
        state.end_connect_request(id);
        if let Some(socket) = state.sockets.get_mut(id.0) {
            socket.connect = ConnectPhase::Waiting;
        }
    }

    /// The system says how an attempt ended.
    pub fn attempt_ended(&self, id: SocketId, outcome: std::result::Result<(), Errno>) {
        if self.state().sockets.get(id.0).is_none_or(|socket| socket.connect != ConnectPhase::Attempting) {
            return;
        }
        match outcome {
            Ok(()) => self.tell_connected(id),
            Err(errno) => self.attempt_failed(id, errno),
        }
    }

    fn tell_connected(&self, id: SocketId) {
        self.state().connected(id);
        self.emit(id, &SocketEvent::Connect);
        self.emit(id, &SocketEvent::Ready);
        let mut state = self.state();
        if state.sockets.get(id.0).is_some_and(|socket| !socket.is_paused()) {
            state.read_nothing(id);
        }
    }

    fn attempt_failed(&self, id: SocketId, errno: Errno) {
        let (error, target, several) = {
            let mut state = self.state();
            state.clear_attempt_timer(id);
            let Some(socket) = state.sockets.get_mut(id.0) else { return };
            let Some(plan) = socket.plan() else { return };
            let several = plan.several && plan.targets.len() > 1;
            let error = plan.failure(errno);
            let target = plan.target();
            if several {
                plan.errors.push(error.clone());
            }
            socket.connect = if several { ConnectPhase::Waiting } else { ConnectPhase::Idle };
            // As in Node one of several is the socket's until the next attempt.
            if !several {
                socket.cold().near = None;
            }
            state.end_connect_request(id);
            state.note(|_| Note::of(id, NoteKind::AttemptFailed, "attempt failed").with_error(Some(&error)));
            (error, target, several)
        };
        self.emit(id, &SocketEvent::ConnectionAttemptFailed(&target, &error));
        if several {
            self.attempt_next(id);
        } else {
            self.state().destroy(id, Some(error.into()));
        }
    }
}

/// connect
#[allow(missing_docs)]
impl Loop {
    pub fn socket_connect(&self, id: SocketId, options: &ConnectOptions<'_>) -> Result {
        let timed = if options.timeout > 0 { self.socket_set_timeout(id, options.timeout) } else { Ok(()) };
        let life = self.state().sockets.get(id.0).map(|socket| socket.life);
        let asked = timed.and_then(|()| self.state().connect(id, options));
        if asked.is_ok() && self.state().sockets.get(id.0).map(|socket| socket.life) != life {
            self.ask_own_buffer(id);
        }
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
