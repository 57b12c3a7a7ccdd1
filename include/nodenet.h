/* nodenet 0.1.0: the networking of Node.js as a C library.
 *
 * Made by cbindgen from src/abi; do not edit.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Overview
 *   A net_loop waits for events and calls your functions. In it live servers (net_server), sockets (net_socket) and
 *   timers (net_timer). Servers and sockets speak in events, over TCP and over local sockets (Unix domain sockets,
 *   abstract names on Linux). What they mean, and the order in which they come, is what Node's module net does; a
 *   doc comment names its counterpart after "Node:", with the difference, if there is one.
 *
 *       static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
 *           net_socket_write(socket, data, len);
 *       }
 *       static void on_error(net_socket *socket, const net_error *error, void *user) {
 *           fprintf(stderr, "%s\n", error->message);
 *       }
 *       static void on_connection(net_server *server, net_socket *socket, void *user) {
 *           net_socket_on_data(socket, on_data, NULL, NULL);
 *           net_socket_on_error(socket, on_error, NULL, NULL);
 *       }
 *       int main(void) {
 *           net_loop *loop = net_loop_new();
 *           net_server *server = net_server_new(loop, NULL);
 *           net_server_on_connection(server, on_connection, NULL, NULL);
 *           net_listen_options options = NET_LISTEN_OPTIONS_INIT;
 *           options.port = 7000;
 *           net_server_listen(server, &options);
 *           int status = net_loop_run(loop);
 *           net_loop_free(loop);
 *           return status < 0;
 *       }
 *
 * Return values
 *   Functions return 0 or a negative NET_E number; questions and writes return 1, 0 or a negative number; sizes and
 *   other values come through out-parameters, which must not be NULL (NET_EINVAL). Errors of the network come later,
 *   as events or completions. The numbers are the same on every system. errno is not used.
 *
 * Handles
 *   A handle is a number in the form of a pointer, and never dereferenced. One that is NULL gives NET_EINVAL; one
 *   that is freed, forged, of another kind or of a freed loop gives NET_EBADF; never anything worse. On 64 bits a
 *   freed handle is recognised for ever; on 32 bits there are at most 8 loops with 16384 handles each, and a
 *   handle's place is used 4095 times before it is used no more.
 *
 * Ownership
 *   What you make with _new or net_connect you free with _free. close ends the work of a handle, free ends the
 *   handle. A socket that came with the event connection is freed by the library after its last close listener and
 *   the completions that are queued by then, unless net_socket_keep was called or it connects again. net_loop_free
 *   takes the rest. Freeing what is open destroys it: pending completions get NET_ECANCELED, and no event comes.
 *   Data handed to you (bytes, errors, addresses, texts) is borrowed until your function returns. Bytes you hand to
 *   net_socket_write are yours again when it returns; for those of net_socket_write_owned wait for the release
 *   function.
 *
 * Callbacks
 *   A callback is given as (func, user, drop). net_X_on_E adds a listener, net_X_once_E one for the next event only,
 *   and net_X_off_E takes off the newest one with the same func and user. Listeners run in the order of
 *   registration; one that is added while an event is told does not hear that event, one that is taken off then
 *   still does. Without func the call gives NET_EINVAL. drop (may be NULL) is called with user exactly once, when
 *   the library no longer holds it: when the listener is taken off (after it has returned, if it runs), after a
 *   completion, at the end of the handle or the loop, and before a call that refuses the callback returns. All drops
 *   of a handle run after its last callback. A callback may call everything, also destroy and free of its own
 *   handle; but not run or poll its loop (NET_EBUSY). It must not throw, and must not leave by longjmp.
 *
 * Completions
 *   A request that was accepted (0 or 1) gets exactly one completion; one that was refused (negative) gets none, but
 *   its drop and release functions still run.
 *
 * When functions of yours run
 *   Events and completions never run inside the call that caused them. What may run inside a call: drop and release
 *   functions, the wake hook, a lookup of your own. Where Node tells something inside the call:
 *
 *       in Node, inside the call                            here
 *       --------------------------------------------------  ----------------------------------------------
 *       pause, in socket.pause()                            on the next tick
 *       data, in socket.read(n)                             not emitted: net_socket_read returns the bytes
 *       connectionAttempt, in socket.connect() of a path    on the next tick
 *       lookup and connectionAttempt, in socket.connect(),  on the next tick
 *         if a lookup of the program's own answers at once
 *
 *   A tick is a deferred task: all of them run after each single callback, before anything else.
 *
 * Threads
 *   A loop and all that is in it belong to the thread that made the loop. Functions marked "Thread: loop." must be
 *   called there, and give NET_EWRONGTHREAD elsewhere; functions marked "Thread: any." may be called from
 *   everywhere; a net_block_list, net_bound_socket or net_loop_group belongs to no loop. net_loop_post brings work from
 *   other threads into the loop; net_socket_move and net_server_move take a connection or a listening server to the
 *   loop of another thread; net_loop_detach and net_loop_attach move a loop as a whole. A thread may have several
 *   loops, a process up to 4096.
 *   A net_loop_group has loops and runs each in a thread of its own: what is called in one of them runs at the same
 *   time as what is called in the others, so what their callbacks share is the program's to guard.
 *
 * Options and out structs
 *   They begin with their size. Set them up with their INIT macro, which names each field's default in the order of
 *   the fields; zero means zero. A NULL options pointer means the defaults. Flags are 0 or 1, some also -1 for "not
 *   set"; other values give NET_EINVAL. A struct only ever grows at its end: an older program gets the defaults for
 *   what it does not know, and a newer program is refused by an older library (NET_EINVAL) only if it sets what that
 *   does not know.
 *
 * Texts
 *   A text with a length may have NET_CSTR as its length: then it ends at its NUL. Hosts are UTF-8 without NUL.
 *   Paths are bytes. Times are milliseconds.
 */

#ifndef NODENET_H
#define NODENET_H

#include <stddef.h>
#include <stdint.h>

/** The version of this header as text, and its parts as numbers. Compare `net_version`. @since 0.1 */
#define NET_VERSION "0.1.0"
#define NET_VERSION_MAJOR 0
#define NET_VERSION_MINOR 1
#define NET_VERSION_PATCH 0
/** The version of this header as one number. Compare `net_version_number`. @since 0.1 */
#define NET_VERSION_NUMBER (NET_VERSION_MAJOR * 10000 + NET_VERSION_MINOR * 100 + NET_VERSION_PATCH)

/** As the length of a text: it ends at its NUL. @since 0.1 */
#define NET_CSTR SIZE_MAX

/** Initial values of the structs, for each field in the order of the fields. @since 0.1 */
#define NET_ADDRESS_INIT {sizeof(net_address), NET_FAMILY_NONE, 0, 0, ""}
#define NET_SOCKADDR_INIT {sizeof(net_sockaddr), NET_FAMILY_NONE, 0, 0, ""}
#define NET_ERROR_INIT                                                                                                \
    {sizeof(net_error), NET_ERROR_KIND_USER, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0,  \
     NULL}
#define NET_SERVER_OPTIONS_INIT {sizeof(net_server_options), 0, 0, 0, 0, 0, 65536, NULL, 0}
#define NET_BOUND_SOCKET_OPTIONS_INIT {sizeof(net_bound_socket_options), 0, NULL, NET_CSTR, NULL, NET_CSTR, 0, 0}
#define NET_LISTEN_OPTIONS_INIT                                                                                       \
    {sizeof(net_listen_options), 0, 511, NULL, NET_CSTR, NULL, NET_CSTR, -1, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL}
#define NET_SOCKET_OPTIONS_INIT {sizeof(net_socket_options), 0, 0, 0, -1, 0, 65536, -1, 1, 1, NULL, NULL, NULL, 0}
#define NET_ONREAD_INIT {sizeof(net_onread), NULL, 0, NULL, NULL, NULL, NULL}
#define NET_CONNECT_OPTIONS_INIT                                                                                      \
    {sizeof(net_connect_options), 0, 0, NULL, NET_CSTR, NULL, NET_CSTR, NULL, NET_CSTR, 0, 0, -1, 0, 0, NULL, NULL,  \
     NULL}
#define NET_LOOP_GROUP_OPTIONS_INIT {sizeof(net_loop_group_options), 0, NULL, NULL, NULL, NULL, NULL}
#define NET_DROP_INFO_INIT {sizeof(net_drop_info), 0, NET_ADDRESS_INIT, NET_ADDRESS_INIT}
#define NET_PEER_CREDENTIALS_INIT {sizeof(net_peer_credentials), -1, -1, -1}
#define NET_TRACE_INIT {sizeof(net_trace), 0, 0, NULL, NULL, 0, NULL}
#define NET_LOOP_METRICS_INIT {sizeof(net_loop_metrics), 0, 0, 0, 0, 0}

/** `net_address.family`: no address. @since 0.1 */
#define NET_FAMILY_NONE 0

/** `net_address.family`: a local socket; the address is a path. @since 0.1 */
#define NET_FAMILY_LOCAL 1

/** `net_address.family`: IPv4. @since 0.1 */
#define NET_FAMILY_IPV4 4

/** `net_address.family`: IPv6. @since 0.1 */
#define NET_FAMILY_IPV6 6

/** No error. @since 0.1 */
#define NET_OK 0

/**
 * An argument is wrong: a NULL handle, a value that means nothing, a text that is no UTF-8. Also the system's
 * EINVAL. @since 0.1
 */
#define NET_EINVAL (-1)

/**
 * The handle names nothing that lives: freed, of another kind, of a freed loop, or no handle at all. Also the
 * system's EBADF. @since 0.1
 */
#define NET_EBADF (-2)

/** The loop belongs to another thread, or to none since it was detached. @since 0.1 */
#define NET_EWRONGTHREAD (-3)

/** Not now: `net_loop_run` or `net_loop_poll` inside a callback of the same loop, and the like. @since 0.1 */
#define NET_EBUSY (-4)

/** There is no such thing: no such listener, no such path. @since 0.1 */
#define NET_ENOENT (-5)

/** No memory, or no room in a table. @since 0.1 */
#define NET_ENOMEM (-6)

/**
 * A bug of the library was caught at its border. The loop is poisoned: it can only be freed, every other call on it
 * gives this code. @since 0.1
 */
#define NET_EPANIC (-7)

/** The platform cannot do that. @since 0.1 */
#define NET_ENOTSUP (-8)

/** What was asked for will not happen any more: its handle or loop was destroyed or freed first. @since 0.1 */
#define NET_ECANCELED (-9)

/** A system error that has no number of its own here: see `net_error.sys_errno` and `net_error.code`. @since 0.1 */
#define NET_EUNKNOWN (-10)

/** The error was given to `net_socket_destroy` or `net_lookup_fail` without a number. @since 0.1 */
#define NET_EUSER (-11)

/** Write after one's own end. @since 0.1 */
#define NET_ERR_STREAM_WRITE_AFTER_END (-100)

/** Write or end after destroy. @since 0.1 */
#define NET_ERR_STREAM_DESTROYED (-101)

/** End with a completion after the stream was finished. @since 0.1 */
#define NET_ERR_STREAM_ALREADY_FINISHED (-102)

/** The server listens already. @since 0.1 */
#define NET_ERR_SERVER_ALREADY_LISTEN (-103)

/** The server that is to be closed does not listen. @since 0.1 */
#define NET_ERR_SERVER_NOT_RUNNING (-104)

/** The socket is not connected, and not connecting. @since 0.1 */
#define NET_ERR_SOCKET_CLOSED (-105)

/** The socket was destroyed while it was connecting. @since 0.1 */
#define NET_ERR_SOCKET_CLOSED_BEFORE_CONNECTION (-106)

/** A text that had to be an IP address is none. @since 0.1 */
#define NET_ERR_INVALID_IP_ADDRESS (-107)

/** A lookup answered with a family that is neither 4 nor 6. @since 0.1 */
#define NET_ERR_INVALID_ADDRESS_FAMILY (-108)

/** This kind of handle cannot be used for that. @since 0.1 */
#define NET_ERR_INVALID_HANDLE_TYPE (-109)

/** Options are missing that say where to connect. @since 0.1 */
#define NET_ERR_MISSING_ARGS (-110)

/** A number is outside of what it may be. @since 0.1 */
#define NET_ERR_OUT_OF_RANGE (-111)

/** A text that had to be an address of the given family is none. @since 0.1 */
#define NET_ERR_INVALID_ADDRESS (-112)

/**
 * Arguments contradict each other or say nothing: a range that ends before it starts, a CIDR text without its prefix.
 * @since 0.1
 */
#define NET_ERR_INVALID_ARG_VALUE (-113)

/** The block list of the socket has the address that it was to connect to. @since 0.1 */
#define NET_ERR_IP_BLOCKED (-114)

/**
 * The socket or server cannot be moved to another loop as it is now: see `net_socket_move` and `net_server_move`.
 * @since 0.1
 */
#define NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE (-115)

/** The bound socket belongs to the server or the socket that has adopted it, or was closed. @since 0.1 */
#define NET_ERR_SOCKET_HANDLE_ADOPTED (-117)

/** The descriptor is no stream: a file, a terminal, a datagram socket, or closed. @since 0.1 */
#define NET_ERR_INVALID_FD_TYPE (-118)

/** Permission denied. @since 0.1 */
#define NET_EACCES (-200)

/** The address is in use. @since 0.1 */
#define NET_EADDRINUSE (-201)

/** The address is not one of this machine's, or no port is free. @since 0.1 */
#define NET_EADDRNOTAVAIL (-202)

/** The address family is not supported. @since 0.1 */
#define NET_EAFNOSUPPORT (-203)

/** The connection was aborted by this side's system. @since 0.1 */
#define NET_ECONNABORTED (-204)

/** Nobody listens there. @since 0.1 */
#define NET_ECONNREFUSED (-205)

/** The peer reset the connection. @since 0.1 */
#define NET_ECONNRESET (-206)

/** No route to the host. @since 0.1 */
#define NET_EHOSTUNREACH (-207)

/** The process has no file descriptor left. @since 0.1 */
#define NET_EMFILE (-208)

/** The path is too long for a local socket. A path is never cut short. @since 0.1 */
#define NET_ENAMETOOLONG (-209)

/** No route to the network. @since 0.1 */
#define NET_ENETUNREACH (-210)

/** The system has no file descriptor left. @since 0.1 */
#define NET_ENFILE (-211)

/** The system has no buffer left. @since 0.1 */
#define NET_ENOBUFS (-212)

/** The socket is not connected. @since 0.1 */
#define NET_ENOTCONN (-213)

/** The descriptor is no socket. @since 0.1 */
#define NET_ENOTSOCK (-214)

/** Operation not permitted. @since 0.1 */
#define NET_EPERM (-215)

/** The peer reads no more, or has ended the connection. @since 0.1 */
#define NET_EPIPE (-216)

/** The socket is of another type. @since 0.1 */
#define NET_EPROTOTYPE (-217)

/** The peer did not answer in time. @since 0.1 */
#define NET_ETIMEDOUT (-218)

/** A part of the path is no directory. @since 0.1 */
#define NET_ENOTDIR (-219)

/** Try again: the system is short of something for the moment. @since 0.1 */
#define NET_EAGAIN (-220)

/** Input or output failed. @since 0.1 */
#define NET_EIO (-221)

/** The socket is connected already. @since 0.1 */
#define NET_EISCONN (-222)

/** Too many symbolic links in the path. @since 0.1 */
#define NET_ELOOP (-223)

/** The socket is connecting already. @since 0.1 */
#define NET_EALREADY (-224)

/** It is there already: the loop has the descriptor. @since 0.1 */
#define NET_EEXIST (-226)

/** No such host. @since 0.1 */
#define NET_ENOTFOUND (-300)

/** The name server did not answer for now. @since 0.1 */
#define NET_EAI_AGAIN (-301)

/** The name server failed for good. @since 0.1 */
#define NET_EAI_FAIL (-302)

/** A missing path is `NET_ENOENT`: the same number. @since 0.1 */
#define NET_ENOENT_PATH NET_ENOENT

/**
 * `net_connect_options.hints`: only families that this machine has an address of. Node: `dns.ADDRCONFIG`. @since 0.1
 */
#define NET_HINT_ADDRCONFIG 1

/**
 * `net_connect_options.hints`: with family 6, IPv4 addresses as mapped IPv6 ones if there are no others. Node:
 * `dns.V4MAPPED`. @since 0.1
 */
#define NET_HINT_V4MAPPED 2

/** `net_connect_options.hints`: with `NET_HINT_V4MAPPED`, the mapped ones too. Node: `dns.ALL`. @since 0.1 */
#define NET_HINT_ALL 4

/** `net_error.present`: Node's error object would have `port`. @since 0.1 */
#define NET_ERROR_HAS_PORT 1

