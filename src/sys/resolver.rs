//! Names to addresses: getaddrinfo on a small pool of threads that end when idle.
use super::code::Code;
use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// As many names at once as Node's pool of threads takes.
const MAX_THREADS: usize = 4;
const IDLE: Duration = Duration::from_secs(1);

/// Only addresses of families the machine has an address of.
pub const HINT_ADDRCONFIG: i32 = 1;
/// IPv4 addresses in IPv6 form where there are no IPv6 ones.
pub const HINT_V4MAPPED: i32 = 2;
/// With V4MAPPED, both.
pub const HINT_ALL: i32 = 4;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The name.
    pub host: String,
    /// 0 for any, 4 or 6.
    pub family: u8,
    /// Bits of the HINT constants.
    pub hints: i32,
}

/// Why a name has no addresses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The stable code.
    pub code: Code,
    /// Node's name for it.
    pub name: &'static str,
    /// Node's number for it, negative.
    pub number: i32,
}

/// What comes back, in the resolver's order.
pub type Answer = Result<Vec<IpAddr>, Failure>;
type Job = (Question, Box<dyn FnOnce(Answer) + Send>);

struct Pool {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { jobs: VecDeque::new(), threads: 0, idle: 0 });
static WORK: Condvar = Condvar::new();

/// Asks; `answer` is called on another thread. False if no thread could be had: then `answer` is never called.
pub fn submit(question: Question, answer: Box<dyn FnOnce(Answer) + Send>) -> bool {
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    pool.jobs.push_back((question, answer));
    if pool.idle >= pool.jobs.len() || pool.threads == MAX_THREADS {
        WORK.notify_one();
        return true;
    }
    pool.threads += 1;
    let started = thread::Builder::new().name("nodenet-lookup".into()).spawn(work).is_ok();
    if !started {
        pool.threads -= 1;
        if pool.threads == 0 {
            pool.jobs.pop_back();
            return false;
        }
    }
    true
}

fn work() {
    super::thread::block_signals();
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if let Some((question, answer)) = pool.jobs.pop_front() {
            drop(pool);
            answer(look_up(&question));
            pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        pool.idle += 1;
        let (back, waited) = WORK.wait_timeout(pool, IDLE).unwrap_or_else(PoisonError::into_inner);
        pool = back;
        pool.idle -= 1;
        if waited.timed_out() && pool.jobs.is_empty() {
            pool.threads -= 1;
            return;
        }
    }
}

#[cfg(unix)]
fn look_up(question: &Question) -> Answer {
    use std::ffi::CString;
    use std::mem;
    use std::ptr;
    let host = CString::new(question.host.as_str()).map_err(|_| failure(libc::EAI_NONAME))?;
    // SAFETY: all bytes zero is a valid addrinfo.
    let mut hints: libc::addrinfo = unsafe { mem::zeroed() };
    hints.ai_socktype = libc::SOCK_STREAM;
    hints.ai_family = match question.family {
        4 => libc::AF_INET,
        6 => libc::AF_INET6,
        _ => libc::AF_UNSPEC,
    };
    for (bit, flag) in
        [(HINT_ADDRCONFIG, libc::AI_ADDRCONFIG), (HINT_V4MAPPED, libc::AI_V4MAPPED), (HINT_ALL, libc::AI_ALL)]
    {
        if question.hints & bit != 0 {
            hints.ai_flags |= flag;
        }
    }
    let mut list: *mut libc::addrinfo = ptr::null_mut();
    // SAFETY: the name is a C string, hints is initialised, list receives a list that freeaddrinfo frees.
    let status = unsafe { libc::getaddrinfo(host.as_ptr(), ptr::null(), &raw const hints, &raw mut list) };
    if status != 0 {
        return Err(failure(status));
    }
    let mut addresses = Vec::new();
    let mut entry = list;
    while !entry.is_null() {
        // SAFETY: the list's entries are valid until freeaddrinfo.
        let info = unsafe { &*entry };
        if info.ai_family == libc::AF_INET {
            // SAFETY: the family says what ai_addr points to.
            let raw = unsafe { &*info.ai_addr.cast::<libc::sockaddr_in>() };
            addresses.push(IpAddr::from(raw.sin_addr.s_addr.to_ne_bytes()));
        } else if info.ai_family == libc::AF_INET6 {
            // SAFETY: as above.
            let raw = unsafe { &*info.ai_addr.cast::<libc::sockaddr_in6>() };
            addresses.push(IpAddr::from(raw.sin6_addr.s6_addr));
        }
        entry = info.ai_next;
    }
    // SAFETY: the list came from getaddrinfo and is not used afterwards.
    unsafe { libc::freeaddrinfo(list) };
    if addresses.is_empty() { Err(failure(libc::EAI_NONAME)) } else { Ok(addresses) }
}

#[cfg(not(unix))]
fn look_up(question: &Question) -> Answer {
    use std::net::ToSocketAddrs;
    let found = (question.host.as_str(), 0u16).to_socket_addrs();
    let failure = || Failure { code: Code::ENOTFOUND, name: "ENOTFOUND", number: -3008 };
    let addresses: Vec<IpAddr> = found
        .map_err(|_| failure())?
        .map(|address| address.ip())
        .filter(|ip| question.family == 0 || ip.is_ipv4() == (question.family == 4))
        .collect();
    if addresses.is_empty() { Err(failure()) } else { Ok(addresses) }
}

#[cfg(unix)]
fn failure(status: libc::c_int) -> Failure {
    const EAI_NODATA: libc::c_int = -5;
    match status {
        libc::EAI_NONAME => Failure { code: Code::ENOTFOUND, name: "ENOTFOUND", number: -3008 },
        EAI_NODATA => Failure { code: Code::ENOTFOUND, name: "ENOTFOUND", number: -3007 },
        libc::EAI_AGAIN => Failure { code: Code::EAI_AGAIN, name: "EAI_AGAIN", number: -3001 },
        _ => Failure { code: Code::EAI_FAIL, name: "EAI_FAIL", number: -3004 },
    }
}
