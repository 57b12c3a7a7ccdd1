// Servers: Node's net.Server.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_SERVER_HPP
#define NODENET_SERVER_HPP

#include "address.hpp"
#include "loop.hpp"
#include "options.hpp"
#include "socket.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nodenet {

namespace detail {
/// The C functions for each type of event, by their arguments.
template <class F> struct ServerEnter {
    static void call(net_server *server, void *user) noexcept;
    static void call(net_server *server, net_socket *socket, void *user) noexcept;
    static void call(net_server *server, const net_error *error, void *user) noexcept;
    static void call(net_server *server, const net_drop_info *info, void *user) noexcept;
    static void call(net_server *server, const net_error *error, std::size_t count, void *user) noexcept;
};
} // namespace detail

enum class DropReason : std::int32_t {
    max_connections = NET_DROP_MAX_CONNECTIONS,
    no_descriptors = NET_DROP_NO_FDS,
};

/// A connection that was accepted and closed at once: net_drop_info.
struct DropInfo {
    explicit DropInfo(const net_drop_info &raw) noexcept
        : reason(static_cast<DropReason>(raw.reason)), local(raw.local), remote(raw.remote) {}
    DropReason reason;
    Address local;
    Address remote;
};

/// What Server and ServerRef can do.
class ServerBase : public Handle<net_server> {
  public:
    /// Throws what the lookup threw, if it was asked inside the call.
    Error listen(const ListenOptions &options = {}) const {
        const net_listen_options raw = options.raw();
        return detail::asking([&] { return net_server_listen(native_, &raw); });
    }
    Error listen(std::uint16_t port, const char *host = nullptr) const noexcept {
        return Error(net_server_listen_tcp(native_, port, host));
    }
    Error listen_path(std::string_view path) const noexcept {
        return Error(net_server_listen_path(native_, path.data(), path.size()));
    }
    Error listen_path(const char *path) const noexcept { return Error(net_server_listen_path_cstr(native_, path)); }

    Error close() const noexcept { return Error(net_server_close(native_)); }
    /// `done(ServerRef, const Error &)`, or with fewer arguments, with the next `close`.
    template <class F> Error close(F &&done) const {
        using Func = std::decay_t<F>;
        return Error(net_server_close_cb(native_, &detail::ServerEnter<Func>::call, detail::hold(std::forward<F>(done)),
                                         detail::drop_of<F>));
    }
    /// `done(ServerRef, const Error &, std::size_t count)`, or with fewer arguments.
    template <class F> Error get_connections(F &&done) const {
        using Func = std::decay_t<F>;
        return Error(net_server_get_connections(native_, &detail::ServerEnter<Func>::call,
                                                detail::hold(std::forward<F>(done)), detail::drop_of<F>));
    }

    /// Ends every accepted socket, and destroys those that are left after `grace`. The event `close` is its end.
    Error shutdown(std::chrono::milliseconds grace) const noexcept {
        return Error(net_server_shutdown(native_, detail::milliseconds(grace)));
    }
    /// The accepted socket after `after`, which may be gone; NULL after the last. The first if there is none.
    SocketRef next_socket(const SocketBase &after = SocketRef()) const noexcept {
        return SocketRef(net_server_next_socket(native_, after.native()));
    }
    /// `func(SocketRef)` for each accepted socket. It may do anything with it.
    template <class F> void each_socket(F &&func) const {
        for (SocketRef socket = next_socket(); socket; socket = next_socket(socket)) {
            func(socket);
        }
    }

    bool listening() const noexcept { return net_server_listening(native_) == 1; }
    std::optional<Address> address() const noexcept {
        net_address raw = NET_ADDRESS_INIT;
        return net_server_address(native_, &raw) == 1 ? std::optional<Address>(raw) : std::nullopt;
    }
    /// None: any number.
    Error set_max_connections(std::optional<std::uint32_t> count) const noexcept {
        return Error(net_server_set_max_connections(native_, count ? std::int64_t{*count} : NET_NO_LIMIT));
    }
    std::optional<std::int64_t> max_connections() const noexcept {
        const auto count = detail::value_of<std::int64_t>(net_server_max_connections, native_, NET_NO_LIMIT);
        return count == NET_NO_LIMIT ? std::nullopt : std::optional<std::int64_t>(count);
    }
    Error ref() const noexcept { return Error(net_server_ref(native_)); }
    Error unref() const noexcept { return Error(net_server_unref(native_)); }
    LoopRef loop() const noexcept { return LoopRef(net_server_loop(native_)); }
    /// Moves a listening server with what waits to be accepted to another loop, where `func(ServerRef)` is called with
    /// its new name, which is the program's to free: Server(ref.native()). This one is dead at once. See
    /// net_server_move.
    template <class F> Error move(LoopRef to, F &&func) const {
        using Func = std::decay_t<F>;
        return Error(net_server_move(native_, to.native(), &detail::ServerEnter<Func>::call,
                                     detail::hold(std::forward<F>(func)), detail::drop_of<F>));
    }
    std::optional<int> fd() const noexcept { return detail::present<int>(net_server_fd, native_); }
    /// Whether the handle names a server.
    bool valid() const noexcept { return net_server_listening(native_) >= 0; }