/** `net_error.present`: Node's error object would have `localPort`. @since 0.1 */
#define NET_ERROR_HAS_LOCAL_PORT 2

/** `net_error.kind`: a system call failed. @since 0.1 */
#define NET_ERROR_KIND_SYSTEM 1

/** `net_error.kind`: a name could not be looked up. @since 0.1 */
#define NET_ERROR_KIND_LOOKUP 2

/** `net_error.kind`: a rule of the library was broken, as by a write after end. @since 0.1 */
#define NET_ERROR_KIND_LIBRARY 3

/** `net_error.kind`: several attempts failed, each with its own error in `errors`. @since 0.1 */
#define NET_ERROR_KIND_AGGREGATE 4

/** `net_error.kind`: the program gave it to `net_socket_destroy` or `net_lookup_fail`. @since 0.1 */
#define NET_ERROR_KIND_USER 5

/** `net_trace.kind`: a socket was told to connect. @since 0.1 */
#define NET_TRACE_CONNECT 1

/** `net_trace.kind`: a socket has a name looked up. @since 0.1 */
#define NET_TRACE_LOOKUP 2

/** `net_trace.kind`: a socket begins to connect to an address. @since 0.1 */
#define NET_TRACE_ATTEMPT 3

/** `net_trace.kind`: that came to nothing. @since 0.1 */
#define NET_TRACE_ATTEMPT_FAILED 4

/** `net_trace.kind`: a socket is connected. @since 0.1 */
#define NET_TRACE_CONNECTED 5

/** `net_trace.kind`: a socket reads from the system from now on. @since 0.1 */
#define NET_TRACE_READ_START 6

/** `net_trace.kind`: it does so no longer: the reader is slow. @since 0.1 */
#define NET_TRACE_READ_STOP 7

/** `net_trace.kind`: `bytes` were read. @since 0.1 */
#define NET_TRACE_READ 8

/** `net_trace.kind`: the peer's end was read. @since 0.1 */
#define NET_TRACE_READ_END 9

/** `net_trace.kind`: the system took `bytes` of what was written. @since 0.1 */
#define NET_TRACE_WRITE 10

/** `net_trace.kind`: the end was sent. @since 0.1 */
#define NET_TRACE_END 11

/** `net_trace.kind`: a socket was idle for the time of `net_socket_set_timeout`. @since 0.1 */
#define NET_TRACE_TIMEOUT 12

/** `net_trace.kind`: a socket was destroyed, by the program or the library, with an error or without. @since 0.1 */
#define NET_TRACE_DESTROY 13

/** `net_trace.kind`: its descriptor is closed, and `close` comes. @since 0.1 */
#define NET_TRACE_CLOSE 14

/** `net_trace.kind`: a server listens, or failed to. @since 0.1 */
#define NET_TRACE_LISTEN 15

/** `net_trace.kind`: a server accepted a connection. @since 0.1 */
#define NET_TRACE_ACCEPT 16

/** `net_trace.kind`: a server accepted a connection and closed it at once. @since 0.1 */
#define NET_TRACE_DROP 17

/** `net_trace.kind`: a server listens no longer. @since 0.1 */
#define NET_TRACE_SERVER_CLOSE 18

/** `net_server_set_max_connections`: any number. @since 0.1 */
#define NET_NO_LIMIT (-1)

/** `net_drop_info.reason`: the server has as many connections as it may. @since 0.1 */
#define NET_DROP_MAX_CONNECTIONS 1

/** `net_drop_info.reason`: the process or the system has no file descriptor left. @since 0.1 */
#define NET_DROP_NO_FDS 2

/** `net_socket_ready_state`: connecting. Node: "opening". @since 0.1 */
#define NET_READY_OPENING 1

/** `net_socket_ready_state`: readable and writable. Node: "open". @since 0.1 */
#define NET_READY_OPEN 2

/** `net_socket_ready_state`: readable only. Node: "readOnly". @since 0.1 */
#define NET_READY_READ_ONLY 3

/** `net_socket_ready_state`: writable only. Node: "writeOnly". @since 0.1 */
#define NET_READY_WRITE_ONLY 4

/** `net_socket_ready_state`: neither. Node: "closed". @since 0.1 */
#define NET_READY_CLOSED 5

/** Event `handle`: one has come, but this process has no descriptor left for it, and it is closed. @since 0.1 */
#define NET_HANDLE_LOST 0

/** Event `handle`: a TCP socket that does not listen: one that is connected, or bound. @since 0.1 */
#define NET_HANDLE_TCP_SOCKET 1

/** Event `handle`: a TCP socket that listens. @since 0.1 */
#define NET_HANDLE_TCP_SERVER 2

/** Event `handle`: a local socket that does not listen. @since 0.1 */
#define NET_HANDLE_LOCAL_SOCKET 3

/** Event `handle`: a local socket that listens. @since 0.1 */
#define NET_HANDLE_LOCAL_SERVER 4

/** Event `handle`: another descriptor, such as a file, a pipe or a UDP socket. @since 0.1 */
#define NET_HANDLE_OTHER 5

/**
 * `net_loop_group_listen`: by `NET_SHARE_REUSE_PORT` for a port, where the system shares connections out (Linux), else by
 * `NET_SHARE_HAND_OVER`. @since 0.1
 */
#define NET_SHARE_AUTO 0

/**
 * `net_loop_group_listen`: every loop listens on the port for itself, and the system chooses among them for each
 * connection, by its addresses. Nothing is shared between the threads. Not for paths and descriptors. @since 0.1
 */
#define NET_SHARE_REUSE_PORT 1

/**
 * `net_loop_group_listen`: one loop accepts, and hands each connection to the next loop in turn; if it stops listening,
 * another one accepts. Spreads few connections evenly, and costs a message between threads for each. Node: the
 * round-robin of a cluster. @since 0.1
 */
#define NET_SHARE_HAND_OVER 2

/**
 * Rules of IP addresses: single ones, ranges, subnets. Opaque, never dereferenced. Node: `net.BlockList`.
 *
 * A list belongs to no loop. Any thread may use it, several at once, and any number of servers and sockets of any loops:
 * see the field `block_list` of their options. What is changed counts from the next check on.
 *
 * An IPv4 address and its mapped IPv6 form (`::ffff:1.2.3.4`) are one to addresses and subnets.
 *
 * @since 0.1
 */
typedef struct net_block_list net_block_list;

/**
 * An address that is bound, over TCP or as a local socket, and neither listens nor connects yet. Opaque, never
 * dereferenced. Node: `net.BoundSocket`.
 *
 * A server adopts it by the field `handle` of `net_listen_options`, a socket by that of `net_socket_options`: then it is
 * where the socket connects from. From then on the address and the descriptor are theirs, and every use of the bound
 * socket gives `NET_ERR_SOCKET_HANDLE_ADOPTED`; its handle stays good until `net_bound_socket_free`. It belongs to no
 * loop: any thread may bind, and the loop of another adopt.
 *
 * @since 0.1
 */
typedef struct net_bound_socket net_bound_socket;

/**
 * One pending lookup that the program answers: see `net_lookup_fn`. Opaque, never dereferenced. Answering ends its
 * life.
 *
 * @since 0.1
 */
typedef struct net_lookup net_lookup;

/**
 * A loop: what waits for events and calls the program's functions. Opaque, never dereferenced.
 *
 * It belongs to the thread that made it, until `net_loop_detach`.
 *
 * @since 0.1
 */
typedef struct net_loop net_loop;

/**
 * Loops that serve together, each in a thread of its own. Opaque, never dereferenced. Node: the workers of a cluster,
 * but threads of one process.
 *
 * The group belongs to no loop: any thread may use it. Its loops belong to its threads, which run them until the group ends,
 * also while there is nothing to wait for; what happens in them is called there, at the same time as in the others.
 * In these threads all signals are blocked.
 *
 * @since 0.1
 */
typedef struct net_loop_group net_loop_group;

/**
 * A server of a loop. Opaque, never dereferenced. Node: `net.Server`.
 *
 * Events: `listening`, `connection`, `close`, `error`, `drop`.
 *
 * @since 0.1
 */
typedef struct net_server net_server;

/**
 * A socket of a loop: one connection, over TCP or over a local socket. Opaque, never dereferenced. Node: `net.Socket`.
 *
 * Events: `connect`, `ready`, `data`, `readable`, `end`, `drain`, `finish`, `timeout`, `error`, `close`, `pause`,
 * `resume`, `lookup`, `connectionAttempt`, `connectionAttemptFailed`, `connectionAttemptTimeout`.
 *
 * @since 0.1
 */
typedef struct net_socket net_socket;

/**
 * A timer of a loop. Opaque, never dereferenced. Node: what `setTimeout` and `setInterval` return.
 *
 * @since 0.1
 */
typedef struct net_timer net_timer;

/**
 * Options of `net_bound_socket_new`. Begin with `NET_BOUND_SOCKET_OPTIONS_INIT`: the unspecified address of IPv4, and a
 * port that the system chooses.
 *
 * Node: the options of `new net.BoundSocket`. Flags are 0 or 1.
 *
 * @since 0.1
 */
typedef struct net_bound_socket_options {
    /** `sizeof(net_bound_socket_options)`. */
    size_t size;
    /** Node: `port`. 0: the system chooses, `net_bound_socket_address` tells which. Default 0. */
    uint16_t port;
    /**
     * Node: `host`. An IP address; a name is `NET_ERR_INVALID_ARG_VALUE`, since nothing is looked up. NULL: `0.0.0.0`, or
     * `::` with `ipv6_only`. Default NULL.
     */
    const char *host;
    /** Bytes in `host`, or `NET_CSTR`. Default `NET_CSTR`. */
    size_t host_len;
    /**
     * Node: `path`. A file's path, or on Linux an abstract name that begins with NUL. Together with one of the other
     * fields it is `NET_ERR_INVALID_ARG_VALUE`. Default NULL.
     */
    const char *path;
    /** Bytes in `path`, or `NET_CSTR`. Default `NET_CSTR`. */
    size_t path_len;
    /** Node: `ipv6Only`. 1: `::` does not take IPv4. Default 0. */
    int32_t ipv6_only;
    /** Node: `reusePort`. 1: others may bind the same port, if they say so too. Default 0. */
    int32_t reuse_port;
} net_bound_socket_options;

/**
 * One error, with what Node has on its error object.
 *
 * Those that come to callbacks live, texts and all, until the callback returns. To give one to `net_socket_destroy` or
 * `net_lookup_fail`, begin with `NET_ERROR_INIT`; the library copies it.
 *
 * Texts are UTF-8 where the system gives it, NUL-terminated, NULL if absent. A NUL in the name of an abstract local
 * socket shows as `@`.
 *
 * @since 0.1
 */
typedef struct net_error {
    /** `sizeof(net_error)`. */
    size_t size;
    /** A `NET_ERROR_KIND_` value. */
    int32_t kind;
    /** The `NET_E*` number, the same on every system. Node has none. */
    int32_t number;
    /** The system's error number, negative as Node's `errno`; 0 if absent. It differs between systems. */
    int32_t sys_errno;
    /** Node: `port`. Valid if `present` has `NET_ERROR_HAS_PORT`. -1 for the path of a server. */
    int32_t port;
    /** Node: `localPort`. Valid if `present` has `NET_ERROR_HAS_LOCAL_PORT`. */
    int32_t local_port;
    /** Which numbers are valid: `NET_ERROR_HAS_` bits. */
    uint32_t present;
    /** Node: `name`. "Error", "TypeError", "RangeError" or "AggregateError". */
    const char *name;
    /** Node: `code`. "EADDRINUSE", "ERR_SERVER_NOT_RUNNING". */
    const char *code;
    /** Node: `message`. "connect ECONNREFUSED 127.0.0.1:80". Never NULL when it comes from the library. */
    const char *message;
    /** Node: `syscall`. "connect", "listen", "read", "write", "getaddrinfo". */
    const char *syscall;
    /** Node: `address`. An IP address or a path. */
    const char *address;
    /** Node: `localAddress`. */
    const char *local_address;
    /** Node: `hostname`. The name that could not be looked up. */
    const char *hostname;
    /** Node: `host`. The name whose lookup was answered with what is no address. */
    const char *host;
    /** Node: `errors`. Of an aggregate the error of each attempt, in order; else NULL. */
    const struct net_error *const *errors;
    /** How many `errors` there are. */
    size_t error_count;
    /** A pointer of the program's: what `net_socket_destroy` or `net_lookup_fail` was given comes back untouched. */
    void *user;
} net_error;

/**
 * One address. Begin with `NET_ADDRESS_INIT`.
 *
 * Node: the object {address, family, port}. This struct never grows, so arrays of it and structs that hold it keep
 * their layout.
 *
 * @since 0.1
 */
typedef struct net_address {
    /** `sizeof(net_address)`. */
    size_t size;
    /** A `NET_FAMILY_` value. */
    int32_t family;
    /** The port; 0 for a local socket. */
    uint16_t port;
    /** Bytes in `address`, without the NUL behind them. */
    size_t address_len;
    /**
     * The address as text with a NUL behind it, its zone after `%`; of a local socket the path, which in an abstract
     * name begins with NUL.
     */
    char address[128];
} net_address;

/**
 * An IP address with its port. Begin with `NET_SOCKADDR_INIT`, and let `net_sockaddr_make` or `net_sockaddr_parse` fill
 * it in.
 *
 * Node: `net.SocketAddress`.
 *
 * @since 0.1
 */
typedef struct net_sockaddr {
    /** `sizeof(net_sockaddr)`. */
    size_t size;
    /** `NET_FAMILY_IPV4` or `NET_FAMILY_IPV6`. Node: "ipv4" or "ipv6". */
    int32_t family;
    /** The port. */
    uint16_t port;
    /** The flow label, of an IPv6 address only: at most 1048575. */
    uint32_t flowlabel;
    /** The address as text in its canonical form, with a NUL behind it; without a zone. */
    char address[48];
} net_sockaddr;

/**
 * A function given to `net_loop_post`, or the wake hook of a loop.
 *
 * @since 0.1
 */
typedef void (*net_loop_fn)(struct net_loop *loop, void *user);

/**
 * Tells that the library no longer holds `user`: see "Callbacks" at the top of this header. It may run inside the call
 * that caused it. It may use the library.
 *
 * @since 0.1
 */
typedef void (*net_drop_fn)(void *user);

/**
 * Figures of a loop, since it was made. Begin with `NET_LOOP_METRICS_INIT`.
 *
 * @since 0.1
 */
typedef struct net_loop_metrics {
    /** `sizeof(net_loop_metrics)`. */
    size_t size;
    /** Turns begun. */
    uint64_t turns;
    /** Events of sockets and servers, heard or not, and calls of timers and of `onread`. */
    uint64_t events;
    /** Servers, sockets and timers alive now. */
    uint64_t handles;
    /** Bytes read from sockets. */
    uint64_t bytes_read;
    /** Bytes that the system took from writes. */
    uint64_t bytes_written;
} net_loop_metrics;

/**
 * A timer is due.
 *
 * @since 0.1
 */
typedef void (*net_timer_fn)(struct net_timer *timer, void *user);

/**
 * One thing that happened in a loop: see `net_loop_set_trace`.
 *
 * @since 0.1
 */
typedef struct net_trace {
    /** `sizeof(net_trace)`. */
    size_t size;
    /** `NET_TRACE_...`. There may be more kinds in later versions. */
    int32_t kind;
    /** A `NET_E...` code if something went wrong, else 0. */
    int32_t error;
    /** The socket that it happened to, or NULL. It may be freed by now. */
    struct net_socket *socket;
    /** The server that it happened to, or NULL; with `NET_TRACE_ACCEPT` there are both. It may be freed by now. */
    struct net_server *server;
    /** How many were read or written, else 0. */
    uint64_t bytes;
    /** All of it in a line to be read, as "connect to localhost:80"; ends at its NUL. */
    const char *text;
} net_trace;

/**
 * Something happened in a loop that is traced. `trace` and its text live until the function returns.
 *
 * @since 0.1
 */
typedef void (*net_trace_fn)(struct net_loop *loop, const struct net_trace *trace, void *user);

/**
 * Options of `net_server_new`. Begin with `NET_SERVER_OPTIONS_INIT`. They concern each accepted socket.
 *
 * Node: the options of `net.createServer`. Flags are 0 or 1.
 *
 * @since 0.1
 */
