// Every event is heard by its own listeners, with its own arguments: on_ each time, once_ once.
#include "talk.hpp"

#include <map>

using namespace nodenet;
using namespace std::chrono_literals;

/// Registers on_EVENT twice and takes one off again, and once_EVENT; counts under its name.
#define HEAR(target, event)                                                                                            \
    do {                                                                                                               \
        (target).on_##event([&] { heard[#event]++; });                                                                 \
        (target).once_##event([&] { heard["once " #event]++; });                                                       \
        Listener taken_off = (target).on_##event([&] { FAIL(#event " was taken off"); });                              \
        CHECK(!taken_off.error());                                                                                     \
        CHECK_OK(taken_off.off());                                                                                     \
        taken_off = (target).once_##event([&] { FAIL("once " #event " was taken off"); });                             \
        CHECK_OK(taken_off.off());                                                                                     \
        CHECK_EQ(*(target).listener_count(#event), 2 + already[#event]);                                               \
    } while (0)

CASE(of_sockets) {
    SocketOptions options;
    options.high_water_mark = 4;
    Talk talk(loop, options);
    std::map<std::string, int> heard, already{{"error", 1}};
    Socket &client = talk.client;
    HEAR(client, connect);
    HEAR(client, ready);
    HEAR(client, data);
    HEAR(client, end);
    HEAR(client, drain);
    HEAR(client, finish);
    HEAR(client, timeout);
    HEAR(client, error);
    HEAR(client, close);
    HEAR(client, pause);
    HEAR(client, resume);
    HEAR(client, lookup);
    HEAR(client, connection_attempt);
    HEAR(client, connection_attempt_failed);
    HEAR(client, connection_attempt_timeout);
    client.on_lookup([&](SocketRef, const Error &error, const Address &address, std::string_view host) {
        CHECK(!error && (address.text() == "127.0.0.1" || address.text() == "127.0.0.2"));
        CHECK_TEXT(host, "several");
    });
    client.on_connection_attempt([&](SocketRef, const Address &address) { CHECK_EQ(address.port(), talk.port); });
    client.on_connection_attempt_failed([&](SocketRef, const Address &address, const Error &error) {
        CHECK_TEXT(address.text(), "127.0.0.2");
        CHECK(error == Errc::connection_refused);
    });
    client.on_close([](SocketRef, bool had_error) { CHECK(!had_error); });
    talk.server.reset();
    talk.server = Server(talk.loop);
    CHECK_OK(talk.server.listen(0, "127.0.0.1"));
    talk.server.on_connection([&](SocketRef socket) {
        talk.server.close();
        socket.resume();
        client.once_timeout([socket] { socket.end("12345678"); });
    });
    client.on_connect([&] {
        CHECK_OK(client.set_timeout(1ms));
        CHECK_OK(client.pause());
        client.once_pause([&] { CHECK_OK(client.resume()); });
    });
    ConnectOptions to;
    to.host = "several";
    to.lookup = [](LookupRequest request, const LookupQuestion &) {
        CHECK_OK(request.answer({Address("127.0.0.2"), Address("127.0.0.1")}));
    };
    talk.server.once_listening([&] {
        to.port = talk.port = talk.server.address()->port();
        CHECK_OK(client.connect(to));
        CHECK(!client.write("12345678"));
    });
    talk.run();
    for (const char *event :
         {"connect", "ready", "end", "drain", "finish", "close", "pause", "connection_attempt_failed"}) {
        CHECK_TEXT(std::string(event) + std::to_string(heard[event]), std::string(event) + "1");
        CHECK_TEXT(std::string(event) + std::to_string(heard[std::string("once ") + event]), std::string(event) + "1");
    }
    CHECK_EQ(heard["lookup"] * 10 + heard["once lookup"], 21);
    CHECK_EQ(heard["connection_attempt"] * 10 + heard["once connection_attempt"], 21);
    CHECK_EQ(heard["once timeout"], 1);
    CHECK(heard["timeout"] >= 1 && heard["resume"] >= 1 && heard["data"] >= 1);
    CHECK_EQ(heard["once resume"] + heard["once data"], 2);
    CHECK_EQ(heard["error"] + heard["once error"], 0);

    Socket second(talk.loop);
    already["error"] = 0;
    HEAR(second, error);
    HEAR(second, readable);
    second.on_error([&](SocketRef socket, const Error &) { CHECK(socket == second); });
    second.on_close([](bool had_error) { CHECK(had_error); });
    CHECK_OK(second.connect_path("no such path"));
    talk.run();
    CHECK_EQ(heard["error"] + heard["once error"], 2);
}

CASE(of_readable) {
    Talk talk(loop);
    std::map<std::string, int> heard, already;
    HEAR(talk.client, readable);
    talk.client.on_readable([&] { talk.client.read(); });
    talk.on_peer = [](SocketRef socket) { socket.end("x"); };
    talk.connect();
    talk.run();
    CHECK(heard["readable"] >= 1);
    CHECK_EQ(heard["once readable"], 1);
}

CASE(of_servers) {
    const LoopRef name(loop);
    Server server(name), second(name);
    std::map<std::string, int> heard, already;
    HEAR(server, listening);
    HEAR(server, connection);
    HEAR(server, close);
    HEAR(server, drop);
    HEAR(second, error);
    Socket first(name), refused(name);
    server.on_connection([&](ServerRef of, SocketRef socket) {
        CHECK(of == server && socket.server() == of);
        socket.on_error([] {});
        CHECK_OK(refused.connect(server.address()->port(), "127.0.0.1"));
    });
    server.on_drop([&](ServerRef of, const DropInfo &info) {
        CHECK(of == server && info.reason == DropReason::max_connections);
        CHECK_EQ(info.local.port(), server.address()->port());
        CHECK(info.remote.family() != Family::none);
        server.close();
        first.destroy();
    });
    refused.on_error([] {});
    CHECK_OK(server.set_max_connections(1));
    CHECK_OK(server.listen(0));
    server.on_listening([&] {
        CHECK_OK(second.listen(server.address()->port()));
        CHECK_OK(first.connect(server.address()->port(), "127.0.0.1"));
    });
    CHECK_OK(name.run());
    for (const char *event : {"listening", "connection", "close", "drop", "error"}) {
        CHECK_TEXT(std::string(event) + std::to_string(heard[event]), std::string(event) + "1");
        CHECK_TEXT(std::string(event) + std::to_string(heard[std::string("once ") + event]), std::string(event) + "1");
    }
}

CASE(of_pipes) {
    Talk talk(loop);
    std::map<std::string, int> heard, already;
    std::string echo;
    talk.on_peer = [&](SocketRef peer) {
        HEAR(peer, pipe);
        HEAR(peer, unpipe);
        peer.on_pipe([peer](SocketRef socket, SocketRef source) { CHECK(socket == peer && source == peer); });
        peer.on_unpipe([peer](SocketRef socket, SocketRef source) { CHECK(socket == peer && source == peer); });
        CHECK_OK(peer.pipe(peer, false));
        CHECK_OK(peer.unpipe());
        CHECK_OK(peer.pipe(peer));
        CHECK_OK(peer.unpipe(peer));
        CHECK_OK(peer.pipe(peer));
    };
    talk.client.on_data([&](Bytes data) { echo += data.text(); });
    talk.connect();
    CHECK_OK(talk.client.end("there and back"));
    talk.run();
    CHECK_TEXT(echo, "there and back");
    CHECK_EQ(heard["pipe"] * 10 + heard["once pipe"], 31);
    CHECK_EQ(heard["unpipe"] * 10 + heard["once unpipe"], 31);
}
