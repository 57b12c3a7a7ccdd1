// Timers.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_TIMER_HPP
#define NODENET_TIMER_HPP

#include "loop.hpp"

#include <chrono>

namespace nodenet {

namespace detail {
template <class F> struct TimerEnter { static void call(net_timer *timer, void *user) noexcept; };
} // namespace detail

/// What Timer and TimerRef can do.
class TimerBase : public Handle<net_timer> {
  public:
    /// Calls `func(TimerRef)` or `func()` once, after `delay`.
    template <class F> Error start(std::chrono::milliseconds delay, F &&func) const {
        return start(delay, std::chrono::milliseconds(0), std::forward<F>(func));
    }
    /// And then every `repeat`.
    template <class F> Error start(std::chrono::milliseconds delay, std::chrono::milliseconds repeat, F &&func) const {
        using Func = std::decay_t<F>;
        return Error(net_timer_start(native_, detail::milliseconds(delay), detail::milliseconds(repeat),
                                     &detail::TimerEnter<Func>::call, detail::hold(std::forward<F>(func)),
                                     detail::drop_of<F>));
    }
    Error stop() const noexcept { return Error(net_timer_stop(native_)); }
    bool active() const noexcept { return net_timer_active(native_) == 1; }
    Error ref() const noexcept { return Error(net_timer_ref(native_)); }
    Error unref() const noexcept { return Error(net_timer_unref(native_)); }
    LoopRef loop() const noexcept { return LoopRef(net_timer_loop(native_)); }

  protected:
    using Handle::Handle;
};

/// The name of a timer.
class TimerRef final : public TimerBase {
  public:
    explicit TimerRef(net_timer *native = nullptr) noexcept : TimerBase(native) {}
    TimerRef(const TimerBase &timer) noexcept : TimerBase(timer) {}
};

/// A timer, stopped and freed when this ends.
class Timer final : public detail::Owned<TimerBase, net_timer_free> {
  public:
    /// NULL if the loop is refused.
    explicit Timer(LoopRef loop) noexcept : Owned(net_timer_new(loop.native())) {}
    using Owned::Owned;
};

template <class F> void detail::TimerEnter<F>::call(net_timer *timer, void *user) noexcept {
    Held<F>::run(user, TimerRef(timer));
}

} // namespace nodenet

#endif
