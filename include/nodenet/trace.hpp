// What happens in a loop, told to a function: net_loop_set_trace.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_TRACE_HPP
#define NODENET_TRACE_HPP

#include "callback.hpp"
#include "error.hpp"
#include "loop.hpp"
#include "server.hpp"
#include "socket.hpp"

#include <cstdint>
#include <string_view>

namespace nodenet {

/// What happened.
enum class TraceKind : std::int32_t {
    connect = NET_TRACE_CONNECT,
    lookup = NET_TRACE_LOOKUP,
    attempt = NET_TRACE_ATTEMPT,
    attempt_failed = NET_TRACE_ATTEMPT_FAILED,
    connected = NET_TRACE_CONNECTED,
    read_start = NET_TRACE_READ_START,
    read_stop = NET_TRACE_READ_STOP,
    read = NET_TRACE_READ,
    read_end = NET_TRACE_READ_END,
    write = NET_TRACE_WRITE,
    end = NET_TRACE_END,
    timeout = NET_TRACE_TIMEOUT,
    destroy = NET_TRACE_DESTROY,
    close = NET_TRACE_CLOSE,
    listen = NET_TRACE_LISTEN,
    accept = NET_TRACE_ACCEPT,
    drop = NET_TRACE_DROP,
    server_close = NET_TRACE_SERVER_CLOSE,
};

/// One thing that happened in a loop: net_trace.
struct Trace {
    explicit Trace(const net_trace &raw) noexcept
        : kind(static_cast<TraceKind>(raw.kind)), error(static_cast<Errc>(raw.error)), socket(raw.socket),
          server(raw.server), bytes(raw.bytes), text(raw.text) {}
    TraceKind kind;
    /// Errc::ok if nothing went wrong.
    Errc error;
    /// To whom it happened; NULL for who has nothing to do with it.
    SocketRef socket;
    ServerRef server;
    /// How many were read or written.
    std::uint64_t bytes;
    /// All of it in a line; lives until the function returns.
    std::string_view text;
};

template <class F> void detail::TraceEnter<F>::call(net_loop *loop, const net_trace *trace, void *user) noexcept {
    Held<F>::run(user, LoopRef(loop), Trace(*trace));
}

} // namespace nodenet

#endif
