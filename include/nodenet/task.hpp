// Coroutines that return a Task, and the way to start one.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_TASK_HPP
#define NODENET_TASK_HPP

#include "callback.hpp"

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace nodenet {
namespace co {

template <class T = void> class Task;

namespace detail {

/// The coroutine that was spawned, of one that it awaits, directly or not; none below a coroutine of another type.
template <class Promise> std::coroutine_handle<> root_of(std::coroutine_handle<Promise> handle) noexcept {
    if constexpr (requires { std::coroutine_handle<>(handle.promise().root); }) {
        return handle.promise().root;
    } else {
        return nullptr;
    }
}

class PromiseBase {
  public:
    std::coroutine_handle<> root;

    std::suspend_always initial_suspend() const noexcept { return {}; }
    auto final_suspend() noexcept {
        struct Continue {
            PromiseBase &promise;

            bool await_ready() const noexcept { return false; }
            void await_suspend(std::coroutine_handle<>) const noexcept {
                promise.ended_ = true;
                if (promise.parent_) {
                    promise.parent_.resume();
                }
            }
            void await_resume() const noexcept {}
        };
        return Continue{*this};
    }
    /// Runs it until it waits or ends: whether it waits. A task that ends at once goes on in the one that awaits it
    /// without a call in between, so that a long loop needs no more stack than a short one, in unoptimised programs
    /// too.
    bool start(std::coroutine_handle<> self, std::coroutine_handle<> parent) noexcept {
        self.resume();
        if (!ended_) {
            parent_ = parent;
        }
        return !ended_;
    }
    void unhandled_exception() noexcept { thrown_ = std::current_exception(); }

  protected:
    void rethrow() const {
        if (thrown_) {
            std::rethrow_exception(thrown_);
        }
    }

  private:
    std::coroutine_handle<> parent_;
    std::exception_ptr thrown_;
    bool ended_ = false;
};

template <class T> class Promise final : public PromiseBase {
  public:
    Task<T> get_return_object() noexcept;
    template <class From> void return_value(From &&from) { value_.emplace(std::forward<From>(from)); }
    T take() {
        rethrow();
        return *std::move(value_);
    }

  private:
    std::optional<T> value_;
};

template <> class Promise<void> final : public PromiseBase {
  public:
    Task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void take() const { rethrow(); }
};

} // namespace detail

/// A coroutine that begins when it is awaited, once, and gives a T. What it throws comes out of the co_await. When it
/// ends before it was awaited, or is destroyed while it waits, its frame goes, with all that it awaits.
template <class T> class [[nodiscard]] Task {
  public:
    using promise_type = detail::Promise<T>;

    Task(Task &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task &operator=(Task &&other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Task() {
        if (handle_) {
            handle_.destroy();
        }
    }

    auto operator co_await() &&noexcept { return Awaiter{handle_}; }

  private:
    struct Awaiter {
        std::coroutine_handle<promise_type> handle;

        bool await_ready() const noexcept { return false; }
        template <class Parent> bool await_suspend(std::coroutine_handle<Parent> parent) const noexcept {
            handle.promise().root = detail::root_of(parent);
            return handle.promise().start(handle, parent);
        }
        T await_resume() const { return handle.promise().take(); }
    };

    friend promise_type;
    explicit Task(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}

    std::coroutine_handle<promise_type> handle_;
};

namespace detail {

template <class T> Task<T> Promise<T>::get_return_object() noexcept {
    return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
    return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

/// A coroutine that nobody awaits: its frame ends with it, or with what it waits for.
struct Spawned {
    struct promise_type {
        std::coroutine_handle<> root;

        Spawned get_return_object() noexcept {
            root = std::coroutine_handle<promise_type>::from_promise(*this);
            return {};
        }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept { nodenet::detail::Frame::caught(); }
    };
};

inline Spawned run_alone(Task<void> task) { co_await std::move(task); }
template <class F> Spawned run_alone_of(F func) { co_await func(); }

} // namespace detail

/// Starts a coroutine that nobody awaits: it runs at once, until it waits for something. What it throws until then
/// comes out of this call, what it throws later out of Loop::run. If it still waits when its loop is freed, it is
/// destroyed where it is.
inline void spawn(Task<void> task) {
    nodenet::detail::Frame frame(nullptr);
    detail::run_alone(std::move(task));
    frame.rethrow();
}

/// The same with a callable that gives the task, kept until the task has ended: for a lambda with captures.
template <class F, class = std::enable_if_t<std::is_invocable_r_v<Task<void>, std::decay_t<F> &>>>
void spawn(F &&func) {
    nodenet::detail::Frame frame(nullptr);
    detail::run_alone_of<std::decay_t<F>>(std::forward<F>(func));
    frame.rethrow();
}

} // namespace co
} // namespace nodenet

#endif
