//! Names to addresses: on the library's threads, or by a function of the program's.
use super::address::Address;
use super::error::NetError;
use super::events::SocketEvent;
use super::ip;
use super::listen::ListenPlan;
use super::loops::{self, Message};
use super::options::ConnectOptions;
use super::socket::Socket;
use super::state::{State, lookup_id};
use super::tick::Tick;
use super::tracing::{Note, NoteKind};
use super::{LookupId, Loop, ServerId, SocketId};
use crate::core::mutation::mutated;
use crate::sys::callback::Callback;
use crate::sys::code::{Code, Result};
use crate::sys::resolver::{self, Answer, Failure, HINT_ADDRCONFIG, Question};
use std::net::{IpAddr, SocketAddr};

/// One address of an answer, as it was given: those of a program may be anything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GivenAddress {
    /// The address.
    pub text: String,
    /// 4 or 6, if it is right.
    pub family: i32,
}

impl GivenAddress {
    fn valid(&self) -> Option<SocketAddr> {
        let family_known = self.family == 4 || self.family == 6;
        if family_known && ip::is_ip(self.text.as_bytes()) != 0 { ip::parse(&self.text, 0) } else { None }
    }

    fn shown(&self) -> Address {
        let other = || Address::Other { text: self.text.clone().into_bytes(), family: self.family };
        self.valid().map_or_else(other, Address::Ip)
    }

    fn is_ip(&self) -> bool {
        ip::is_ip(self.text.as_bytes()) != 0
    }
}

/// What a lookup gave.
#[derive(Debug)]
pub enum LookupAnswer {
    /// Addresses as they were given.
    Addresses(Vec<GivenAddress>),
    /// Why there are none.
    Failed(NetError),
}

impl LookupAnswer {
    /// What the library's threads gave.
    pub fn of(answer: Answer, host: &str) -> LookupAnswer {
        match answer {
            Ok(list) => LookupAnswer::Addresses(list.into_iter().map(GivenAddress::from).collect()),
            Err(failure) => LookupAnswer::Failed(NetError::lookup(&failure, host)),
        }
    }
}

impl From<IpAddr> for GivenAddress {
    fn from(ip: IpAddr) -> GivenAddress {
        GivenAddress { text: ip.to_string(), family: if ip.is_ipv4() { 4 } else { 6 } }
    }
}

/// Who waits for the program's answer.
#[derive(Debug)]
enum Asker {
    Connect(SocketId, u32),
    Listen(ServerId, Box<ListenPlan>),
}

/// A question to the program that was not answered yet.
#[derive(Debug)]
pub struct PendingLookup {
    asker: Asker,
    callback: Callback,
}

impl PendingLookup {
    /// The program's function.
    pub fn callback(&self) -> Callback {
        self.callback
    }
}

/// A question to be put to the program, with nothing borrowed.
#[derive(Debug)]
pub struct LookupAsked {
    id: LookupId,
    callback: Callback,
    host: String,
    family: u8,
    hints: i32,
    all: bool,
}

impl State {
    /// Asks for the addresses of the plan's host; Some if it is the program that is to be asked.
    pub fn look_up(&mut self, id: SocketId, options: &ConnectOptions<'_>) -> Option<LookupAsked> {
        let plan = self.sockets.get(id.0)?.cold.as_ref()?.plan.as_ref()?;
        let (host, life, several) = (plan.host.clone(), plan.life, plan.several);
        self.note(|_| Note::of(id, NoteKind::Lookup, format!("look up {host}")));
        let hints = if options.family == 0 && options.hints == 0 { HINT_ADDRCONFIG } else { options.hints };
        if let Some(callback) = options.lookup {
            let key = self.lookups.insert(|_| PendingLookup { asker: Asker::Connect(id, life), callback })?;
            if let Some(plan) = self.sockets.get_mut(id.0).and_then(Socket::plan) {
                plan.lookup = Some(key);
            }
            return Some(LookupAsked {
                id: lookup_id(key),
                callback,
                host,
                family: options.family,
                hints,
                all: several,
            });
        }
        let loop_id = self.id;
        let question = Question { host: host.clone(), family: options.family, hints };
        let name = host.clone();
        let answer =
            move |answer: Answer| loops::send(loop_id, Message::LookedUp { socket: id, life, host: name, answer });
        self.requests += 1;
        if !resolver::submit(question, Box::new(answer)) {
            self.requests -= 1;
            let error = NetError::lookup(&no_threads(), &host);
            self.tick(Tick::ConnectError(id, life, error.into()));
        }
        None
    }
}

