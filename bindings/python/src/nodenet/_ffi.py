"""The C surface, written by hand: types, constants and functions of include/nodenet.h.

tests/test_header.py reads the header and compares it with every line here.
"""

from __future__ import annotations

import ctypes
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint16,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any, Callable, ClassVar, TypeVar, cast

# Handles are numbers in a pointer's clothes: nothing ever looks behind them.
LOOP = SERVER = SOCKET = TIMER = LOOKUP = BLOCK_LIST = LOOP_GROUP = BOUND_SOCKET = c_void_p
USER = c_void_p

# ---- constants ----
NET_CSTR = ctypes.c_size_t(-1).value
NET_NO_LIMIT = -1

NET_OK = 0
NET_EINVAL = -1
NET_EBADF = -2
NET_EWRONGTHREAD = -3
NET_EBUSY = -4
NET_ENOENT = -5
NET_ENOMEM = -6
NET_EPANIC = -7
NET_ENOTSUP = -8
NET_ECANCELED = -9
NET_EUNKNOWN = -10
NET_EUSER = -11
NET_ERR_STREAM_WRITE_AFTER_END = -100
NET_ERR_STREAM_DESTROYED = -101
NET_ERR_STREAM_ALREADY_FINISHED = -102
NET_ERR_SERVER_ALREADY_LISTEN = -103
NET_ERR_SERVER_NOT_RUNNING = -104
NET_ERR_SOCKET_CLOSED = -105
NET_ERR_SOCKET_CLOSED_BEFORE_CONNECTION = -106
NET_ERR_INVALID_IP_ADDRESS = -107
NET_ERR_INVALID_ADDRESS_FAMILY = -108
NET_ERR_INVALID_HANDLE_TYPE = -109
NET_ERR_MISSING_ARGS = -110
NET_ERR_OUT_OF_RANGE = -111
NET_ERR_INVALID_ADDRESS = -112
NET_ERR_INVALID_ARG_VALUE = -113
NET_ERR_IP_BLOCKED = -114
NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE = -115
NET_ERR_SOCKET_HANDLE_ADOPTED = -117
NET_ERR_INVALID_FD_TYPE = -118
NET_EACCES = -200
NET_EADDRINUSE = -201
NET_EADDRNOTAVAIL = -202
NET_EAFNOSUPPORT = -203
NET_ECONNABORTED = -204
NET_ECONNREFUSED = -205
NET_ECONNRESET = -206
NET_EHOSTUNREACH = -207
NET_EMFILE = -208
NET_ENAMETOOLONG = -209
NET_ENETUNREACH = -210
NET_ENFILE = -211
NET_ENOBUFS = -212
NET_ENOTCONN = -213
NET_ENOTSOCK = -214
NET_EPERM = -215
NET_EPIPE = -216
NET_EPROTOTYPE = -217
NET_ETIMEDOUT = -218
NET_ENOTDIR = -219
NET_EAGAIN = -220
NET_EIO = -221
NET_EISCONN = -222
NET_ELOOP = -223
NET_EALREADY = -224
NET_EEXIST = -226
NET_ENOENT_PATH = NET_ENOENT
NET_ENOTFOUND = -300
NET_EAI_AGAIN = -301
NET_EAI_FAIL = -302

NET_FAMILY_NONE = 0
NET_FAMILY_LOCAL = 1
NET_FAMILY_IPV4 = 4
NET_FAMILY_IPV6 = 6

NET_ERROR_HAS_PORT = 1
NET_ERROR_HAS_LOCAL_PORT = 2
NET_ERROR_KIND_SYSTEM = 1
NET_ERROR_KIND_LOOKUP = 2
NET_ERROR_KIND_LIBRARY = 3
NET_ERROR_KIND_AGGREGATE = 4
NET_ERROR_KIND_USER = 5

NET_HINT_ADDRCONFIG = 1
NET_HINT_V4MAPPED = 2
NET_HINT_ALL = 4

NET_DROP_MAX_CONNECTIONS = 1
NET_DROP_NO_FDS = 2

