// Sockets: Node's net.Socket.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_SOCKET_HPP
#define NODENET_SOCKET_HPP

#include "address.hpp"
#include "bytes.hpp"
#include "loop.hpp"
#include "options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace nodenet {

class Server;
class ServerRef;
class SocketRef;
class Socket;

namespace detail {
/// The C functions for each type of event, by their arguments.
template <class F> struct SocketEnter {
    static void call(net_socket *socket, void *user) noexcept;
    static void call(net_socket *socket, const std::uint8_t *data, std::size_t len, void *user) noexcept;
    static void call(net_socket *socket, const net_error *error, void *user) noexcept;
    static void call(net_socket *socket, int had_error, void *user) noexcept;
    static void call(net_socket *socket, net_socket *source, void *user) noexcept;
    static void call(net_socket *socket, const net_error *error, const net_address *address, const char *host,
                     void *user) noexcept;
    static void call(net_socket *socket, const net_address *address, void *user) noexcept;
    static void call(net_socket *socket, const net_address *address, const net_error *error, void *user) noexcept;
    static void release(void *data, std::size_t len, void *user) noexcept;
};
/// The same for the event whose number is a HandleKind.
template <class F> struct HandleEnter { static void call(net_socket *socket, int kind, void *user) noexcept; };
} // namespace detail

/// What has come from another process.
enum class HandleKind : int {
    lost = NET_HANDLE_LOST,
    tcp_socket = NET_HANDLE_TCP_SOCKET,
    tcp_server = NET_HANDLE_TCP_SERVER,
    local_socket = NET_HANDLE_LOCAL_SOCKET,
    local_server = NET_HANDLE_LOCAL_SERVER,
    other = NET_HANDLE_OTHER,
};

enum class ReadyState : int {
    opening = NET_READY_OPENING,
    open = NET_READY_OPEN,
    read_only = NET_READY_READ_ONLY,
    write_only = NET_READY_WRITE_ONLY,
    closed = NET_READY_CLOSED,
};
/// Node's text: "readOnly".
inline std::string_view ready_state_name(ReadyState state) noexcept {
    return net_ready_state_name(static_cast<int>(state));
}

/// Process, effective user and effective group; -1 for what the system does not tell.
struct PeerCredentials {
    std::int64_t pid = -1;
    std::int64_t uid = -1;
    std::int64_t gid = -1;
};

/// What a write says: true to go on, false to wait for `drain`; an error if it was refused altogether.
class WriteResult {
  public:
    explicit WriteResult(int status) noexcept : status_(status) {}
    explicit operator bool() const noexcept { return status_ == 1; }
    Error error() const noexcept { return Error(status_); }

  private:
    int status_;
};

/// What Socket and SocketRef can do.
class SocketBase : public Handle<net_socket> {
  public:
    /// Makes an accepted socket the program's own; a dead one gives a Socket that is NULL.
    inline Socket keep() const noexcept;

    // ---- connecting and ending ----

    /// Throws what the lookup threw, if it was asked inside the call.
    Error connect(const ConnectOptions &options) const {
        const net_connect_options raw = options.raw();
        return detail::asking([&] { return net_socket_connect(native_, &raw); });
    }
    Error connect(std::uint16_t port, const char *host = nullptr) const noexcept {
        return Error(net_socket_connect_tcp(native_, port, host));
    }
    Error connect_path(std::string_view path) const noexcept {
        return Error(net_socket_connect_path(native_, path.data(), path.size()));
    }
    Error connect_path(const char *path) const noexcept { return Error(net_socket_connect_path_cstr(native_, path)); }

    Error destroy() const noexcept { return Error(net_socket_destroy(native_, nullptr)); }
    /// An Error that is none destroys without one.
    Error destroy(const Error &error) const noexcept {
        const net_error raw = error.raw();
        return Error(net_socket_destroy(native_, error ? &raw : nullptr));
    }
    Error destroy_soon() const noexcept { return Error(net_socket_destroy_soon(native_)); }
    Error reset_and_destroy() const noexcept { return Error(net_socket_reset_and_destroy(native_)); }

    // ---- writing ----

