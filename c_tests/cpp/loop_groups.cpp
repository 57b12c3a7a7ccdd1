// Loops in threads of their own.
#include "talk.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <type_traits>

using namespace nodenet;
using namespace std::chrono_literals;

static_assert(std::is_nothrow_move_constructible_v<LoopGroup> && !std::is_copy_constructible_v<LoopGroup>);
static_assert(std::is_trivially_copyable_v<LoopGroupRef> && sizeof(LoopGroupRef) == sizeof(void *));

CASE(options_have_the_defaults_of_c) {
    const net_loop_group_options given = NET_LOOP_GROUP_OPTIONS_INIT;
    const net_loop_group_options ours = LoopGroupOptions().raw();
    CHECK_EQ(ours.size, given.size);
    CHECK_EQ(ours.loops, given.loops);
    CHECK(!ours.on_start && !ours.on_stop && !ours.on_error);
    ours.drop(ours.user);
}

static void serve(LoopRef loop, Share share) {
    Dropped functions;
    std::atomic<int> started{0};
    std::atomic<int> stopped{0};
    std::atomic<int> served{0};
    {
        LoopGroupOptions options;
        options.loops = 2;
        options.on_start = [&, own = std::make_shared<Dropped::Token>(functions.token())](LoopRef in, std::size_t at) {
            CHECK(in.alive() && at < 2 && *own);
            ++started;
        };
        options.on_stop = [&](LoopRef, std::size_t) { ++stopped; };
        auto group = LoopGroup::make(options);
        CHECK(group.has_value());
        options = {};
        CHECK_EQ(group->size(), 2);
        const LoopGroupRef name = *group;
        const auto here = std::this_thread::get_id();
        const auto bound = name.listen(
            0,
            [&, here, own = std::make_shared<Dropped::Token>(functions.token())](ServerRef server, SocketRef socket) {
                CHECK(std::this_thread::get_id() != here);
                CHECK(server.loop() == socket.loop());
                socket.on_data([](SocketRef echo, Bytes bytes) { echo.write(bytes); });
                socket.on_error([] {});
                ++served;
            },
            share);
        CHECK(bound.has_value());
        for (int i = 0; i < 4; i++) {
            Socket client(loop);
            std::string got;
            client.on_data([&](Bytes bytes) {
                got += bytes.text();
                client.end();
            });
            CHECK_OK(client.connect(bound->port(), "127.0.0.1"));
            client.write("hello");
            CHECK_OK(loop.run());
            CHECK_TEXT(got, "hello");
        }
        CHECK_EQ(name.listen(
                         bound->port(), [] {}, Share::hand_over)
                     .error()
                     .number(),
                 NET_EADDRINUSE);
        CHECK_OK(name.close());
        CHECK_OK(name.wait());
        CHECK_OK(name.wait(1ms));
        CHECK_ERROR(name.listen(0, [] {}).error(), canceled);
        CHECK_EQ(functions.count, 1);
    }
    CHECK_EQ(started, 2);
    CHECK_EQ(stopped, 2);
    CHECK_EQ(served, 4);
    CHECK_EQ(functions.count, 2);
}

CASE(connections_are_handed_over) { serve(LoopRef(loop), Share::hand_over); }

CASE(a_port_is_shared) { serve(LoopRef(loop), Share::reuse_port); }

// A socket that is the loop's to free.
static void refused_unheard(LoopRef loop) { CHECK_OK(SocketRef(Socket(loop).release()).connect(1, "127.0.0.1")); }

CASE(an_error_that_nobody_hears_ends_the_group) {
    LoopGroupOptions options;
    options.loops = 1;
    LoopGroup group(options);
    CHECK_ERROR(group.wait(1ms), timed_out);
    CHECK_OK(group.loop(0).post(refused_unheard));
    CHECK_ERROR(group.wait(), connection_refused);
    CHECK(!group.loop(1));
}

CASE(an_error_that_nobody_hears_is_told) {
    std::atomic<int> told{0};
    LoopGroupOptions options;
    options.loops = 1;
    options.on_error = [&](LoopRef, const Error &error) { told = error.number(); };
    LoopGroup group(options);
    CHECK_OK(group.loop(0).post(refused_unheard));
    while (told == 0) {
        std::this_thread::yield();
    }
    CHECK_EQ(told, NET_ECONNREFUSED);
    CHECK_OK(group.close());
    CHECK_OK(group.wait());
}

CASE(what_is_refused) {
    LoopGroupOptions options;
    options.loops = 100000;
    const auto refused = LoopGroup::make(options);
    CHECK(!refused.has_value());
    CHECK_ERROR(refused.error(), invalid_argument);
    CHECK(!LoopGroup(options));
    const LoopGroupRef none;
    CHECK_ERROR(none.close(), invalid_argument);
    CHECK_EQ(none.size(), 0);
    CHECK_ERROR(none.listen(0, [] {}).error(), invalid_argument);
}
