//! Every function of the header with handles that are none: a code, never more, and what was handed over is given back.
use nodenet::abi::address::*;
use nodenet::abi::block_list::*;
use nodenet::abi::bound_socket::*;
use nodenet::abi::error::*;
use nodenet::abi::event_loop::*;
use nodenet::abi::lookup::*;
use nodenet::abi::loop_group::*;
use nodenet::abi::passing::*;
use nodenet::abi::server::*;
use nodenet::abi::server_events::*;
use nodenet::abi::socket::*;
use nodenet::abi::socket_events::*;
use nodenet::abi::socket_io::*;
use nodenet::abi::socket_state::*;
use nodenet::abi::timer::*;
use nodenet::abi::trace::*;
use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::ptr::{null, null_mut};
use std::sync::{Mutex, MutexGuard, PoisonError};

const EINVAL: i64 = -1;
const EBADF: i64 = -2;
const EWRONGTHREAD: i64 = -3;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Loop,
    Server,
    Socket,
    Timer,
    Lookup,
    BlockList,
    LoopGroup,
    BoundSocket,
}

/// What a call made of its handle.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Answer {
    /// A number below 0 is a code.
    Number(i64),
    /// Of a function that returns a pointer, or a time: whether it was NULL, or 0.
    Nothing(bool),
}

struct Call {
    name: &'static str,
    kind: Kind,
    /// Drops and releases that must have run when the call is refused.
    gives_back: u32,
    run: Box<dyn Fn(*mut c_void, *mut c_void) -> Answer>,
}

unsafe extern "C" fn count(user: *mut c_void) {
    // SAFETY: every call below hands over the address of a living Cell.
    let counter = unsafe { &*user.cast::<Cell<u32>>() };
    counter.set(counter.get() + 1);
}

unsafe extern "C" fn count_release(_data: *mut c_void, _len: usize, user: *mut c_void) {
    // SAFETY: as above.
    unsafe { count(user) }
}

unsafe extern "C" fn on_loop(_: *mut net_loop, _: *mut c_void) {}
unsafe extern "C" fn on_trace(_: *mut net_loop, _: *const net_trace, _: *mut c_void) {}
unsafe extern "C" fn on_timer(_: *mut net_timer, _: *mut c_void) {}
unsafe extern "C" fn on_server(_: *mut net_server, _: *mut c_void) {}
unsafe extern "C" fn on_connection(_: *mut net_server, _: *mut net_socket, _: *mut c_void) {}
unsafe extern "C" fn on_server_error(_: *mut net_server, _: *const net_error, _: *mut c_void) {}
unsafe extern "C" fn on_server_drop(_: *mut net_server, _: *const net_drop_info, _: *mut c_void) {}
unsafe extern "C" fn on_count(_: *mut net_server, _: *const net_error, _: usize, _: *mut c_void) {}
unsafe extern "C" fn on_socket(_: *mut net_socket, _: *mut c_void) {}
unsafe extern "C" fn on_data(_: *mut net_socket, _: *const u8, _: usize, _: *mut c_void) {}
unsafe extern "C" fn on_socket_error(_: *mut net_socket, _: *const net_error, _: *mut c_void) {}
unsafe extern "C" fn on_close(_: *mut net_socket, _: c_int, _: *mut c_void) {}
unsafe extern "C" fn on_lookup(
    _: *mut net_socket,
    _: *const net_error,
    _: *const net_address,
    _: *const c_char,
    _: *mut c_void,
) {
}
unsafe extern "C" fn on_attempt(_: *mut net_socket, _: *const net_address, _: *mut c_void) {}
unsafe extern "C" fn on_handle(_: *mut net_socket, _: c_int, _: *mut c_void) {}
unsafe extern "C" fn on_pipe(_: *mut net_socket, _: *mut net_socket, _: *mut c_void) {}
unsafe extern "C" fn on_failed(_: *mut net_socket, _: *const net_address, _: *const net_error, _: *mut c_void) {}

const CREDENTIALS: net_peer_credentials =
    net_peer_credentials { size: size_of::<net_peer_credentials>(), pid: -1, uid: -1, gid: -1 };

