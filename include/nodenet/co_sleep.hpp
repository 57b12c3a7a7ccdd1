// co_await co::sleep(loop, 10ms).
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_CO_SLEEP_HPP
#define NODENET_CO_SLEEP_HPP

#include "awaiting.hpp"
#include "timer.hpp"

#include <chrono>

namespace nodenet {
namespace co {
namespace detail {

class Alarm final : public Source {
  public:
    using Source::Source;
    bool rung() const noexcept { return rung_; }
    int start(net_timer *timer, std::chrono::milliseconds time) {
        return net_timer_start(timer, nodenet::detail::milliseconds(time), 0, &Alarm::ring, held_by_library(),
                               &Source::drop);
    }

  private:
    static void ring(net_timer *timer, void *user) noexcept {
        auto &alarm = static_cast<Alarm &>(of(timer, user));
        alarm.rung_ = true;
        alarm.check();
    }

    bool rung_ = false;
};

class Sleep final : public Operation<Alarm> {
  public:
    Sleep(LoopRef loop, std::chrono::milliseconds time)
        : Operation(std::make_shared<Alarm>(loop.native())), timer_(loop), time_(time) {}

    bool ready() override { return source_->rung() || source_->gone(); }
    bool await_ready() {
        status_ = source_->start(timer_.native(), time_);
        return status_ < 0;
    }
    Error await_resume() const noexcept {
        return status_ < 0 ? Error(status_) : source_->rung() ? Error() : Error(Errc::canceled);
    }

  private:
    Timer timer_;
    std::chrono::milliseconds time_;
    int status_ = NET_OK;
};

} // namespace detail

/// Waits that long.
inline detail::Sleep sleep(LoopRef loop, std::chrono::milliseconds time) { return detail::Sleep(loop, time); }

} // namespace co
} // namespace nodenet

#endif