typedef struct net_server_options {
    /** `sizeof(net_server_options)`. */
    size_t size;
    /** Node: `allowHalfOpen`. 1: an accepted socket does not end by itself when its peer ends. Default 0. */
    int32_t allow_half_open;
    /** Node: `pauseOnConnect`. 1: an accepted socket reads nothing until `net_socket_resume`. Default 0. */
    int32_t pause_on_connect;
    /** Node: `noDelay`. 1: small writes are sent at once (TCP_NODELAY). Default 0. */
    int32_t no_delay;
    /** Node: `keepAlive`. 1: the system probes idle connections. Default 0. */
    int32_t keep_alive;
    /**
     * Node: `keepAliveInitialDelay`. Milliseconds of idleness before the first probe, taken in whole seconds; 0
     * leaves it to the system. Default 0.
     */
    uint64_t keep_alive_initial_delay;
    /** Node: `highWaterMark`. Bytes that a socket holds in each direction before it asks to wait. Default 65536. */
    size_t high_water_mark;
    /**
     * Node: `blockList`. A connection whose peer is on it is closed without an event, after the limit of
     * `net_server_set_max_connections` has been looked at. The server keeps the list; it may be freed. NULL for none.
     * Default NULL.
     */
    struct net_block_list *block_list;
    /** 1: handles may come and go over each accepted socket, if it is local: see `net_socket_options.ipc`. Default 0. */
    int32_t ipc;
} net_server_options;

/**
 * A lookup of the program's own, given in `net_connect_options`.
 *
 * It runs inside `net_socket_connect` or later, in the loop's thread. It answers `request` with `net_lookup_answer`
 * or `net_lookup_fail`: inside the call, later, from any thread. An answer ends the request's life; so does the end
 * of the connect, after which the answer gives `NET_EBADF`. A request that is never answered does not keep the loop
 * alive.
 *
 * `host` lives until the function returns. `family` is 0 (any), 4 or 6. `hints` holds `NET_HINT_` bits. With `all` 1
 * every address is asked for; with 0 the first one of the answer is used.
 *
 * @since 0.1
 */
typedef void (*net_lookup_fn)(struct net_lookup *request,
                              const char *host,
                              int32_t family,
                              int32_t hints,
                              int all,
                              void *user);

/**
 * Options of `net_server_listen`. Begin with `NET_LISTEN_OPTIONS_INIT`: it listens on the unspecified address, on a
 * port that the system chooses. Of `path`, `fd`, `handle`, and `port` with `host`, one is given.
 *
 * Node: the options of `server.listen`. Flags are 0 or 1.
 *
 * @since 0.1
 */
typedef struct net_listen_options {
    /** `sizeof(net_listen_options)`. */
    size_t size;
    /** Node: `port`. 0: the system chooses, `net_server_address` tells which. Default 0. */
    uint16_t port;
    /**
     * Node: `backlog`. How many connections the system holds until they are accepted; 0 counts as 511, as in Node.
     * Default 511.
     */
    int32_t backlog;
    /**
     * Node: `host`. An IP address, or a name to look up; UTF-8. NULL or empty: `::`, which takes IPv4 too, or
     * `0.0.0.0` where there is no IPv6. Default NULL.
     */
    const char *host;
    /** Bytes in `host`, or `NET_CSTR`. Default `NET_CSTR`. */
    size_t host_len;
    /**
     * Node: `path`. A file's path, or on Linux an abstract name that begins with NUL. Not together with `port`,
     * `host` or `fd`. Default NULL.
     */
    const char *path;
    /** Bytes in `path`, or `NET_CSTR`. Default `NET_CSTR`. */
    size_t path_len;
    /**
     * Node: `fd`. A bound or listening stream socket to take over, as from systemd: the library closes it. What is none is
     * the event `error` with `NET_EINVAL`, what the loop has already `NET_EEXIST`; they stay the program's. -1 for none.
     * Default -1.
     */
    int32_t fd;
    /** Node: `ipv6Only`. 1: `::` does not take IPv4. Default 0. */
    int32_t ipv6_only;
    /** Node: `reusePort`. 1: others may listen on the same port, and the system shares connections out. Default 0. */
    int32_t reuse_port;
    /** Node: `exclusive`. It concerns Node's cluster only, and changes nothing here. Default 0. */
    int32_t exclusive;
    /** Node: `readableAll`. 1: the socket file can be read by all users. Refused for an abstract name. Default 0. */
    int32_t readable_all;
    /** Node: `writableAll`. 1: the socket file can be written by all users. Refused for an abstract name. Default 0. */
    int32_t writable_all;
    /**
     * A lookup of the program's own for `host`, asked for all its addresses, of which the first that is not link-local
     * is taken; NULL: getaddrinfo on threads of the library. What it answers that is no address comes as the event
     * `error`. Node: `dns.lookup`, which it always asks. Default NULL.
     */
    net_lookup_fn lookup;
    /** `user` of `lookup`. Default NULL. */
    void *lookup_user;
    /**
     * Runs with `lookup_user` once `lookup` will not be called any more: after the answer, or with the next listen or
     * the close; also if no lookup is needed or the call is refused, unless `size` is wrong. Default NULL.
     */
    net_drop_fn lookup_drop;
    /**
     * Node: `handle`. A `net_bound_socket` to adopt; or a listening `net_server` of the same loop, whose handle both have
     * from then on: connections come to the one that listened last, and the first to close ends both; or a `net_socket`
     * of the same loop that is bound and not connected, which gives its handle up and closes. Not together with another
     * place to listen on. NULL for none. Default NULL.
     */
    const void *handle;
} net_listen_options;

/**
 * Event `error` of a server, and the completion of `net_server_close_cb` (there `error` is NULL on success).
 *
 * `error` lives until the function returns.
 *
 * @since 0.1
 */
typedef void (*net_server_error_fn)(struct net_server *server, const struct net_error *error, void *user);

/**
 * The completion of `net_server_get_connections`: `count` sockets, or `error` (`NET_ECANCELED`) if the server was
 * freed first, else NULL.
 *
 * @since 0.1
 */
typedef void (*net_server_count_fn)(struct net_server *server, const struct net_error *error, size_t count, void *user);

/**
 * Events `listening` and `close` of a server; its arrival after `net_server_move`.
 *
 * @since 0.1
 */
typedef void (*net_server_fn)(struct net_server *server, void *user);

/**
 * Event `connection`: `socket` is connected, and the library's to free unless `net_socket_keep` is called.
 *
 * @since 0.1
 */
typedef void (*net_server_connection_fn)(struct net_server *server, struct net_socket *socket, void *user);

/**
 * A connection that was accepted and closed at once: argument of the event `drop` of a server.
 *
 * Node: the argument of `drop`, which has no reason and comes only for maxConnections.
 *
 * @since 0.1
 */
typedef struct net_drop_info {
    /** `sizeof(net_drop_info)`. */
    size_t size;
    /** A `NET_DROP_` value. */
    int32_t reason;
    /** The server's side of the connection; its family is 0 if it is not known. */
    struct net_address local;
    /** The peer's side of the connection; its family is 0 if it is not known. */
    struct net_address remote;
} net_drop_info;

/**
 * Event `drop` of a server: a connection was accepted and closed at once. `info` lives until the function returns.
 *
 * @since 0.1
 */
typedef void (*net_server_drop_fn)(struct net_server *server, const struct net_drop_info *info, void *user);

/**
 * Gives the buffer that the next bytes are read into, and in `len` how many fit. Node: `buffer` of `onread` as a function.
 *
 * It is asked when the socket gets a handle (inside `net_connect`, `net_socket_connect`, or `net_socket_new` with a
 * descriptor), for each further attempt to connect, and after each call of the `callback`. A buffer belongs to the socket
 * until the next one is given or the socket has closed. NULL: the one before is used again. It may use the library.
 *
 * @since 0.1
 */
typedef void *(*net_onread_buffer_fn)(struct net_socket *socket, size_t *len, void *user);

/**
 * Option `onread` of a socket: `count` bytes, at least one, were read into `buffer`, which is the program's own. Node: the
 * `callback` of `onread`.
 *
 * 0: nothing more is read until `net_socket_resume` or `net_socket_read`; any other value: reading goes on. `buffer` is
 * read into again when the function has returned, unless another one is given first.
 *
 * @since 0.1
 */
typedef int (*net_onread_fn)(struct net_socket *socket, size_t count, void *buffer, void *user);

/**
 * Reading into a buffer of the program's, without a copy: for `net_socket_options.onread`. Begin with `NET_ONREAD_INIT`.
 *
 * Such a socket has no event `data`, and `net_socket_read` gives nothing; `end` and all other events come as ever.
 * `net_socket_pause` stops reading at once, `net_socket_resume` or `net_socket_read` begin again. What was read counts in
 * `net_socket_bytes_read` and as activity for the timeout. Piped into another socket it hands on nothing but its end.
 *
 * Node: the option `onread`.
 *
 * @since 0.1
 */
typedef struct net_onread {
    /** `sizeof(net_onread)`. */
    size_t size;
    /**
     * Node: `buffer`. What every read fills from its beginning. It belongs to the library inside `net_loop_run` and
     * `net_loop_poll`, but for the time in which `callback` runs, until the socket has closed; sockets of one loop may share
     * it. NULL if `buffer_fn` is given. Default NULL.
     */
    void *buffer;
    /**
     * Bytes in `buffer`. With 0, as soon as there is something to read, the socket's error is `NET_ENOBUFS`. Default 0.
     */
    size_t len;
    /** Node: `buffer`. Gives a buffer for each read instead. Default NULL. */
    net_onread_buffer_fn buffer_fn;
    /** Node: `callback`. Told of what was read. Not optional. Default NULL. */
    net_onread_fn callback;
    /** `user` of `callback` and `buffer_fn`. Default NULL. */
    void *user;
    /**
     * Runs with `user` at the end of the socket, after all its callbacks; also if the call is refused, unless a `size` is
     * wrong. Default NULL.
     */
    net_drop_fn drop;
} net_onread;

/**
 * Options of `net_socket_new` and `net_connect`. Begin with `NET_SOCKET_OPTIONS_INIT`.
 *
 * Node: the options of `new net.Socket`. Flags are 0 or 1.
 *
 * @since 0.1
 */
typedef struct net_socket_options {
    /** `sizeof(net_socket_options)`. */
    size_t size;
    /** Node: `allowHalfOpen`. 1: the socket does not end by itself when its peer ends. Default 0. */
    int32_t allow_half_open;
    /** Node: `noDelay`. 1: small writes are sent at once (TCP_NODELAY). Default 0. */
    int32_t no_delay;
    /** Node: `keepAlive`. 1: the system probes an idle connection. Default 0. */
    int32_t keep_alive;
    /** Node: `typeOfService`. 0 to 255 for the IP header's TOS or traffic class; -1 leaves it alone. Default -1. */
    int32_t type_of_service;
    /**
     * Node: `keepAliveInitialDelay`. Milliseconds of idleness before the first probe, taken in whole seconds; 0
     * leaves it to the system. Default 0.
     */
    uint64_t keep_alive_initial_delay;
    /** Node: `highWaterMark`. Bytes that the socket holds in each direction before it asks to wait. Default 65536. */
    size_t high_water_mark;
    /**
     * Node: `fd`. A connected stream socket to take over, or a pipe, perhaps of one direction: the library closes it. What
     * is neither is `NET_ERR_INVALID_FD_TYPE`, and what the loop has already `NET_EEXIST`; they stay the program's. -1
     * for none. Default -1.
     */
    int32_t fd;
    /** Node: `readable`. With `fd` only: 0 if nothing is to be read from it. Default 1. */
    int32_t readable;
    /** Node: `writable`. With `fd` only: 0 if nothing is to be written to it. Default 1. */
    int32_t writable;
    /**
     * Node: `blockList`. The socket connects to no address that is on it: that is `NET_ERR_IP_BLOCKED`, as its error
     * or, of one address among several, as that of a failed attempt. The socket keeps the list; it may be freed. NULL
     * for none. Default NULL.
     */
    struct net_block_list *block_list;
    /**
     * Node: `handle`. A bound socket to adopt: the socket connects from its address, over TCP or to a path as it is
     * bound; other options of where to connect from are `NET_ERR_INVALID_ARG_VALUE` then. To an address, which needs no
     * lookup, the attempt is made inside the call. Not together with `fd`. NULL for none. Default NULL.
     */
    struct net_bound_socket *handle;
    /**
     * Node: `onread`. What is read goes into a buffer of the program's, and there is no event `data`; see `net_onread`. Only
     * looked at inside the call. NULL for none. Default NULL.
     */
    const struct net_onread *onread;
    /**
     * 1: if the socket is local, servers and sockets may be sent over it to another process (`net_socket_send_socket` and its
     * kin), and received (`net_socket_on_handle`). Only for a peer that is trusted to send descriptors. What is sent over a
     * socket without this option is closed by the system. Default 0.
     */
    int32_t ipc;
} net_socket_options;

/**
 * Options of `net_connect` and `net_socket_connect`. Begin with `NET_CONNECT_OPTIONS_INIT`. Either `path` is given, or
 * `port` and perhaps `host`.
 *
 * Node: the options of `socket.connect`.
 *
 * @since 0.1
 */
typedef struct net_connect_options {
    /** `sizeof(net_connect_options)`. */
    size_t size;
    /** Node: `port`. Port 0 is allowed as in Node, and fails with an error event. Default 0. */
    uint16_t port;
    /** Node: `localPort`. The port to connect from; 0: the system chooses. Default 0. */
    uint16_t local_port;
    /** Node: `host`. An IP address, or a name to look up; UTF-8. NULL or empty: "localhost". Default NULL. */
    const char *host;
    /** Bytes in `host`, or `NET_CSTR`. Default `NET_CSTR`. */
    size_t host_len;
    /**
     * Node: `path`. A file's path, or on Linux an abstract name that begins with NUL. Not together with `port` or
     * `host`; what concerns only TCP is ignored with it. Default NULL.
     */
    const char *path;
    /** Bytes in `path`, or `NET_CSTR`. Default `NET_CSTR`. */
    size_t path_len;
    /** Node: `localAddress`. The IP address to connect from. NULL: the system chooses. Default NULL. */
    const char *local_address;
    /** Bytes in `local_address`, or `NET_CSTR`. Default `NET_CSTR`. */
    size_t local_address_len;
    /** Node: `family`. 4 or 6 restricts the lookup, 0 does not. Default 0. */
    int32_t family;
    /** Node: `hints`. `NET_HINT_` bits for the lookup. Default 0. */
    int32_t hints;
    /**
     * Node: `autoSelectFamily`. 1: try all addresses of a name, families in turn; 0: the first one only; -1: as
     * `net_get_default_auto_select_family` says. Default -1.
     */
    int32_t auto_select_family;
    /**
     * Node: `autoSelectFamilyAttemptTimeout`. Milliseconds, at most 2147483647, below 10 counts as 10; 0: as
     * `net_get_default_auto_select_family_attempt_timeout` says. Default 0.
     */
    uint64_t auto_select_family_attempt_timeout;
    /** Node: `timeout`. As `net_socket_set_timeout` before connecting; 0: not set. Milliseconds, default 0. */
    uint64_t timeout;
    /** Node: `lookup`. A lookup of the program's own; NULL: getaddrinfo on threads of the library. Default NULL. */
    net_lookup_fn lookup;
    /** `user` of `lookup`. Default NULL. */
    void *lookup_user;
    /**
     * Runs with `lookup_user` once `lookup` will not be called any more: after the answer, or with the end of the
     * connect; also if no lookup is needed or the call is refused, unless `size` is wrong. Default NULL.
     */
    net_drop_fn lookup_drop;
} net_connect_options;

/**
 * Events `connect`, `ready`, `readable`, `end`, `drain`, `finish`, `timeout`, `pause` and `resume` of a socket;
 * its arrival after `net_socket_move`.
 *
 * @since 0.1
 */
typedef void (*net_socket_fn)(struct net_socket *socket, void *user);

/**
 * Who is at the other end of a local socket. Begin with `NET_PEER_CREDENTIALS_INIT`.
 *
 * @since 0.1
 */
typedef struct net_peer_credentials {
    /** `sizeof(net_peer_credentials)`. */
    size_t size;
    /** The process; -1 if the system does not tell it. */
    int64_t pid;
    /** The effective user. */
    int64_t uid;
    /** The effective group. */
    int64_t gid;
} net_peer_credentials;

/**
 * Event `data`: `len` bytes came, at least one. They are borrowed: valid until the function returns.
 *
 * @since 0.1
 */
typedef void (*net_socket_data_fn)(struct net_socket *socket, const uint8_t *data, size_t len, void *user);

/**
 * Event `error` of a socket, and the completion of a write or an end (there `error` is NULL on success).
 *
 * `error` lives until the function returns.
 *
 * @since 0.1
 */
typedef void (*net_socket_error_fn)(struct net_socket *socket, const struct net_error *error, void *user);

/**
 * Event `close` of a socket: `had_error` is 1 if an error made it close, else 0.
 *
 * @since 0.1
 */
