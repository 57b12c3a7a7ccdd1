//! Listening on all loops of a group: what is bound in the call is sent to each loop, as a server that moves there.
use super::LoopGroupId;
use super::address::Address;
use super::bound_sockets::adopt_bound_socket;
use super::events::LoopId;
use super::hand_over::{HandOver, Seat};
use super::ip;
use super::listen::{ListenPlan, bind_anywhere};
use super::lookup::{LookupAnswer, address_to_listen_on, no_threads};
use super::loop_group;
use super::loops::{self, Message};
use super::moving::{Arrival, MovedServer};
use super::options::{ListenOptions, ListenTarget, ServerOptions};
use crate::sys::callback::{Callback, SharedUser};
use crate::sys::code::{Code, Result};
use crate::sys::errno::Errno;
use crate::sys::listener::{Listener, SHARES_PORTS};
use crate::sys::resolver::{self, Answer, Question};
use crate::sys::sockaddr::Endpoint;
use std::net::IpAddr;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// How the connections come to the loops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Share {
    /// The first of the others that can be had.
    Auto,
    /// Each loop listens on the port for itself, and the system chooses.
    ReusePort,
    /// One loop accepts, and hands each connection to the next loop in turn.
    HandOver,
}

impl Share {
    fn resolved(self, listen: &ListenOptions<'_>) -> Result<Share> {
        let tcp = matches!(listen.target, ListenTarget::Tcp { .. });
        match self {
            Share::Auto if tcp && SHARES_PORTS => Ok(Share::ReusePort),
            Share::Auto => Ok(Share::HandOver),
            Share::ReusePort if !tcp => Err(Code::EINVAL),
            chosen => Ok(chosen),
        }
    }
}

/// The address of a host; waits for its lookup.
fn resolve(host: &str, plan: &ListenPlan) -> Result<IpAddr> {
    if let Some(address) = ip::parse(host, 0).filter(|_| ip::is_ip(host.as_bytes()) != 0) {
        return Ok(address.ip());
    }
    let waits = Arc::new((Mutex::new(None), Condvar::new()));
    let question = Question { host: host.to_owned(), family: 0, hints: 0 };
    let told = waits.clone();
    let answer = move |answer: Answer| {
        *told.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        told.1.notify_one();
    };
    if !resolver::submit(question, Box::new(answer)) {
        return Err(no_threads().code);
    }
    let mut answer = waits.0.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = loop {
        match answer.take() {
            Some(answer) => break answer,
            None => answer = waits.1.wait(answer).unwrap_or_else(PoisonError::into_inner),
        }
    };
    match LookupAnswer::of(answer, host) {
        LookupAnswer::Addresses(given) => address_to_listen_on(&given, plan).map_err(|error| error.code),
        LookupAnswer::Failed(error) => Err(error.code),
    }
}

/// Bound, not listening.
fn bind(listen: &ListenOptions<'_>, reuse_port: bool) -> Result<Listener> {
    match listen.target {
        ListenTarget::Tcp { port, host: None } => {
            bind_anywhere(port, listen.ipv6_only, reuse_port).0.map_err(Errno::code)
        }
        ListenTarget::Tcp { port, host: Some(host) } => {
            let plan = ListenPlan { host: host.to_owned(), port, ..ListenPlan::default() };
            let address = (resolve(host, &plan)?, port).into();
            Listener::bind(&address, listen.ipv6_only, reuse_port).map_err(Errno::code)
        }
        ListenTarget::Path(path) => {
            let bound = Listener::bind_path(path).map_err(Errno::code)?;
            if listen.readable_all || listen.writable_all {
                bound.open_to_all(listen.readable_all, listen.writable_all).map_err(Errno::code)?;
            }
            Ok(bound)
        }
        ListenTarget::Fd(fd) => Listener::adopt(fd).map_err(Errno::code),
        ListenTarget::Bound(bound) => Ok(adopt_bound_socket(bound)?.bound.into()),
        // They are of one loop.
        ListenTarget::Server(_) | ListenTarget::Socket(_) => Err(Code::EBADF),
    }
}

/// A socket for each loop.
fn listeners(count: usize, listen: &ListenOptions<'_>, share: Share) -> Result<Vec<Listener>> {
    let first = bind(listen, listen.reuse_port || share == Share::ReusePort)?;
    let mut all = Vec::with_capacity(count);
    for _ in 1..count {
        all.push(
            match (share, first.local_endpoint()) {
                // The same port for all, though the first was to take any.
                (Share::ReusePort, Ok(Endpoint::Ip(address))) => Listener::bind(&address, listen.ipv6_only, true),
                (Share::ReusePort, Ok(_)) => Err(Errno::EINVAL),
                (Share::ReusePort, Err(errno)) => Err(errno),
                _ => first.duplicate(),
            }
            .map_err(Errno::code)?,
        );
    }
    all.insert(0, first);
    let own = if share == Share::ReusePort { all.len() } else { 1 };
    all[..own].iter().try_for_each(|listener| listener.listen(listen.backlog)).map_err(Errno::code)?;
    Ok(all)
}

/// Listens on all loops of the group, and tells where. `connection` is called by whichever takes a connection; its drop runs when
/// the last of the servers is gone, and here if there is none.
pub fn loop_group_listen(
    id: LoopGroupId,
    server: &ServerOptions,
    listen: &ListenOptions<'_>,
    share: Share,
    connection: Callback,
) -> Result<Address> {
    let begun = loop_group::loop_group(id).and_then(|group| {
        let loops = group.serving()?;
        let share = share.resolved(listen)?;
        let all = listeners(loops.len(), listen, share)?;
        Ok((group.clone(), share, all))
    });
    match begun {
        Ok((group, share, all)) => Ok(send(group.serving().unwrap_or(&[]), server, listen, share, all, connection)),
        Err(code) => {
            connection.run_drop();
            Err(code)
        }
    }
}

fn send(
    loops: &[LoopId],
    server: &ServerOptions,
    listen: &ListenOptions<'_>,
    share: Share,
    all: Vec<Listener>,
    connection: Callback,
) -> Address {
    let path = match listen.target {
        ListenTarget::Path(path) => Some(path.to_vec()),
        _ => None,
    };
    let endpoint = all[0].local_endpoint();
    let local = matches!(endpoint, Ok(Endpoint::Path(_)));
    let table = (share == Share::HandOver).then(|| HandOver::new(loops));
    let shared = SharedUser::new(connection);
    // The one who accepts last: whatever it hands over comes after the server that it is for.
    for (at, (listener, to)) in all.into_iter().zip(loops).enumerate().rev() {
        let keep_alive = server.keep_alive.then(|| super::socket::seconds(server.keep_alive_initial_delay));
        listener.set_inherited(server.no_delay, keep_alive);
        let moved = MovedServer {
            listener,
            local,
            options: server.clone(),
            max_connections: None,
            path: path.clone(),
            arrival: Arrival::InGroup {
                connection: connection.without_drop(),
                shared: shared.clone(),
                seat: table.clone().map(|table| Seat::new(table, at)),
            },
        };
        // A loop that the program has freed serves nobody.
        let refused = loops::offer(*to, Message::Server(Box::new(moved)));
        refused.and_then(Message::undelivered).into_iter().for_each(|last| last.run_drop());
    }
    shared.let_go().into_iter().for_each(|last| last.run_drop());
    match (endpoint, path) {
        (_, Some(path)) | (Ok(Endpoint::Path(path)), None) => Address::Path(path),
        (Ok(endpoint), None) => Address::of_tcp(endpoint),
        (Err(_), None) => Address::Absent,
    }
}