    WriteResult write(Bytes data) const noexcept {
        return WriteResult(net_socket_write(native_, data.data(), data.size()));
    }
    WriteResult write(const char *text) const noexcept { return WriteResult(net_socket_write_cstr(native_, text)); }
    /// `done(SocketRef, const Error &)`, or with fewer arguments, when it is complete.
    template <class F> WriteResult write(Bytes data, F &&done) const {
        using Func = std::decay_t<F>;
        return WriteResult(net_socket_write_cb(native_, data.data(), data.size(), &detail::SocketEnter<Func>::call,
                                               detail::hold(std::forward<F>(done)), detail::drop_of<F>));
    }
    WriteResult writev(const std::vector<Bytes> &pieces) const {
        const std::vector<net_buf> raw = gather(pieces);
        return WriteResult(net_socket_writev(native_, raw.data(), raw.size(), nullptr, nullptr, nullptr));
    }
    template <class F> WriteResult writev(const std::vector<Bytes> &pieces, F &&done) const {
        using Func = std::decay_t<F>;
        const std::vector<net_buf> raw = gather(pieces);
        return WriteResult(net_socket_writev(native_, raw.data(), raw.size(), &detail::SocketEnter<Func>::call,
                                             detail::hold(std::forward<F>(done)), detail::drop_of<F>));
    }
    /// Writes without copying: the bytes stay where they are until `release(Bytes)` or `release()` is called, once, on
    /// every path. It must not throw.
    template <class R> WriteResult write_owned(Bytes data, R &&release) const {
        using Release = std::decay_t<R>;
        return WriteResult(net_socket_write_owned(native_, data.data(), data.size(),
                                                  &detail::SocketEnter<Release>::release,
                                                  detail::hold(std::forward<R>(release)), nullptr, nullptr, nullptr));
    }
    template <class R, class F> WriteResult write_owned(Bytes data, R &&release, F &&done) const {
        using Release = std::decay_t<R>;
        using Func = std::decay_t<F>;
        auto held_release = std::make_unique<detail::Held<Release>>(1U, std::forward<R>(release));
        auto held_done = std::make_unique<detail::Held<Func>>(1U, std::forward<F>(done));
        return WriteResult(net_socket_write_owned(
            native_, data.data(), data.size(), &detail::SocketEnter<Release>::release, held_release.release(),
            &detail::SocketEnter<Func>::call, held_done.release(), detail::drop_of<F>));
    }
    /// Writes without copying what is moved in (a std::vector, a std::string), and destroys it when it is written.
    template <class Container, class = std::enable_if_t<!std::is_lvalue_reference_v<Container>>>
    WriteResult write_moved(Container &&bytes) const {
        auto moved = std::make_unique<std::decay_t<Container>>(std::move(bytes));
        const Bytes view(*moved);
        return write_owned(view, [moved = std::move(moved)]() mutable noexcept { moved.reset(); });
    }

    Error end() const noexcept { return Error(net_socket_end(native_)); }
    Error end(Bytes data) const noexcept {
        return Error(net_socket_end_cb(native_, data.data(), data.size(), nullptr, nullptr, nullptr));
    }
    /// `done(SocketRef, const Error &)`, or with fewer arguments, when it is finished.
    template <class F> Error end(Bytes data, F &&done) const {
        using Func = std::decay_t<F>;
        return Error(net_socket_end_cb(native_, data.data(), data.size(), &detail::SocketEnter<Func>::call,
                                       detail::hold(std::forward<F>(done)), detail::drop_of<F>));
    }
    Error cork() const noexcept { return Error(net_socket_cork(native_)); }
    Error uncork() const noexcept { return Error(net_socket_uncork(native_)); }

    // ---- to and from other processes: see passing.hpp ----

    /// Sends a connection with a message of at least one byte; it goes away from here unless `keep_open`.
    WriteResult send(Bytes data, const Handle<net_socket> &socket, bool keep_open = false) const noexcept;
    /// `done(SocketRef, const Error &)`, or with fewer arguments, when the message is out; likewise below.
    template <class F> WriteResult send(Bytes data, const Handle<net_socket> &socket, bool keep_open, F &&done) const;
    /// Sends a server, which listens on here too.
    WriteResult send(Bytes data, const Handle<net_server> &server) const noexcept;
    template <class F> WriteResult send(Bytes data, const Handle<net_server> &server, F &&done) const;
    WriteResult send(Bytes data, const Handle<net_bound_socket> &bound) const noexcept;
    template <class F> WriteResult send(Bytes data, const Handle<net_bound_socket> &bound, F &&done) const;
    WriteResult send_fd(Bytes data, int fd) const noexcept;
    template <class F> WriteResult send_fd(Bytes data, int fd, F &&done) const;

