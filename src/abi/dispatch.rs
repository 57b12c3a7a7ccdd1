//! The one place that calls functions of the program: a callback gets its type back, an event its C form.
//!
//! Each function pointer was registered by the call of this border whose parameter has exactly the type it is called
//! with here: the listener of an event by that event's own functions, a completion by the call it completes.
use super::address::net_address;
use super::callbacks::{
    Erase, net_lookup_fn, net_loop_error_fn, net_loop_fn, net_loop_group_fn, net_onread_buffer_fn, net_onread_fn,
    net_server_connection_fn, net_server_count_fn, net_server_drop_fn, net_server_error_fn, net_server_fn,
    net_socket_attempt_failed_fn, net_socket_attempt_fn, net_socket_close_fn, net_socket_data_fn, net_socket_error_fn,
    net_socket_fn, net_socket_handle_fn, net_socket_lookup_fn, net_socket_pipe_fn, net_timer_fn, net_trace_fn,
};
use super::error_out::{ErrorOut, c_text, seen_or_null};
use super::handle::{handle_of_all, pack, pack_among, pack_loop};
use super::passing;
use super::server::{NET_DROP_MAX_CONNECTIONS, NET_DROP_NO_FDS, net_drop_info, net_server};
use super::sized::Versioned;
use super::socket::net_socket;
use super::trace::{kind_number, net_trace};
use crate::net::error::ErrorRef;
use crate::net::events::{Dispatch, DropReason, LoopId, MemberEvent, ServerEvent, SocketEvent};
use crate::net::tracing::Note;
use crate::net::{LookupId, ServerId, SocketId, TimerId};
use crate::sys::callback::{Callback, ForeignRoom, Heard};
use crate::sys::code::Code;
use core::ffi::c_int;
use core::ptr::{null, null_mut};

/// What every loop is made with.
pub(super) const DISPATCH: Dispatch = Dispatch {
    data,
    sockets_of: handle_of_all::<net_socket>,
    socket,
    onread,
    buffer,
    server,
    timer,
    run,
    member,
    lookup,
    trace,
    drop: drop_user,
};

/// The typed function of a callback, or out.
macro_rules! typed {
    ($name:ty, $callback:expr) => {
        typed!($name, $callback, ())
    };
    ($name:ty, $callback:expr, $otherwise:expr) => {
        // SAFETY: registered with this type; see the top of this file.
        match unsafe { <$name>::restore($callback.func()) } {
            Some(func) => func,
            None => return $otherwise,
        }
    };
}

fn data(id: SocketId, bytes: &[u8], heard: Heard, sockets: usize) {
    // SAFETY: registered with this type; see the top of this file.
    let Some(func) = (unsafe { net_socket_data_fn::restore(Some(heard.func)) }) else { return };
    // SAFETY: the program's function, its user pointer, and bytes that live until it returns.
    unsafe { func(pack_among::<net_socket>(sockets, id), bytes.as_ptr(), bytes.len(), heard.user) };
}