fn address() -> net_address {
    net_address { size: size_of::<net_address>(), family: NET_FAMILY_IPV4, port: 0, address_len: 0, address: [0; 128] }
}

/// Functions of a handle (and of plain values) that return a number.
macro_rules! numbers {
    ($list:ident, $kind:ident: $($name:ident($($arg:expr),*);)*) => {$(
        $list.push(Call {
            name: stringify!($name),
            kind: Kind::$kind,
            gives_back: 0,
            // SAFETY: what the arguments point to lives through the call.
            #[allow(unused_unsafe)]
            run: Box::new(|handle, _| Answer::Number(i64::from(unsafe { $name(handle.cast() $(, $arg)*) }))),
        });
    )*};
}

/// The same with one out-parameter.
macro_rules! outs {
    ($list:ident, $kind:ident, $init:expr => $($name:ident;)*) => {$(
        $list.push(Call {
            name: stringify!($name),
            kind: Kind::$kind,
            gives_back: 0,
            run: Box::new(|handle, _| {
                let mut out = $init;
                // SAFETY: `out` is a local.
                Answer::Number(i64::from(unsafe { $name(handle.cast(), &raw mut out) }))
            }),
        });
    )*};
}

/// Functions of a handle alone that return a pointer.
macro_rules! pointers {
    ($list:ident, $kind:ident: $($name:ident;)*) => {$(
        $list.push(Call {
            name: stringify!($name),
            kind: Kind::$kind,
            gives_back: 0,
            run: Box::new(|handle, _| Answer::Nothing($name(handle.cast()).is_null())),
        });
    )*};
}

/// Functions that are given a user pointer and its drop.
macro_rules! takers {
    ($list:ident, $kind:ident: $($name:ident($($arg:expr),*);)*) => {$(
        $list.push(Call {
            name: stringify!($name),
            kind: Kind::$kind,
            gives_back: 1,
            run: Box::new(|handle, user| {
                // SAFETY: what the arguments point to lives through the call, the counter until the handle's end.
                Answer::Number(i64::from(unsafe { $name(handle.cast(), $($arg,)* user, Some(count)) }))
            }),
        });
    )*};
}

/// on, once and off of an event.
macro_rules! events {
    ($list:ident, $kind:ident: $($func:ident: $on:ident, $once:ident, $off:ident;)*) => {$(
        takers!($list, $kind: $on(Some($func)); $once(Some($func)););
        $list.push(Call {
            name: stringify!($off),
            kind: Kind::$kind,
            gives_back: 0,
            run: Box::new(|handle, user| {
                // SAFETY: the function is only compared.
                Answer::Number(i64::from(unsafe { $off(handle.cast(), Some($func), user) }))
            }),
        });
    )*};
}