typedef void (*net_socket_close_fn)(struct net_socket *socket, int had_error, void *user);

/**
 * Event `lookup`: one address of `host`, or the error of the lookup. The one that is absent is NULL. All of them live
 * until the function returns. `address->port` is 0, and its family what the lookup answered.
 *
 * @since 0.1
 */
typedef void (*net_socket_lookup_fn)(struct net_socket *socket,
                                     const struct net_error *error,
                                     const struct net_address *address,
                                     const char *host,
                                     void *user);

/**
 * Events `connectionAttempt` and `connectionAttemptTimeout`: a connection to `address` (which lives until the function
 * returns) is begun, or given up since no answer came in time.
 *
 * @since 0.1
 */
typedef void (*net_socket_attempt_fn)(struct net_socket *socket, const struct net_address *address, void *user);

/**
 * Event `connectionAttemptFailed`: the connection to `address` came to nothing. Both live until the function returns.
 *
 * @since 0.1
 */
typedef void (*net_socket_attempt_failed_fn)(struct net_socket *socket,
                                             const struct net_address *address,
                                             const struct net_error *error,
                                             void *user);

/**
 * Events `pipe` and `unpipe` of a socket that is a destination: `source` is piped into it from now on, or no longer.
 *
 * @since 0.1
 */
typedef void (*net_socket_pipe_fn)(struct net_socket *destination, struct net_socket *source, void *user);

/**
 * Event `handle`: another process has sent something over `socket`. `kind` is a `NET_HANDLE_` value.
 *
 * @since 0.1
 */
typedef void (*net_socket_handle_fn)(struct net_socket *socket, int kind, void *user);

/**
 * One piece of a gathered write.
 *
 * @since 0.1
 */
typedef struct net_buf {
    /** The bytes; may be NULL if there are none. */
    const void *data;
    /** How many. */
    size_t len;
} net_buf;

/**
 * Gives the bytes of `net_socket_write_owned` back: exactly once, on every path. It may run inside the call that
 * caused it. It may use the library.
 *
 * @since 0.1
 */
typedef void (*net_release_fn)(void *data, size_t len, void *user);

/**
 * A thread of a group begins or ends: `index` counts the loops of the group from 0.
 *
 * @since 0.1
 */
typedef void (*net_loop_group_fn)(struct net_loop *loop, size_t index, void *user);

/**
 * An `error` event in a loop of a group had no listener. `error` lives until the function returns.
 *
 * @since 0.1
 */
typedef void (*net_loop_error_fn)(struct net_loop *loop, const struct net_error *error, void *user);

/**
 * Options of `net_loop_group_new`. Begin with `NET_LOOP_GROUP_OPTIONS_INIT`.
 *
 * @since 0.1
 */
typedef struct net_loop_group_options {
    /** `sizeof(net_loop_group_options)`. */
    size_t size;
    /** How many loops, each in a thread of its own; 0: as many as the machine can run at a time. Default 0. */
    size_t loops;
    /** Called in each thread before its loop runs: the place for what every thread needs of its own. Default NULL. */
    net_loop_group_fn on_start;
    /**
     * Called in each thread when its loop has run for the last time, and is freed thereafter. Not for a loop that the
     * program has freed. Default NULL.
     */
    net_loop_group_fn on_stop;
    /**
     * Called with an `error` event that had no listener, and the loop runs on. NULL: such an error ends the whole group, as
     * an uncaught exception ends a process of Node's, and `net_loop_group_wait` returns its number. Default NULL.
     */
    net_loop_error_fn on_error;
    /** `user` of all three. Default NULL. */
    void *user;
    /**
     * Runs with `user` when the group has been freed, after all threads have ended, in the thread that freed it; also if
     * the call is refused, unless `size` is wrong. Default NULL.
     */
    net_drop_fn drop;
} net_loop_group_options;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library that is running, as text: `"0.1.0"`. Compare `NET_VERSION`, that of the header.
 *
 * Returns a static text.
 *
 * Thread: any. @since 0.1
 */
const char *net_version(void);

/**
 * The version of the library that is running, as a number: major * 10000 + minor * 100 + patch. Compare
 * `NET_VERSION_NUMBER`, that of the header.
 *
 * Thread: any. @since 0.1
 */
uint32_t net_version_number(void);

/**
 * Whether a text is an IP address: 4, 6, or 0 for neither. Node: `net.isIP`.
 *
 * `len` is the length of `text` in bytes, or `NET_CSTR`. A zone id (`fe80::1%eth0`) is allowed.
 * Returns `NET_EINVAL` for NULL.
 *
 * Thread: any. @since 0.1
 */
int net_is_ip(const char *text, size_t len);

/**
 * Whether a text is an IPv4 address: 1 or 0. Node: `net.isIPv4`.
 *
 * `len` is the length of `text` in bytes, or `NET_CSTR`. Returns `NET_EINVAL` for NULL.
 *
 * Thread: any. @since 0.1
 */
int net_is_ipv4(const char *text, size_t len);

/**
 * Whether a text is an IPv6 address: 1 or 0. Node: `net.isIPv6`.
 *
 * `len` is the length of `text` in bytes, or `NET_CSTR`. A zone id (`fe80::1%eth0`) is allowed. Returns `NET_EINVAL`
 * for NULL.
 *
 * Thread: any. @since 0.1
 */
int net_is_ipv6(const char *text, size_t len);

/**
 * Makes a block list without rules. Free it with `net_block_list_free`. Node: `new net.BlockList()`.
 *
 * Returns NULL if there is no memory.
 *
 * Thread: any. @since 0.1
 */
struct net_block_list *net_block_list_new(void);

/**
 * Frees a block list. Servers and sockets that were made with it go on using it as it is. The handle is dead at once.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_free(struct net_block_list *list);

/**
 * Adds a rule for one address. Node: `blockList.addAddress`.
 *
 * `family` is `NET_FAMILY_IPV4`, `NET_FAMILY_IPV6`, or `NET_FAMILY_NONE` for that of the text. `address` is text of
 * `len` bytes, or `NET_CSTR`; a zone behind it (`%eth0`) is passed over. An address that is there already, as itself or
 * in its mapped form, keeps its place among the rules and is shown as it was written last.
 *
 * Returns 0, or `NET_ERR_INVALID_ADDRESS` if the text is no address of the family.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_add_address(struct net_block_list *list, const char *address, size_t len, int family);

/**
 * Adds rules for `count` addresses, each a text that ends at its NUL; or none of them if one is refused. Node:
 * `blockList.addAddresses`.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_add_addresses(struct net_block_list *list, const char *const *addresses, size_t count, int family);

/**
 * Adds a rule for all addresses from `start` to `end`, both included. Node: `blockList.addRange`.
 *
 * `family` and the texts are as for `net_block_list_add_address`. With `NET_FAMILY_NONE` the ends may be of two
 * families; such a range holds addresses that can be compared with both: IPv4 ones and mapped ones.
 *
 * Returns 0; `NET_ERR_INVALID_ADDRESS`; `NET_ERR_INVALID_ARG_VALUE` if the start comes after the end.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_add_range(struct net_block_list *list,
                             const char *start,
                             size_t start_len,
                             const char *end,
                             size_t end_len,
                             int family);

/**
 * Adds a rule for all addresses whose first `prefix` bits are those of `network`. Node: `blockList.addSubnet`.
 *
 * `family` and the text are as for `net_block_list_add_address`. The bits of `network` behind the prefix do not count,
 * but are shown by `net_block_list_rules`.
 *
 * Returns 0; `NET_ERR_INVALID_ADDRESS`; `NET_ERR_OUT_OF_RANGE` if the prefix is negative or longer than the address.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_add_subnet(struct net_block_list *list, const char *network, size_t len, int prefix, int family);

/**
 * Adds a rule for a subnet as CIDR text: `10.0.0.0/8`, `fe80::/10`. `len` is its length, or `NET_CSTR`. Node:
 * `blockList.addCIDR`.
 *
 * Returns 0; `NET_ERR_INVALID_ARG_VALUE` if the prefix is missing or is no plain number; and what
 * `net_block_list_add_subnet` returns.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_add_cidr(struct net_block_list *list, const char *cidr, size_t len);

/**
 * Adds rules for `count` subnets, each a CIDR text that ends at its NUL. Node: `blockList.addCIDRs`.
 *
 * None of them is added if one has no prefix that is a plain number; otherwise those before the first that is refused
 * are.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_add_cidrs(struct net_block_list *list, const char *const *cidrs, size_t count);

/**
 * Removes the rule for an address, in whichever of its forms it was added. Node: `blockList.removeAddress`, which does
 * not tell whether there was one.
 *
 * Returns 1, or 0 if there is no such rule; errors as of `net_block_list_add_address`.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_remove_address(struct net_block_list *list, const char *address, size_t len, int family);

/**
 * Removes the newest rule for exactly this range. Node: `blockList.removeRange`, which does not tell whether there was
 * one.
 *
 * Returns 1, or 0 if there is no such rule; `NET_ERR_INVALID_ADDRESS`.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_remove_range(struct net_block_list *list,
                                const char *start,
                                size_t start_len,
                                const char *end,
                                size_t end_len,
                                int family);

/**
 * Removes the newest rule for this subnet, whose network must be written with the same bits, also those behind the
 * prefix. Node: `blockList.removeSubnet`, which does not tell whether there was one.
 *
 * Returns 1, or 0 if there is no such rule; errors as of `net_block_list_add_subnet`.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_remove_subnet(struct net_block_list *list, const char *network, size_t len, int prefix, int family);

/**
 * Removes the rule for a subnet as CIDR text: see `net_block_list_remove_subnet`. Node: `blockList.removeCIDR`.
 *
 * Returns 1, or 0 if there is no such rule; errors as of `net_block_list_add_cidr`.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_remove_cidr(struct net_block_list *list, const char *cidr, size_t len);

/**
 * Whether an address is on the list: 1 or 0. Node: `blockList.check`.
 *
 * `family` and the text are as for `net_block_list_add_address`; a text that is no address of the family is on no list.
 * It takes well under a microsecond with any number of rules.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_check(const struct net_block_list *list, const char *address, size_t len, int family);

/**
 * Removes all rules. Node: `blockList.clear`.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_clear(struct net_block_list *list);

/**
 * How many rules there are. Node: `blockList.size`.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_size(const struct net_block_list *list, size_t *size);

/**
 * The rules as text, with a newline between each two: addresses, subnets, ranges, of each kind the newest first. Node:
 * `blockList.rules`.
 *
 * They read `Address: IPv4 10.0.0.1`, `Subnet: IPv6 fe80::/10`, `Range: IPv4 10.0.0.1-10.0.0.9`.
 *
 * `length` gets the length of the text. It is written to `buffer`, a NUL behind it, if `capacity` bytes have room for
 * both; else nothing is written, and `NET_ENOBUFS` returned.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_rules(const struct net_block_list *list, char *buffer, size_t capacity, size_t *length);

/**
 * The rules as JSON, a list of strings in the order of `net_block_list_rules`, and handed out as by it. Node:
 * `JSON.stringify(blockList)`.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_to_json(const struct net_block_list *list, char *buffer, size_t capacity, size_t *length);

/**
 * Adds the rules of a JSON text as `net_block_list_to_json` gives it. `len` is its length, or `NET_CSTR`. Node:
 * `blockList.fromJSON` with a string.
 *
 * Returns `NET_EINVAL`, and adds nothing, if the text is not a list of strings. A string that is no rule is passed over;
 * one that looks like a rule but cannot be one gives the error of the function that adds such a rule, and those before
 * it stay added.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_from_json(struct net_block_list *list,
                             const char *json,
                             size_t len);

/**
 * Adds `count` rules, each a text as `net_block_list_rules` gives it, which ends at its NUL. Node: `blockList.fromJSON`
 * with a list.
 *
 * What is no rule and what cannot be one is treated as by `net_block_list_from_json`.
 *
 * Thread: any. @since 0.1
 */
int net_block_list_add_rules(struct net_block_list *list, const char *const *rules, size_t count);

/**
 * A private network, as CIDR text: private, loopback, link-local and unique local addresses. For
 * `net_block_list_add_cidr`. Node: `net.BlockList.PRIVATE_RANGES`.
 *
 * Returns a static text; NULL if `index` is not below their number.
 *
 * Thread: any. @since 0.1
 */
const char *net_block_list_private_range(size_t index);

/**
 * Binds an address, inside the call. `options` NULL: any port of the unspecified address. Node: `new net.BoundSocket`.
 *
 * Returns NULL on failure, with the reason in `error` (which may be NULL), and with all that Node's error has in
 * `net_bound_socket_error`: `NET_EADDRINUSE`, `NET_EADDRNOTAVAIL`, `NET_EACCES`, also for a folder that is missing,
 * `NET_EINVAL` for a path that is too long, `NET_ERR_INVALID_ARG_VALUE`. Free it with `net_bound_socket_free`.
 *
 * Thread: any. @since 0.1
 */
struct net_bound_socket *net_bound_socket_new(const struct net_bound_socket_options *options, int *error);

/**
 * Why the last `net_bound_socket_new` of the calling thread failed; NULL if it did not. It lives until the next one of
 * this thread. Node: what `new net.BoundSocket` throws.
 *
 * Thread: any. @since 0.1
 */
const struct net_error *net_bound_socket_error(void);

/**
 * Where it is bound: an IP address with the port that the system chose, or the path as it was given. Node:
 * `boundSocket.address()`.
 *
 * Returns 1 and fills `out`; `NET_ERR_SOCKET_HANDLE_ADOPTED`.
 *
 * Thread: any. @since 0.1
 */
int net_bound_socket_address(struct net_bound_socket *bound, struct net_address *out);

/**
 * Whether it is bound to a path or an abstract name, 1 or 0, and not over TCP. Also of one that is adopted or closed.
 * Node: `boundSocket.isPipe`.
 *
 * Thread: any. @since 0.1
 */
int net_bound_socket_is_pipe(struct net_bound_socket *bound);

/**
 * Its descriptor in `out`, which stays its own. Node: `boundSocket.fd()`.
 *
 * Returns 0; `NET_ERR_SOCKET_HANDLE_ADOPTED`.
 *
 * Thread: any. @since 0.1
 */
int net_bound_socket_fd(struct net_bound_socket *bound, int *out);

/**
 * Closes it, and removes the file of a path. Node: `boundSocket.close()`.
 *
 * Returns 0; `NET_ERR_SOCKET_HANDLE_ADOPTED` if it was adopted or closed.
 *
 * Thread: any. @since 0.1
 */
int net_bound_socket_close(struct net_bound_socket *bound);

/**
 * Frees a bound socket, closing it if nobody has adopted it. The handle is dead at once. Node: `using`, at the end of the
 * block.
 *
 * Thread: any. @since 0.1
 */
int net_bound_socket_free(struct net_bound_socket *bound);

/**
 * The name of an error number, as Node spells its `code`: "EADDRINUSE"; "UNKNOWN" for a number that is none of ours,
 * "OK" for 0. The `ERR_` codes are those of Node: `NET_ERR_SOCKET_CLOSED` is "ERR_SOCKET_CLOSED".
 *
 * Returns a static text. Thread: any. @since 0.1
 */
const char *net_error_name(int code);

/**
 * What an error number means: "address already in use"; "unknown error" for a number that is none of ours, "success"
 * for 0. For the text of an error event see `net_error.message`.
 *
 * Returns a static text. Thread: any. @since 0.1
 */
const char *net_error_text(int code);

/**
 * Fills in an address. Node: `new net.SocketAddress`.
 *
 * `family` is `NET_FAMILY_IPV4`, `NET_FAMILY_IPV6`, or `NET_FAMILY_NONE` for that of the text. `address` is text of `len`
 * bytes, or `NET_CSTR`; NULL stands for `127.0.0.1`, in IPv6 for `::`. A zone behind it (`%eth0`) is passed over.
 * `flowlabel` means nothing to IPv4.
 *
 * Returns 0; `NET_ERR_INVALID_ADDRESS` if the text is no address of the family, `NET_ERR_OUT_OF_RANGE` if the flow label
 * has more than 20 bits; then `out` is left as it is.
 *
 * Thread: any. @since 0.1
 */
int net_sockaddr_make(int family,
                      const char *address,
                      size_t len,
                      uint16_t port,
                      uint32_t flowlabel,
                      struct net_sockaddr *out);

/**
 * Fills in the address and port of a text: `10.0.0.1:80`, `[::1]:80`, the port being optional. Node:
 * `net.SocketAddress.parse`.
 *
 * The text is read as a URL reads what follows `http://`. So IPv4 addresses may have fewer than four parts and be octal
 * or hexadecimal (`0x7f.1` is 127.0.0.1), there may be user information before the address and a path behind it, and
 * port 80, as the one that such a URL has anyhow, comes out as 0. Unlike in Node, digits outside ASCII are none.
 *
 * Returns 1, or 0 if the text is no such address; then `out` is left as it is. Node: `undefined`.
 *
 * Thread: any. @since 0.1
 */