impl State {
    /// Has the program asked for the addresses to listen on; None if there is no room for the question.
    pub fn ask_to_listen(&mut self, id: ServerId, plan: ListenPlan, callback: Callback) -> Option<LookupAsked> {
        let host = plan.host.clone();
        let asker = Asker::Listen(id, Box::new(plan));
        let key = self.lookups.insert(|_| PendingLookup { asker, callback })?;
        self.servers.get_mut(id.0)?.lookup = Some(key);
        Some(LookupAsked { id: lookup_id(key), callback, host, family: 0, hints: 0, all: true })
    }

    /// The server no longer waits for what the program was asked.
    pub fn forget_listen_lookup(&mut self, id: ServerId) {
        let asked = self.servers.get_mut(id.0).and_then(|server| server.lookup.take());
        if let Some(pending) = asked.and_then(|key| self.lookups.remove(key)) {
            self.drop_later(pending.callback);
        }
    }

    /// Nobody waits any more for what the program was asked: an answer is refused.
    #[inline]
    pub fn forget_lookup(&mut self, id: SocketId) {
        if !self.lookups.is_empty() {
            self.forget_lookup_of(id);
        }
    }

    fn forget_lookup_of(&mut self, id: SocketId) {
        let asked = self.sockets.get_mut(id.0).and_then(Socket::plan).and_then(|plan| plan.lookup.take());
        if let Some(pending) = asked.and_then(|key| self.lookups.remove(key)) {
            self.drop_later(pending.callback);
        }
    }
}

/// What is said when not even one thread could be had to look a name up.
pub fn no_threads() -> Failure {
    Failure { code: Code::EAI_AGAIN, name: "EAI_AGAIN", number: -3001 }
}

impl Loop {
    /// Puts a question to the program, if it is still open. It may answer inside the call.
    pub fn ask_program(&self, asked: LookupAsked) {
        if self.state().lookups.get(asked.id.0).is_none() {
            return;
        }
        self.calling(|| {
            (self.dispatch().lookup)(
                &asked.callback,
                self.id(),
                asked.id,
                &asked.host,
                asked.family,
                asked.hints,
                asked.all,
            );
        });
    }

    /// The program answered, on this thread.
    pub fn program_answered(&self, id: LookupId, answer: LookupAnswer) -> Result {
        let mut state = self.state();
        let pending = state.lookups.remove(id.0).ok_or(Code::EBADF)?;
        state.tick(match pending.asker {
            Asker::Connect(socket, life) => Tick::Lookup(socket, life, Box::new(answer)),
            Asker::Listen(server, plan) => Tick::ListenNow(server, plan, Box::new(answer)),
        });
        state.drop_later(pending.callback);
        Ok(())
    }

    /// There is an answer.
    pub fn looked_up(&self, id: SocketId, life: u32, answer: LookupAnswer) {
        let (host, several, port) = {
            let state = self.state();
            let Some(socket) = state.sockets.get(id.0).filter(|socket| socket.is_connecting_as(life)) else { return };
            let Some(plan) = socket.cold.as_ref().and_then(|cold| cold.plan.as_ref()) else { return };
            (plan.host.clone(), plan.several, plan.port)
        };
        let still = || self.state().sockets.get(id.0).is_some_and(|socket| socket.is_connecting_as(life));
        let given = match answer {
            LookupAnswer::Failed(error) => {
                self.emit(id, &SocketEvent::Lookup { error: Some(&error), address: None, host: &host });
                if still() {
                    self.state().tick(Tick::ConnectError(id, life, error.into()));
                }
                return;
            }
            LookupAnswer::Addresses(mut given) => {
                if !several {
                    given.truncate(1);
                }
                given
            }
        };
        for address in &given {
            let shown = address.shown();
            self.emit(id, &SocketEvent::Lookup { error: None, address: Some(&shown), host: &host });
            if !still() {
                return;
            }
        }
        let targets = order_of_attempts(&given, port);
        let mut state = self.state();
        if targets.is_empty() {
            let error = refusal_of(given.first(), &host, port);
            state.tick(Tick::ConnectError(id, life, error.into()));
            return;
        }
        state.touch(id);
        let several = several && targets.len() > 1;
        if let Some(cold) = state.sockets.get_mut(id.0).map(Socket::cold) {
            if several {
                cold.attempted = Some(Vec::new());
            }
            if let Some(plan) = cold.plan.as_mut() {
                plan.targets = targets;
            }
        }
        drop(state);
        if several {
            self.attempt_next(id);
        } else {
            self.attempt_single(id);
        }
    }
}