fn loop_calls(list: &mut Vec<Call>) {
    numbers!(list, Loop:
        net_loop_poll(0);
        net_loop_stop();
        net_loop_fd();
        net_loop_timeout();
        net_loop_run_deferred();
        net_loop_alive();
        net_loop_set_gather_writes(1);
        net_loop_gather_writes();
        net_loop_run();
        net_loop_attach();
        net_loop_detach();
        net_loop_free();
    );
    takers!(list, Loop:
        net_loop_post(Some(on_loop));
        net_loop_set_wake_hook(Some(on_loop));
        net_loop_set_trace(Some(on_trace));
    );
    pointers!(list, Loop: net_loop_error; net_timer_new;);
    list.push(Call {
        name: "net_loop_now",
        kind: Kind::Loop,
        gives_back: 0,
        run: Box::new(|handle, _| Answer::Nothing(net_loop_now(handle.cast()) == 0)),
    });
    let mut metrics = net_loop_metrics { size: 0, turns: 0, events: 0, handles: 0, bytes_read: 0, bytes_written: 0 };
    metrics.size = size_of::<net_loop_metrics>();
    list.push(Call {
        name: "net_loop_get_metrics",
        kind: Kind::Loop,
        gives_back: 0,
        run: Box::new(move |handle, _| {
            let mut out = metrics;
            // SAFETY: `out` is a local.
            Answer::Number(i64::from(unsafe { net_loop_get_metrics(handle.cast(), &raw mut out) }))
        }),
    });
    list.push(Call {
        name: "net_server_new",
        kind: Kind::Loop,
        gives_back: 0,
        // SAFETY: NULL is the defaults.
        run: Box::new(|handle, _| Answer::Nothing(unsafe { net_server_new(handle.cast(), null()) }.is_null())),
    });
    list.push(Call {
        name: "net_socket_new",
        kind: Kind::Loop,
        gives_back: 0,
        run: Box::new(|handle, _| {
            let mut error = 0;
            // SAFETY: NULL is the defaults, `error` a local.
            let socket = unsafe { net_socket_new(handle.cast(), null(), &raw mut error) };
            assert_eq!(socket.is_null(), error != 0);
            Answer::Number(i64::from(error))
        }),
    });
    list.push(Call {
        name: "net_connect",
        kind: Kind::Loop,
        gives_back: 0,
        run: Box::new(|handle, _| {
            let mut error = 0;
            // SAFETY: NULL options are refused after the handle, `error` is a local.
            let socket = unsafe { net_connect(handle.cast(), null(), null(), &raw mut error) };
            assert!(socket.is_null());
            Answer::Number(i64::from(error))
        }),
    });
}

fn timer_calls(list: &mut Vec<Call>) {
    takers!(list, Timer: net_timer_start(60_000, 0, Some(on_timer)););
    numbers!(list, Timer:
        net_timer_stop();
        net_timer_active();
        net_timer_ref();
        net_timer_unref();
    );
    pointers!(list, Timer: net_timer_loop;);
    numbers!(list, Timer: net_timer_free(););
}

fn server_calls(list: &mut Vec<Call>) {
    numbers!(list, Server:
        net_server_listen(null());
        net_server_listen_tcp(0, null());
        net_server_listen_path(c"p".as_ptr(), 1);
        net_server_listen_path_cstr(c"p".as_ptr());
        net_server_close();
        net_server_listening();
        net_server_set_max_connections(1);
        net_server_ref();
        net_server_unref();
    );
    takers!(list, Server:
        net_server_close_cb(Some(on_server_error));
        net_server_get_connections(Some(on_count));
        net_server_set_data();
        net_server_move(null_mut(), Some(on_server));
    );
    outs!(list, Server, address() => net_server_address;);
    outs!(list, Server, 0_i64 => net_server_max_connections;);
    outs!(list, Server, 0 => net_server_fd;);
    list.push(Call {
        name: "net_server_listener_count",
        kind: Kind::Server,
        gives_back: 0,
        run: Box::new(|handle, _| {
            let mut out = 0;
            // SAFETY: `out` is a local, the name a C string.
            let code = unsafe { net_server_listener_count(handle.cast(), c"close".as_ptr(), &raw mut out) };
            Answer::Number(i64::from(code))
        }),
    });
    numbers!(list, Server: net_server_shutdown(1););
    list.push(Call {
        name: "net_server_next_socket",
        kind: Kind::Server,
        gives_back: 0,
        run: Box::new(|handle, _| Answer::Nothing(net_server_next_socket(handle.cast(), null()).is_null())),
    });
    pointers!(list, Server: net_server_loop; net_server_data;);
    events!(list, Server:
        on_server: net_server_on_listening, net_server_once_listening, net_server_off_listening;
        on_connection: net_server_on_connection, net_server_once_connection, net_server_off_connection;
        on_server: net_server_on_close, net_server_once_close, net_server_off_close;
        on_server_error: net_server_on_error, net_server_once_error, net_server_off_error;
        on_server_drop: net_server_on_drop, net_server_once_drop, net_server_off_drop;
    );
    numbers!(list, Server: net_server_free(););
}

