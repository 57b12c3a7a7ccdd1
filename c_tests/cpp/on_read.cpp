// Reading into buffers of the program's own.
#include "talk.hpp"

#include <array>

using namespace nodenet;

CASE(one_buffer_is_filled_again_and_again) {
    Dropped dropped;
    std::array<char, 4> room{};
    std::string read;
    bool ended = false;
    {
        SocketOptions options;
        options.onread =
            OnRead(Room{room.data(), room.size()}, [&, token = dropped.token()](SocketRef socket, Bytes bytes) {
                CHECK(socket);
                CHECK(bytes.data() == reinterpret_cast<const std::uint8_t *>(room.data()));
                read += bytes.text();
            });
        Talk talk(loop, options);
        options.onread = OnRead();
        CHECK_EQ(dropped.count, 0);
        talk.on_peer = [](SocketRef socket) { socket.end("hello world"); };
        talk.client.on_data([] { FAIL("data"); });
        talk.client.on_end([&] { ended = true; });
        talk.connect();
        talk.run();
    }
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_TEXT(read, "hello world");
    CHECK(ended);
    CHECK_EQ(dropped.count, 1);
}

CASE(a_buffer_is_asked_for_and_false_stops) {
    Dropped dropped;
    std::array<char, 8> room{};
    std::string read;
    int asked = 0;
    {
        SocketOptions options;
        options.onread = OnRead(
            [&, token = dropped.token()] {
                asked++;
                return Room{room.data(), 5};
            },
            [&](Bytes bytes) {
                read += bytes.text();
                return read.size() != 5;
            });
        Talk talk(loop, options);
        talk.on_peer = [](SocketRef socket) { socket.end("hello world"); };
        talk.client.on_end([] {});
        talk.connect();
        options.onread = OnRead();
        Timer later(talk.loop);
        CHECK_OK(later.start(std::chrono::milliseconds(20), [&] { talk.client.resume(); }));
        talk.run();
    }
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_TEXT(read, "hello world");
    CHECK(asked >= 3);
    CHECK_EQ(dropped.count, 1);
}