int net_sockaddr_parse(const char *text, size_t len, struct net_sockaddr *out);

/**
 * Makes a loop, which belongs to the calling thread. Node: every thread has one.
 *
 * Returns NULL without memory or descriptors, or if there are too many loops (4096). Free it with `net_loop_free`.
 *
 * Thread: any. @since 0.1
 */
struct net_loop *net_loop_new(void);

/**
 * The calling thread's own loop: made at the first call, the same one after that. Node: the loop of the thread.
 *
 * It is freed by `net_loop_free` as any other, after which the next call makes a new one. Returns NULL as
 * `net_loop_new` does.
 *
 * Thread: any. @since 0.1
 */
struct net_loop *net_loop_default(void);

/**
 * Frees a loop with all that is in it.
 *
 * No event is emitted. Pending completions are called with `NET_ECANCELED` and owned bytes are released, then every
 * drop function runs; calls on the loop from these give `NET_EBADF`. Lookups are not waited for. Inside a callback
 * of the same loop the call returns 0 at once, the loop is freed when the callback has returned, and `net_loop_run`
 * returns `NET_ECANCELED`.
 *
 * Thread: loop. @since 0.1
 */
int net_loop_free(struct net_loop *loop);

/**
 * Runs the loop until nothing is left to wait for. Node: what it does until it exits.
 *
 * That is: no referenced server that listens, no referenced socket that is open, no referenced timer that is due, no
 * posted function, nothing deferred. It can be run again afterwards.
 *
 * Returns 0 then, and after `net_loop_stop`; the number of an `error` event that had no listener (Node: an uncaught
 * exception): the socket is still closed, the other events are kept for the next run, `net_loop_error` tells more;
 * `NET_ECANCELED` if the loop was freed by a callback; `NET_EBUSY` inside a callback of the same loop.
 *
 * Thread: loop. @since 0.1
 */
int net_loop_run(struct net_loop *loop);

/**
 * Runs one turn of the loop: for games, GUIs and other loops.
 *
 * `timeout_ms`: how long to wait for the first event at most; 0 does not wait, a negative one waits as long as
 * needed: until something comes, is posted, or stops the loop.
 *
 * Returns 0, or what `net_loop_run` returns for errors.
 *
 * Thread: loop. @since 0.1
 */
int net_loop_poll(struct net_loop *loop, int64_t timeout_ms);

/**
 * Makes `net_loop_run` or `net_loop_poll` return as soon as the callback that runs now has returned. If none of them
 * runs, the next `net_loop_run` returns at once, and the next `net_loop_poll` does not wait.
 *
 * Takes no lock and no memory and leaves errno alone, so it may be called from a signal handler.
 *
 * Thread: any. @since 0.1
 */
int net_loop_stop(struct net_loop *loop);

/**
 * Has the loop call `func` in its own thread, in one of its next turns. Functions posted by one thread are called in
 * the order of posting. A function that was not called yet keeps the loop alive.
 *
 * `drop` runs after the call, at the end of the loop if it is never called, and before this function returns an error
 * (`NET_EINVAL` if `func` is NULL).
 *
 * Thread: any. @since 0.1
 */
int net_loop_post(struct net_loop *loop, net_loop_fn func, void *user, net_drop_fn drop);

/**
 * A descriptor for another loop (epoll, poll, kqueue, GLib, asyncio...) to watch for reading, level-triggered: when
 * it is readable, call `net_loop_poll(loop, 0)`. Ask `net_loop_timeout` after every turn and after every wake hook.
 *
 * Returns the descriptor, which stays the loop's and must not be read or closed; `NET_ENOTSUP` where there is none
 * (Windows).
 *
 * Thread: loop. @since 0.1
 */
int net_loop_fd(struct net_loop *loop);

/**
 * In how many milliseconds the next turn is due, if the descriptor does not become readable before: 0 is now, -1 is
 * never.
 *
 * Errors are below -1: a NULL loop gives `NET_EBADF` here.
 *
 * Thread: loop. @since 0.1
 */
int64_t net_loop_timeout(struct net_loop *loop);

/**
 * Runs what calls outside of a turn have deferred: events and completions that are due at once. For embedders who
 * cannot wait for the next turn, which begins with the same.
 *
 * Returns as `net_loop_poll`; `NET_EBUSY` inside a callback of the same loop.
 *
 * Thread: loop. @since 0.1
 */
int net_loop_run_deferred(struct net_loop *loop);

/**
 * Whether there is something left to wait for, as in `net_loop_run`: 1 or 0.
 *
 * Thread: loop. @since 0.1
 */
int net_loop_alive(struct net_loop *loop);

/**
 * Sets the wake hook: it is called once each time that work is queued outside of a turn where none was queued
 * before, so that an outer loop knows that `net_loop_timeout` became 0; and when a timer set outside of a turn made
 * it shorter.
 *
 * It runs inside the call that queued the work, and may not call the library. `func` NULL takes the hook away. The
 * drop of the hook before runs.
 *
 * Thread: loop. @since 0.1
 */
int net_loop_set_wake_hook(struct net_loop *loop, net_loop_fn func, void *user, net_drop_fn drop);

/**
 * Sets whether writes are gathered: 1, as it begins, or 0.
 *
 * If they are, the first write of a callback to a socket goes to the system at once, and those that follow in the same
 * callback go together when it returns, or earlier if something asks for what became of them. That spares calls of
 * the system, and changes nothing that a program sees: return values, lengths, completions and events are the same.
 * But a callback that blocks, or runs another loop, delays what it has written; and a write that the system refuses
 * returns 0 only if it was not gathered. The error follows in both cases.
 *
 * Thread: loop. @since 0.1
 */
int net_loop_set_gather_writes(struct net_loop *loop, int enable);

/**
 * Whether writes are gathered: 1 or 0. See `net_loop_set_gather_writes`.
 *
 * Thread: loop. @since 0.1
 */
int net_loop_gather_writes(struct net_loop *loop);

/**
 * The error for which `net_loop_run`, `net_loop_poll` or `net_loop_run_deferred` returned: an `error` event that no
 * listener heard. Node: the argument of `uncaughtException`.
 *
 * Returns NULL if there was none. The error is valid until the loop is run, polled or freed; the caller does not
 * free it.
 *
 * Thread: loop. @since 0.1
 */
const struct net_error *net_loop_error(struct net_loop *loop);

/**
 * Gives the loop up, so that another thread can take it with `net_loop_attach`. Until then every call but
 * `net_loop_stop`, `net_loop_post` and `net_loop_attach` gives `NET_EWRONGTHREAD`.
 *
 * Refused with `NET_EBUSY` inside a callback of the loop.
 *
 * Thread: loop. @since 0.1
 */
int net_loop_detach(struct net_loop *loop);

/**
 * Takes over a loop that its thread has given up, or whose thread has ended. `NET_EWRONGTHREAD` if it still belongs
 * to another thread.
 *
 * Thread: any. @since 0.1
 */
int net_loop_attach(struct net_loop *loop);

/**
 * The time of the loop in milliseconds, from a point that does not change; taken once per turn. 0 on error.
 *
 * Thread: loop. @since 0.1
 */
uint64_t net_loop_now(struct net_loop *loop);

/**
 * Fills in the figures of a loop.
 *
 * Thread: loop. @since 0.1
 */
int net_loop_get_metrics(struct net_loop *loop, struct net_loop_metrics *out);

/**
 * Whether connects try all addresses of a name, families in turn, unless their options say otherwise: 1 (as it
 * begins) or 0. For the whole process. Node: `net.getDefaultAutoSelectFamily`.
 *
 * Thread: any. @since 0.1
 */
int net_get_default_auto_select_family(void);

/**
 * Sets what `net_get_default_auto_select_family` tells: 0 or 1. Node: `net.setDefaultAutoSelectFamily`.
 *
 * Thread: any. @since 0.1
 */
int net_set_default_auto_select_family(int enable);

/**
 * How many milliseconds a connect gives an address before it tries the next one, unless its options say otherwise.
 * For the whole process. Node: `net.getDefaultAutoSelectFamilyAttemptTimeout`.
 *
 * Thread: any. @since 0.1
 */
uint64_t net_get_default_auto_select_family_attempt_timeout(void);

/**
 * Sets what `net_get_default_auto_select_family_attempt_timeout` tells. Below 10 counts as 10; 0 and more than
 * 2147483647 give `NET_ERR_OUT_OF_RANGE`. Node: `net.setDefaultAutoSelectFamilyAttemptTimeout`.
 *
 * Thread: any. @since 0.1
 */
int net_set_default_auto_select_family_attempt_timeout(uint64_t ms);

/**
 * Makes a timer, which does nothing until it is started. Free it with `net_timer_free`.
 *
 * Returns NULL if the loop's handle is bad, the thread is wrong, or there is no memory.
 *
 * Thread: loop. @since 0.1
 */
struct net_timer *net_timer_new(struct net_loop *loop);

/**
 * Starts a timer, anew if it was started before. Node: `setTimeout` and `setInterval`.
 *
 * `func` is called after `delay_ms` milliseconds, never inside this call, and then, unless `repeat_ms` is 0, every
 * `repeat_ms` milliseconds. A time counts from the loop's cached time, `net_loop_now`. A started timer keeps the
 * loop alive unless `net_timer_unref` was called.
 *
 * `drop` runs after the last call: when a timer without repetition has fired, and when the timer is stopped, started
 * anew or freed; and before this function returns an error (`NET_EINVAL` if `func` is NULL).
 *
 * Thread: loop. @since 0.1
 */
int net_timer_start(struct net_timer *timer,
                    uint64_t delay_ms,
                    uint64_t repeat_ms,
                    net_timer_fn func,
                    void *user,
                    net_drop_fn drop);

/**
 * Stops a timer; one that does not run is left as it is. Node: `clearTimeout`.
 *
 * Thread: loop. @since 0.1
 */
int net_timer_stop(struct net_timer *timer);

/**
 * Whether the timer is started and will still fire: 1 or 0.
 *
 * Thread: loop. @since 0.1
 */
int net_timer_active(struct net_timer *timer);

/**
 * Lets the timer keep the loop alive while it is started, as it does from the beginning. Node: `timeout.ref`.
 *
 * Thread: loop. @since 0.1
 */
int net_timer_ref(struct net_timer *timer);

/**
 * No longer lets the timer keep the loop alive. Node: `timeout.unref`.
 *
 * Thread: loop. @since 0.1
 */
int net_timer_unref(struct net_timer *timer);

/**
 * Stops the timer and frees it. The handle is dead at once, inside its own callback too.
 *
 * Thread: loop. @since 0.1
 */
int net_timer_free(struct net_timer *timer);

/**
 * The loop of a timer; NULL on error.
 *
 * Thread: loop. @since 0.1
 */
struct net_loop *net_timer_loop(struct net_timer *timer);

/**
 * Has a function told of all that happens to the sockets and servers of a loop, for looking for faults. It changes no
 * order of events, and costs nothing as long as none is set. Node: the environment variable NODE_DEBUG=net, which prints.
 *
 * What happens is told in its order, before the next event is, or with the deferred work: not always inside the call that
 * did it. The function may call the library; what it does is traced as well. `func` NULL takes it away. The drop of the one
 * before runs.
 *
 * Thread: loop. @since 0.1
 */
int net_loop_set_trace(struct net_loop *loop,
                       net_trace_fn func,
                       void *user,
                       net_drop_fn drop);

/**
 * Makes a server, which does nothing until it listens. `options` NULL: the defaults. Node: `net.createServer`.
 *
 * Returns NULL if the loop's handle is bad, the thread is wrong, the options are refused, or there is no memory.
 * Free it with `net_server_free`.
 *
 * Thread: loop. @since 0.1
 */
struct net_server *net_server_new(struct net_loop *loop, const struct net_server_options *options);

/**
 * Frees a server, closing it if it listens. No event is emitted, pending completions are called with
 * `NET_ECANCELED`, then the drop functions run. Its accepted sockets live on. The handle is dead at once.
 *
 * Thread: loop. @since 0.1
 */
int net_server_free(struct net_server *server);

/**
 * Listens. `options` NULL: any port on the unspecified address. Node: `server.listen(options)`.
 *
 * Without a host, and for a path or a descriptor, the socket is bound when the call returns, so `net_server_address`
 * is right; a host is looked up first, which takes a tick even if it is an address. Then comes `listening`, or
 * `error` and nothing more: the server can listen again. Neither comes inside the call. A second listen during a
 * lookup takes the place of the first.
 *
 * Returns 0, `NET_ERR_SERVER_ALREADY_LISTEN` if the server is bound, `NET_EINVAL` for options that cannot be.
 *
 * Thread: loop. @since 0.1
 */
int net_server_listen(struct net_server *server, const struct net_listen_options *options);

/**
 * Listens on a port, and on the address or name `host` (NUL-terminated; NULL: the unspecified address). Node:
 * `server.listen(port, host)`. See `net_server_listen`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_listen_tcp(struct net_server *server, uint16_t port, const char *host);

/**
 * Listens on a local socket: a file's path, or on Linux an abstract name that begins with NUL. `path_len` is the
 * length in bytes, or `NET_CSTR`. Node: `server.listen(path)`. See `net_server_listen`.
 *
 * The file is made, and removed when the server closes. A path too long for the system gives the event `error`; it
 * is never cut short. A NULL or empty path gives `NET_EINVAL`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_listen_path(struct net_server *server, const char *path, size_t path_len);

/**
 * As `net_server_listen_path` with a NUL-terminated path.
 *
 * Thread: loop. @since 0.1
 */
int net_server_listen_path_cstr(struct net_server *server, const char *path);

/**
 * Stops accepting at once. The event `close` comes when no accepted socket is left undestroyed, never inside the call.
 * Node: `server.close()`.
 *
 * A server that does not listen emits `close` too. After the call it can listen again.
 *
 * Thread: loop. @since 0.1
 */
int net_server_close(struct net_server *server);

/**
 * As `net_server_close`, and calls `func` once with the next `close`: with `error` NULL, or with
 * `NET_ERR_SERVER_NOT_RUNNING` if the server did not listen, or `NET_ECANCELED` if it is freed first. Node:
 * `server.close(callback)`.
 *
 * `drop` runs after that, and before this function returns an error (`NET_EINVAL` if `func` is NULL).
 *
 * Thread: loop. @since 0.1
 */
int net_server_close_cb(struct net_server *server, net_server_error_fn func, void *user, net_drop_fn drop);

/**
 * Whether the server is bound and listens: 1 or 0. Node: `server.listening`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_listening(struct net_server *server);

/**
 * Where the server listens. Node: `server.address()`; for a path Node returns the text alone.
 *
 * Returns 1 and fills `out`, or 0 if it does not listen (Node: null); then the family is 0. As in Node the path that was
 * given last stays the address, also when it could not be listened on and after `net_server_close`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_address(struct net_server *server,
                       struct net_address *out);

/**
 * Counts the accepted sockets that are not destroyed, and calls `func` with the number, never inside the call. Node:
 * `server.getConnections`.
 *
 * `drop` runs after that, and before this function returns an error (`NET_EINVAL` if `func` is NULL).
 *
 * Thread: loop. @since 0.1
 */
int net_server_get_connections(struct net_server *server, net_server_count_fn func, void *user, net_drop_fn drop);

/**
 * The next of the sockets that the server has accepted and that are not destroyed; with `after` NULL the first. Node has
 * none: a program keeps a set of its own.
 *
 * The order is that of the places in the library's table, not of the connections. Between two calls everything may
 * happen, `after` may be destroyed and freed: it only says where to go on. A socket that is accepted meanwhile may be met
 * or not.
 *
 * Returns NULL after the last, and on error.
 *
 * Thread: loop. @since 0.1
 */
struct net_socket *net_server_next_socket(struct net_server *server,
                                          const struct net_socket *after);

/**
 * A graceful stop: closes the server, ends every socket that it has accepted, as `net_socket_end` does, behind what is
 * written, and after `grace_ms` destroys those that are still there. The event `close` comes when the last one is gone;
 * it is what tells that the stop is over. Node has none: `server.close()`, with the sockets ended and destroyed one by one.
 *
 * With 0 they are destroyed at once. Asked again, the time begins anew.
 *
 * Thread: loop. @since 0.1
 */
int net_server_shutdown(struct net_server *server,
                        uint64_t grace_ms);

