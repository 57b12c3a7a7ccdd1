// The border: how callables of the program are handed to C, and what happens to exceptions there.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_CALLBACK_HPP
#define NODENET_CALLBACK_HPP

#include "error.hpp"

#include <atomic>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace nodenet {
namespace detail {

/// One call into the library that may run callbacks. What escapes from one of them waits here until the library has
/// returned. The innermost of a thread is the one that counts.
class Frame {
  public:
    /// The loop, if there is one, is stopped when something escapes.
    explicit Frame(net_loop *loop) noexcept : loop_(loop), outer_(std::exchange(innermost(), this)) {}
    ~Frame() { innermost() = outer_; }
    Frame(const Frame &) = delete;
    Frame &operator=(const Frame &) = delete;

    void rethrow() {
        if (escaped_) {
            std::rethrow_exception(std::exchange(escaped_, nullptr));
        }
    }

    /// Inside a catch block.
    static void caught() noexcept {
        Frame *frame = innermost();
        if (!frame) {
            std::terminate();
        }
        if (!frame->escaped_) {
            frame->escaped_ = std::current_exception();
            net_loop_stop(frame->loop_);
            return;
        }
        // A second one before the loop could stop, as of two listeners of one event: the next run throws it.
        auto *second = new std::exception_ptr(std::current_exception());
        net_loop_post(frame->loop_, &Frame::throw_again, second,
                      [](void *user) noexcept { delete static_cast<std::exception_ptr *>(user); });
    }

  private:
    static void throw_again(net_loop *loop, void *user) noexcept;
    static Frame *&innermost() noexcept {
        static thread_local Frame *frame = nullptr;
        return frame;
    }

    net_loop *loop_;
    Frame *outer_;
    std::exception_ptr escaped_;
};

/// Runs what the program gave; nothing leaves it.
template <class Call> void at_the_border(Call &&call) noexcept {
#if defined(__cpp_exceptions)
    try {
        call();
    } catch (...) {
        Frame::caught();
    }
#else
    call();
#endif
}

inline void Frame::throw_again(net_loop *, void *user) noexcept {
    at_the_border([user] { std::rethrow_exception(*static_cast<std::exception_ptr *>(user)); });
}

/// A call that may ask a lookup of the program inside: what that throws comes out of this.
template <class Call> Error asking(Call &&call) {
    Frame frame(nullptr);
    const int status = call();
    frame.rethrow();
    return Error(status);
}

template <class> inline constexpr bool never = false;

/// With all arguments, all but the handle, or none.
template <class F, class Handle, class... Args> void call_with(F &func, Handle handle, const Args &...args) {
    if constexpr (std::is_invocable_v<F &, Handle, const Args &...>) {
        std::invoke(func, handle, args...);
    } else if constexpr (std::is_invocable_v<F &, const Args &...>) {
        std::invoke(func, args...);
    } else if constexpr (std::is_invocable_v<F &>) {
        std::invoke(func);
    } else {
        static_assert(never<F>, "a callback takes the event's arguments, those but the handle, or none");
    }
}

/// The same for a callable that may return whether to go on.
template <class F, class Handle, class... Args> bool goes_on(F &func, Handle handle, const Args &...args) {
    bool answer = true;
    const auto call = [&](auto &&...given) {
        if constexpr (std::is_void_v<std::invoke_result_t<F &, decltype(given)...>>) {
            std::invoke(func, given...);
        } else {
            answer = std::invoke(func, given...);
        }
    };
    if constexpr (std::is_invocable_v<F &, Handle, const Args &...>) {
        call(handle, args...);
    } else if constexpr (std::is_invocable_v<F &, const Args &...>) {
        call(args...);
    } else if constexpr (std::is_invocable_v<F &>) {
        call();
    } else {
        static_assert(never<F>, "a callback takes the event's arguments, those but the handle, or none");
    }
    return answer;
}

/// A callable that the library holds, and perhaps a Listener too: the callable goes when the library lets go, the
/// memory when both have, so that the address cannot be that of another one while a Listener names it.
class HeldBase {
  public:
    explicit HeldBase(unsigned owners) noexcept : owners_(owners) {}
    virtual ~HeldBase() = default;
    HeldBase(const HeldBase &) = delete;
    HeldBase &operator=(const HeldBase &) = delete;