    /// What the event `handle` tells of, while it is told. The library frees a socket after its close, unless keep() is
    /// called.
    Result<SocketRef> take_socket(const SocketOptions &options = {}) const;
    Result<Server> take_server(const ServerOptions &options = {}) const;
    Result<BoundSocket> take_bound_socket() const;
    /// The caller's to close.
    Result<int> take_fd() const noexcept;

    // ---- reading ----

    Error pause() const noexcept { return Error(net_socket_pause(native_)); }
    Error resume() const noexcept { return Error(net_socket_resume(native_)); }
    /// Writes all that this socket reads to another one of its loop, no faster than that takes it; ends it too unless
    /// told not to.
    Error pipe(const SocketBase &destination, bool end = true) const noexcept {
        return Error(net_socket_pipe(native_, destination.native(), end ? 1 : 0));
    }
    Error unpipe(const SocketBase &destination) const noexcept {
        return Error(net_socket_unpipe(native_, destination.native()));
    }
    /// From all destinations.
    Error unpipe() const noexcept { return Error(net_socket_unpipe(native_, nullptr)); }
    bool is_paused() const noexcept { return net_socket_is_paused(native_) == 1; }
    /// Exactly `count` bytes, or what is left at the end: how many there are, 0 if there are not enough.
    Result<std::size_t> read(void *buffer, std::size_t count) const noexcept {
        std::size_t len = 0;
        const int status = net_socket_read(native_, buffer, count, &len);
        return status < 0 ? Result<std::size_t>(Error(status)) : Result<std::size_t>(len);
    }
    /// At most `capacity` bytes: how many there are, 0 if there is nothing.
    Result<std::size_t> read_some(void *buffer, std::size_t capacity) const noexcept {
        std::size_t len = 0;
        const int status = net_socket_read_some(native_, buffer, capacity, &len);
        return status < 0 ? Result<std::size_t>(Error(status)) : Result<std::size_t>(len);
    }
    /// All that is there.
    std::vector<std::uint8_t> read() const {
        std::vector<std::uint8_t> bytes(readable_length());
        bytes.resize(read_some(bytes.data(), bytes.size()).value_or(0));
        return bytes;
    }

    // ---- settings ----

    Error ref() const noexcept { return Error(net_socket_ref(native_)); }
    Error unref() const noexcept { return Error(net_socket_unref(native_)); }
    Error set_no_delay(bool enable = true) const noexcept { return Error(net_socket_set_no_delay(native_, enable)); }
    Error set_keep_alive(bool enable = true,
                         std::chrono::milliseconds initial_delay = std::chrono::milliseconds(0)) const noexcept {
        return Error(net_socket_set_keep_alive(native_, enable, detail::milliseconds(initial_delay)));
    }
    /// Of these three none is set if one is 0.
    Error set_keep_alive(bool enable, std::chrono::milliseconds initial_delay, std::chrono::milliseconds interval,
                         std::uint32_t count) const noexcept {
        return Error(net_socket_set_keep_alive_probes(native_, enable, detail::milliseconds(initial_delay),
                                                      detail::milliseconds(interval), count));
    }
    /// Sizes of the system's buffers, in bytes, before connecting too. What it says may be more than what was set.
    Error set_send_buffer_size(std::uint32_t bytes) const noexcept {
        return Error(net_socket_set_send_buffer_size(native_, bytes));
    }
    Error set_receive_buffer_size(std::uint32_t bytes) const noexcept {
        return Error(net_socket_set_receive_buffer_size(native_, bytes));
    }
    std::optional<std::uint32_t> send_buffer_size() const noexcept {
        return detail::present<std::uint32_t>(net_socket_send_buffer_size, native_);
    }
    std::optional<std::uint32_t> receive_buffer_size() const noexcept {
        return detail::present<std::uint32_t>(net_socket_receive_buffer_size, native_);
    }
    Error set_type_of_service(int tos) const noexcept { return Error(net_socket_set_type_of_service(native_, tos)); }
    Result<int> type_of_service() const noexcept {
        const int tos = net_socket_type_of_service(native_);
        return tos < 0 ? Result<int>(Error(tos)) : Result<int>(tos);
    }
    Error set_timeout(std::chrono::milliseconds time) const noexcept {
        return Error(net_socket_set_timeout(native_, detail::milliseconds(time)));
    }
    std::optional<std::chrono::milliseconds> timeout() const noexcept {
        return detail::present<std::chrono::milliseconds>(net_socket_timeout, native_);
    }
    bool allow_half_open() const noexcept { return net_socket_allow_half_open(native_) == 1; }
    Error set_allow_half_open(bool enable) const noexcept {
        return Error(net_socket_set_allow_half_open(native_, enable));
    }