NET_HANDLE_LOST = 0
NET_HANDLE_TCP_SOCKET = 1
NET_HANDLE_TCP_SERVER = 2
NET_HANDLE_LOCAL_SOCKET = 3
NET_HANDLE_LOCAL_SERVER = 4
NET_HANDLE_OTHER = 5
NET_TRACE_CONNECT = 1
NET_TRACE_LOOKUP = 2
NET_TRACE_ATTEMPT = 3
NET_TRACE_ATTEMPT_FAILED = 4
NET_TRACE_CONNECTED = 5
NET_TRACE_READ_START = 6
NET_TRACE_READ_STOP = 7
NET_TRACE_READ = 8
NET_TRACE_READ_END = 9
NET_TRACE_WRITE = 10
NET_TRACE_END = 11
NET_TRACE_TIMEOUT = 12
NET_TRACE_DESTROY = 13
NET_TRACE_CLOSE = 14
NET_TRACE_LISTEN = 15
NET_TRACE_ACCEPT = 16
NET_TRACE_DROP = 17
NET_TRACE_SERVER_CLOSE = 18

NET_SHARE_AUTO = 0
NET_SHARE_REUSE_PORT = 1
NET_SHARE_HAND_OVER = 2

NET_READY_OPENING = 1
NET_READY_OPEN = 2
NET_READY_READ_ONLY = 3
NET_READY_WRITE_ONLY = 4
NET_READY_CLOSED = 5


# ---- structs: each constructor gives what the INIT macro of the header gives ----
class _Sized(Structure):
    """A struct whose first field is its own size; `_defaults_` holds what is not zero by default."""

    _defaults_: ClassVar[dict[str, Any]] = {}

    def __init__(self, **fields: Any) -> None:
        super().__init__(**{"size": ctypes.sizeof(type(self)), **self._defaults_, **fields})


class net_address(_Sized):
    _fields_ = [
        ("size", c_size_t),
        ("family", c_int32),
        ("port", c_uint16),
        ("address_len", c_size_t),
        ("address", c_char * 128),
    ]


class net_sockaddr(_Sized):
    _fields_ = [
        ("size", c_size_t),
        ("family", c_int32),
        ("port", c_uint16),
        ("flowlabel", c_uint32),
        ("address", c_char * 48),
    ]


class net_error(_Sized):
    _defaults_: ClassVar[dict[str, Any]] = {"kind": NET_ERROR_KIND_USER}


net_error._fields_ = [
    ("size", c_size_t),
    ("kind", c_int32),
    ("number", c_int32),
    ("sys_errno", c_int32),
    ("port", c_int32),
    ("local_port", c_int32),
    ("present", c_uint32),
    ("name", c_char_p),
    ("code", c_char_p),
    ("message", c_char_p),
    ("syscall", c_char_p),
    ("address", c_char_p),
    ("local_address", c_char_p),
    ("hostname", c_char_p),
    ("host", c_char_p),
    ("errors", POINTER(POINTER(net_error))),
    ("error_count", c_size_t),
    ("user", USER),
]


class net_buf(Structure):
    _fields_ = [("data", c_void_p), ("len", c_size_t)]


class net_server_options(_Sized):
    _fields_ = [
        ("size", c_size_t),
        ("allow_half_open", c_int32),
        ("pause_on_connect", c_int32),
        ("no_delay", c_int32),
        ("keep_alive", c_int32),
        ("keep_alive_initial_delay", c_uint64),
        ("high_water_mark", c_size_t),
        ("block_list", BLOCK_LIST),
        ("ipc", c_int32),
    ]
    _defaults_: ClassVar[dict[str, Any]] = {"high_water_mark": 65536}


class net_trace(_Sized):
    _fields_ = [
        ("size", c_size_t),
        ("kind", c_int32),
        ("error", c_int32),
        ("socket", SOCKET),
        ("server", SERVER),
        ("bytes", c_uint64),
        ("text", c_char_p),
    ]


net_drop_fn = CFUNCTYPE(None, USER)
net_onread_fn = CFUNCTYPE(c_int, SOCKET, c_size_t, c_void_p, USER)
net_onread_buffer_fn = CFUNCTYPE(c_void_p, SOCKET, POINTER(c_size_t), USER)


class net_onread(_Sized):
    _fields_ = [
        ("size", c_size_t),
        ("buffer", c_void_p),
        ("len", c_size_t),
        ("buffer_fn", net_onread_buffer_fn),
        ("callback", net_onread_fn),
        ("user", USER),
        ("drop", net_drop_fn),
    ]


