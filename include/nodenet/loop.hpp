// The loop.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_LOOP_HPP
#define NODENET_LOOP_HPP

#include "handle.hpp"

#include <chrono>
#include <cstdint>

namespace nodenet {

class LoopRef;

namespace detail {
template <class F> struct LoopEnter { static void call(net_loop *loop, void *user) noexcept; };
template <class F> struct TraceEnter { static void call(net_loop *loop, const net_trace *trace, void *user) noexcept; };
} // namespace detail

/// Figures of a loop: net_loop_metrics.
struct LoopMetrics {
    std::uint64_t turns = 0;
    std::uint64_t events = 0;
    std::uint64_t handles = 0;
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_written = 0;
};

/// What Loop and LoopRef can do.
class LoopBase : public Handle<net_loop> {
  public:
    /// Until nothing is left to wait for, or stop. An Error is that of an `error` event which nobody listened for;
    /// running again goes on. Throws what a callback threw.
    [[nodiscard]] Error run() const {
        return turn([this] { return net_loop_run(native_); });
    }
    /// One turn that waits for the first event as long as this.
    [[nodiscard]] Error poll(std::chrono::milliseconds timeout) const {
        return turn([&] { return net_loop_poll(native_, static_cast<std::int64_t>(detail::milliseconds(timeout))); });
    }
    /// One turn that waits for the first event as long as needed.
    [[nodiscard]] Error poll() const {
        return turn([this] { return net_loop_poll(native_, -1); });
    }
    [[nodiscard]] Error run_deferred() const {
        return turn([this] { return net_loop_run_deferred(native_); });
    }
    /// From any thread, and from a signal handler.
    void stop() const noexcept { net_loop_stop(native_); }

    /// Calls `func(LoopRef)` or `func()` in the loop's thread. From any thread.
    template <class F> Error post(F &&func) const {
        using Func = std::decay_t<F>;
        return Error(net_loop_post(native_, &detail::LoopEnter<Func>::call, detail::hold(std::forward<F>(func)),
                                   detail::drop_of<F>));
    }
    /// `func` may not call the library, nor throw.
    template <class F> Error set_wake_hook(F &&func) const {
        using Func = std::decay_t<F>;
        return Error(net_loop_set_wake_hook(native_, &detail::LoopEnter<Func>::call,
                                            detail::hold(std::forward<F>(func)), detail::drop_of<F>));
    }
    Error clear_wake_hook() const noexcept { return Error(net_loop_set_wake_hook(native_, nullptr, nullptr, nullptr)); }

    /// Has `func(LoopRef, const Trace &)`, or one with fewer arguments, told of all that happens in the loop: see
    /// trace.hpp.
    template <class F> Error set_trace(F &&func) const {
        using Func = std::decay_t<F>;
        return Error(net_loop_set_trace(native_, &detail::TraceEnter<Func>::call, detail::hold(std::forward<F>(func)),
                                        detail::drop_of<F>));
    }
    Error clear_trace() const noexcept { return Error(net_loop_set_trace(native_, nullptr, nullptr, nullptr)); }

    Result<int> fd() const noexcept {
        const int fd = net_loop_fd(native_);
        return fd < 0 ? Result<int>(Error(fd)) : Result<int>(fd);
    }
    /// How long until the next turn is due: 0 is now, -1 ms never, as epoll_wait takes it. A dead loop says now, and
    /// poll then tells why.
    std::chrono::milliseconds timeout() const noexcept {
        const std::int64_t timeout = net_loop_timeout(native_);
        return std::chrono::milliseconds(timeout < -1 ? 0 : timeout);
    }
    /// Whether there is something left to wait for.
    bool alive() const noexcept { return net_loop_alive(native_) == 1; }
    /// Whether the writes of a callback beyond the first go out together when it returns.
    Error set_gather_writes(bool enable) const noexcept { return Error(net_loop_set_gather_writes(native_, enable)); }
    bool gather_writes() const noexcept { return net_loop_gather_writes(native_) == 1; }
    /// The error for which run, poll or run_deferred returned.
    Error error() const { return Error(net_loop_error(native_)); }
    Error detach() const noexcept { return Error(net_loop_detach(native_)); }
    Error attach() const noexcept { return Error(net_loop_attach(native_)); }
    std::chrono::milliseconds now() const noexcept { return std::chrono::milliseconds(net_loop_now(native_)); }
    LoopMetrics metrics() const noexcept {
        net_loop_metrics raw = NET_LOOP_METRICS_INIT;
        net_loop_get_metrics(native_, &raw);
        return {raw.turns, raw.events, raw.handles, raw.bytes_read, raw.bytes_written};
    }

  protected:
    using Handle::Handle;

  private:
    template <class Call> Error turn(Call &&call) const {
        detail::Frame frame(native_);
        const int status = call();
        frame.rethrow();
        if (status >= 0) {
            return {};
        }
        const net_error *unheard = net_loop_error(native_);
        return unheard && unheard->number == status ? Error(unheard) : Error(status);
    }
};

/// The name of a loop.
class LoopRef final : public LoopBase {
  public:
    explicit LoopRef(net_loop *native = nullptr) noexcept : LoopBase(native) {}
    LoopRef(const LoopBase &loop) noexcept : LoopBase(loop) {}
};

/// A loop, freed with all that is in it when this ends: in its own thread, and last of all, for what it frees it frees
/// before the objects that still name it.
class Loop final : public detail::Owned<LoopBase, net_loop_free> {
  public:
    /// NULL without memory or descriptors.
    Loop() noexcept : Owned(net_loop_new()) {}
    using Owned::Owned;
};

/// The calling thread's own loop, made at the first call. To free it: Loop(default_loop().native()).
inline LoopRef default_loop() noexcept { return LoopRef(net_loop_default()); }

template <class F> void detail::LoopEnter<F>::call(net_loop *loop, void *user) noexcept {
    Held<F>::run(user, LoopRef(loop));
}

} // namespace nodenet

#endif