    // ---- questions ----

    LoopRef loop() const noexcept { return LoopRef(net_socket_loop(native_)); }
    /// Moves a connected socket of which nothing was read or written to another loop, where `func(SocketRef)` is called
    /// with its new name. This one is dead at once; listeners and data stay behind. See net_socket_move.
    template <class F> Error move(LoopRef to, F &&func) const {
        using Func = std::decay_t<F>;
        return Error(net_socket_move(native_, to.native(), &detail::SocketEnter<Func>::call,
                                     detail::hold(std::forward<F>(func)), detail::drop_of<F>));
    }
    /// The server that accepted it; NULL if none did.
    inline ServerRef server() const noexcept;
    std::optional<int> fd() const noexcept { return detail::present<int>(net_socket_fd, native_); }
    std::optional<Address> address() const noexcept { return address_by(net_socket_address); }
    std::optional<Address> local_address() const noexcept { return address_by(net_socket_local_address); }
    std::optional<Address> remote_address() const noexcept { return address_by(net_socket_remote_address); }
    /// Who is at the other end of a local socket.
    std::optional<PeerCredentials> peer_credentials() const noexcept {
        net_peer_credentials raw = NET_PEER_CREDENTIALS_INIT;
        return net_socket_peer_credentials(native_, &raw) == 1
                   ? std::optional(PeerCredentials{raw.pid, raw.uid, raw.gid})
                   : std::nullopt;
    }
    std::uint64_t bytes_read() const noexcept { return count(net_socket_bytes_read); }
    std::uint64_t bytes_written() const noexcept { return count(net_socket_bytes_written); }
    std::optional<std::size_t> buffer_size() const noexcept {
        return detail::present<std::size_t>(net_socket_buffer_size, native_);
    }
    std::size_t writable_length() const noexcept { return count(net_socket_writable_length); }
    std::size_t readable_length() const noexcept { return count(net_socket_readable_length); }
    std::size_t writable_high_water_mark() const noexcept { return count(net_socket_writable_high_water_mark); }
    std::size_t readable_high_water_mark() const noexcept { return count(net_socket_readable_high_water_mark); }
    bool writable_need_drain() const noexcept { return net_socket_writable_need_drain(native_) == 1; }
    std::size_t writable_corked() const noexcept { return count(net_socket_writable_corked); }
    bool connecting() const noexcept { return net_socket_connecting(native_) == 1; }
    bool pending() const noexcept { return net_socket_pending(native_) != 0; }
    bool destroyed() const noexcept { return net_socket_destroyed(native_) != 0; }
    bool closed() const noexcept { return net_socket_closed(native_) != 0; }
    bool readable() const noexcept { return net_socket_readable(native_) == 1; }
    bool writable() const noexcept { return net_socket_writable(native_) == 1; }
    bool readable_ended() const noexcept { return net_socket_readable_ended(native_) == 1; }
    bool writable_ended() const noexcept { return net_socket_writable_ended(native_) == 1; }
    bool writable_finished() const noexcept { return net_socket_writable_finished(native_) == 1; }
    /// Absent: nobody has said yet.
    std::optional<bool> readable_flowing() const noexcept {
        const int flowing = detail::value_of<int>(net_socket_readable_flowing, native_, -1);
        return flowing < 0 ? std::nullopt : std::optional<bool>(flowing == 1);
    }
    ReadyState ready_state() const noexcept {
        const int state = net_socket_ready_state(native_);
        return state < 0 ? ReadyState::closed : static_cast<ReadyState>(state);
    }
    /// Whether the handle names a socket, closed or not.
    bool valid() const noexcept { return net_socket_ready_state(native_) >= 0; }
    /// The error that made it close.
    Error errored() const {
        const net_error *error = nullptr;
        return net_socket_errored(native_, &error) == 1 ? Error(error) : Error();
    }
    /// Empty if the last connect did not choose between several.
    std::vector<Address> attempted_addresses() const {
        std::vector<Address> all;
        std::size_t count = 0;
        if (net_socket_attempted_addresses(native_, &count) == 1) {
            for (std::size_t i = 0; i < count; i++) {
                net_address raw = NET_ADDRESS_INIT;
                if (net_socket_attempted_address(native_, i, &raw) == 1) {
                    all.emplace_back(raw);
                }
            }
        }
        return all;
    }