fn socket_calls(list: &mut Vec<Call>) {
    numbers!(list, Socket:
        net_socket_keep();
        net_socket_connect(null());
        net_socket_connect_tcp(1, c"127.0.0.1".as_ptr());
        net_socket_connect_path(c"p".as_ptr(), 1);
        net_socket_connect_path_cstr(c"p".as_ptr());
        net_socket_write(c"x".as_ptr().cast(), 1);
        net_socket_write_cstr(c"x".as_ptr());
        net_socket_end();
        net_socket_destroy(null());
        net_socket_destroy_soon();
        net_socket_reset_and_destroy();
        net_socket_cork();
        net_socket_uncork();
        net_socket_pause();
        net_socket_resume();
        net_socket_is_paused();
        net_socket_pipe(null_mut(), 1);
        net_socket_unpipe(null_mut());
        net_socket_set_timeout(1);
        net_socket_set_no_delay(1);
        net_socket_set_keep_alive(1, 0);
        net_socket_set_keep_alive_probes(1, 1000, 1000, 1);
        net_socket_set_type_of_service(0);
        net_socket_type_of_service();
        net_socket_ref();
        net_socket_unref();
        net_socket_writable_need_drain();
        net_socket_connecting();
        net_socket_pending();
        net_socket_destroyed();
        net_socket_closed();
        net_socket_readable();
        net_socket_writable();
        net_socket_readable_ended();
        net_socket_writable_ended();
        net_socket_writable_finished();
        net_socket_ready_state();
        net_socket_allow_half_open();
        net_socket_set_allow_half_open(1);
        net_socket_set_send_buffer_size(4096);
        net_socket_set_receive_buffer_size(4096);
    );
    takers!(list, Socket:
        net_socket_write_cb(c"x".as_ptr().cast(), 1, Some(on_socket_error));
        net_socket_writev(null(), 0, Some(on_socket_error));
        net_socket_end_cb(null(), 0, Some(on_socket_error));
        net_socket_set_data();
        net_socket_move(null_mut(), Some(on_socket));
        net_socket_send_socket(c"x".as_ptr().cast(), 1, null_mut(), 0, Some(on_socket_error));
        net_socket_send_server(c"x".as_ptr().cast(), 1, null_mut(), Some(on_socket_error));
        net_socket_send_bound_socket(c"x".as_ptr().cast(), 1, null_mut(), Some(on_socket_error));
        net_socket_send_fd(c"x".as_ptr().cast(), 1, 0, Some(on_socket_error));
    );
    list.push(Call {
        name: "net_socket_write_owned",
        kind: Kind::Socket,
        gives_back: 2,
        run: Box::new(|handle, user| {
            let data: *const c_void = c"x".as_ptr().cast();
            let (release, done, drop) = (Some(count_release as _), Some(on_socket_error as _), Some(count as _));
            // SAFETY: the text is static, the counter lives until the handle's end.
            let code = unsafe { net_socket_write_owned(handle.cast(), data, 1, release, user, done, user, drop) };
            Answer::Number(i64::from(code))
        }),
    });
    outs!(list, Socket, address() => net_socket_address; net_socket_local_address; net_socket_remote_address;);
    outs!(list, Socket, CREDENTIALS => net_socket_peer_credentials;);
    outs!(list, Socket, 0_u64 => net_socket_timeout; net_socket_bytes_read; net_socket_bytes_written;);
    outs!(list, Socket, 0_usize =>
        net_socket_buffer_size;
        net_socket_writable_length;
        net_socket_readable_length;
        net_socket_writable_high_water_mark;
        net_socket_readable_high_water_mark;
        net_socket_writable_corked;
        net_socket_attempted_addresses;
    );
    outs!(list, Socket, 0 => net_socket_readable_flowing; net_socket_fd; net_socket_take_fd;);
    outs!(list, Socket, 0_u32 => net_socket_send_buffer_size; net_socket_receive_buffer_size;);
    outs!(list, Socket, null::<net_error>() => net_socket_errored;);
    socket_calls_with_more(list);
    pointers!(list, Socket: net_socket_server; net_socket_loop; net_socket_data;);
    events!(list, Socket:
        on_socket: net_socket_on_connect, net_socket_once_connect, net_socket_off_connect;
        on_socket: net_socket_on_ready, net_socket_once_ready, net_socket_off_ready;
        on_data: net_socket_on_data, net_socket_once_data, net_socket_off_data;
        on_socket: net_socket_on_readable, net_socket_once_readable, net_socket_off_readable;
        on_socket: net_socket_on_end, net_socket_once_end, net_socket_off_end;
        on_socket: net_socket_on_drain, net_socket_once_drain, net_socket_off_drain;
        on_socket: net_socket_on_finish, net_socket_once_finish, net_socket_off_finish;
        on_socket: net_socket_on_timeout, net_socket_once_timeout, net_socket_off_timeout;
        on_socket_error: net_socket_on_error, net_socket_once_error, net_socket_off_error;
        on_close: net_socket_on_close, net_socket_once_close, net_socket_off_close;
        on_socket: net_socket_on_pause, net_socket_once_pause, net_socket_off_pause;
        on_socket: net_socket_on_resume, net_socket_once_resume, net_socket_off_resume;
        on_pipe: net_socket_on_pipe, net_socket_once_pipe, net_socket_off_pipe;
        on_pipe: net_socket_on_unpipe, net_socket_once_unpipe, net_socket_off_unpipe;
        on_handle: net_socket_on_handle, net_socket_once_handle, net_socket_off_handle;
        on_lookup: net_socket_on_lookup, net_socket_once_lookup, net_socket_off_lookup;
        on_attempt: net_socket_on_connection_attempt, net_socket_once_connection_attempt,
            net_socket_off_connection_attempt;
        on_failed: net_socket_on_connection_attempt_failed, net_socket_once_connection_attempt_failed,
            net_socket_off_connection_attempt_failed;
        on_attempt: net_socket_on_connection_attempt_timeout, net_socket_once_connection_attempt_timeout,
            net_socket_off_connection_attempt_timeout;
    );
    numbers!(list, Socket: net_socket_free(););
}

