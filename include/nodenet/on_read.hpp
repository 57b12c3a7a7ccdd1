// Reading into buffers of the program's own.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_ON_READ_HPP
#define NODENET_ON_READ_HPP

#include "bytes.hpp"
#include "callback.hpp"

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace nodenet {

class SocketRef;

/// Memory that is read into.
struct Room {
    void *data = nullptr;
    std::size_t size = 0;
};

namespace detail {
/// Complete only where it is used: sockets have options, which have this.
template <class> struct Told { using Socket = SocketRef; };
} // namespace detail

/// Option `onread` of a socket: what is read goes into a buffer of the program's, and there is no event `data`. The
/// callable takes the socket and the Bytes that were read, or the Bytes alone; false stops reading until `resume` or
/// `read`. Copies share the callables.
class OnRead {
  public:
    OnRead() noexcept = default;

    /// Every read fills this from its beginning; it has to live until the socket has closed.
    template <class F>
    OnRead(Room room, F &&read)
        : room_(room), told_(std::make_shared<Func<None, std::decay_t<F>>>(None{}, std::forward<F>(read))) {}

    /// Each read fills what `give`, a callable that takes nothing or the socket, gives for it; no memory: the last once
    /// more.
    template <class G, class F, class = std::enable_if_t<!std::is_convertible_v<G, Room>>>
    OnRead(G &&give, F &&read)
        : asks_(true), told_(std::make_shared<Func<std::decay_t<G>, std::decay_t<F>>>(std::forward<G>(give),
                                                                                      std::forward<F>(read))) {}

    explicit operator bool() const noexcept { return told_ != nullptr; }

    /// For one call; NULL if there is none.
    const net_onread *for_c(net_onread &raw) const {
        if (!told_) {
            return nullptr;
        }
        raw = NET_ONREAD_INIT;
        raw.buffer = room_.data;
        raw.len = room_.size;
        raw.buffer_fn = asks_ ? &OnRead::ask : nullptr;
        raw.callback = &OnRead::tell;
        raw.user = new std::shared_ptr<Base>(told_);
        raw.drop = &OnRead::drop;
        return &raw;
    }

  private:
    struct None {};
    struct Base {
        virtual ~Base() = default;
        virtual Room give(net_socket *socket) = 0;
        virtual bool read(net_socket *socket, Bytes bytes) = 0;
    };
    template <class G, class F> struct Func final : Base {
        using Socket = typename detail::Told<F>::Socket;
        template <class A, class B> Func(A &&a, B &&b) : given(std::forward<A>(a)), told(std::forward<B>(b)) {}

        Room give(net_socket *socket) override {
            if constexpr (std::is_invocable_v<G &, Socket>) {
                return given(Socket(socket));
            } else if constexpr (std::is_invocable_v<G &>) {
                return given();
            } else {
                return Room{};
            }
        }
        bool read(net_socket *socket, Bytes bytes) override {
            if constexpr (std::is_invocable_v<F &, Socket, Bytes>) {
                return goes_on([&] { return told(Socket(socket), bytes); });
            } else {
                return goes_on([&] { return told(bytes); });
            }
        }
        template <class Call> static bool goes_on(Call &&call) {
            if constexpr (std::is_void_v<decltype(call())>) {
                call();
                return true;
            } else {
                return call();
            }
        }

        G given;
        F told;
    };

    static void *ask(net_socket *socket, std::size_t *size, void *user) noexcept {
        Room room;
        // Kept alive by itself: what is called may free the socket.
        std::shared_ptr<Base> kept = *static_cast<std::shared_ptr<Base> *>(user);
        detail::at_the_border([&] { room = kept->give(socket); });
        *size = room.size;
        return room.data;
    }
    static int tell(net_socket *socket, std::size_t count, void *buffer, void *user) noexcept {
        bool goes_on = true;
        std::shared_ptr<Base> kept = *static_cast<std::shared_ptr<Base> *>(user);
        detail::at_the_border([&] { goes_on = kept->read(socket, Bytes(buffer, count)); });
        return goes_on;
    }
    static void drop(void *user) noexcept { delete static_cast<std::shared_ptr<Base> *>(user); }

    Room room_{};
    bool asks_ = false;
    std::shared_ptr<Base> told_;
};

} // namespace nodenet

#endif