class net_socket_options(_Sized):
    _fields_ = [
        ("size", c_size_t),
        ("allow_half_open", c_int32),
        ("no_delay", c_int32),
        ("keep_alive", c_int32),
        ("type_of_service", c_int32),
        ("keep_alive_initial_delay", c_uint64),
        ("high_water_mark", c_size_t),
        ("fd", c_int32),
        ("readable", c_int32),
        ("writable", c_int32),
        ("block_list", BLOCK_LIST),
        ("handle", BOUND_SOCKET),
        ("onread", POINTER(net_onread)),
        ("ipc", c_int32),
    ]
    _defaults_: ClassVar[dict[str, Any]] = {
        "type_of_service": -1,
        "high_water_mark": 65536,
        "fd": -1,
        "readable": 1,
        "writable": 1,
    }


class net_bound_socket_options(_Sized):
    _fields_ = [
        ("size", c_size_t),
        ("port", c_uint16),
        ("host", c_char_p),
        ("host_len", c_size_t),
        ("path", c_char_p),
        ("path_len", c_size_t),
        ("ipv6_only", c_int32),
        ("reuse_port", c_int32),
    ]
    _defaults_: ClassVar[dict[str, Any]] = {"host_len": NET_CSTR, "path_len": NET_CSTR}


# ---- callbacks ----
net_release_fn = CFUNCTYPE(None, c_void_p, c_size_t, USER)
net_loop_fn = CFUNCTYPE(None, LOOP, USER)
net_trace_fn = CFUNCTYPE(None, LOOP, POINTER(net_trace), USER)
net_loop_group_fn = CFUNCTYPE(None, LOOP, c_size_t, USER)
net_loop_error_fn = CFUNCTYPE(None, LOOP, POINTER(net_error), USER)
net_timer_fn = CFUNCTYPE(None, TIMER, USER)
net_lookup_fn = CFUNCTYPE(None, LOOKUP, c_char_p, c_int32, c_int32, c_int, USER)


class net_listen_options(_Sized):
    _fields_ = [
        ("size", c_size_t),
        ("port", c_uint16),
        ("backlog", c_int32),
        ("host", c_char_p),
        ("host_len", c_size_t),
        ("path", c_char_p),
        ("path_len", c_size_t),
        ("fd", c_int32),
        ("ipv6_only", c_int32),
        ("reuse_port", c_int32),
        ("exclusive", c_int32),
        ("readable_all", c_int32),
        ("writable_all", c_int32),
        ("lookup", net_lookup_fn),
        ("lookup_user", USER),
        ("lookup_drop", net_drop_fn),
        ("handle", c_void_p),
    ]
    _defaults_: ClassVar[dict[str, Any]] = {"backlog": 511, "host_len": NET_CSTR, "path_len": NET_CSTR, "fd": -1}


class net_connect_options(_Sized):
    _fields_ = [
        ("size", c_size_t),
        ("port", c_uint16),
        ("local_port", c_uint16),
        ("host", c_char_p),
        ("host_len", c_size_t),
        ("path", c_char_p),
        ("path_len", c_size_t),
        ("local_address", c_char_p),
        ("local_address_len", c_size_t),
        ("family", c_int32),
        ("hints", c_int32),
        ("auto_select_family", c_int32),
        ("auto_select_family_attempt_timeout", c_uint64),
        ("timeout", c_uint64),
        ("lookup", net_lookup_fn),
        ("lookup_user", USER),
        ("lookup_drop", net_drop_fn),
    ]
    _defaults_: ClassVar[dict[str, Any]] = {
        "host_len": NET_CSTR,
        "path_len": NET_CSTR,
        "local_address_len": NET_CSTR,
        "auto_select_family": -1,
    }


class net_drop_info(_Sized):
    _fields_ = [("size", c_size_t), ("reason", c_int32), ("local", net_address), ("remote", net_address)]
    _defaults_: ClassVar[dict[str, Any]] = {"local": net_address(), "remote": net_address()}


class net_peer_credentials(_Sized):
    _fields_ = [("size", c_size_t), ("pid", c_int64), ("uid", c_int64), ("gid", c_int64)]
    _defaults_: ClassVar[dict[str, Any]] = {"pid": -1, "uid": -1, "gid": -1}