fn socket_calls_with_more(list: &mut Vec<Call>) {
    let mut push = |name, run| list.push(Call { name, kind: Kind::Socket, gives_back: 0, run });
    push(
        "net_socket_listener_count",
        Box::new(|handle, _| {
            let mut out = 0;
            // SAFETY: `out` is a local, the name a C string.
            let code = unsafe { net_socket_listener_count(handle.cast(), c"data".as_ptr(), &raw mut out) };
            Answer::Number(i64::from(code))
        }),
    );
    push(
        "net_socket_attempted_address",
        Box::new(|handle, _| {
            let mut out = address();
            // SAFETY: `out` is a local.
            Answer::Number(i64::from(unsafe { net_socket_attempted_address(handle.cast(), 0, &raw mut out) }))
        }),
    );
    push(
        "net_socket_read",
        Box::new(|handle, _| {
            let (mut buffer, mut len) = ([0_u8; 4], 0);
            let to = buffer.as_mut_ptr().cast();
            // SAFETY: locals.
            Answer::Number(i64::from(unsafe { net_socket_read(handle.cast(), to, 4, &raw mut len) }))
        }),
    );
    push(
        "net_socket_read_some",
        Box::new(|handle, _| {
            let (mut buffer, mut len) = ([0_u8; 4], 0);
            let to = buffer.as_mut_ptr().cast();
            // SAFETY: locals.
            Answer::Number(i64::from(unsafe { net_socket_read_some(handle.cast(), to, 4, &raw mut len) }))
        }),
    );
}

fn taking_calls(list: &mut Vec<Call>) {
    let mut push = |name, kind, run: fn(*mut c_void, *mut c_int)| {
        let run = Box::new(move |handle, _| {
            let mut error = 0;
            run(handle, &raw mut error);
            Answer::Number(i64::from(error))
        });
        list.push(Call { name, kind, gives_back: 0, run });
    };
    // SAFETY (of all): NULL options are the defaults, `error` and `fd` are locals.
    push("net_socket_take_socket", Kind::Socket, |handle, error| {
        // SAFETY: as above.
        assert!(unsafe { net_socket_take_socket(handle.cast(), null(), error) }.is_null());
    });
    push("net_socket_take_server", Kind::Socket, |handle, error| {
        // SAFETY: as above.
        assert!(unsafe { net_socket_take_server(handle.cast(), null(), error) }.is_null());
    });
    push("net_socket_take_bound_socket", Kind::Socket, |handle, error| {
        // SAFETY: as above.
        assert!(unsafe { net_socket_take_bound_socket(handle.cast(), error) }.is_null());
    });
    push("net_socket_pair", Kind::Loop, |handle, error| {
        let mut fd = 0;
        // SAFETY: as above.
        assert!(unsafe { net_socket_pair(handle.cast(), null(), &raw mut fd, error) }.is_null());
    });
}