/**
 * At most `n` accepted sockets at a time: further connections are accepted, closed at once and told by the event
 * `drop`. 0 is none at all, `NET_NO_LIMIT` any number, as it begins. Node: `server.maxConnections`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_set_max_connections(struct net_server *server, int64_t n);

/**
 * What `net_server_set_max_connections` set, in `out`; `NET_NO_LIMIT` as it begins. Node: `server.maxConnections`.
 *
 * Returns 0.
 *
 * Thread: loop. @since 0.1
 */
int net_server_max_connections(struct net_server *server, int64_t *out);

/**
 * Lets the server keep the loop alive while it listens, as it does from the beginning. Node: `server.ref`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_ref(struct net_server *server);

/**
 * No longer lets the server keep the loop alive. Node: `server.unref`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_unref(struct net_server *server);

/**
 * Moves a listening server to the loop `to`, usually another thread's, with all connections that nobody has accepted
 * yet: `func` is called there with the new handle, in one of the next turns of `to`, which it keeps alive until then;
 * `listening` follows. Node: a server in the transfer list of `postMessage`.
 *
 * The old handle is dead when the call returns: it tells no event any more, and its drop functions run. The sockets
 * that it accepted stay in the old loop. The options of `net_server_new`, the limit of connections and the address go along;
 * listeners, data and unref do not. The new handle is yours to free.
 *
 * Refused with `NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE` unless the server listens. `NET_EBADF`: there is no loop `to`. If
 * `to` is freed before `func` was called, the server is closed and only `drop` runs, once as always.
 *
 * `func` and, after it, `drop` run in the thread of `to`. Thread: loop. @since 0.1
 */
int net_server_move(struct net_server *server,
                    struct net_loop *to,
                    net_server_fn func,
                    void *user,
                    net_drop_fn drop);

/**
 * The loop of a server; NULL on error.
 *
 * Thread: loop. @since 0.1
 */
struct net_loop *net_server_loop(struct net_server *server);

/**
 * The descriptor of a listening server in `out`, which stays the server's. Node: `server._handle.fd`.
 *
 * Returns 1, or 0 and -1 in `out` if it does not listen.
 *
 * Thread: loop. @since 0.1
 */
int net_server_fd(struct net_server *server, int *out);

/**
 * Keeps a pointer of the program's with the server. The drop of the one before runs. `drop` runs when it is
 * replaced, at the end of the server, and before this function returns an error.
 *
 * Thread: loop. @since 0.1
 */
int net_server_set_data(struct net_server *server, void *data, net_drop_fn drop);

/**
 * What `net_server_set_data` keeps; NULL as it begins, and on error.
 *
 * Thread: loop. @since 0.1
 */
void *net_server_data(struct net_server *server);

/**
 * How many listeners of `event` there are, in `out`; the name is NUL-terminated, as the functions or as Node spell it.
 * Node: `server.listenerCount`.
 *
 * Returns 0; `NET_EINVAL` for a name that is no event of servers.
 *
 * Thread: loop. @since 0.1
 */
int net_server_listener_count(struct net_server *server, const char *event, size_t *out);

/**
 * The server listens: `net_server_address` tells where. Never inside the call of listen.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the server is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `server.on('listening')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_on_listening(struct net_server *server, net_server_fn func, void *user, net_drop_fn drop);

/**
 * As `net_server_on_listening`, for the next `listening` only: the listener is taken off before it runs. Node:
 * `server.once('listening')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_once_listening(struct net_server *server, net_server_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `listening` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is
 * none. Node: `server.off('listening')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_off_listening(struct net_server *server, net_server_fn func, void *user);

/**
 * A connection was accepted; its addresses are known. The socket is freed after its `close`, unless `net_socket_keep`
 * is called; without listeners it reads up to its high water mark, and closes itself when the peer ends.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the server is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `server.on('connection')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_on_connection(struct net_server *server, net_server_connection_fn func, void *user, net_drop_fn drop);

/**
 * As `net_server_on_connection`, for the next `connection` only: the listener is taken off before it runs. Node:
 * `server.once('connection')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_once_connection(struct net_server *server, net_server_connection_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `connection` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is
 * none. Node: `server.off('connection')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_off_connection(struct net_server *server, net_server_connection_fn func, void *user);

/**
 * The server has closed, and none of its accepted sockets is left undestroyed. It comes before the `close` of the last
 * of these sockets, as in Node.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the server is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `server.on('close')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_on_close(struct net_server *server, net_server_fn func, void *user, net_drop_fn drop);

/**
 * As `net_server_on_close`, for the next `close` only: the listener is taken off before it runs. Node:
 * `server.once('close')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_once_close(struct net_server *server, net_server_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `close` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `server.off('close')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_off_close(struct net_server *server, net_server_fn func, void *user);

/**
 * Listening failed. The server can listen again, from inside the listener too. Without a listener `net_loop_run`
 * returns the error.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the server is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `server.on('error')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_on_error(struct net_server *server, net_server_error_fn func, void *user, net_drop_fn drop);

/**
 * As `net_server_on_error`, for the next `error` only: the listener is taken off before it runs. Node:
 * `server.once('error')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_once_error(struct net_server *server, net_server_error_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `error` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `server.off('error')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_off_error(struct net_server *server, net_server_error_fn func, void *user);

/**
 * A connection was accepted and closed at once: there are as many as `net_server_set_max_connections` allows, or no
 * descriptor is left. In Node only the former; running out of descriptors does not make the server fail, it accepts
 * again when there are some.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the server is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `server.on('drop')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_on_drop(struct net_server *server, net_server_drop_fn func, void *user, net_drop_fn drop);

/**
 * As `net_server_on_drop`, for the next `drop` only: the listener is taken off before it runs. Node:
 * `server.once('drop')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_once_drop(struct net_server *server, net_server_drop_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `drop` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `server.off('drop')`.
 *
 * Thread: loop. @since 0.1
 */
int net_server_off_drop(struct net_server *server, net_server_drop_fn func, void *user);

/**
 * Makes a socket, which is not connected unless the options have a descriptor. `options` NULL: the defaults. Node:
 * `new net.Socket`.
 *
 * Returns NULL on failure, with the reason in `error` (which may be NULL): a bad loop, wrong thread, refused
 * options, a descriptor that is no stream (`NET_ERR_INVALID_FD_TYPE`), a bound socket that is adopted
 * (`NET_ERR_SOCKET_HANDLE_ADOPTED`), no memory. Free it with `net_socket_free`.
 *
 * Thread: loop. @since 0.1
 */
struct net_socket *net_socket_new(struct net_loop *loop, const struct net_socket_options *options, int *error);

/**
 * Makes a socket and connects it: `net_socket_new` and `net_socket_connect` in one. `socket_options` NULL: the
 * defaults. Node: `net.createConnection`.
 *
 * Returns NULL on failure, with the reason in `error` (which may be NULL); what goes wrong with the connection
 * itself comes as the socket's event `error`. Free it with `net_socket_free`.
 *
 * Thread: loop. @since 0.1
 */
struct net_socket *net_connect(struct net_loop *loop,
                               const struct net_connect_options *options,
                               const struct net_socket_options *socket_options,
                               int *error);

/**
 * Frees a socket. One that is open is destroyed: no event is emitted, pending completions are called with
 * `NET_ECANCELED`, owned bytes are released, then the drop functions run. The handle is dead at once, in its own
 * callbacks too.
 *
 * Free every socket that you made; an accepted one frees itself after `close`, unless `net_socket_keep` was called.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_free(struct net_socket *socket);

/**
 * Makes an accepted socket the program's own: it is not freed after `close`, but by `net_socket_free`. Others are so
 * from the beginning.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_keep(struct net_socket *socket);

/**
 * Moves a connected socket to the loop `to`, usually another thread's: `func` is called there with the new handle,
 * in one of the next turns of `to`, which it keeps alive until then. Node: a socket in the transfer list of
 * `postMessage`.
 *
 * The old handle is dead when the call returns: it tells no event any more, its drop functions run, its server
 * counts it no longer. Of what was set before, `allow_half_open`, no-delay, keep-alive, type of service and the high water
 * mark go along; listeners, data, timeout and unref do not. The new socket reads nothing before it is asked to
 * (a listener of `data` or `readable`, `net_socket_resume`, `net_socket_read`), so nothing is lost that the peer has
 * sent meanwhile. It is freed after its `close` as an accepted one, unless `net_socket_keep` is called.
 *
 * Refused with `NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE`, and the socket stays as it was, unless it is connected, and
 * nothing was read, written or ended yet: move it in its `connection` or `connect` listener. `NET_EBADF`: there is no loop
 * `to`. If `to` is freed before `func` was called, the connection is closed and only `drop` runs, once as always.
 *
 * `func` and, after it, `drop` run in the thread of `to`. Thread: loop. @since 0.1
 */
int net_socket_move(struct net_socket *socket,
                    struct net_loop *to,
                    net_socket_fn func,
                    void *user,
                    net_drop_fn drop);

/**
 * Connects. Node: `socket.connect(options)`.
 *
 * Events follow, never inside the call: `lookup` for names, `connectionAttempt`, then `connect` and `ready`, or
 * `error` and `close`. Writes are kept until then. A closed socket can connect again, from its own `close` listener
 * too; its listeners stay. One that is connected or connecting gets `error` (EISCONN, EALREADY) and is destroyed, as
 * in Node.
 *
 * Returns 0; `NET_ERR_MISSING_ARGS` for `options` NULL; `NET_ERR_INVALID_IP_ADDRESS` for a local address that is none;
 * `NET_ERR_OUT_OF_RANGE` for an attempt timeout that is too long; `NET_EINVAL` for options that cannot be.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_connect(struct net_socket *socket, const struct net_connect_options *options);

/**
 * Connects to a port of `host`, an address or a name (NUL-terminated; NULL: "localhost"). Node:
 * `socket.connect(port, host)`. See `net_socket_connect`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_connect_tcp(struct net_socket *socket, uint16_t port, const char *host);

/**
 * Connects to a local socket: a file's path, or on Linux an abstract name that begins with NUL. `path_len` is the
 * length in bytes, or `NET_CSTR`. Node: `socket.connect(path)`. See `net_socket_connect`.
 *
 * A path too long for the system gives the event `error`; it is never cut short. A NULL or empty path gives
 * `NET_EINVAL`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_connect_path(struct net_socket *socket, const char *path, size_t path_len);

/**
 * As `net_socket_connect_path` with a NUL-terminated path.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_connect_path_cstr(struct net_socket *socket, const char *path);

/**
 * Ends the socket's connection at once, whatever is unsent or unread. `error` NULL: without an error. Node:
 * `socket.destroy(error)`.
 *
 * Completions of waiting writes are called with `NET_ECANCELED`, then comes `close`; with an error first `error`,
 * with what was given. None of that comes inside the call. On a destroyed socket it does nothing.
 *
 * `error` is copied: begin with `NET_ERROR_INIT`, and set what you need. An error that came to a callback can be
 * passed on. Returns `NET_EINVAL` for one with values that mean nothing: a `kind` or `number` or `name` or `syscall`
 * that the library does not know, text that is no UTF-8.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_destroy(struct net_socket *socket, const struct net_error *error);

/**
 * Ends the writing side, and destroys the socket when all is written. Node: `socket.destroySoon`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_destroy_soon(struct net_socket *socket);

/**
 * Destroys the socket so that the peer gets ECONNRESET; while it is connecting, as soon as it is connected. A socket
 * that never was connected gets the event `error` with `NET_ERR_SOCKET_CLOSED`. Node: `socket.resetAndDestroy`;
 * which throws for a socket that is not TCP, where this returns `NET_ERR_INVALID_HANDLE_TYPE`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_reset_and_destroy(struct net_socket *socket);

/**
 * Lets the socket keep the loop alive while it is open, as it does from the beginning. Node: `socket.ref`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_ref(struct net_socket *socket);

/**
 * No longer lets the socket keep the loop alive. Node: `socket.unref`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_unref(struct net_socket *socket);

/**
 * The server that accepted the socket. Node: `socket.server`.
 *
 * NULL for a socket that was not accepted, if the server was freed, and on error.
 *
 * Thread: loop. @since 0.1
 */
struct net_server *net_socket_server(struct net_socket *socket);

/**
 * The loop of a socket; NULL on error.
 *
 * Thread: loop. @since 0.1
 */
struct net_loop *net_socket_loop(struct net_socket *socket);

/**
 * How many bytes the system holds of what the socket sends (SO_SNDBUF). Before connecting too, and then for every
 * connection. Systems count in their own way: Linux takes twice the number, within its limits. Node: `dgram` has it.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_set_send_buffer_size(struct net_socket *socket, uint32_t bytes);

/**
 * How many bytes the system holds of what the peer sends (SO_RCVBUF). See `net_socket_set_send_buffer_size`; the window
 * of a TCP connection is settled when it is made, so this is better said before connecting.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_set_receive_buffer_size(struct net_socket *socket, uint32_t bytes);

/**
 * What the system says of the buffer of what the socket sends, in `out`; of a socket that has none yet, what was set.
 *
 * Returns 1, or 0 and 0 in `out` if neither is known.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_send_buffer_size(struct net_socket *socket, uint32_t *out);

/**
 * The same of what the peer sends.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_receive_buffer_size(struct net_socket *socket, uint32_t *out);

/**
 * The descriptor of a connected or connecting socket in `out`, which stays the socket's. Node: `socket._handle.fd`.
 *
 * Returns 1, or 0 and -1 in `out` if there is none.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_fd(struct net_socket *socket, int *out);

/**
 * Keeps a pointer of the program's with the socket. The drop of the one before runs. `drop` runs when it is
 * replaced, at the end of the socket, and before this function returns an error.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_set_data(struct net_socket *socket, void *data, net_drop_fn drop);

/**
 * What `net_socket_set_data` keeps; NULL as it begins, and on error.
 *
 * Thread: loop. @since 0.1
 */
void *net_socket_data(struct net_socket *socket);

/**
 * How many listeners of `event` there are, in `out`; the name is NUL-terminated, as the functions
 * (`connection_attempt`) or as Node (`connectionAttempt`) spell it. Node: `socket.listenerCount`.
 *
 * Returns 0; `NET_EINVAL` for a name that is no event of sockets.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_listener_count(struct net_socket *socket, const char *event, size_t *out);

/**
 * Sets whether small writes are sent at once (TCP_NODELAY): 0 or 1. Before connecting it is remembered. Node:
 * `socket.setNoDelay`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_set_no_delay(struct net_socket *socket, int enable);

/**
 * Sets whether the system probes an idle connection: 0 or 1, and after how many milliseconds of idleness, taken in
 * whole seconds (0 leaves that as it is). Before connecting it is remembered. Node: `socket.setKeepAlive`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_set_keep_alive(struct net_socket *socket, int enable, uint64_t initial_delay_ms);

/**
 * As `net_socket_set_keep_alive`, and sets how the system probes: `interval_ms` milliseconds, taken in whole seconds,
 * are between two probes that are not answered, and `count` of them end the connection with `NET_ETIMEDOUT`. Node:
 * `socket.setKeepAlive(enable, initialDelay, interval, count)`; without these two it sets 1000 and 10, as
 * `net_socket_set_keep_alive` does.
 *
 * If one of the three is 0, all three are left as they are; so they are from the first that the system refuses (Linux
 * has at most 32767 seconds and 127 probes).
 *
 * Thread: loop. @since 0.1
 */
int net_socket_set_keep_alive_probes(struct net_socket *socket,
                                     int enable,
                                     uint64_t initial_delay_ms,
                                     uint64_t interval_ms,
                                     uint32_t count);

/**
 * Who is at the other end of a local socket, as the system saw it when the connection was made: to a server the
 * process that connected, to a client the one that listens. Node has nothing of the kind.
 *
 * Returns 1, or 0 if there is nothing to tell: over TCP, and unless the socket is connected.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_peer_credentials(struct net_socket *socket, struct net_peer_credentials *credentials);

/**
 * Sets the type of service or traffic class of the IP header: 0 to 255, else `NET_ERR_OUT_OF_RANGE`. Before
 * connecting it is remembered, and on a local socket that is all. Node: `socket.setTypeOfService`.
 *
 * From the call that connects until an attempt is under way the system has no socket yet: as in Node a new value gives
 * `NET_EBADF` then, but is remembered too. So does asking for it, below. The system may keep less than it was
 * told: on TCP the two low bits are its own.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_set_type_of_service(struct net_socket *socket, int tos);

/**
 * The type of service, 0 to 255: what the system has, or what is remembered if there is no connection. Node:
 * `socket.getTypeOfService`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_type_of_service(struct net_socket *socket);

/**
 * After `ms` milliseconds without anything read, written or connected the event `timeout` comes, once, and does
 * nothing more. 0 cancels. Node: `socket.setTimeout`.
 *
 * In Node more than 2147483647 counts as that; here it is what it says.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_set_timeout(struct net_socket *socket, uint64_t ms);

/**
 * What `net_socket_set_timeout` set, in `out`. Node: `socket.timeout`.
 *
 * Returns 1, or 0 and 0 in `out` if it was never set (Node: undefined).
 *
 * Thread: loop. @since 0.1
 */