class net_loop_group_options(_Sized):
    _fields_ = [
        ("size", c_size_t),
        ("loops", c_size_t),
        ("on_start", net_loop_group_fn),
        ("on_stop", net_loop_group_fn),
        ("on_error", net_loop_error_fn),
        ("user", USER),
        ("drop", net_drop_fn),
    ]


class net_loop_metrics(_Sized):
    _fields_ = [
        ("size", c_size_t),
        ("turns", c_uint64),
        ("events", c_uint64),
        ("handles", c_uint64),
        ("bytes_read", c_uint64),
        ("bytes_written", c_uint64),
    ]


STRUCTS: tuple[type[Structure], ...] = (
    net_address,
    net_sockaddr,
    net_error,
    net_buf,
    net_server_options,
    net_listen_options,
    net_onread,
    net_socket_options,
    net_connect_options,
    net_bound_socket_options,
    net_drop_info,
    net_peer_credentials,
    net_loop_metrics,
    net_loop_group_options,
    net_trace,
)

ERROR = POINTER(net_error)
ADDRESS = POINTER(net_address)
SOCKADDR = POINTER(net_sockaddr)

net_server_fn = CFUNCTYPE(None, SERVER, USER)
net_server_connection_fn = CFUNCTYPE(None, SERVER, SOCKET, USER)
net_server_error_fn = CFUNCTYPE(None, SERVER, ERROR, USER)
net_server_drop_fn = CFUNCTYPE(None, SERVER, POINTER(net_drop_info), USER)
net_server_count_fn = CFUNCTYPE(None, SERVER, ERROR, c_size_t, USER)
net_socket_fn = CFUNCTYPE(None, SOCKET, USER)
# A number instead of a pointer object for the bytes: one allocation less for every chunk.
net_socket_data_fn = CFUNCTYPE(None, SOCKET, c_void_p, c_size_t, USER)
net_socket_error_fn = CFUNCTYPE(None, SOCKET, ERROR, USER)
net_socket_close_fn = CFUNCTYPE(None, SOCKET, c_int, USER)
net_socket_handle_fn = CFUNCTYPE(None, SOCKET, c_int, USER)
net_socket_pipe_fn = CFUNCTYPE(None, SOCKET, SOCKET, USER)
net_socket_lookup_fn = CFUNCTYPE(None, SOCKET, ERROR, ADDRESS, c_char_p, USER)
net_socket_attempt_fn = CFUNCTYPE(None, SOCKET, ADDRESS, USER)
net_socket_attempt_failed_fn = CFUNCTYPE(None, SOCKET, ADDRESS, ERROR, USER)

F = TypeVar("F", bound=Callable[..., Any])


def thunk(kind: Any) -> Callable[[F], F]:
    """Makes a function callable from C. Only at module level: a thunk must outlive every call of it."""
    return cast(Callable[[F], F], kind)


CALLBACKS: dict[str, Any] = {
    name: value for name, value in list(globals().items()) if name.startswith("net_") and name.endswith("_fn")
}

# ---- functions: name -> (result, arguments) ----
_DROP = net_drop_fn
_OUT_INT = POINTER(c_int)
_OUT_SIZE = POINTER(c_size_t)
_OUT_U64 = POINTER(c_uint64)
_OUT_I64 = POINTER(c_int64)
_TEXTS = POINTER(c_char_p)

FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "net_version": (c_char_p, []),
    "net_version_number": (c_uint32, []),
    "net_error_name": (c_char_p, [c_int]),
    "net_error_text": (c_char_p, [c_int]),
    "net_is_ip": (c_int, [c_char_p, c_size_t]),
    "net_is_ipv4": (c_int, [c_char_p, c_size_t]),
    "net_is_ipv6": (c_int, [c_char_p, c_size_t]),
    "net_get_default_auto_select_family": (c_int, []),
    "net_set_default_auto_select_family": (c_int, [c_int]),
    "net_get_default_auto_select_family_attempt_timeout": (c_uint64, []),
    "net_set_default_auto_select_family_attempt_timeout": (c_int, [c_uint64]),
    # addresses and block lists
    "net_sockaddr_make": (c_int, [c_int, c_char_p, c_size_t, c_uint16, c_uint32, SOCKADDR]),
    "net_sockaddr_parse": (c_int, [c_char_p, c_size_t, SOCKADDR]),
    "net_block_list_new": (BLOCK_LIST, []),
    "net_block_list_free": (c_int, [BLOCK_LIST]),
    "net_block_list_add_address": (c_int, [BLOCK_LIST, c_char_p, c_size_t, c_int]),
    "net_block_list_add_addresses": (c_int, [BLOCK_LIST, _TEXTS, c_size_t, c_int]),
    "net_block_list_add_range": (c_int, [BLOCK_LIST, c_char_p, c_size_t, c_char_p, c_size_t, c_int]),
    "net_block_list_add_subnet": (c_int, [BLOCK_LIST, c_char_p, c_size_t, c_int, c_int]),
    "net_block_list_add_cidr": (c_int, [BLOCK_LIST, c_char_p, c_size_t]),
    "net_block_list_add_cidrs": (c_int, [BLOCK_LIST, _TEXTS, c_size_t]),
    "net_block_list_remove_address": (c_int, [BLOCK_LIST, c_char_p, c_size_t, c_int]),
    "net_block_list_remove_range": (c_int, [BLOCK_LIST, c_char_p, c_size_t, c_char_p, c_size_t, c_int]),
    "net_block_list_remove_subnet": (c_int, [BLOCK_LIST, c_char_p, c_size_t, c_int, c_int]),
    "net_block_list_remove_cidr": (c_int, [BLOCK_LIST, c_char_p, c_size_t]),
    "net_block_list_check": (c_int, [BLOCK_LIST, c_char_p, c_size_t, c_int]),
    "net_block_list_clear": (c_int, [BLOCK_LIST]),
    "net_block_list_size": (c_int, [BLOCK_LIST, _OUT_SIZE]),
    "net_block_list_rules": (c_int, [BLOCK_LIST, c_char_p, c_size_t, _OUT_SIZE]),
    "net_block_list_to_json": (c_int, [BLOCK_LIST, c_char_p, c_size_t, _OUT_SIZE]),
    "net_block_list_from_json": (c_int, [BLOCK_LIST, c_char_p, c_size_t]),
    "net_block_list_add_rules": (c_int, [BLOCK_LIST, _TEXTS, c_size_t]),
    "net_block_list_private_range": (c_char_p, [c_size_t]),
    # bound socket
    "net_bound_socket_new": (BOUND_SOCKET, [POINTER(net_bound_socket_options), _OUT_INT]),
    "net_bound_socket_error": (ERROR, []),
    "net_bound_socket_address": (c_int, [BOUND_SOCKET, ADDRESS]),
    "net_bound_socket_is_pipe": (c_int, [BOUND_SOCKET]),
    "net_bound_socket_fd": (c_int, [BOUND_SOCKET, _OUT_INT]),
    "net_bound_socket_close": (c_int, [BOUND_SOCKET]),
    "net_bound_socket_free": (c_int, [BOUND_SOCKET]),
    # loop
    "net_loop_new": (LOOP, []),
    "net_loop_default": (LOOP, []),
    "net_loop_free": (c_int, [LOOP]),
    "net_loop_run": (c_int, [LOOP]),
    "net_loop_poll": (c_int, [LOOP, c_int64]),
    "net_loop_stop": (c_int, [LOOP]),
    "net_loop_post": (c_int, [LOOP, net_loop_fn, USER, _DROP]),
    "net_loop_fd": (c_int, [LOOP]),
    "net_loop_timeout": (c_int64, [LOOP]),
    "net_loop_run_deferred": (c_int, [LOOP]),
    "net_loop_alive": (c_int, [LOOP]),
    "net_loop_set_gather_writes": (c_int, [LOOP, c_int]),
    "net_loop_gather_writes": (c_int, [LOOP]),
    "net_loop_set_wake_hook": (c_int, [LOOP, net_loop_fn, USER, _DROP]),
    "net_loop_set_trace": (c_int, [LOOP, net_trace_fn, USER, _DROP]),
    "net_loop_error": (ERROR, [LOOP]),
    "net_loop_detach": (c_int, [LOOP]),
    "net_loop_attach": (c_int, [LOOP]),
    "net_loop_now": (c_uint64, [LOOP]),
    "net_loop_get_metrics": (c_int, [LOOP, POINTER(net_loop_metrics)]),
    # loop group
    "net_loop_group_new": (LOOP_GROUP, [POINTER(net_loop_group_options), _OUT_INT]),
    "net_loop_group_free": (c_int, [LOOP_GROUP]),
    "net_loop_group_close": (c_int, [LOOP_GROUP]),
    "net_loop_group_wait": (c_int, [LOOP_GROUP, c_int64]),
    "net_loop_group_size": (c_int, [LOOP_GROUP, _OUT_SIZE]),
    "net_loop_group_loop": (LOOP, [LOOP_GROUP, c_size_t]),
    "net_loop_group_listen": (
        c_int,
        [
            LOOP_GROUP,
            POINTER(net_server_options),
            POINTER(net_listen_options),
            c_int,
            ADDRESS,
            net_server_connection_fn,
            USER,
            _DROP,
        ],
    ),
    # timer
    "net_timer_new": (TIMER, [LOOP]),
    "net_timer_start": (c_int, [TIMER, c_uint64, c_uint64, net_timer_fn, USER, _DROP]),
    "net_timer_stop": (c_int, [TIMER]),
    "net_timer_active": (c_int, [TIMER]),
    "net_timer_ref": (c_int, [TIMER]),
    "net_timer_unref": (c_int, [TIMER]),
    "net_timer_free": (c_int, [TIMER]),
    "net_timer_loop": (LOOP, [TIMER]),
    # server
    "net_server_new": (SERVER, [LOOP, POINTER(net_server_options)]),
    "net_server_free": (c_int, [SERVER]),
    "net_server_listen": (c_int, [SERVER, POINTER(net_listen_options)]),
    "net_server_listen_tcp": (c_int, [SERVER, c_uint16, c_char_p]),
    "net_server_listen_path": (c_int, [SERVER, c_char_p, c_size_t]),
    "net_server_listen_path_cstr": (c_int, [SERVER, c_char_p]),
    "net_server_close": (c_int, [SERVER]),
    "net_server_close_cb": (c_int, [SERVER, net_server_error_fn, USER, _DROP]),
    "net_server_listening": (c_int, [SERVER]),
    "net_server_address": (c_int, [SERVER, ADDRESS]),
    "net_server_get_connections": (c_int, [SERVER, net_server_count_fn, USER, _DROP]),
    "net_server_set_max_connections": (c_int, [SERVER, c_int64]),
    "net_server_max_connections": (c_int, [SERVER, _OUT_I64]),
    "net_server_ref": (c_int, [SERVER]),
    "net_server_unref": (c_int, [SERVER]),
    "net_server_move": (c_int, [SERVER, LOOP, net_server_fn, USER, _DROP]),
    "net_server_loop": (LOOP, [SERVER]),
    "net_server_fd": (c_int, [SERVER, _OUT_INT]),
    "net_server_next_socket": (SOCKET, [SERVER, SOCKET]),
    "net_server_shutdown": (c_int, [SERVER, c_uint64]),
    "net_server_set_data": (c_int, [SERVER, c_void_p, _DROP]),
    "net_server_data": (c_void_p, [SERVER]),
    "net_server_listener_count": (c_int, [SERVER, c_char_p, _OUT_SIZE]),
    # socket
    "net_socket_new": (SOCKET, [LOOP, POINTER(net_socket_options), _OUT_INT]),
    "net_connect": (SOCKET, [LOOP, POINTER(net_connect_options), POINTER(net_socket_options), _OUT_INT]),
    "net_socket_free": (c_int, [SOCKET]),
    "net_socket_keep": (c_int, [SOCKET]),
    "net_socket_move": (c_int, [SOCKET, LOOP, net_socket_fn, USER, _DROP]),
    "net_socket_connect": (c_int, [SOCKET, POINTER(net_connect_options)]),
    "net_socket_connect_tcp": (c_int, [SOCKET, c_uint16, c_char_p]),
    "net_socket_connect_path": (c_int, [SOCKET, c_char_p, c_size_t]),
    "net_socket_connect_path_cstr": (c_int, [SOCKET, c_char_p]),
    "net_socket_write": (c_int, [SOCKET, c_void_p, c_size_t]),
    "net_socket_write_cb": (c_int, [SOCKET, c_void_p, c_size_t, net_socket_error_fn, USER, _DROP]),
    "net_socket_writev": (c_int, [SOCKET, POINTER(net_buf), c_size_t, net_socket_error_fn, USER, _DROP]),
    "net_socket_write_owned": (
        c_int,
        [SOCKET, c_void_p, c_size_t, net_release_fn, USER, net_socket_error_fn, USER, _DROP],
    ),
    "net_socket_write_cstr": (c_int, [SOCKET, c_char_p]),
    "net_socket_end": (c_int, [SOCKET]),
    "net_socket_end_cb": (c_int, [SOCKET, c_void_p, c_size_t, net_socket_error_fn, USER, _DROP]),
    "net_socket_destroy": (c_int, [SOCKET, ERROR]),
    "net_socket_destroy_soon": (c_int, [SOCKET]),
    "net_socket_reset_and_destroy": (c_int, [SOCKET]),
    "net_socket_cork": (c_int, [SOCKET]),
    "net_socket_uncork": (c_int, [SOCKET]),
    "net_socket_pause": (c_int, [SOCKET]),
    "net_socket_pipe": (c_int, [SOCKET, SOCKET, c_int]),
    "net_socket_unpipe": (c_int, [SOCKET, SOCKET]),
    "net_socket_resume": (c_int, [SOCKET]),
    "net_socket_is_paused": (c_int, [SOCKET]),
    "net_socket_read": (c_int, [SOCKET, c_void_p, c_size_t, _OUT_SIZE]),
    "net_socket_read_some": (c_int, [SOCKET, c_void_p, c_size_t, _OUT_SIZE]),
    "net_socket_set_timeout": (c_int, [SOCKET, c_uint64]),
    "net_socket_timeout": (c_int, [SOCKET, _OUT_U64]),
    "net_socket_set_no_delay": (c_int, [SOCKET, c_int]),
    "net_socket_set_keep_alive": (c_int, [SOCKET, c_int, c_uint64]),
    "net_socket_set_keep_alive_probes": (c_int, [SOCKET, c_int, c_uint64, c_uint64, c_uint32]),
    "net_socket_peer_credentials": (c_int, [SOCKET, POINTER(net_peer_credentials)]),
    "net_socket_set_type_of_service": (c_int, [SOCKET, c_int]),
    "net_socket_type_of_service": (c_int, [SOCKET]),
    "net_socket_ref": (c_int, [SOCKET]),
    "net_socket_unref": (c_int, [SOCKET]),
    "net_socket_address": (c_int, [SOCKET, ADDRESS]),
    "net_socket_local_address": (c_int, [SOCKET, ADDRESS]),
    "net_socket_remote_address": (c_int, [SOCKET, ADDRESS]),
    "net_socket_bytes_read": (c_int, [SOCKET, _OUT_U64]),
    "net_socket_bytes_written": (c_int, [SOCKET, _OUT_U64]),
    "net_socket_buffer_size": (c_int, [SOCKET, _OUT_SIZE]),
    "net_socket_writable_length": (c_int, [SOCKET, _OUT_SIZE]),
    "net_socket_readable_length": (c_int, [SOCKET, _OUT_SIZE]),
    "net_socket_writable_high_water_mark": (c_int, [SOCKET, _OUT_SIZE]),
    "net_socket_readable_high_water_mark": (c_int, [SOCKET, _OUT_SIZE]),
    "net_socket_writable_need_drain": (c_int, [SOCKET]),
    "net_socket_writable_corked": (c_int, [SOCKET, _OUT_SIZE]),
    "net_socket_connecting": (c_int, [SOCKET]),
    "net_socket_pending": (c_int, [SOCKET]),
    "net_socket_destroyed": (c_int, [SOCKET]),
    "net_socket_closed": (c_int, [SOCKET]),
    "net_socket_readable": (c_int, [SOCKET]),
    "net_socket_writable": (c_int, [SOCKET]),
    "net_socket_readable_ended": (c_int, [SOCKET]),
    "net_socket_writable_ended": (c_int, [SOCKET]),
    "net_socket_writable_finished": (c_int, [SOCKET]),
    "net_socket_readable_flowing": (c_int, [SOCKET, _OUT_INT]),
    "net_socket_ready_state": (c_int, [SOCKET]),
    "net_ready_state_name": (c_char_p, [c_int]),
    "net_socket_errored": (c_int, [SOCKET, POINTER(ERROR)]),
    "net_socket_allow_half_open": (c_int, [SOCKET]),
    "net_socket_set_allow_half_open": (c_int, [SOCKET, c_int]),
    "net_socket_attempted_addresses": (c_int, [SOCKET, _OUT_SIZE]),
    "net_socket_attempted_address": (c_int, [SOCKET, c_size_t, ADDRESS]),
    "net_socket_server": (SERVER, [SOCKET]),
    "net_socket_loop": (LOOP, [SOCKET]),
    "net_socket_fd": (c_int, [SOCKET, _OUT_INT]),
    "net_socket_set_send_buffer_size": (c_int, [SOCKET, c_uint32]),
    "net_socket_set_receive_buffer_size": (c_int, [SOCKET, c_uint32]),
    "net_socket_send_buffer_size": (c_int, [SOCKET, POINTER(c_uint32)]),
    "net_socket_receive_buffer_size": (c_int, [SOCKET, POINTER(c_uint32)]),
    "net_socket_set_data": (c_int, [SOCKET, c_void_p, _DROP]),
    "net_socket_data": (c_void_p, [SOCKET]),
    "net_socket_listener_count": (c_int, [SOCKET, c_char_p, _OUT_SIZE]),
    # to and from other processes
    "net_socket_send_socket": (
        c_int,
        [SOCKET, c_void_p, c_size_t, SOCKET, c_int, net_socket_error_fn, USER, _DROP],
    ),
    "net_socket_send_server": (c_int, [SOCKET, c_void_p, c_size_t, SERVER, net_socket_error_fn, USER, _DROP]),
    "net_socket_send_bound_socket": (
        c_int,
        [SOCKET, c_void_p, c_size_t, BOUND_SOCKET, net_socket_error_fn, USER, _DROP],
    ),
    "net_socket_send_fd": (c_int, [SOCKET, c_void_p, c_size_t, c_int, net_socket_error_fn, USER, _DROP]),
    "net_socket_take_socket": (SOCKET, [SOCKET, POINTER(net_socket_options), _OUT_INT]),
    "net_socket_take_server": (SERVER, [SOCKET, POINTER(net_server_options), _OUT_INT]),
    "net_socket_take_bound_socket": (BOUND_SOCKET, [SOCKET, _OUT_INT]),
    "net_socket_take_fd": (c_int, [SOCKET, _OUT_INT]),
    "net_socket_pair": (SOCKET, [LOOP, POINTER(net_socket_options), _OUT_INT, _OUT_INT]),
    # lookup
    "net_lookup_answer": (c_int, [LOOKUP, ADDRESS, c_size_t]),
    "net_lookup_fail": (c_int, [LOOKUP, ERROR]),
}