    /// Keeps a value with the socket, in the slot of net_socket_set_data, until the next one or the socket's end.
    template <class T> Error set_data(T &&value) const {
        return Error(net_socket_set_data(native_, new detail::SlotOf<std::decay_t<T>>(std::forward<T>(value)),
                                         &detail::Slot::drop));
    }
    Error clear_data() const noexcept { return Error(net_socket_set_data(native_, nullptr, nullptr)); }
    /// NULL if there is none, or one of another type. Not for a slot that C code filled.
    template <class T> T *data() const noexcept {
        auto *slot = static_cast<detail::Slot *>(net_socket_data(native_));
        return slot ? slot->get<T>() : nullptr;
    }
    Result<std::size_t> listener_count(const char *event) const noexcept {
        std::size_t count = 0;
        const int status = net_socket_listener_count(native_, event, &count);
        return status < 0 ? Result<std::size_t>(Error(status)) : Result<std::size_t>(count);
    }

    // ---- events: the arguments after the SocketRef are named before each; none if nothing is ----

    template <class F> Listener on_connect(F &&func) const {
        return add<net_socket_on_connect, net_socket_off_connect>(std::forward<F>(func));
    }
    template <class F> Listener once_connect(F &&func) const {
        return add<net_socket_once_connect, net_socket_off_connect>(std::forward<F>(func));
    }
    template <class F> Listener on_ready(F &&func) const {
        return add<net_socket_on_ready, net_socket_off_ready>(std::forward<F>(func));
    }
    template <class F> Listener once_ready(F &&func) const {
        return add<net_socket_once_ready, net_socket_off_ready>(std::forward<F>(func));
    }
    /// Bytes, lent until the listener returns.
    template <class F> Listener on_data(F &&func) const {
        return add<net_socket_on_data, net_socket_off_data>(std::forward<F>(func));
    }
    template <class F> Listener once_data(F &&func) const {
        return add<net_socket_once_data, net_socket_off_data>(std::forward<F>(func));
    }
    template <class F> Listener on_readable(F &&func) const {
        return add<net_socket_on_readable, net_socket_off_readable>(std::forward<F>(func));
    }
    template <class F> Listener once_readable(F &&func) const {
        return add<net_socket_once_readable, net_socket_off_readable>(std::forward<F>(func));
    }
    template <class F> Listener on_end(F &&func) const {
        return add<net_socket_on_end, net_socket_off_end>(std::forward<F>(func));
    }
    template <class F> Listener once_end(F &&func) const {
        return add<net_socket_once_end, net_socket_off_end>(std::forward<F>(func));
    }
    template <class F> Listener on_drain(F &&func) const {
        return add<net_socket_on_drain, net_socket_off_drain>(std::forward<F>(func));
    }
    template <class F> Listener once_drain(F &&func) const {
        return add<net_socket_once_drain, net_socket_off_drain>(std::forward<F>(func));
    }
    template <class F> Listener on_finish(F &&func) const {
        return add<net_socket_on_finish, net_socket_off_finish>(std::forward<F>(func));
    }
    template <class F> Listener once_finish(F &&func) const {
        return add<net_socket_once_finish, net_socket_off_finish>(std::forward<F>(func));
    }
    template <class F> Listener on_timeout(F &&func) const {
        return add<net_socket_on_timeout, net_socket_off_timeout>(std::forward<F>(func));
    }
    template <class F> Listener once_timeout(F &&func) const {
        return add<net_socket_once_timeout, net_socket_off_timeout>(std::forward<F>(func));
    }
    /// const Error &.
    template <class F> Listener on_error(F &&func) const {
        return add<net_socket_on_error, net_socket_off_error>(std::forward<F>(func));
    }
    template <class F> Listener once_error(F &&func) const {
        return add<net_socket_once_error, net_socket_off_error>(std::forward<F>(func));
    }
    /// bool had_error.
    template <class F> Listener on_close(F &&func) const {
        return add<net_socket_on_close, net_socket_off_close>(std::forward<F>(func));
    }
    template <class F> Listener once_close(F &&func) const {
        return add<net_socket_once_close, net_socket_off_close>(std::forward<F>(func));
    }
    template <class F> Listener on_pause(F &&func) const {
        return add<net_socket_on_pause, net_socket_off_pause>(std::forward<F>(func));
    }
    template <class F> Listener once_pause(F &&func) const {
        return add<net_socket_once_pause, net_socket_off_pause>(std::forward<F>(func));
    }
    template <class F> Listener on_resume(F &&func) const {
        return add<net_socket_on_resume, net_socket_off_resume>(std::forward<F>(func));
    }
    template <class F> Listener once_resume(F &&func) const {
        return add<net_socket_once_resume, net_socket_off_resume>(std::forward<F>(func));
    }
    /// SocketRef source.
    template <class F> Listener on_pipe(F &&func) const {
        return add<net_socket_on_pipe, net_socket_off_pipe>(std::forward<F>(func));
    }
    template <class F> Listener once_pipe(F &&func) const {
        return add<net_socket_once_pipe, net_socket_off_pipe>(std::forward<F>(func));
    }
    /// SocketRef source, which may be freed already.
    template <class F> Listener on_unpipe(F &&func) const {
        return add<net_socket_on_unpipe, net_socket_off_unpipe>(std::forward<F>(func));
    }
    template <class F> Listener once_unpipe(F &&func) const {
        return add<net_socket_once_unpipe, net_socket_off_unpipe>(std::forward<F>(func));
    }
    /// const Error &, const Address &, std::string_view host.
    template <class F> Listener on_lookup(F &&func) const {
        return add<net_socket_on_lookup, net_socket_off_lookup>(std::forward<F>(func));
    }
    template <class F> Listener once_lookup(F &&func) const {
        return add<net_socket_once_lookup, net_socket_off_lookup>(std::forward<F>(func));
    }
    /// const Address &.
    template <class F> Listener on_connection_attempt(F &&func) const {
        return add<net_socket_on_connection_attempt, net_socket_off_connection_attempt>(std::forward<F>(func));
    }
    template <class F> Listener once_connection_attempt(F &&func) const {
        return add<net_socket_once_connection_attempt, net_socket_off_connection_attempt>(std::forward<F>(func));
    }
    /// const Address &, const Error &.
    template <class F> Listener on_connection_attempt_failed(F &&func) const {
        return add<net_socket_on_connection_attempt_failed, net_socket_off_connection_attempt_failed>(
            std::forward<F>(func));
    }
    template <class F> Listener once_connection_attempt_failed(F &&func) const {
        return add<net_socket_once_connection_attempt_failed, net_socket_off_connection_attempt_failed>(
            std::forward<F>(func));
    }
    /// const Address &.
    template <class F> Listener on_connection_attempt_timeout(F &&func) const {
        return add<net_socket_on_connection_attempt_timeout, net_socket_off_connection_attempt_timeout>(
            std::forward<F>(func));
    }
    template <class F> Listener once_connection_attempt_timeout(F &&func) const {
        return add<net_socket_once_connection_attempt_timeout, net_socket_off_connection_attempt_timeout>(
            std::forward<F>(func));
    }
    /// HandleKind: what has come from another process, to be taken before the listeners return.
    template <class F> Listener on_handle(F &&func) const {
        return Listener::add<detail::HandleEnter, net_socket_on_handle, net_socket_off_handle>(native_,
                                                                                               std::forward<F>(func));
    }
    template <class F> Listener once_handle(F &&func) const {
        return Listener::add<detail::HandleEnter, net_socket_once_handle, net_socket_off_handle>(native_,
                                                                                                 std::forward<F>(func));
    }

