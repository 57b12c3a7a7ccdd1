// Loops that serve together, each in a thread of its own.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_LOOP_GROUP_HPP
#define NODENET_LOOP_GROUP_HPP

#include "server.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace nodenet {

/// How connections come to the loops of a group.
enum class Share : int {
    automatic = NET_SHARE_AUTO,
    reuse_port = NET_SHARE_REUSE_PORT,
    hand_over = NET_SHARE_HAND_OVER,
};

/// net_loop_group_options. The functions run in the threads of the group, several at once.
struct LoopGroupOptions {
    /// 0: as many as the machine can run at a time.
    std::size_t loops = 0;
    std::function<void(LoopRef, std::size_t index)> on_start{};
    std::function<void(LoopRef, std::size_t index)> on_stop{};
    /// Absent: an `error` event without a listener ends the group.
    std::function<void(LoopRef, const Error &)> on_error{};

    /// For one call, which takes a copy of the functions.
    net_loop_group_options raw() const {
        net_loop_group_options raw = NET_LOOP_GROUP_OPTIONS_INIT;
        raw.loops = loops;
        raw.user = new LoopGroupOptions(*this);
        raw.on_start = on_start ? &start : nullptr;
        raw.on_stop = on_stop ? &stop : nullptr;
        raw.on_error = on_error ? &error : nullptr;
        raw.drop = &drop;
        return raw;
    }

  private:
    static const LoopGroupOptions &of(void *user) noexcept { return *static_cast<const LoopGroupOptions *>(user); }
    static void start(net_loop *loop, std::size_t index, void *user) noexcept {
        detail::at_the_border([&] { of(user).on_start(LoopRef(loop), index); });
    }
    static void stop(net_loop *loop, std::size_t index, void *user) noexcept {
        detail::at_the_border([&] { of(user).on_stop(LoopRef(loop), index); });
    }
    static void error(net_loop *loop, const net_error *error, void *user) noexcept {
        detail::at_the_border([&] { of(user).on_error(LoopRef(loop), Error(error)); });
    }
    static void drop(void *user) noexcept { delete static_cast<LoopGroupOptions *>(user); }
};

/// What LoopGroup and LoopGroupRef can do, from any thread.
class LoopGroupBase : public Handle<net_loop_group> {
  public:
    /// Listens on all loops; tells where. `connection(ServerRef, SocketRef)`, or with fewer arguments, is called in
    /// the loop that has the connection, so perhaps by several threads at once. What it throws ends the process, as in
    /// any thread that nobody waits in.
    template <class F>
    Result<Address> listen(const ListenOptions &options, F &&connection, Share share = Share::automatic,
                           const ServerOptions &server = {}) const {
        using Func = std::decay_t<F>;
        const net_server_options raw_server = server.raw();
        const net_listen_options raw = options.raw();
        net_address bound = NET_ADDRESS_INIT;
        const int status = net_loop_group_listen(native_, &raw_server, &raw, static_cast<int>(share), &bound,
                                                 &detail::ServerEnter<Func>::call,
                                                 detail::hold(std::forward<F>(connection)), detail::drop_of<F>);
        return status < 0 ? Result<Address>(Error(status)) : Result<Address>(Address(bound));
    }
    template <class F>
    Result<Address> listen(std::uint16_t port, F &&connection, Share share = Share::automatic,
                           const ServerOptions &server = {}) const {
        ListenOptions options;
        options.port = port;
        return listen(options, std::forward<F>(connection), share, server);
    }

    /// Accepts no more; each thread ends when its loop has nothing left.
    Error close() const noexcept { return Error(net_loop_group_close(native_)); }
    /// Until all threads have ended. An Error is that of an `error` event which nobody listened for.
    [[nodiscard]] Error wait() const noexcept { return Error(net_loop_group_wait(native_, -1)); }
    /// The same, but no longer than this: Errc::timed_out.
    [[nodiscard]] Error wait(std::chrono::milliseconds timeout) const noexcept {
        return Error(net_loop_group_wait(native_, static_cast<std::int64_t>(detail::milliseconds(timeout))));
    }
    /// 0 for a dead handle.
    std::size_t size() const noexcept { return detail::value_of<std::size_t>(net_loop_group_size, native_, 0); }
    LoopRef loop(std::size_t index) const noexcept { return LoopRef(net_loop_group_loop(native_, index)); }

  protected:
    using Handle::Handle;
};

/// The name of a group.
class LoopGroupRef final : public LoopGroupBase {
  public:
    explicit LoopGroupRef(net_loop_group *native = nullptr) noexcept : LoopGroupBase(native) {}
    LoopGroupRef(const LoopGroupBase &group) noexcept : LoopGroupBase(group) {}
};

/// A group, whose threads run from here to its end, which waits for them. Not to be ended by one of its own threads.
class LoopGroup final : public detail::Owned<LoopGroupBase, net_loop_group_free> {
  public:
    /// NULL if it is refused.
    explicit LoopGroup(const LoopGroupOptions &options) : Owned(raw(options, nullptr)) {}
    using Owned::Owned;

    /// Tells why it is refused.
    static Result<LoopGroup> make(const LoopGroupOptions &options = {}) {
        int error = NET_OK;
        net_loop_group *native = raw(options, &error);
        return native ? Result<LoopGroup>(LoopGroup(native)) : Result<LoopGroup>(Error(error));
    }

  private:
    static net_loop_group *raw(const LoopGroupOptions &options, int *error) {
        const net_loop_group_options raw = options.raw();
        return net_loop_group_new(&raw, error);
    }
};

} // namespace nodenet

#endif