fn socket(callback: &Callback, loop_id: LoopId, id: SocketId, event: &SocketEvent<'_>) {
    let handle = pack::<net_socket>(loop_id, id);
    let user = callback.user();
    match event {
        SocketEvent::Data(bytes) => {
            let func = typed!(net_socket_data_fn, callback);
            // SAFETY: the program's function, its user pointer, and bytes that live until it returns.
            unsafe { func(handle, bytes.as_ptr(), bytes.len(), user) }
        }
        SocketEvent::Connect
        | SocketEvent::Ready
        | SocketEvent::Readable
        | SocketEvent::End
        | SocketEvent::Drain
        | SocketEvent::Finish
        | SocketEvent::Timeout
        | SocketEvent::Pause
        | SocketEvent::Resume
        | SocketEvent::Moved => {
            let func = typed!(net_socket_fn, callback);
            // SAFETY: the program's function and user pointer.
            unsafe { func(handle, user) }
        }
        SocketEvent::Pipe(source) | SocketEvent::Unpipe(source) => {
            let func = typed!(net_socket_pipe_fn, callback);
            // SAFETY: the program's function and user pointer.
            unsafe { func(handle, pack(loop_id, *source), user) }
        }
        SocketEvent::Handle(kind) => {
            let func = typed!(net_socket_handle_fn, callback);
            // SAFETY: the program's function and user pointer.
            unsafe { func(handle, passing::number_of(*kind), user) }
        }
        SocketEvent::Error(error) => socket_error(callback, handle, Some(error)),
        SocketEvent::Completion(error) => socket_error(callback, handle, *error),
        SocketEvent::Close { had_error } => {
            let func = typed!(net_socket_close_fn, callback);
            // SAFETY: the program's function and user pointer.
            unsafe { func(handle, c_int::from(*had_error), user) }
        }
        SocketEvent::Lookup { error, address, host } => {
            let func = typed!(net_socket_lookup_fn, callback);
            let error = error.map(ErrorOut::new);
            let address = address.map(net_address::of_event);
            let host = c_text(host.as_bytes());
            let address = address.as_ref().map_or(null(), core::ptr::from_ref);
            // SAFETY: the program's function and user pointer; the locals outlive the call.
            unsafe { func(handle, seen_or_null(error.as_ref()), address, host.as_ptr(), user) }
        }
        SocketEvent::ConnectionAttempt(address) | SocketEvent::ConnectionAttemptTimeout(address) => {
            let func = typed!(net_socket_attempt_fn, callback);
            let address = net_address::of_event(address);
            // SAFETY: the program's function and user pointer; the address outlives the call.
            unsafe { func(handle, &raw const address, user) }
        }
        SocketEvent::ConnectionAttemptFailed(address, error) => {
            let func = typed!(net_socket_attempt_failed_fn, callback);
            let address = net_address::of_event(address);
            let error = ErrorOut::new(error);
            // SAFETY: the program's function and user pointer; the locals outlive the call.
            unsafe { func(handle, &raw const address, error.seen(), user) }
        }
    }
}

fn socket_error(callback: &Callback, handle: *mut net_socket, error: Option<&ErrorRef>) {
    let func = typed!(net_socket_error_fn, callback);
    let error = error.and_then(|error| error.seen_as(ErrorOut::new));
    // SAFETY: the program's function and user pointer; the error outlives the call.
    unsafe { func(handle, seen_or_null(error), callback.user()) }
}

fn onread(callback: &Callback, loop_id: LoopId, id: SocketId, count: usize, room: ForeignRoom) -> bool {
    let func = typed!(net_onread_fn, callback, true);
    // SAFETY: the program's function, buffer and user pointer.
    unsafe { func(pack(loop_id, id), count, room.data(), callback.user()) != 0 }
}

fn buffer(callback: &Callback, loop_id: LoopId, id: SocketId) -> Option<ForeignRoom> {
    let func = typed!(net_onread_buffer_fn, callback, None);
    let mut len = 0;
    // SAFETY: the program's function and user pointer; `len` outlives the call.
    let data = unsafe { func(pack(loop_id, id), &raw mut len, callback.user()) };
    // SAFETY: what the header asks of the program.
    (!data.is_null()).then(|| unsafe { ForeignRoom::new(data, len.min(isize::MAX as usize)) })
}

fn server(callback: &Callback, loop_id: LoopId, id: ServerId, event: &ServerEvent<'_>) {
    let handle = pack::<net_server>(loop_id, id);
    let user = callback.user();
    match event {
        ServerEvent::Listening | ServerEvent::Close | ServerEvent::Moved => {
            let func = typed!(net_server_fn, callback);
            // SAFETY: the program's function and user pointer.
            unsafe { func(handle, user) }
        }
        ServerEvent::Connection(socket) => {
            let func = typed!(net_server_connection_fn, callback);
            // SAFETY: the program's function and user pointer.
            unsafe { func(handle, pack(loop_id, *socket), user) }
        }
        ServerEvent::Error(error) => server_error(callback, handle, Some(error)),
        ServerEvent::CloseCompletion(error) => server_error(callback, handle, *error),
        ServerEvent::Drop { reason, local, remote } => {
            let func = typed!(net_server_drop_fn, callback);
            let info = net_drop_info {
                reason: match reason {
                    DropReason::MaxConnections => NET_DROP_MAX_CONNECTIONS,
                    DropReason::NoDescriptors => NET_DROP_NO_FDS,
                },
                local: net_address::of_event(local),
                remote: net_address::of_event(remote),
                ..net_drop_info::INIT
            };
            // SAFETY: the program's function and user pointer; `info` outlives the call.
            unsafe { func(handle, &raw const info, user) }
        }
        ServerEvent::Connections(error, count) => {
            let func = typed!(net_server_count_fn, callback);
            let error = error.map(ErrorOut::new);
            // SAFETY: the program's function and user pointer; the error outlives the call.
            unsafe { func(handle, seen_or_null(error.as_ref()), *count, user) }
        }
    }
}