  protected:
    using Handle::Handle;

  private:
    template <auto On, auto Off, class F> Listener add(F &&func) const {
        return Listener::add<detail::SocketEnter, On, Off>(native_, std::forward<F>(func));
    }
    std::optional<Address> address_by(int (*get)(net_socket *, net_address *)) const noexcept {
        net_address raw = NET_ADDRESS_INIT;
        return get(native_, &raw) == 1 ? std::optional<Address>(raw) : std::nullopt;
    }
    template <class Number> Number count(int (*get)(net_socket *, Number *)) const noexcept {
        return detail::value_of<Number>(get, native_, 0);
    }
    static std::vector<net_buf> gather(const std::vector<Bytes> &pieces) {
        std::vector<net_buf> raw;
        raw.reserve(pieces.size());
        for (const Bytes piece : pieces) {
            raw.push_back({piece.data(), piece.size()});
        }
        return raw;
    }
};

/// The name of a socket.
class SocketRef final : public SocketBase {
  public:
    explicit SocketRef(net_socket *native = nullptr) noexcept : SocketBase(native) {}
    SocketRef(const SocketBase &socket) noexcept : SocketBase(socket) {}
};

/// A socket, freed when this ends; one that is open is destroyed without an event.
class Socket final : public detail::Owned<SocketBase, net_socket_free> {
  public:
    /// NULL if it is refused; `make` tells why.
    explicit Socket(LoopRef loop, const SocketOptions &options = {}) noexcept : Owned(raw(loop, options, nullptr)) {}
    using Owned::Owned;