fn lookup_calls(list: &mut Vec<Call>) {
    list.push(Call {
        name: "net_lookup_answer",
        kind: Kind::Lookup,
        gives_back: 0,
        run: Box::new(|handle, _| {
            let mut found = address();
            found.address[..3].copy_from_slice(&b"::1".map(|byte| byte as c_char));
            found.family = NET_FAMILY_IPV6;
            // SAFETY: one local address.
            Answer::Number(i64::from(unsafe { net_lookup_answer(handle.cast(), &raw const found, 1) }))
        }),
    });
    numbers!(list, Lookup: net_lookup_fail(null()););
}

/// Every function that takes a handle; those that end the handle come last of their kind.
fn loop_group_calls(list: &mut Vec<Call>) {
    numbers!(list, LoopGroup:
        net_loop_group_close();
        net_loop_group_wait(0);
        net_loop_group_free();
    );
    outs!(list, LoopGroup, 0_usize => net_loop_group_size;);
    takers!(list, LoopGroup: net_loop_group_listen(null(), null(), 0, null_mut(), Some(on_connection)););
    list.push(Call {
        name: "net_loop_group_loop",
        kind: Kind::LoopGroup,
        gives_back: 0,
        run: Box::new(|handle, _| Answer::Nothing(net_loop_group_loop(handle.cast(), 0).is_null())),
    });
}

fn block_list_calls(list: &mut Vec<Call>) {
    const TEXT: *const c_char = c"127.0.0.1".as_ptr();
    const CIDR: *const c_char = c"127.0.0.0/8".as_ptr();
    numbers!(list, BlockList:
        net_block_list_add_address(TEXT, NET_CSTR, 4);
        net_block_list_add_addresses([TEXT].as_ptr(), 1, 4);
        net_block_list_add_range(TEXT, NET_CSTR, TEXT, NET_CSTR, 4);
        net_block_list_add_subnet(TEXT, NET_CSTR, 8, 4);
        net_block_list_add_cidr(CIDR, NET_CSTR);
        net_block_list_add_cidrs([CIDR].as_ptr(), 1);
        net_block_list_remove_address(TEXT, NET_CSTR, 4);
        net_block_list_remove_range(TEXT, NET_CSTR, TEXT, NET_CSTR, 4);
        net_block_list_remove_subnet(TEXT, NET_CSTR, 8, 4);
        net_block_list_remove_cidr(CIDR, NET_CSTR);
        net_block_list_check(TEXT, NET_CSTR, 4);
        net_block_list_clear();
        net_block_list_rules(null_mut(), 0, null_mut());
        net_block_list_to_json(null_mut(), 0, null_mut());
        net_block_list_from_json(c"[]".as_ptr(), NET_CSTR);
        net_block_list_add_rules([TEXT].as_ptr(), 1);
        net_block_list_free();
    );
    outs!(list, BlockList, 0_usize => net_block_list_size;);
}

fn bound_socket_calls(list: &mut Vec<Call>) {
    numbers!(list, BoundSocket: net_bound_socket_is_pipe(););
    outs!(list, BoundSocket, address() => net_bound_socket_address;);
    outs!(list, BoundSocket, 0 => net_bound_socket_fd;);
    numbers!(list, BoundSocket:
        net_bound_socket_close();
        net_bound_socket_free();
    );
}

fn calls() -> Vec<Call> {
    let mut list = Vec::new();
    timer_calls(&mut list);
    server_calls(&mut list);
    taking_calls(&mut list);
    socket_calls(&mut list);
    lookup_calls(&mut list);
    block_list_calls(&mut list);
    loop_group_calls(&mut list);
    bound_socket_calls(&mut list);
    loop_calls(&mut list);
    list
}

