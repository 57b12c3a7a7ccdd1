// OnRead: a socket that reads into memory of the program's.
#include "talk.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace nodenet;

CASE(onread_fills_the_room_and_tells_the_bytes) {
    std::array<char, 4> room{};
    std::string got;
    Dropped dropped;
    SocketOptions options;
    options.onread = {room, [&, token = dropped.token()](SocketRef socket, Bytes bytes) {
                          CHECK(bytes.data() == static_cast<void *>(room.data()));
                          CHECK_EQ(socket.bytes_read(), got.size() + bytes.size());
                          got += bytes.text();
                      }};
    {
        Talk talk(loop, options);
        options.onread = {};
        talk.on_peer = [](SocketRef peer) { CHECK_OK(peer.end("hello worlds")); };
        talk.client.on_data([] { FAIL("data"); });
        talk.connect();
        talk.run();
        CHECK_TEXT(got, "hello worlds");
        CHECK_EQ(dropped.count, 0);
    }
    CHECK_EQ(net_loop_run(loop), 0);
    CHECK_EQ(dropped.count, 1);
}

CASE(onread_asks_for_rooms_and_can_be_stopped) {
    std::vector<std::vector<char>> rooms;
    int reads = 0;
    SocketOptions options;
    Socket *client = nullptr;
    options.onread = {[&] {
                          rooms.emplace_back(4);
                          return Room(rooms.back());
                      },
                      [&](Bytes bytes) {
                          CHECK(bytes.data() == static_cast<void *>(rooms.back().data()));
                          reads++;
                          client->loop().post([&] { CHECK_OK(client->resume()); });
                          return false;
                      }};
    Talk talk(loop, options);
    client = &talk.client;
    talk.on_peer = [](SocketRef peer) { CHECK_OK(peer.end("hello world")); };
    talk.connect();
    CHECK_EQ(rooms.size(), 1);
    talk.run();
    CHECK_EQ(reads, 3);
    CHECK_EQ(rooms.size(), 4);
    CHECK_TEXT(std::string(rooms[2].data(), 3), "rld");
}

CASE(onread_given_no_room_uses_the_one_before) {
    char room[2];
    int asked = 0;
    int reads = 0;
    SocketOptions options;
    options.onread = {[&] { return asked++ == 0 ? Room(room, sizeof(room)) : Room(); }, [&] { reads++; }};
    Talk talk(loop, options);
    talk.on_peer = [](SocketRef peer) { CHECK_OK(peer.end("abcdef")); };
    talk.connect();
    talk.run();
    CHECK_EQ(reads, 3);
    CHECK_EQ(asked, 4);
}

CASE(onread_throws_out_of_run) {
    std::array<char, 4> room{};
    SocketOptions options;
    options.onread = {room, [](Bytes) -> bool { throw std::runtime_error("from onread"); }};
    Talk talk(loop, options);
    talk.on_peer = [](SocketRef peer) { CHECK_OK(peer.end("abc")); };
    talk.connect();
    std::string thrown;
    try {
        (void)talk.loop.run();
    } catch (const std::runtime_error &error) {
        thrown = error.what();
    }
    CHECK_TEXT(thrown, "from onread");
    talk.run();
}

CASE(onread_connects_by_the_shared_form) {
    std::array<char, 16> room{};
    std::string got;
    SocketOptions options;
    options.onread = {room, [&](Bytes bytes) { got += bytes.text(); }};
    const SocketOptions copy = options;
    Server server{LoopRef(loop)};
    CHECK_OK(server.listen(0));
    int left = 2;
    server.on_connection([&](SocketRef peer) {
        CHECK_OK(peer.end(left-- == 2 ? "one" : "two"));
        if (left == 0) {
            server.close();
        }
    });
    ConnectOptions to;
    to.port = server.address()->port();
    to.host = "127.0.0.1";
    Result<Socket> first = connect(LoopRef(loop), to, options);
    Result<Socket> second = connect(LoopRef(loop), to, copy);
    CHECK(first && second);
    CHECK_EQ(net_loop_run(loop), 0);
    CHECK_TEXT(got, "onetwo");
}
