// How a coroutine waits for a handle of the library, and what becomes of it when that ends first.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_AWAITING_HPP
#define NODENET_AWAITING_HPP

#include "task.hpp"

#include <coroutine>
#include <memory>
#include <utility>

namespace nodenet {
namespace co {
namespace detail {

/// A place in a ring: of waiting coroutines, in the order in which they came. It leaves the ring when it ends.
class Link {
  public:
    Link() noexcept = default;
    ~Link() { leave(); }
    Link(const Link &) = delete;
    Link &operator=(const Link &) = delete;

    Link *next() const noexcept { return next_; }
    bool alone() const noexcept { return next_ == this; }
    void leave() noexcept {
        previous_->next_ = next_;
        next_->previous_ = previous_;
        next_ = previous_ = this;
    }
    void enter_before(Link &place) noexcept {
        leave();
        next_ = &place;
        previous_ = place.previous_;
        previous_->next_ = place.previous_ = this;
    }

  private:
    Link *next_ = this;
    Link *previous_ = this;
};

/// A co_await that has to wait; it lies in the frame of its coroutine.
class Waiter : public Link {
  public:
    /// Whether what it waits for is there, or will never be.
    virtual bool ready() = 0;

    void resume() noexcept {
        nodenet::detail::at_the_border([handle = handle_] { handle.resume(); });
    }
    /// There is no loop any more: the whole coroutine goes. One of a foreign type is told instead.
    void abandon() noexcept { root_ ? root_.destroy() : resume(); }

  protected:
    ~Waiter() = default;
    template <class Promise> void suspend(std::coroutine_handle<Promise> handle) noexcept {
        handle_ = handle;
        root_ = root_of(handle);
    }

  private:
    std::coroutine_handle<> handle_;
    std::coroutine_handle<> root_;
};

/// What coroutines wait for: the listeners of one handle. The library holds it from `held_by_library` until `drop`.
class Source : public std::enable_shared_from_this<Source> {
  public:
    explicit Source(net_loop *loop) noexcept : loop_(loop) {}
    virtual ~Source() = default;
    Source(const Source &) = delete;
    Source &operator=(const Source &) = delete;

    /// Whether the handle is no more.
    bool gone() const noexcept { return gone_; }
    void wait(Waiter &waiter) noexcept { waiter.enter_before(waiting_); }

    /// The user pointer of all listeners of the handle; `drop` belongs to one of them.
    void *held_by_library() {
        held_ = shared_from_this();
        return this;
    }
    static void drop(void *user) noexcept { static_cast<Source *>(user)->ended(); }

  protected:
    /// Something has happened: resumes those who waited for it.
    void check() noexcept {
        Link asked;
        while (!waiting_.alone()) {
            waiting_.next()->enter_before(asked);
        }
        while (!asked.alone()) {
            Waiter &first = *static_cast<Waiter *>(asked.next());
            first.enter_before(waiting_);
            if (first.ready()) {
                first.leave();
                first.resume();
            }
        }
    }
    template <class Handle> static Source &of(Handle *, void *user) noexcept { return *static_cast<Source *>(user); }

  private:
    /// The handle was freed. Whoever still waits is told in the next turn, for this may run inside any call; if the
    /// loop itself is being freed, there is none, and the coroutines go.
    void ended() noexcept {
        gone_ = true;
        const std::shared_ptr<Source> self = std::move(held_);
        if (!waiting_.alone()) {
            net_loop_post(loop_, &Source::tell, new std::shared_ptr<Source>(self), &Source::abandon);
        }
    }
    static void tell(net_loop *, void *user) noexcept { (*static_cast<std::shared_ptr<Source> *>(user))->check(); }
    static void abandon(void *user) noexcept {
        const std::unique_ptr<std::shared_ptr<Source>> self(static_cast<std::shared_ptr<Source> *>(user));
        Link &waiting = (*self)->waiting_;
        while (!waiting.alone()) {
            Waiter &first = *static_cast<Waiter *>(waiting.next());
            first.leave();
            first.abandon();
        }
    }

    net_loop *loop_;
    bool gone_ = false;
    Link waiting_;
    std::shared_ptr<Source> held_;
};

/// The awaiter of an operation on a source of type From.
template <class From> class Operation : public Waiter {
  public:
    template <class Promise> void await_suspend(std::coroutine_handle<Promise> handle) noexcept {
        suspend(handle);
        source_->wait(*this);
    }

  protected:
    explicit Operation(std::shared_ptr<From> source) noexcept : source_(std::move(source)) {}
    ~Operation() = default;

    std::shared_ptr<From> source_;
};

} // namespace detail
} // namespace co
} // namespace nodenet

#endif