/// Makes the call and says whether it was refused with `code`, and gave back what it had been given.
fn refused(call: &Call, handle: *mut c_void, code: i64) {
    let counter = Cell::new(0);
    let answer = (call.run)(handle, std::ptr::from_ref(&counter).cast_mut().cast());
    let code = if code == EINVAL && call.name == "net_loop_timeout" { EBADF } else { code };
    let expected = match answer {
        Answer::Number(_) => Answer::Number(code),
        Answer::Nothing(_) => Answer::Nothing(true),
    };
    assert_eq!(answer, expected, "{} with {handle:?}", call.name);
    assert_eq!(counter.get(), call.gives_back, "{} with {handle:?}: drops and releases", call.name);
}

#[test]
fn the_list_is_complete() {
    let without_handle = [
        "net_block_list_new",
        "net_block_list_private_range",
        "net_bound_socket_error",
        "net_bound_socket_new",
        "net_error_name",
        "net_error_text",
        "net_get_default_auto_select_family",
        "net_get_default_auto_select_family_attempt_timeout",
        "net_is_ip",
        "net_is_ipv4",
        "net_is_ipv6",
        "net_loop_default",
        "net_loop_group_new",
        "net_loop_new",
        "net_ready_state_name",
        "net_set_default_auto_select_family",
        "net_set_default_auto_select_family_attempt_timeout",
        "net_sockaddr_make",
        "net_sockaddr_parse",
        "net_version",
        "net_version_number",
    ];
    let mut named: Vec<&str> = calls().iter().map(|call| call.name).chain(without_handle).collect();
    named.sort_unstable();
    let exported: Vec<&str> = include_str!("../include/nodenet.symbols").lines().collect();
    assert_eq!(named, exported);
}

#[test]
fn null_is_an_invalid_argument() {
    for call in calls() {
        refused(&call, null_mut(), EINVAL);
    }
}

#[cfg(target_pointer_width = "64")]
#[test]
fn addresses_of_this_process_are_bad_handles() {
    let _alone = alone();
    let on_heap = Box::new(0_u64);
    for call in calls() {
        for bits in [1, 7, (&raw const call).addr(), (&raw const *on_heap).addr(), usize::MAX] {
            refused(&call, std::ptr::without_provenance_mut(bits), EBADF);
        }
    }
}

/// Held by a test that has loops: the place of a freed one is not taken by another thread's, which would be told instead.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One loop with one of each.
struct World([(Kind, *mut c_void); 4]);

impl World {
    fn new() -> World {
        let owner = net_loop_new();
        // SAFETY: NULL is the defaults.
        let (server, socket) = unsafe { (net_server_new(owner, null()), net_socket_new(owner, null(), null_mut())) };
        let timer = net_timer_new(owner);
        let all = [
            (Kind::Timer, timer.cast()),
            (Kind::Server, server.cast()),
            (Kind::Socket, socket.cast()),
            (Kind::Loop, owner.cast()),
        ];
        assert!(all.iter().all(|(_, handle): &(Kind, *mut c_void)| !handle.is_null()));
        World(all)
    }

    fn of(&self, kind: Kind) -> Option<*mut c_void> {
        self.0.iter().find(|(known, _)| *known == kind).map(|(_, handle)| *handle)
    }

    fn free(&self) {
        assert_eq!(self.of(Kind::Loop).map(|owner| net_loop_free(owner.cast())), Some(0));
    }
}

#[test]
fn a_handle_of_another_kind_is_a_bad_one() {
    let _alone = alone();
    let world = World::new();
    for call in calls() {
        for (kind, handle) in world.0 {
            if kind != call.kind {
                refused(&call, handle, EBADF);
            }
        }
    }
    world.free();
}