fn server_error(callback: &Callback, handle: *mut net_server, error: Option<&crate::net::error::NetError>) {
    let func = typed!(net_server_error_fn, callback);
    let error = error.map(ErrorOut::new);
    // SAFETY: the program's function and user pointer; the error outlives the call.
    unsafe { func(handle, seen_or_null(error.as_ref()), callback.user()) }
}

fn timer(callback: &Callback, loop_id: LoopId, id: TimerId) {
    let func = typed!(net_timer_fn, callback);
    // SAFETY: the program's function and user pointer.
    unsafe { func(pack(loop_id, id), callback.user()) }
}

fn run(callback: &Callback, loop_id: LoopId) {
    let func = typed!(net_loop_fn, callback);
    // SAFETY: the program's function and user pointer.
    unsafe { func(pack_loop(loop_id), callback.user()) }
}

fn member(callback: &Callback, loop_id: LoopId, event: &MemberEvent<'_>) {
    let (handle, user) = (pack_loop(loop_id), callback.user());
    match event {
        MemberEvent::Start(index) | MemberEvent::Stop(index) => {
            let func = typed!(net_loop_group_fn, callback);
            // SAFETY: the program's function and user pointer.
            unsafe { func(handle, *index, user) }
        }
        MemberEvent::Error(error) => {
            let func = typed!(net_loop_error_fn, callback);
            let error = ErrorOut::new(error);
            // SAFETY: the program's function and user pointer; the error outlives the call.
            unsafe { func(handle, error.seen(), user) }
        }
    }
}

fn lookup(callback: &Callback, loop_id: LoopId, id: LookupId, host: &str, family: u8, hints: i32, all: bool) {
    let func = typed!(net_lookup_fn, callback);
    let host = c_text(host.as_bytes());
    // SAFETY: the program's function and user pointer; the host outlives the call.
    unsafe { func(pack(loop_id, id), host.as_ptr(), i32::from(family), hints, c_int::from(all), callback.user()) }
}

fn trace(callback: &Callback, loop_id: LoopId, note: &Note) {
    let func = typed!(net_trace_fn, callback);
    let text = c_text(note.text.as_bytes());
    let seen = net_trace {
        kind: kind_number(note.kind),
        error: note.code.map_or(0, Code::number),
        socket: note.socket.map_or(null_mut(), |id| pack(loop_id, id)),
        server: note.server.map_or(null_mut(), |id| pack(loop_id, id)),
        bytes: note.bytes,
        text: text.as_ptr(),
        ..net_trace::INIT
    };
    // SAFETY: the program's function and user pointer; the locals outlive the call.
    unsafe { func(pack_loop(loop_id), &raw const seen, callback.user()) }
}