int net_socket_timeout(struct net_socket *socket, uint64_t *out);

/**
 * The socket is connected; comes before any data.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('connect')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_connect(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_connect`, for the next `connect` only: the listener is taken off before it runs. Node:
 * `socket.once('connect')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_connect(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `connect` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is
 * none. Node: `socket.off('connect')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_connect(struct net_socket *socket, net_socket_fn func, void *user);

/**
 * The socket is ready to be used; comes right after `connect`.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('ready')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_ready(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_ready`, for the next `ready` only: the listener is taken off before it runs. Node:
 * `socket.once('ready')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_ready(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `ready` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `socket.off('ready')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_ready(struct net_socket *socket, net_socket_fn func, void *user);

/**
 * Data came. The first listener of it lets data flow, unless the socket was paused (see `net_socket_resume`). The
 * bytes are borrowed until the listener returns.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('data')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_data(struct net_socket *socket, net_socket_data_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_data`, for the next `data` only: the listener is taken off before it runs. Node:
 * `socket.once('data')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_data(struct net_socket *socket, net_socket_data_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `data` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `socket.off('data')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_data(struct net_socket *socket, net_socket_data_fn func, void *user);

/**
 * Data waits for `net_socket_read`, or the peer has ended. While there is a listener of this event data does not flow
 * to `data` listeners, as in Node.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('readable')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_readable(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_readable`, for the next `readable` only: the listener is taken off before it runs. Node:
 * `socket.once('readable')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_readable(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `readable` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is
 * none. Node: `socket.off('readable')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_readable(struct net_socket *socket, net_socket_fn func, void *user);

/**
 * The peer has ended, and all its data was told. Unless half-open is allowed, the socket then ends itself, one tick
 * later: a write here still goes out.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('end')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_end(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_end`, for the next `end` only: the listener is taken off before it runs. Node:
 * `socket.once('end')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_end(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `end` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `socket.off('end')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_end(struct net_socket *socket, net_socket_fn func, void *user);

/**
 * After a write that returned 0: all that waited has been sent, write on.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('drain')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_drain(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_drain`, for the next `drain` only: the listener is taken off before it runs. Node:
 * `socket.once('drain')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_drain(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `drain` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `socket.off('drain')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_drain(struct net_socket *socket, net_socket_fn func, void *user);

/**
 * After the end of the writing side: all was sent.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('finish')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_finish(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_finish`, for the next `finish` only: the listener is taken off before it runs. Node:
 * `socket.once('finish')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_finish(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `finish` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `socket.off('finish')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_finish(struct net_socket *socket, net_socket_fn func, void *user);

/**
 * Nothing happened for as long as `net_socket_set_timeout` said. It only tells: nothing is closed or stopped.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('timeout')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_timeout(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_timeout`, for the next `timeout` only: the listener is taken off before it runs. Node:
 * `socket.once('timeout')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_timeout(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `timeout` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is
 * none. Node: `socket.off('timeout')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_timeout(struct net_socket *socket, net_socket_fn func, void *user);

/**
 * Something failed. At most once in a connection's life, and `close` follows by itself. Without a listener
 * `net_loop_run` returns the error.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('error')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_error(struct net_socket *socket, net_socket_error_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_error`, for the next `error` only: the listener is taken off before it runs. Node:
 * `socket.once('error')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_error(struct net_socket *socket, net_socket_error_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `error` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `socket.off('error')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_error(struct net_socket *socket, net_socket_error_fn func, void *user);

/**
 * The socket is closed: the last of its events. An accepted socket is freed after it. `had_error` tells whether
 * `error` came before.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('close')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_close(struct net_socket *socket, net_socket_close_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_close`, for the next `close` only: the listener is taken off before it runs. Node:
 * `socket.once('close')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_close(struct net_socket *socket, net_socket_close_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `close` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `socket.off('close')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_close(struct net_socket *socket, net_socket_close_fn func, void *user);

/**
 * The socket was paused. On the next tick; Node emits it inside `pause`.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('pause')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_pause(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_pause`, for the next `pause` only: the listener is taken off before it runs. Node:
 * `socket.once('pause')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_pause(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `pause` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `socket.off('pause')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_pause(struct net_socket *socket, net_socket_fn func, void *user);

/**
 * The socket was resumed; on the next tick, before data flows.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('resume')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_resume(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_resume`, for the next `resume` only: the listener is taken off before it runs. Node:
 * `socket.once('resume')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_resume(struct net_socket *socket, net_socket_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `resume` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `socket.off('resume')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_resume(struct net_socket *socket, net_socket_fn func, void *user);

/**
 * A name was looked up while connecting: once for each address, or once with the error. Not for literal addresses.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('lookup')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_lookup(struct net_socket *socket, net_socket_lookup_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_lookup`, for the next `lookup` only: the listener is taken off before it runs. Node:
 * `socket.once('lookup')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_lookup(struct net_socket *socket, net_socket_lookup_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `lookup` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `socket.off('lookup')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_lookup(struct net_socket *socket, net_socket_lookup_fn func, void *user);

/**
 * A connection to one address is begun. On the next tick where Node emits it inside the call of connect.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node:
 * `socket.on('connectionAttempt')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_connection_attempt(struct net_socket *socket,
                                     net_socket_attempt_fn func,
                                     void *user,
                                     net_drop_fn drop);

/**
 * As `net_socket_on_connection_attempt`, for the next `connectionAttempt` only: the listener is taken off before it
 * runs. Node: `socket.once('connectionAttempt')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_connection_attempt(struct net_socket *socket,
                                       net_socket_attempt_fn func,
                                       void *user,
                                       net_drop_fn drop);

/**
 * Takes the newest listener of `connectionAttempt` with this `func` and `user` off; its drop runs. `NET_ENOENT` if
 * there is none. Node: `socket.off('connectionAttempt')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_connection_attempt(struct net_socket *socket, net_socket_attempt_fn func, void *user);

/**
 * The connection to one address failed; the next address is tried, if there is one.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node:
 * `socket.on('connectionAttemptFailed')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_connection_attempt_failed(struct net_socket *socket,
                                            net_socket_attempt_failed_fn func,
                                            void *user,
                                            net_drop_fn drop);

/**
 * As `net_socket_on_connection_attempt_failed`, for the next `connectionAttemptFailed` only: the listener is taken off
 * before it runs. Node: `socket.once('connectionAttemptFailed')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_connection_attempt_failed(struct net_socket *socket,
                                              net_socket_attempt_failed_fn func,
                                              void *user,
                                              net_drop_fn drop);

/**
 * Takes the newest listener of `connectionAttemptFailed` with this `func` and `user` off; its drop runs. `NET_ENOENT`
 * if there is none. Node: `socket.off('connectionAttemptFailed')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_connection_attempt_failed(struct net_socket *socket, net_socket_attempt_failed_fn func, void *user);

/**
 * The connection to an address got no answer in the time of an attempt, and is given up; the next address is tried
 * after the listeners, unless one of them has destroyed the socket.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node:
 * `socket.on('connectionAttemptTimeout')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_connection_attempt_timeout(struct net_socket *socket,
                                             net_socket_attempt_fn func,
                                             void *user,
                                             net_drop_fn drop);

/**
 * As `net_socket_on_connection_attempt_timeout`, for the next `connectionAttemptTimeout` only: the listener is taken
 * off before it runs. Node: `socket.once('connectionAttemptTimeout')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_connection_attempt_timeout(struct net_socket *socket,
                                               net_socket_attempt_fn func,
                                               void *user,
                                               net_drop_fn drop);

/**
 * Takes the newest listener of `connectionAttemptTimeout` with this `func` and `user` off; its drop runs.
 * `NET_ENOENT` if there is none. Node: `socket.off('connectionAttemptTimeout')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_connection_attempt_timeout(struct net_socket *socket, net_socket_attempt_fn func, void *user);

/**
 * Another socket is piped into this one. Comes on the next tick after `net_socket_pipe`; Node emits it inside the call.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('pipe')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_pipe(struct net_socket *socket, net_socket_pipe_fn func, void *user, net_drop_fn drop);

/**
 * As `net_socket_on_pipe`, for the next `pipe` only: the listener is taken off before it runs. Node:
 * `socket.once('pipe')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_pipe(struct net_socket *socket, net_socket_pipe_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `pipe` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `socket.off('pipe')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_pipe(struct net_socket *socket, net_socket_pipe_fn func, void *user);

/**
 * Another socket is no longer piped into this one: after `net_socket_unpipe` (on the next tick; Node emits it inside the
 * call), or because this socket finished, closed or failed. The source may have been freed before: then its
 * handle is dead, and only good to be compared.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('unpipe')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_unpipe(struct net_socket *socket,
                         net_socket_pipe_fn func,
                         void *user,
                         net_drop_fn drop);

/**
 * As `net_socket_on_unpipe`, for the next `unpipe` only: the listener is taken off before it runs. Node:
 * `socket.once('unpipe')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_unpipe(struct net_socket *socket, net_socket_pipe_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `unpipe` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 * Node: `socket.off('unpipe')`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_unpipe(struct net_socket *socket, net_socket_pipe_fn func, void *user);

/**
 * Another process has sent something over this local socket, which was made with the option `ipc`. It belongs to this
 * process now, and to the program that takes it while the event is told: by `net_socket_take_socket`,
 * `net_socket_take_server`, `net_socket_take_bound_socket` or `net_socket_take_fd`. What nobody has taken when the last
 * listener returns is closed.
 *
 * It comes before the bytes that it was sent with, and while the socket flows the next `data` has the first of them, perhaps
 * after others that were sent before. Where exactly it was sent is not known, so let the bytes say what it is for. Handles
 * come in the order in which they were sent, as the bytes do. None comes while the socket is paused by `net_socket_pause`, but
 * for those that came along with one that is told: the system keeps them until `net_socket_resume`, a `readable` listener or a
 * read.
 *
 * Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
 * runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `process.on('message')` with its
 * argument `sendHandle`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_on_handle(struct net_socket *socket,
                         net_socket_handle_fn func,
                         void *user,
                         net_drop_fn drop);

/**
 * As `net_socket_on_handle`, for the next `handle` only: the listener is taken off before it runs.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_once_handle(struct net_socket *socket, net_socket_handle_fn func, void *user, net_drop_fn drop);

/**
 * Takes the newest listener of `handle` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_off_handle(struct net_socket *socket, net_socket_handle_fn func, void *user);

/**
 * Writes bytes: they are sent at once as far as the system takes them, the rest is copied and sent later. Node:
 * `socket.write(data)`.
 *
 * Returns 1: go on; 0: wait for the event `drain` before writing more (nothing is lost if you do not). Both mean
 * that the write is accepted. That holds also for a socket that is ended, destroyed or was never connected: the call
 * returns 0, and the error comes later, as in Node. A negative number means that the call was refused: a bad handle,
 * wrong thread or bad argument; nothing comes later.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_write(struct net_socket *socket, const void *data, size_t len);

/**
 * As `net_socket_write`, and calls `func` once when the write is complete: with `error` NULL when the system has
 * taken all of it, or with the reason why that will never be. Node: `socket.write(data, callback)`.
 *
 * Completions come in the order of the writes, never inside the call. `drop` runs after that, and before this function
 * returns a negative number (`NET_EINVAL` if `func` is NULL); `func` is not called then.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_write_cb(struct net_socket *socket,
                        const void *data,
                        size_t len,
                        net_socket_error_fn func,
                        void *user,
                        net_drop_fn drop);

/**
 * Writes `count` pieces as one write: together if the system can, with one completion. `func` may be NULL. See
 * `net_socket_write_cb`. Node: writes between `cork` and `uncork`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_writev(struct net_socket *socket,
                      const struct net_buf *bufs,
                      size_t count,
                      net_socket_error_fn func,
                      void *user,
                      net_drop_fn drop);

/**
 * Writes bytes without copying them: they stay as they are until `release(data, len, release_user)` gives them back,
 * which it does exactly once, on every path, also before this function returns a negative number, and perhaps inside
 * the call. `func` may be NULL. See `net_socket_write_cb`. Node: `socket.write` of a Buffer.
 *
 * `NET_EINVAL` if `release` is NULL.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_write_owned(struct net_socket *socket,
                           const void *data,
                           size_t len,
                           net_release_fn release,
                           void *release_user,
                           net_socket_error_fn func,
                           void *user,
                           net_drop_fn drop);

/**
 * As `net_socket_write` with a NUL-terminated text; the NUL is not sent.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_write_cstr(struct net_socket *socket, const char *text);

/**
 * Ends the writing side: what was written is sent, then the peer is told that no more comes. `finish` follows, and
 * `close` when the peer has ended too. Node: `socket.end()`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_end(struct net_socket *socket);

/**
 * Writes `data`, which may be NULL for none, and ends the writing side; calls `func`, which may be NULL, once when
 * that is done: with `error` NULL, or with the reason why it will never be. Node: `socket.end(data, callback)`.
 *
 * `func` is not called inside the call. `drop` runs after that, and before this function returns a negative number.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_end_cb(struct net_socket *socket,
                      const void *data,
                      size_t len,
                      net_socket_error_fn func,
                      void *user,
                      net_drop_fn drop);

/**
 * Holds writes back until `net_socket_uncork` was called as often as this, then sends them together. Node:
 * `socket.cork`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_cork(struct net_socket *socket);

/**
 * Takes one `net_socket_cork` back. Without one it does nothing. Node: `socket.uncork`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_uncork(struct net_socket *socket);

/**
 * Stops the event `data` at once. The socket still reads until it holds its high water mark; one that is paused
 * before it is connected does not begin to read. The event `pause` comes on the next tick. Node: `socket.pause`,
 * which emits it inside the call.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_pause(struct net_socket *socket);

/**
 * Lets data flow, again or for the first time; without a listener of `data` it is thrown away. The first listener of
 * `data` does the same unless the socket was paused. Node: `socket.resume`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_resume(struct net_socket *socket);

/**
 * Whether the socket was paused by `net_socket_pause`: 1 or 0. Node: `socket.isPaused`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_is_paused(struct net_socket *socket);

/**
 * Takes exactly `n` bytes of what was read, or all that is left if the peer has ended. For a paused socket, or one
 * that never flowed; the event `readable` tells when to try. Node: `socket.read(n)`, which emits `data` inside the
 * call as well; this does not emit it.
 *
 * `buffer` has room for `n` bytes. Returns 1 and how many there are in `len`; 0 and 0 in `len` if there are not
 * enough (Node: null).
 *
 * Thread: loop. @since 0.1
 */
int net_socket_read(struct net_socket *socket, void *buffer, size_t n, size_t *len);

/**
 * Takes what was read, one piece of it as it came, and at most `capacity` bytes. Otherwise as `net_socket_read`. Node:
 * `socket.read()`.
 *
 * Returns 1 and how many there are in `len`; 0 and 0 in `len` if there is nothing.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_read_some(struct net_socket *socket, void *buffer, size_t capacity, size_t *len);

/**
 * Writes whatever `source` reads to `destination`, another socket of the same loop or `source` itself, no faster than
 * that takes it: when `destination` asks to wait for `drain`, `source` is paused. A source can have several
 * destinations; the slowest of them rules. If `end` is 1 and not 0, `destination` is ended when `source` has ended. An error of
 * one does not destroy the other. Node: `source.pipe(destination, { end })`.
 *
 * It ends by `net_socket_unpipe`, and when `destination` finishes, closes or fails. `destination` tells `pipe` on the next
 * tick. As long as nobody else listens for `data` or `readable` of `source`, a large stream may pass without being
 * copied through the program's memory.
 *
 * A destination of another loop is refused with `NET_EINVAL`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_pipe(struct net_socket *source,
                    struct net_socket *destination,
                    int end);

/**
 * Undoes the first `net_socket_pipe` from `source` to `destination`, or all from `source` if that is NULL. If none is left,
 * `source` is paused. Each destination tells `unpipe` on the next tick. Does nothing if there is no such pipe. Node:
 * `source.unpipe(destination)`.
 *
 * A destination of another loop is refused with `NET_EINVAL`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_unpipe(struct net_socket *source,
                      struct net_socket *destination);

/**
 * The local address: the same as `net_socket_local_address`. Node: `socket.address()`, which gives {} when absent.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_address(struct net_socket *socket, struct net_address *out);

/**
 * The local address. Node: `socket.localAddress`, `localPort`, `localFamily`.
 *
 * Returns 1 and fills `out`, or 0 if it is absent (Node: undefined): not connected, or a local socket; then the
 * family is 0. One that adopted a bound socket is where that was bound, before it connects too.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_local_address(struct net_socket *socket, struct net_address *out);

/**
 * The peer's address. Node: `socket.remoteAddress`, `remotePort`, `remoteFamily`.
 *
 * Returns 1 and fills `out`, or 0 if it is absent (Node: undefined): not connected, or a local socket; then the
 * family is 0. An address that was asked for once is still known after `close`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_remote_address(struct net_socket *socket, struct net_address *out);

/**
 * How many bytes were read, in `out`. Begins anew with each connect. Node: `socket.bytesRead`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_bytes_read(struct net_socket *socket, uint64_t *out);

/**
 * How many bytes were accepted for writing, those that still wait included, in `out`. Begins anew with each connect.
 * Node: `socket.bytesWritten`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_bytes_written(struct net_socket *socket, uint64_t *out);

/**
 * How many bytes wait to be written, in `out`. Node: `socket.bufferSize`.
 *
 * Returns 1, or 0 and 0 in `out` if the socket has no connection (Node: undefined).
 *
 * Thread: loop. @since 0.1
 */