    void share() noexcept { owners_.fetch_add(1, std::memory_order_relaxed); }
    void let_go() noexcept {
        if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }
    bool dropped() const noexcept { return dropped_.load(std::memory_order_acquire); }

  protected:
    std::atomic<bool> dropped_{false};

  private:
    std::atomic<unsigned> owners_;
};

template <class F> class Held final : public HeldBase {
  public:
    template <class From>
    Held(unsigned owners, From &&from) : HeldBase(owners), func_(std::in_place, std::forward<From>(from)) {}

    template <class Handle, class... Args> static void run(void *user, Handle handle, const Args &...args) noexcept {
        at_the_border([&] { call_with(*static_cast<Held *>(user)->func_, handle, args...); });
    }

    /// A net_drop_fn.
    static void drop(void *user) noexcept {
        auto *held = static_cast<Held *>(user);
        held->dropped_.store(true, std::memory_order_release);
        held->func_.reset();
        held->let_go();
    }

  private:
    std::optional<F> func_;
};

/// The user pointer of a callback that nobody takes off again.
template <class F> void *hold(F &&func) { return new Held<std::decay_t<F>>(1, std::forward<F>(func)); }
template <class F> inline constexpr auto drop_of = &Held<std::decay_t<F>>::drop;

} // namespace detail

/// One registration of a listener: can take it off. It holds nothing else; to forget it changes nothing.
class Listener {
  public:
    Listener() noexcept = default;
    Listener(const Listener &other) noexcept
        : handle_(other.handle_), held_(other.held_), off_(other.off_), error_(other.error_) {
        if (held_) {
            held_->share();
        }
    }
    Listener(Listener &&other) noexcept
        : handle_(other.handle_), held_(std::exchange(other.held_, nullptr)), off_(other.off_), error_(other.error_) {}
    Listener &operator=(Listener other) noexcept {
        std::swap(handle_, other.handle_);
        std::swap(held_, other.held_);
        std::swap(off_, other.off_);
        std::swap(error_, other.error_);
        return *this;
    }
    ~Listener() {
        if (held_) {
            held_->let_go();
        }
    }

    /// Takes it off; it is destroyed, after it has returned if it runs. Errc::not_found if it is off already.
    Error off() noexcept { return held_ && !held_->dropped() ? Error(off_(handle_, held_)) : Error(Errc::not_found); }

    /// Why it was refused; none if it was not.
    Error error() const noexcept { return Error(error_); }
    /// Whether the library still holds it.
    bool active() const noexcept { return held_ && !held_->dropped(); }

    /// Used by on_... and once_...: Enter<F>::call is the C function that calls an F.
    template <template <class> class Enter, auto On, auto Off, class Handle, class F>
    static Listener add(Handle *handle, F &&func) {
        using Func = std::decay_t<F>;
        auto *held = new detail::Held<Func>(2, std::forward<F>(func));
        Listener listener;
        listener.handle_ = handle;
        listener.held_ = held;
        listener.off_ = [](void *of, detail::HeldBase *what) noexcept {
            return Off(static_cast<Handle *>(of), &Enter<Func>::call, static_cast<detail::Held<Func> *>(what));
        };
        listener.error_ = On(handle, &Enter<Func>::call, held, &detail::Held<Func>::drop);
        return listener;
    }

  private:
    void *handle_ = nullptr;
    detail::HeldBase *held_ = nullptr;
    int (*off_)(void *handle, detail::HeldBase *held) noexcept = nullptr;
    int error_ = NET_OK;
};

} // namespace nodenet

#endif