# ---- events: name -> the type of its listener ----
SERVER_EVENTS: dict[str, Any] = {
    "listening": net_server_fn,
    "connection": net_server_connection_fn,
    "close": net_server_fn,
    "error": net_server_error_fn,
    "drop": net_server_drop_fn,
}
SOCKET_EVENTS: dict[str, Any] = {
    "connect": net_socket_fn,
    "ready": net_socket_fn,
    "data": net_socket_data_fn,
    "readable": net_socket_fn,
    "end": net_socket_fn,
    "drain": net_socket_fn,
    "finish": net_socket_fn,
    "timeout": net_socket_fn,
    "error": net_socket_error_fn,
    "close": net_socket_close_fn,
    "pause": net_socket_fn,
    "resume": net_socket_fn,
    "pipe": net_socket_pipe_fn,
    "unpipe": net_socket_pipe_fn,
    "lookup": net_socket_lookup_fn,
    "connection_attempt": net_socket_attempt_fn,
    "connection_attempt_failed": net_socket_attempt_failed_fn,
    "connection_attempt_timeout": net_socket_attempt_fn,
    "handle": net_socket_handle_fn,
}
for _noun, _handle, _events in (("server", SERVER, SERVER_EVENTS), ("socket", SOCKET, SOCKET_EVENTS)):
    for _event, _fn in _events.items():
        FUNCTIONS[f"net_{_noun}_on_{_event}"] = (c_int, [_handle, _fn, USER, _DROP])
        FUNCTIONS[f"net_{_noun}_once_{_event}"] = (c_int, [_handle, _fn, USER, _DROP])
        FUNCTIONS[f"net_{_noun}_off_{_event}"] = (c_int, [_handle, _fn, USER])


def declare(library: ctypes.CDLL) -> None:
    """Gives every function of `library` its types; AttributeError if one is missing."""
    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