#[test]
fn a_loop_answers_to_its_own_thread_only() {
    let _alone = alone();
    let world = World::new();
    let handles = world.0.map(|(kind, handle)| (kind, handle.addr()));
    let stranger = std::thread::spawn(move || {
        let world = World(handles.map(|(kind, bits)| (kind, std::ptr::without_provenance_mut(bits))));
        for call in calls() {
            let Some(handle) = world.of(call.kind) else { continue };
            if !matches!(call.name, "net_loop_stop" | "net_loop_post") {
                refused(&call, handle, EWRONGTHREAD);
            }
        }
    });
    assert!(stranger.join().is_ok());
    world.free();
}

#[test]
fn what_was_freed_stays_a_bad_handle() {
    let _alone = alone();
    let world = World::new();
    for call in calls() {
        let Some(handle) = world.of(call.kind) else { continue };
        if matches!(call.name, "net_timer_free" | "net_server_free" | "net_socket_free") {
            assert_eq!((call.run)(handle, null_mut()), Answer::Number(0));
        }
    }
    let again = World::new();
    for call in calls() {
        if let (true, Some(handle)) = (call.kind != Kind::Loop, world.of(call.kind)) {
            refused(&call, handle, EBADF);
        }
    }
    world.free();
    for call in calls() {
        if let Some(handle) = world.of(call.kind) {
            refused(&call, handle, EBADF);
        }
    }
    again.free();
}

#[test]
fn the_handles_of_a_freed_loop_name_nothing_in_the_next_one() {
    let _alone = alone();
    let mut old = Vec::new();
    for _ in 0..4 {
        let world = World::new();
        for (kind, handle) in old.iter().flat_map(|world: &World| world.0) {
            for call in calls().into_iter().filter(|call| call.kind == kind) {
                refused(&call, handle, EBADF);
            }
        }
        world.free();
        old.push(world);
    }
}

#[test]
fn a_freed_block_list_is_a_bad_handle() {
    let first = net_block_list_new();
    assert_eq!(net_block_list_free(first), 0);
    let second = net_block_list_new();
    for call in calls() {
        let expected = if call.kind == Kind::BlockList { first } else { second };
        refused(&call, expected.cast(), EBADF);
    }
    assert_eq!(net_block_list_free(second), 0);
}

#[test]
fn a_freed_bound_socket_is_a_bad_handle() {
    // SAFETY: NULL is the defaults.
    let [first, second] = [(); 2].map(|()| unsafe { net_bound_socket_new(null(), null_mut()) });
    assert_eq!(net_bound_socket_free(first), 0);
    for call in calls() {
        let expected = if call.kind == Kind::BoundSocket { first } else { second };
        refused(&call, expected.cast(), EBADF);
    }
    assert_eq!(net_bound_socket_free(second), 0);
}

#[test]
fn a_callback_without_function_is_refused_and_dropped() {
    let _alone = alone();
    let world = World::new();
    let counter = Cell::new(0);
    let user: *mut c_void = std::ptr::from_ref(&counter).cast_mut().cast();
    let [owner, server, socket, timer] =
        [Kind::Loop, Kind::Server, Kind::Socket, Kind::Timer].map(|kind| world.of(kind).unwrap_or(null_mut()));
    // SAFETY: the handles live, and so does the counter.
    let refusals = unsafe {
        [
            net_loop_post(owner.cast(), None, user, Some(count)),
            net_timer_start(timer.cast(), 0, 0, None, user, Some(count)),
            net_server_close_cb(server.cast(), None, user, Some(count)),
            net_server_get_connections(server.cast(), None, user, Some(count)),
            net_server_on_drop(server.cast(), None, user, Some(count)),
            net_server_once_error(server.cast(), None, user, Some(count)),
            net_socket_on_data(socket.cast(), None, user, Some(count)),
            net_socket_once_close(socket.cast(), None, user, Some(count)),
            net_socket_write_cb(socket.cast(), null(), 0, None, user, Some(count)),
        ]
    };
    assert_eq!(refusals, [-1; 9]);
    assert_eq!(counter.get(), 9);
    // SAFETY: as above.
    let off = unsafe { net_socket_off_data(socket.cast(), None, user) };
    assert_eq!(off, -1);
    world.free();
    assert_eq!(counter.get(), 9);
}