int net_socket_buffer_size(struct net_socket *socket, size_t *out);

/**
 * How many bytes wait to be written, in `out`; a write that the system took in part counts whole. Node:
 * `socket.writableLength`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_writable_length(struct net_socket *socket, size_t *out);

/**
 * How many bytes were read and wait for the program, in `out`. Node: `socket.readableLength`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_readable_length(struct net_socket *socket, size_t *out);

/**
 * The number of waiting bytes at which `net_socket_write` returns 0, in `out`. Node: `socket.writableHighWaterMark`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_writable_high_water_mark(struct net_socket *socket, size_t *out);

/**
 * The number of unread bytes at which the socket stops reading, in `out`. Node: `socket.readableHighWaterMark`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_readable_high_water_mark(struct net_socket *socket, size_t *out);

/**
 * Whether a write returned 0 and `drain` has not come yet: 1 or 0. Node: `socket.writableNeedDrain`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_writable_need_drain(struct net_socket *socket);

/**
 * How many `net_socket_cork` wait for their `net_socket_uncork`, in `out`. Node: `socket.writableCorked`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_writable_corked(struct net_socket *socket, size_t *out);

/**
 * Whether the socket is connecting, its lookup included: 1 or 0. Already 0 in `connect` and in the `error` of a failed
 * connect. Node: `socket.connecting`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_connecting(struct net_socket *socket);

/**
 * Whether the socket is not connected yet, or no longer: 1 or 0. Node: `socket.pending`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_pending(struct net_socket *socket);

/**
 * Whether the socket is destroyed, by the program or by itself: 1 or 0. Node: `socket.destroyed`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_destroyed(struct net_socket *socket);

/**
 * Whether `close` was emitted: 1 or 0. Node: `socket.closed`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_closed(struct net_socket *socket);

/**
 * Whether data can still come from the socket: 1 or 0. Node: `socket.readable`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_readable(struct net_socket *socket);

/**
 * Whether the socket can still be written to: 1 or 0. Node: `socket.writable`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_writable(struct net_socket *socket);

/**
 * Whether `end` was emitted: 1 or 0. Node: `socket.readableEnded`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_readable_ended(struct net_socket *socket);

/**
 * Whether the writing side was ended, sent or not: 1 or 0. Node: `socket.writableEnded`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_writable_ended(struct net_socket *socket);

/**
 * Whether all was sent after the end of the writing side, just before `finish`: 1 or 0. Node:
 * `socket.writableFinished`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_writable_finished(struct net_socket *socket);

/**
 * Whether data flows to the event `data`, in `out`: 1; 0: it was stopped; -1: nobody has said yet (Node: null). Node:
 * `socket.readableFlowing`.
 *
 * Returns 0.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_readable_flowing(struct net_socket *socket, int *out);

/**
 * The state of the connection: a `NET_READY_` value. Node: `socket.readyState`, a text: see `net_ready_state_name`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_ready_state(struct net_socket *socket);

/**
 * Node's name of a `NET_READY_` value: "opening", "open", "readOnly", "writeOnly" or "closed"; "unknown" for others.
 *
 * Returns a static text. Thread: any. @since 0.1
 */
const char *net_ready_state_name(int state);

/**
 * The error that made the socket close. Node: `socket.errored`.
 *
 * Returns 1 and the error in `out`, or 0 and NULL if there was none. It is valid until this function is called again
 * on the same loop, or the loop is freed; the caller does not free it.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_errored(struct net_socket *socket, const struct net_error **out);

/**
 * Whether the socket stays open when its peer ends: 1 or 0. Node: `socket.allowHalfOpen`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_allow_half_open(struct net_socket *socket);

/**
 * Sets whether the socket stays open when its peer ends: 0 or 1. Node: setting `socket.allowHalfOpen`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_set_allow_half_open(struct net_socket *socket, int enable);

/**
 * How many addresses the last connect has tried, in `count`. Node: `socket.autoSelectFamilyAttemptedAddresses.length`.
 *
 * Returns 1, or 0 and 0 in `count` if it did not choose between several (Node: undefined).
 *
 * Thread: loop. @since 0.1
 */
int net_socket_attempted_addresses(struct net_socket *socket, size_t *count);

/**
 * One of the addresses that the last connect has tried, counted from 0. Node:
 * `socket.autoSelectFamilyAttemptedAddresses[i]`.
 *
 * Returns 1 and fills `out`, 0 if it did not choose between several, or `NET_ERR_OUT_OF_RANGE` if there are not so
 * many.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_attempted_address(struct net_socket *socket, size_t index, struct net_address *out);

/**
 * Sends the connection of `socket` to the process at the other end of `ipc`, with `len` bytes, at least one: a write like
 * any other (see `net_socket_write_cb`), in order with those before and after it, which says by its bytes what the other is to
 * make of it. `func` may be NULL. Node: `subprocess.send(message, socket, { keepOpen }, callback)`.
 *
 * `ipc` is a local socket that was made with the option `ipc`; `socket` belongs to the same loop. With `keep_open` 0 the
 * connection leaves `socket`, which is destroyed as by `net_socket_destroy`: `close` follows, its server counts it no longer,
 * and its peer notices nothing. In Node the socket without a connection stays and tells nothing. What was read and not told,
 * or written and not with the system, would be lost: then, and unless it is connected, it is refused with
 * `NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE`, and stays as it was. With 1 both processes have the connection: an end by one
 * of them is the end for both, and the peer sees it closed when both have closed it. Should the write fail, a connection that
 * has left is closed.
 *
 * A user has only so many descriptors on their way between processes, unless he is root: `RLIMIT_NOFILE` of the sender,
 * counted over all of his sockets. One that would be too many waits, with all that is written behind it, until others have
 * arrived.
 *
 * Returns 1: go on, or 0: wait for `drain` before sending more, as `net_socket_write`; on an `ipc` that is ended or destroyed 0,
 * with the error to follow, and `socket` stays as it was. `NET_EINVAL` if `ipc` cannot send handles, if there are no bytes, if
 * the sockets belong to different loops, or for `ipc` itself with `keep_open` 0; `NET_EMFILE`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_send_socket(struct net_socket *ipc,
                           const void *data,
                           size_t len,
                           struct net_socket *socket,
                           int keep_open,
                           net_socket_error_fn func,
                           void *user,
                           net_drop_fn drop);

/**
 * As `net_socket_send_socket`, for a server that listens. It listens on here too, as in Node: both processes accept, and
 * each connection comes to one of them. The path of a local one is removed when it closes here. Node:
 * `subprocess.send(message, server, callback)`.
 *
 * `NET_ERR_SERVER_NOT_RUNNING` if it does not listen.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_send_server(struct net_socket *ipc,
                           const void *data,
                           size_t len,
                           struct net_server *server,
                           net_socket_error_fn func,
                           void *user,
                           net_drop_fn drop);

/**
 * As `net_socket_send_socket`, for a bound socket, which stays bound here too: whoever gets it may listen on it while this
 * process accepts nothing. `NET_ERR_SOCKET_HANDLE_ADOPTED`.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_send_bound_socket(struct net_socket *ipc,
                                 const void *data,
                                 size_t len,
                                 struct net_bound_socket *bound,
                                 net_socket_error_fn func,
                                 void *user,
                                 net_drop_fn drop);

/**
 * As `net_socket_send_socket`, for any descriptor of the program's, which keeps it. It may be closed when the call has
 * returned. `NET_EBADF` if it is none.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_send_fd(struct net_socket *ipc,
                       const void *data,
                       size_t len,
                       int fd,
                       net_socket_error_fn func,
                       void *user,
                       net_drop_fn drop);

/**
 * Takes the connection whose event `handle` is being told on `ipc`, as a socket of its loop: it reads at once, as one that
 * was accepted, and like one it is freed after its `close`, unless `net_socket_keep` is called. `options` NULL: the defaults;
 * `fd` and `handle` have to be unset. Node: the `sendHandle` of `message`.
 *
 * Returns NULL on failure, with the reason in `error` (which may be NULL): `NET_ENOENT` if none is told, or it is taken
 * already; `NET_ERR_INVALID_HANDLE_TYPE` for another kind, which may then still be taken as what it is.
 *
 * Thread: loop. @since 0.1
 */
struct net_socket *net_socket_take_socket(struct net_socket *ipc,
                                          const struct net_socket_options *options,
                                          int *error);

/**
 * Takes the server whose event `handle` is being told on `ipc`, as a server of its loop that listens: `listening` follows. A
 * bound socket becomes one too. `options` NULL: the defaults. Free it with `net_server_free`. Node: the `sendHandle` of
 * `message`.
 *
 * Returns NULL on failure, with the reason in `error`, as `net_socket_take_socket`.
 *
 * Thread: loop. @since 0.1
 */
struct net_server *net_socket_take_server(struct net_socket *ipc,
                                          const struct net_server_options *options,
                                          int *error);

/**
 * Takes the bound socket whose event `handle` is being told on `ipc`. Free it with `net_bound_socket_free`; a path is the
 * sender's to remove.
 *
 * Returns NULL on failure, with the reason in `error`, as `net_socket_take_socket`.
 *
 * Thread: loop. @since 0.1
 */
struct net_bound_socket *net_socket_take_bound_socket(struct net_socket *ipc,
                                                      int *error);

/**
 * Takes whatever it is whose event `handle` is being told on `ipc`, as a descriptor in `fd`: the program closes it. It is
 * closed when another program is executed.
 *
 * Returns 0; `NET_ENOENT` if none is told, or it is taken already.
 *
 * Thread: loop. @since 0.1
 */
int net_socket_take_fd(struct net_socket *ipc,
                       int *fd);

/**
 * Makes a local socket that is connected to `fd`, for a process that is about to be started by `posix_spawn` or by
 * `fork` and `exec`. (A child that only forks has copies of the loops of its parent, and must not touch them, but may make its
 * own.) The descriptor is the
 * program's: give it to the child, which makes a socket of it by `net_socket_options.fd`, and close it here, so that the end
 * of the child is the end of the connection. It blocks, and is closed when another program is executed, unless it is
 * duplicated for that (`dup2`, `posix_spawn_file_actions_adddup2`). `options` NULL: the defaults; `ipc` 1 if handles are to be
 * sent, `fd` and `handle` have to be unset. Node: what `child_process.fork` makes.
 *
 * Returns NULL on failure, with the reason in `error` (which may be NULL). Free it with `net_socket_free`.
 *
 * Thread: loop. @since 0.1
 */
struct net_socket *net_socket_pair(struct net_loop *loop,
                                   const struct net_socket_options *options,
                                   int *fd,
                                   int *error);

/**
 * Answers a lookup with `count` addresses, at least one; where only one was asked for, the first is used. Node: the
 * callback of `lookup` without an error.
 *
 * Of each address `family` (4 or 6), `address_len` (0: up to the NUL) and the text are looked at. What is wrong with
 * them the socket tells by its event `error`, unless another of the addresses can be tried:
 * `NET_ERR_INVALID_IP_ADDRESS` for a text that is no IP address, `NET_ERR_INVALID_ADDRESS_FAMILY` for another
 * family.
 *
 * Returns 0, or `NET_EBADF` if nobody waits for the answer any more; what comes too late from another thread may
 * also be taken and thrown away. With `NET_EINVAL` (no address, a size that is not `sizeof(net_address)`) the lookup
 * still waits.
 *
 * Thread: any. @since 0.1
 */
int net_lookup_answer(struct net_lookup *request, const struct net_address *addresses, size_t count);

/**
 * Answers a lookup with an error, which the socket's events `lookup` and `error` tell; begin with `NET_ERROR_INIT`,
 * and set at least `message` and `code` or `number` (`NET_ENOTFOUND`). Node: the callback of `lookup` with an error.
 *
 * Returns as `net_lookup_answer`. With `NET_EINVAL` (NULL, an error with values that mean nothing) the lookup still
 * waits.
 *
 * Thread: any. @since 0.1
 */
int net_lookup_fail(struct net_lookup *request, const struct net_error *error);

/**
 * Makes a group and starts its threads. `options` NULL: the defaults, as many loops as the machine can run at a time. Node:
 * `cluster.fork`, once for each core.
 *
 * Returns NULL on failure, with the reason in `error` (which may be NULL): `NET_EINVAL` for options that cannot be,
 * `NET_ENOMEM` without memory or descriptors, `NET_EAGAIN` without threads. Free it with `net_loop_group_free`.
 *
 * Thread: any. @since 0.1
 */
struct net_loop_group *net_loop_group_new(const struct net_loop_group_options *options,
                                          int *error);

/**
 * Ends a group: each thread leaves its loop after the callback that runs now, calls `on_stop` and frees the loop with all
 * that is in it, as `net_loop_free` does. Returns when all threads have ended. To let connections come to their end first,
 * call `net_loop_group_close` and `net_loop_group_wait` before.
 *
 * Returns 0, or `NET_EBUSY` in one of the group's own threads.
 *
 * Thread: any. @since 0.1
 */
int net_loop_group_free(struct net_loop_group *group);

/**
 * Ends a group gracefully: all servers of its loops close, and each thread ends when its loop has nothing left to wait for:
 * when the last connection has been closed, and the last timer has come. Does not wait for that, see
 * `net_loop_group_wait`. Node: `cluster.disconnect`.
 *
 * Returns 0, the second time too.
 *
 * Thread: any. @since 0.1
 */
int net_loop_group_close(struct net_loop_group *group);

/**
 * Waits until all threads of a group have ended, but no longer than `timeout_ms`; a negative one waits as long as
 * needed. The group is still to be freed then.
 *
 * Returns 0; `NET_ETIMEDOUT` if the time was over first; the number of an `error` event that had no listener, if that
 * has ended the group (see `on_error` of `net_loop_group_options`); `NET_EBUSY` in one of the group's own threads.
 *
 * Thread: any. @since 0.1
 */
int net_loop_group_wait(struct net_loop_group *group, int64_t timeout_ms);

/**
 * How many loops a group has, in `out`.
 *
 * Thread: any. @since 0.1
 */
int net_loop_group_size(struct net_loop_group *group, size_t *out);

/**
 * One of the loops of a group, for `net_loop_post` and `net_socket_move`; `index` counts from 0. It belongs to its thread,
 * and is freed with the group. NULL on error.
 *
 * Thread: any. @since 0.1
 */
struct net_loop *net_loop_group_loop(struct net_loop_group *group,
                                     size_t index);

/**
 * Listens on all loops of a group: `func` is called with each connection, in the loop that has it. Node: `server.listen` in
 * each worker of a cluster.
 *
 * `server_options` and `options` are as for `net_server_new` and `net_server_listen`, and may be NULL; `share` is a
 * `NET_SHARE_` value. The address is bound and connections come from the moment of this call; all loops have the same address, also
 * where the port was 0: it comes in `bound`, which may be NULL. A host name is looked up inside the call, which waits for it;
 * a lookup of the program's own is refused (`NET_EINVAL`). Each loop has a server of its own, which `func` is given, freed with the
 * loop; a limit of connections set for it concerns that loop. One that is closed leaves the others to serve.
 *
 * `drop` runs once, when the last of these servers is gone, in whichever thread that is.
 *
 * Returns 0, or what is wrong with the address: `NET_EADDRINUSE`, `NET_EACCES`, `NET_ENOTFOUND` and so on, and then no
 * loop listens; `NET_EINVAL` for options that cannot be; `NET_ECANCELED` if the group closes or has failed.
 *
 * Thread: any. @since 0.1
 */
int net_loop_group_listen(struct net_loop_group *group,
                          const struct net_server_options *server_options,
                          const struct net_listen_options *options,
                          int share,
                          struct net_address *bound,
                          net_server_connection_fn func,
                          void *user,
                          net_drop_fn drop);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* NODENET_H */