/// Families alternate, beginning with that of the first; each address once.
fn order_of_attempts(given: &[GivenAddress], port: u16) -> Vec<SocketAddr> {
    let mut valid: Vec<SocketAddr> = Vec::new();
    for mut target in given.iter().filter_map(GivenAddress::valid) {
        target.set_port(port);
        if !valid.contains(&target) {
            valid.push(target);
        }
    }
    let Some(first) = valid.first().map(SocketAddr::is_ipv6) else { return Vec::new() };
    let (mut mine, mut others): (Vec<_>, Vec<_>) = valid.into_iter().partition(|address| address.is_ipv6() == first);
    if mutated!(FamiliesApart) {
        return mine.into_iter().chain(others).collect();
    }
    let mut ordered = Vec::with_capacity(mine.len() + others.len());
    let (mut mine, mut others) = (mine.drain(..), others.drain(..));
    loop {
        let pair = [mine.next(), others.next()];
        if pair == [None, None] {
            return ordered;
        }
        ordered.extend(pair.into_iter().flatten());
    }
}

fn refusal_of(first: Option<&GivenAddress>, host: &str, port: u16) -> NetError {
    match first {
        Some(given) if given.is_ip() => NetError::invalid_family(given.family, host, port),
        Some(given) => NetError::invalid_ip(&given.text),
        None => NetError::invalid_ip("undefined"),
    }
}

/// The address a server listens on: the first that is not link-local, else the first.
pub fn address_to_listen_on(given: &[GivenAddress], plan: &ListenPlan) -> std::result::Result<IpAddr, Box<NetError>> {
    let usual = |given: &&GivenAddress| given.valid().is_none_or(|address| !ip::is_link_local(&address.ip()));
    let chosen = given.iter().find(usual).or(given.first());
    let address = chosen.and_then(GivenAddress::valid);
    address.map(|address| address.ip()).ok_or_else(|| Box::new(refusal_of(chosen, &plan.host, plan.port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(texts: &[&str]) -> Vec<String> {
        let all: Vec<GivenAddress> = texts.iter().map(|text| text.parse::<IpAddr>().unwrap().into()).collect();
        order_of_attempts(&all, 1).iter().map(|address| address.ip().to_string()).collect()
    }

    #[test]
    fn families_alternate_from_that_of_the_first() {
        assert_eq!(ordered(&["1.1.1.1", "2.2.2.2", "::1", "::2", "::3"]), ["1.1.1.1", "::1", "2.2.2.2", "::2", "::3"]);
        assert_eq!(ordered(&["::1", "1.1.1.1", "::1", "1.1.1.1"]), ["::1", "1.1.1.1"]);
        assert!(ordered(&[]).is_empty());
    }

    #[test]
    fn link_local_addresses_are_passed_over_while_there_is_another() {
        let plan = ListenPlan { host: "name".into(), port: 7, ..ListenPlan::default() };
        let ips: Vec<IpAddr> = ["fe80::1", "::1"].iter().map(|text| text.parse().unwrap()).collect();
        let given: Vec<GivenAddress> = ips.iter().copied().map(GivenAddress::from).collect();
        assert_eq!(address_to_listen_on(&given, &plan).unwrap(), ips[1]);
        assert_eq!(address_to_listen_on(&given[..1], &plan).unwrap(), ips[0]);
        let bad = GivenAddress { text: "x".into(), family: 4 };
        assert_eq!(address_to_listen_on(&[bad], &plan).unwrap_err().code, Code::ERR_INVALID_IP_ADDRESS);
    }
}