    /// Keeps a value with the server, in the slot of net_server_set_data, until the next one or the server's end.
    template <class T> Error set_data(T &&value) const {
        return Error(net_server_set_data(native_, new detail::SlotOf<std::decay_t<T>>(std::forward<T>(value)),
                                         &detail::Slot::drop));
    }
    Error clear_data() const noexcept { return Error(net_server_set_data(native_, nullptr, nullptr)); }
    /// NULL if there is none, or one of another type. Not for a slot that C code filled.
    template <class T> T *data() const noexcept {
        auto *slot = static_cast<detail::Slot *>(net_server_data(native_));
        return slot ? slot->get<T>() : nullptr;
    }
    Result<std::size_t> listener_count(const char *event) const noexcept {
        std::size_t count = 0;
        const int status = net_server_listener_count(native_, event, &count);
        return status < 0 ? Result<std::size_t>(Error(status)) : Result<std::size_t>(count);
    }

    // ---- events: the arguments after the ServerRef are named before each; none if nothing is ----

    template <class F> Listener on_listening(F &&func) const {
        return add<net_server_on_listening, net_server_off_listening>(std::forward<F>(func));
    }
    template <class F> Listener once_listening(F &&func) const {
        return add<net_server_once_listening, net_server_off_listening>(std::forward<F>(func));
    }
    /// SocketRef: the library frees it after its close, unless keep() is called.
    template <class F> Listener on_connection(F &&func) const {
        return add<net_server_on_connection, net_server_off_connection>(std::forward<F>(func));
    }
    template <class F> Listener once_connection(F &&func) const {
        return add<net_server_once_connection, net_server_off_connection>(std::forward<F>(func));
    }
    template <class F> Listener on_close(F &&func) const {
        return add<net_server_on_close, net_server_off_close>(std::forward<F>(func));
    }
    template <class F> Listener once_close(F &&func) const {
        return add<net_server_once_close, net_server_off_close>(std::forward<F>(func));
    }
    /// const Error &.
    template <class F> Listener on_error(F &&func) const {
        return add<net_server_on_error, net_server_off_error>(std::forward<F>(func));
    }
    template <class F> Listener once_error(F &&func) const {
        return add<net_server_once_error, net_server_off_error>(std::forward<F>(func));
    }
    /// const DropInfo &.
    template <class F> Listener on_drop(F &&func) const {
        return add<net_server_on_drop, net_server_off_drop>(std::forward<F>(func));
    }
    template <class F> Listener once_drop(F &&func) const {
        return add<net_server_once_drop, net_server_off_drop>(std::forward<F>(func));
    }

  protected:
    using Handle::Handle;

  private:
    template <auto On, auto Off, class F> Listener add(F &&func) const {
        return Listener::add<detail::ServerEnter, On, Off>(native_, std::forward<F>(func));
    }
};

/// The name of a server.
class ServerRef final : public ServerBase {
  public:
    explicit ServerRef(net_server *native = nullptr) noexcept : ServerBase(native) {}
    ServerRef(const ServerBase &server) noexcept : ServerBase(server) {}
};

/// A server, closed and freed when this ends; its accepted sockets live on.
class Server final : public detail::Owned<ServerBase, net_server_free> {
  public:
    /// NULL if it is refused.
    explicit Server(LoopRef loop, const ServerOptions &options = {}) noexcept : Owned(raw(loop, options)) {}
    using Owned::Owned;

  private:
    static net_server *raw(LoopRef loop, const ServerOptions &options) noexcept {
        const net_server_options raw = options.raw();
        return net_server_new(loop.native(), &raw);
    }
};

inline ServerRef SocketBase::server() const noexcept { return ServerRef(net_socket_server(native_)); }

namespace detail {

template <class F> void ServerEnter<F>::call(net_server *server, void *user) noexcept {
    Held<F>::run(user, ServerRef(server));
}
template <class F> void ServerEnter<F>::call(net_server *server, net_socket *socket, void *user) noexcept {
    Held<F>::run(user, ServerRef(server), SocketRef(socket));
}
template <class F> void ServerEnter<F>::call(net_server *server, const net_error *error, void *user) noexcept {
    Held<F>::run(user, ServerRef(server), Error(error));
}
template <class F> void ServerEnter<F>::call(net_server *server, const net_drop_info *info, void *user) noexcept {
    Held<F>::run(user, ServerRef(server), DropInfo(*info));
}
template <class F>
void ServerEnter<F>::call(net_server *server, const net_error *error, std::size_t count, void *user) noexcept {
    Held<F>::run(user, ServerRef(server), Error(error), count);
}

} // namespace detail
} // namespace nodenet

#endif
