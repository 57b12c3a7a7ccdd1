// Handles to another process, both of whose ends are in this one.
#include "talk.hpp"

#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace nodenet;
using namespace std::string_view_literals;

namespace {
/// Two sockets with handles that are connected to each other.
class Channel {
  public:
    explicit Channel(net_loop *loop) {
        SocketOptions options;
        options.ipc = true;
        auto made = Socket::pair(LoopRef(loop), options);
        CHECK(made);
        near = std::move(made->first);
        options.fd = made->second;
        far = Socket(LoopRef(loop), options);
        CHECK(far);
        near.on_data([](Bytes) {});
        far.on_data([](Bytes) {});
    }
    Socket near;
    Socket far;
};
} // namespace

CASE(options_carry_what_was_set) {
    SocketOptions socket;
    ServerOptions server;
    CHECK(!socket.raw().ipc && !server.raw().ipc);
    socket.ipc = server.ipc = true;
    CHECK(socket.raw().ipc && server.raw().ipc);
    static_cast<void>(loop);
}

CASE(a_connection) {
    Channel channel(loop);
    Talk talk(loop);
    bool sent = false;
    std::string got;
    std::vector<HandleKind> kinds;
    channel.far.on_handle([&](SocketRef ipc, HandleKind kind) {
        kinds.push_back(kind);
        const Result<SocketRef> taken = ipc.take_socket();
        CHECK(taken);
        CHECK(ipc.take_socket().error().code() == Errc::not_found);
        taken->end("hello");
        taken->resume();
        ipc.end();
    });
    talk.on_peer = [&](SocketRef socket) {
        CHECK(channel.near.send("x", socket, false, [&](const Error &error) { sent = !error; }));
        CHECK(socket.destroyed());
    };
    talk.client.on_data([&](Bytes data) { got += data.text(); });
    talk.connect();
    talk.run();
    CHECK(sent);
    CHECK_TEXT(got, "hello");
    CHECK(kinds == std::vector<HandleKind>{HandleKind::tcp_socket});
}

CASE(a_connection_that_is_kept) {
    Channel channel(loop);
    Channel shared(loop);
    channel.far.once_handle([&](SocketRef ipc, HandleKind) {
        CHECK_OK(ipc.take_socket()->destroy());
        ipc.end();
    });
    CHECK(channel.near.send("x", shared.near, true));
    CHECK(!shared.near.destroyed());
    shared.far.destroy();
    shared.near.destroy();
    CHECK_OK(LoopRef(loop).run());
}

CASE(a_server) {
    Channel channel(loop);
    Server server{LoopRef(loop)};
    Server there;
    CHECK_OK(server.listen(0));
    const std::uint16_t port = server.address()->port();
    channel.far.on_handle([&](SocketRef ipc, HandleKind kind) {
        CHECK(kind == HandleKind::tcp_server);
        CHECK(ipc.take_socket().error().code() == Errc::invalid_handle_type);
        Result<Server> taken = ipc.take_server();
        CHECK(taken);
        there = std::move(*taken);
        CHECK(there.listening() && there.address()->port() == port);
        there.close();
        ipc.end();
    });
    bool sent = false;
    CHECK(channel.near.send("x", server, [&] { sent = true; }));
    CHECK(channel.near.send("y", server));
    server.close();
    CHECK_OK(LoopRef(loop).run());
    CHECK(sent && there);
}

CASE(a_bound_socket_and_a_descriptor) {
    Channel channel(loop);
    BoundSocketOptions options;
    options.host = "127.0.0.1"sv;
    BoundSocket bound = *BoundSocket::make(options);
    const std::uint16_t port = bound.address()->port();
    int came = 0;
    channel.far.on_handle([&](SocketRef ipc, HandleKind kind) {
        if (kind == HandleKind::tcp_socket) {
            Result<BoundSocket> taken = ipc.take_bound_socket();
            CHECK(taken && taken->address()->port() == port);
        } else {
            CHECK(kind == HandleKind::other);
            CHECK(ipc.take_bound_socket().error().code() == Errc::invalid_handle_type);
            const Result<int> fd = ipc.take_fd();
            CHECK(fd && close(*fd) == 0);
            CHECK(ipc.take_fd().error().code() == Errc::not_found);
        }
        if (++came == 4) {
            ipc.end();
        }
    });
    int pipes[2];
    CHECK_EQ(pipe(pipes), 0);
    int sent = 0;
    CHECK(channel.near.send("a", bound));
    CHECK(channel.near.send("b", bound, [&] { sent++; }));
    CHECK(channel.near.send_fd("c", pipes[0]));
    CHECK(channel.near.send_fd("d", pipes[0], [&] { sent++; }));
    CHECK(channel.near.send_fd("e", -1).error().code() == Errc::invalid_argument);
    close(pipes[0]);
    close(pipes[1]);
    CHECK_OK(LoopRef(loop).run());
    CHECK_EQ(came * 10 + sent, 42);
}