    static Result<Socket> make(LoopRef loop, const SocketOptions &options = {}) noexcept {
        int error = 0;
        net_socket *made = raw(loop, options, &error);
        return made ? Result<Socket>(Socket(made)) : Result<Socket>(Error(error));
    }
    /// A local socket, and the descriptor at its other end, for a process that is about to be started; the caller
    /// closes it. See net_socket_pair.
    static Result<std::pair<Socket, int>> pair(LoopRef loop, const SocketOptions &options = {});

  private:
    static net_socket *raw(LoopRef loop, const SocketOptions &options, int *error) noexcept {
        const net_socket_options raw = options.raw();
        return net_socket_new(loop.native(), &raw, error);
    }
};

/// A socket that connects: Node's net.createConnection. Throws what the lookup threw, if it was asked inside the call.
inline Result<Socket> connect(LoopRef loop, const ConnectOptions &options, const SocketOptions &socket_options = {}) {
    const net_connect_options to = options.raw();
    const net_socket_options with = socket_options.raw();
    int error = 0;
    detail::Frame frame(nullptr);
    Socket made(net_connect(loop.native(), &to, &with, &error));
    frame.rethrow();
    return made ? Result<Socket>(std::move(made)) : Result<Socket>(Error(error));
}

inline Socket SocketBase::keep() const noexcept { return net_socket_keep(native_) < 0 ? Socket() : Socket(native_); }

namespace detail {

template <class F> void SocketEnter<F>::call(net_socket *socket, void *user) noexcept {
    Held<F>::run(user, SocketRef(socket));
}
template <class F>
void SocketEnter<F>::call(net_socket *socket, const std::uint8_t *data, std::size_t len, void *user) noexcept {
    Held<F>::run(user, SocketRef(socket), Bytes(data, len));
}
template <class F> void SocketEnter<F>::call(net_socket *socket, const net_error *error, void *user) noexcept {
    Held<F>::run(user, SocketRef(socket), Error(error));
}
template <class F> void SocketEnter<F>::call(net_socket *socket, int had_error, void *user) noexcept {
    Held<F>::run(user, SocketRef(socket), had_error == 1);
}
template <class F> void SocketEnter<F>::call(net_socket *socket, net_socket *source, void *user) noexcept {
    Held<F>::run(user, SocketRef(socket), SocketRef(source));
}
template <class F>
void SocketEnter<F>::call(net_socket *socket, const net_error *error, const net_address *address, const char *host,
                          void *user) noexcept {
    Held<F>::run(user, SocketRef(socket), Error(error), address ? Address(*address) : Address(),
                 std::string_view(host ? host : ""));
}
template <class F> void SocketEnter<F>::call(net_socket *socket, const net_address *address, void *user) noexcept {
    Held<F>::run(user, SocketRef(socket), Address(*address));
}
template <class F>
void SocketEnter<F>::call(net_socket *socket, const net_address *address, const net_error *error, void *user) noexcept {
    Held<F>::run(user, SocketRef(socket), Address(*address), Error(error));
}
template <class F> void HandleEnter<F>::call(net_socket *socket, int kind, void *user) noexcept {
    Held<F>::run(user, SocketRef(socket), static_cast<HandleKind>(kind));
}
template <class Func> bool tell_read(Func &func, net_socket *socket, Bytes bytes) {
    return goes_on(func, SocketRef(socket), bytes);
}
template <class F> void SocketEnter<F>::release(void *data, std::size_t len, void *user) noexcept {
    Held<F>::run(user, Bytes(data, len));
    Held<F>::drop(user);
}

} // namespace detail
} // namespace nodenet

#endif
