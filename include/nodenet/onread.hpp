// Reading into the program's own memory: Node's option onread.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_ONREAD_HPP
#define NODENET_ONREAD_HPP

#include "bytes.hpp"
#include "callback.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

namespace nodenet {

namespace detail {
/// Calls what an OnRead was given for the bytes: whether to go on.
template <class Func> bool tell_read(Func &func, net_socket *socket, Bytes bytes);
} // namespace detail

/// Memory to read into, which somebody else owns: made from what has data() and size() with elements of one byte that
/// can be written, as std::vector<char> or std::array<std::uint8_t, N>.
class Room {
  public:
    constexpr Room() noexcept = default;
    Room(void *data, std::size_t size) noexcept : data_(data), size_(size) {}
    template <
        class Container, class Data = decltype(std::data(std::declval<Container &>())),
        class = std::enable_if_t<sizeof(*std::declval<Data>()) == 1 && !std::is_const_v<std::remove_pointer_t<Data>>>>
    Room(Container &bytes) noexcept : Room(std::data(bytes), std::size(bytes)) {}

    void *data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }

  private:
    void *data_ = nullptr;
    std::size_t size_ = 0;
};

/// Where a socket reads to, instead of telling `data`, and who is told: a Room, or a callable that gives one for each
/// read (one without data(): the one before) and must not throw; and a callable that takes the bytes that were read,
/// where they are, as (SocketRef, Bytes), with the Bytes alone, or with nothing. If it returns false, nothing more is
/// read until resume() or read(). Copies share it.
class OnRead {
  public:
    OnRead() noexcept = default;
    template <class Func> OnRead(Room room, Func &&func) : OnRead(make(NoRooms(), std::forward<Func>(func))) {
        told_->native.buffer = room.data();
        told_->native.len = room.size();
    }
    template <class Rooms, class Func, class = std::enable_if_t<std::is_invocable_r_v<Room, Rooms &>>>
    OnRead(Rooms &&rooms, Func &&func) : OnRead(make(std::forward<Rooms>(rooms), std::forward<Func>(func))) {
        told_->native.buffer_fn = &OnRead::give;
    }

    explicit operator bool() const noexcept { return told_ != nullptr; }

    /// For one call, while this lives; NULL for none.
    const net_onread *for_c() const {
        if (!told_) {
            return nullptr;
        }
        told_->native.user = new std::shared_ptr<Base>(told_);
        return &told_->native;
    }

  private:
    struct Base {
        virtual ~Base() = default;
        virtual bool tell(net_socket *socket, Bytes bytes) = 0;
        virtual Room give() = 0;
        net_onread native = NET_ONREAD_INIT;
    };
    struct NoRooms {
        Room operator()() const noexcept { return {}; }
    };
    template <class Rooms, class Func> struct Both final : Base {
        template <class FromRooms, class From>
        Both(FromRooms &&from_rooms, From &&from)
            : rooms(std::forward<FromRooms>(from_rooms)), func(std::forward<From>(from)) {}
        bool tell(net_socket *socket, Bytes bytes) override { return detail::tell_read(func, socket, bytes); }
        Room give() override { return rooms(); }
        Rooms rooms;
        Func func;
    };

    explicit OnRead(std::shared_ptr<Base> told) noexcept : told_(std::move(told)) {}

    template <class Rooms, class Func> static OnRead make(Rooms &&rooms, Func &&func) {
        auto told = std::make_shared<Both<std::decay_t<Rooms>, std::decay_t<Func>>>(std::forward<Rooms>(rooms),
                                                                                    std::forward<Func>(func));
        told->native.callback = &OnRead::tell;
        told->native.drop = &OnRead::drop;
        return OnRead(std::move(told));
    }
    static int tell(net_socket *socket, std::size_t count, void *buffer, void *user) noexcept {
        // Kept alive by itself: the program may free the socket.
        std::shared_ptr<Base> told = *static_cast<std::shared_ptr<Base> *>(user);
        bool goes_on = true;
        detail::at_the_border([&] { goes_on = told->tell(socket, Bytes(buffer, count)); });
        return goes_on;
    }
    static void *give(net_socket *, std::size_t *len, void *user) noexcept {
        const Room room = (*static_cast<std::shared_ptr<Base> *>(user))->give();
        *len = room.size();
        return room.data();
    }
    static void drop(void *user) noexcept { delete static_cast<std::shared_ptr<Base> *>(user); }

    std::shared_ptr<Base> told_;
};

} // namespace nodenet

#endif
