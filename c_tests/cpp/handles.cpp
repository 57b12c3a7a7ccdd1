// Who owns what, and what a name is worth when its thing is gone.
#include "talk.hpp"

#include <type_traits>
#include <utility>

using namespace nodenet;
using namespace std::chrono_literals;

template <class T>
constexpr bool only_moves = std::is_nothrow_move_constructible_v<T> &&std::is_nothrow_move_assignable_v<T> &&
                            !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
static_assert(only_moves<Loop> && only_moves<Server> && only_moves<Socket> && only_moves<Timer>);
template <class T> constexpr bool is_a_name = std::is_trivially_copyable_v<T> && sizeof(T) == sizeof(void *);
static_assert(is_a_name<LoopRef> && is_a_name<ServerRef> && is_a_name<SocketRef> && is_a_name<TimerRef>);
// A name does not become an owner by itself, nor can an owner be overwritten through one.
static_assert(!std::is_convertible_v<SocketRef, Socket> && !std::is_assignable_v<Socket &, SocketRef>);
static_assert(!std::is_assignable_v<SocketBase &, SocketRef> || !std::is_convertible_v<Socket &, SocketRef &>);

CASE(the_end_of_an_owner_frees) {
    const LoopRef name(loop);
    SocketRef socket;
    ServerRef server;
    TimerRef timer;
    {
        Socket own_socket(name);
        Server own_server(name);
        Timer own_timer(name);
        socket = own_socket;
        server = own_server;
        timer = own_timer;
        CHECK(socket.valid() && server.valid() && !timer.active());
        CHECK(socket == own_socket && socket.native() == own_socket.native());
        CHECK_EQ(name.metrics().handles, 3);
    }
    CHECK_EQ(name.metrics().handles, 0);
    CHECK(!socket.valid() && !server.valid());
    CHECK_ERROR(socket.pause(), bad_handle);
    CHECK_ERROR(server.listen(0), bad_handle);
    CHECK_ERROR(timer.stop(), bad_handle);
}

CASE(moving_carries_the_handle) {
    Socket first{LoopRef(loop)};
    const SocketRef name = first;
    Socket second(std::move(first));
    CHECK(!first && second && name == second);
    Socket third{LoopRef(loop)};
    const SocketRef replaced = third;
    third = std::move(second);
    CHECK(!second && name == third && name.valid());
    CHECK(!replaced.valid());
    Socket &same = third;
    third = std::move(same);
    CHECK(name.valid());
    net_socket *raw = third.release();
    CHECK(!third && name.valid() && name.native() == raw);
    third.reset(raw);
    CHECK(third == name);
    third.reset();
    CHECK(!name.valid());
}

CASE(what_is_null_refuses) {
    const Socket socket;
    const Server server;
    const Timer timer;
    const LoopRef none;
    CHECK(!socket && !server && !timer && !none);
    CHECK_ERROR(socket.write("x").error(), invalid_argument);
    CHECK_ERROR(server.close(), invalid_argument);
    CHECK_ERROR(timer.start(1ms, [] {}), invalid_argument);
    CHECK_ERROR(none.post([] {}), invalid_argument);
    CHECK_ERROR(none.run(), invalid_argument);
    CHECK_ERROR(Socket::make(none).error(), invalid_argument);
    CHECK(!Socket(none) && !Server(none) && !Timer(none));
    CHECK(!socket.keep() && !socket.server() && !socket.loop() && !server.loop() && !timer.loop());
    static_cast<void>(loop);
}

CASE(a_dead_socket_answers_as_a_closed_one) {
    SocketRef name;
    { name = Socket(LoopRef(loop)); }
    CHECK(name.destroyed() && name.closed() && name.pending());
    CHECK(!name.readable() && !name.writable() && !name.connecting() && !name.is_paused());
    CHECK(name.ready_state() == ReadyState::closed);
    CHECK_EQ(name.bytes_read() + name.bytes_written() + name.writable_length() + name.readable_length(), 0);
    CHECK(!name.address() && !name.remote_address() && !name.fd() && !name.timeout() && !name.readable_flowing());
    CHECK(!name.errored() && name.attempted_addresses().empty() && name.read().empty());
    CHECK_ERROR(name.type_of_service().error(), bad_handle);
    CHECK_ERROR(name.read_some(nullptr, 0).error(), bad_handle);
}

CASE(an_owner_may_outlive_its_loop) {
    Socket socket;
    Server server;
    Timer timer;
    {
        Loop inner;
        socket = Socket(inner);
        server = Server(inner);
        timer = Timer(inner);
        CHECK(socket.valid());
    }
    CHECK(!socket.valid() && socket);
    static_cast<void>(loop);
}

CASE(accepted_sockets_are_the_librarys) {
    Talk talk(loop);
    talk.on_peer = [](SocketRef socket) { socket.end(); };
    talk.connect();
    talk.run();
    CHECK(talk.peer && !talk.peer.valid());
    CHECK(talk.client.valid() && talk.client.closed());
}

CASE(accepted_sockets_can_be_kept) {
    Talk talk(loop);
    Socket kept;
    talk.on_peer = [&](SocketRef socket) {
        kept = socket.keep();
        kept.end();
        CHECK(kept.server() == talk.server);
    };
    talk.connect();
    talk.run();
    CHECK(kept.valid() && kept.closed() && kept == talk.peer);
    kept.reset();
    CHECK(!talk.peer.valid());
}

CASE(freeing_inside_its_own_callback) {
    Talk talk(loop);
    Dropped dropped;
    talk.on_peer = [](SocketRef socket) { socket.write("x"); };
    talk.client.on_data([&, token = dropped.token()] {
        talk.client.reset();
        CHECK_EQ(*token.get_deleter().count, 0);
    });
    talk.connect();
    talk.run();
    CHECK_EQ(dropped.count, 1);
}

CASE(the_loop_freed_in_a_callback) {
    Loop inner;
    Timer timer(inner);
    CHECK_OK(timer.start(0ms, [&] { inner.reset(); }));
    CHECK_ERROR(inner.run(), canceled);
    CHECK(!inner);
    static_cast<void>(loop);
}

CASE(the_threads_own_loop) {
    Loop own(default_loop().native());
    CHECK(own && default_loop() == own);
    own.reset();
    own = Loop(default_loop().native());
    CHECK(own && default_loop() == own);
    static_cast<void>(loop);
}

CASE(data_of_a_handle) {
    Dropped dropped;
    Socket socket{LoopRef(loop)};
    Server server{LoopRef(loop)};
    CHECK(!socket.data<int>());
    CHECK_OK(socket.set_data(42));
    CHECK_EQ(*socket.data<int>(), 42);
    CHECK(!socket.data<long>());
    CHECK_OK(socket.set_data(dropped.token()));
    CHECK(socket.data<Dropped::Token>());
    CHECK_OK(server.set_data(dropped.token()));
    CHECK(server.data<Dropped::Token>() && !server.data<int>());
    CHECK_EQ(dropped.count, 0);
    CHECK_OK(socket.clear_data());
    CHECK(!socket.data<Dropped::Token>());
    CHECK_EQ(dropped.count, 1);
    server.reset();
    run(loop);
    CHECK_EQ(dropped.count, 2);
    CHECK_ERROR(server.set_data(dropped.token()), invalid_argument);
    CHECK_EQ(dropped.count, 3);
}