/// Runs the drop of a user pointer.
pub(super) fn drop_user(callback: &Callback) {
    if let Some(drop) = callback.drop_fn() {
        // SAFETY: the program gave both together, and whoever holds the callback calls this once.
        unsafe { drop(callback.user()) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::error_out::tests::refused;
    use super::super::lookup::net_lookup;
    use super::super::timer::net_timer;
    use super::*;
    use crate::abi::error::net_error;
    use crate::abi::event_loop::net_loop;
    use crate::core::table::Key;
    use crate::net::address::Address;
    use core::ffi::{CStr, c_char, c_void};
    use std::cell::RefCell;

    const LOOP: LoopId = LoopId { slot: 5, generation: 3 };
    const KEY: Key = Key::new(9, 2);

    type Log = RefCell<Vec<String>>;

    /// # Safety
    /// `user` is the address of a living `Log`.
    unsafe fn log(user: *mut c_void, line: String) {
        // SAFETY: by the caller's promise.
        unsafe { &*user.cast::<Log>() }.borrow_mut().push(line);
    }

    fn listener<F: Erase>(func: F, log: &Log) -> Callback {
        Callback::new(func.erase(), core::ptr::from_ref(log).cast_mut().cast(), None)
    }

    fn described(error: *const net_error) -> String {
        if error.is_null() {
            return "none".into();
        }
        // SAFETY: dispatch hands out a living error.
        unsafe { CStr::from_ptr((*error).message) }.to_str().unwrap().into()
    }

    fn told(address: *const net_address) -> String {
        if address.is_null() {
            return "nowhere".into();
        }
        // SAFETY: dispatch hands out a living address.
        let address = unsafe { &*address };
        format!("{}:{}", core::str::from_utf8(address.bytes().unwrap()).unwrap(), address.port)
    }

    #[test]
    fn data_comes_with_its_handle_and_bytes() {
        unsafe extern "C" fn on_data(socket: *mut net_socket, data: *const u8, len: usize, user: *mut c_void) {
            // SAFETY: what dispatch promises, and this test's log.
            unsafe { log(user, format!("{:x} {:?}", socket.addr(), core::slice::from_raw_parts(data, len))) }
        }
        let lines = Log::default();
        let func: net_socket_data_fn = Some(on_data);
        socket(&listener(func, &lines), LOOP, SocketId(KEY), &SocketEvent::Data(&[1, 2]));
        let handle = pack::<net_socket>(LOOP, SocketId(KEY)).addr();
        assert_eq!(lines.take(), [format!("{handle:x} [1, 2]")]);
    }

    #[test]
    fn plain_events_close_and_completions_reach_their_types() {
        unsafe extern "C" fn plain(_socket: *mut net_socket, user: *mut c_void) {
            // SAFETY: this test's log.
            unsafe { log(user, "plain".into()) }
        }
        unsafe extern "C" fn close(_socket: *mut net_socket, had_error: c_int, user: *mut c_void) {
            // SAFETY: this test's log.
            unsafe { log(user, format!("close {had_error}")) }
        }
        unsafe extern "C" fn done(_socket: *mut net_socket, error: *const net_error, user: *mut c_void) {
            // SAFETY: this test's log.
            unsafe { log(user, described(error)) }
        }
        let lines = Log::default();
        let (plain, close, done): (net_socket_fn, net_socket_close_fn, net_socket_error_fn) =
            (Some(plain), Some(close), Some(done));
        for event in [SocketEvent::Connect, SocketEvent::End, SocketEvent::Pause] {
            socket(&listener(plain, &lines), LOOP, SocketId(KEY), &event);
        }
        socket(&listener(close, &lines), LOOP, SocketId(KEY), &SocketEvent::Close { had_error: true });
        let error = ErrorRef::from(refused(80));
        socket(&listener(done, &lines), LOOP, SocketId(KEY), &SocketEvent::Error(&error));
        socket(&listener(done, &lines), LOOP, SocketId(KEY), &SocketEvent::Completion(None));
        let message = error.message.as_str();
        assert_eq!(lines.take(), ["plain", "plain", "plain", "close 1", message, "none"]);
    }

    #[test]
    fn lookups_and_attempts_tell_addresses() {
        unsafe extern "C" fn found(
            _socket: *mut net_socket,
            error: *const net_error,
            address: *const net_address,
            host: *const c_char,
            user: *mut c_void,
        ) {
            // SAFETY: what dispatch promises, and this test's log.
            unsafe {
                log(user, format!("{} {} {:?}", described(error), told(address), CStr::from_ptr(host)));
            }
        }
        unsafe extern "C" fn failed(
            _socket: *mut net_socket,
            address: *const net_address,
            error: *const net_error,
            user: *mut c_void,
        ) {
            // SAFETY: this test's log.
            unsafe { log(user, format!("{} {}", told(address), described(error))) }
        }
        let lines = Log::default();
        let (found, failed): (net_socket_lookup_fn, net_socket_attempt_failed_fn) = (Some(found), Some(failed));
        let address = Address::Ip("[::1]:7".parse().unwrap());
        let error = refused(7);
        for event in [
            SocketEvent::Lookup { error: None, address: Some(&address), host: "here" },
            SocketEvent::Lookup { error: Some(&error), address: None, host: "here" },
        ] {
            socket(&listener(found, &lines), LOOP, SocketId(KEY), &event);
        }
        let event = SocketEvent::ConnectionAttemptFailed(&address, &error);
        socket(&listener(failed, &lines), LOOP, SocketId(KEY), &event);
        let message = error.message.as_str();
        let expected =
            ["none ::1:7 \"here\"".into(), format!("{message} nowhere \"here\""), format!("::1:7 {message}")];
        assert_eq!(lines.take(), expected);
    }

    #[test]
    fn a_server_s_events_reach_their_types() {
        unsafe extern "C" fn connected(server: *mut net_server, socket: *mut net_socket, user: *mut c_void) {
            // SAFETY: this test's log.
            unsafe { log(user, format!("{}", server.addr() != socket.addr())) }
        }
        unsafe extern "C" fn dropped(_server: *mut net_server, info: *const net_drop_info, user: *mut c_void) {
            // SAFETY: what dispatch promises, and this test's log.
            unsafe {
                let info = &*info;
                log(user, format!("{} {} {}", info.reason, told(&raw const info.local), told(&raw const info.remote)));
            }
        }
        unsafe extern "C" fn counted(
            _server: *mut net_server,
            error: *const net_error,
            count: usize,
            user: *mut c_void,
        ) {
            // SAFETY: this test's log.
            unsafe { log(user, format!("{} {count}", described(error))) }
        }
        let lines = Log::default();
        let (connected, dropped, counted): (net_server_connection_fn, net_server_drop_fn, net_server_count_fn) =
            (Some(connected), Some(dropped), Some(counted));
        server(&listener(connected, &lines), LOOP, ServerId(KEY), &ServerEvent::Connection(SocketId(KEY)));
        let (local, remote) = (Address::Ip("1.2.3.4:5".parse().unwrap()), Address::Absent);
        let event = ServerEvent::Drop { reason: DropReason::NoDescriptors, local: &local, remote: &remote };
        server(&listener(dropped, &lines), LOOP, ServerId(KEY), &event);
        server(&listener(counted, &lines), LOOP, ServerId(KEY), &ServerEvent::Connections(None, 4));
        assert_eq!(lines.take(), ["true", "2 1.2.3.4:5 :0", "none 4"]);
    }

    #[test]
    fn timers_loops_and_lookups_get_their_handles() {
        unsafe extern "C" fn due(timer: *mut net_timer, user: *mut c_void) {
            // SAFETY: this test's log.
            unsafe { log(user, format!("{:x}", timer.addr())) }
        }
        unsafe extern "C" fn posted(r#loop: *mut net_loop, user: *mut c_void) {
            // SAFETY: this test's log.
            unsafe { log(user, format!("{:x}", r#loop.addr())) }
        }
        unsafe extern "C" fn asked(
            request: *mut net_lookup,
            host: *const c_char,
            family: i32,
            hints: i32,
            all: c_int,
            user: *mut c_void,
        ) {
            // SAFETY: what dispatch promises, and this test's log.
            unsafe {
                log(user, format!("{:x} {:?} {family} {hints} {all}", request.addr(), CStr::from_ptr(host)));
            }
        }
        let lines = Log::default();
        let (due, posted, asked): (net_timer_fn, net_loop_fn, net_lookup_fn) = (Some(due), Some(posted), Some(asked));
        timer(&listener(due, &lines), LOOP, TimerId(KEY));
        run(&listener(posted, &lines), LOOP);
        lookup(&listener(asked, &lines), LOOP, LookupId(KEY), "here", 6, 3, true);
        let expected = [
            format!("{:x}", pack::<net_timer>(LOOP, TimerId(KEY)).addr()),
            format!("{:x}", pack_loop(LOOP).addr()),
            format!("{:x} \"here\" 6 3 1", pack::<net_lookup>(LOOP, LookupId(KEY)).addr()),
        ];
        assert_eq!(lines.take(), expected);
    }

    #[test]
    fn a_callback_without_function_calls_nothing() {
        let nothing = Callback::new(None, core::ptr::null_mut(), None);
        socket(&nothing, LOOP, SocketId(KEY), &SocketEvent::Completion(None));
        server(&nothing, LOOP, ServerId(KEY), &ServerEvent::Close);
        drop_user(&nothing);
    }
}
