// Every function that is not about callables or errors: that it calls the right one, with the right arguments.
#include "talk.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

using namespace nodenet;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

static int option_of(int fd, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    CHECK_EQ(getsockopt(fd, level, name, &value, &length), 0);
    return value;
}

// Without `onread`, which would have to outlive it.
static net_socket_options raw_of(const SocketOptions &options) {
    net_onread reading = NET_ONREAD_INIT;
    return options.raw(reading);
}

CASE(options_have_the_defaults_of_c) {
    const net_server_options server = NET_SERVER_OPTIONS_INIT;
    const net_listen_options listen = NET_LISTEN_OPTIONS_INIT;
    const net_socket_options socket = NET_SOCKET_OPTIONS_INIT;
    const net_connect_options connect = NET_CONNECT_OPTIONS_INIT;
    const net_server_options our_server = ServerOptions().raw();
    CHECK_EQ(our_server.size, server.size);
    CHECK_EQ(our_server.allow_half_open, server.allow_half_open);
    CHECK_EQ(our_server.pause_on_connect, server.pause_on_connect);
    CHECK_EQ(our_server.no_delay, server.no_delay);
    CHECK_EQ(our_server.keep_alive, server.keep_alive);
    CHECK_EQ(our_server.keep_alive_initial_delay, server.keep_alive_initial_delay);
    CHECK_EQ(our_server.high_water_mark, server.high_water_mark);
    CHECK(!our_server.block_list && !raw_of(SocketOptions()).block_list);
    const net_listen_options our_listen = ListenOptions().raw();
    CHECK_EQ(our_listen.size, listen.size);
    CHECK_EQ(our_listen.port, listen.port);
    CHECK_EQ(our_listen.backlog, listen.backlog);
    CHECK(!our_listen.host && !our_listen.path);
    CHECK_EQ(our_listen.fd, listen.fd);
    CHECK_EQ(our_listen.ipv6_only, listen.ipv6_only);
    CHECK_EQ(our_listen.reuse_port, listen.reuse_port);
    CHECK_EQ(our_listen.exclusive, listen.exclusive);
    CHECK_EQ(our_listen.readable_all, listen.readable_all);
    CHECK_EQ(our_listen.writable_all, listen.writable_all);
    CHECK(!our_listen.handle && !raw_of(SocketOptions()).handle);
    const net_bound_socket_options bound = NET_BOUND_SOCKET_OPTIONS_INIT;
    const net_bound_socket_options our_bound = BoundSocketOptions().raw();
    CHECK_EQ(our_bound.size, bound.size);
    CHECK_EQ(our_bound.port, bound.port);
    CHECK(!our_bound.host && !our_bound.path);
    CHECK_EQ(our_bound.ipv6_only, bound.ipv6_only);
    CHECK_EQ(our_bound.reuse_port, bound.reuse_port);
    const net_socket_options our_socket = raw_of(SocketOptions());
    CHECK_EQ(our_socket.size, socket.size);
    CHECK_EQ(our_socket.allow_half_open, socket.allow_half_open);
    CHECK_EQ(our_socket.no_delay, socket.no_delay);
    CHECK_EQ(our_socket.keep_alive, socket.keep_alive);
    CHECK_EQ(our_socket.type_of_service, socket.type_of_service);
    CHECK_EQ(our_socket.keep_alive_initial_delay, socket.keep_alive_initial_delay);
    CHECK_EQ(our_socket.high_water_mark, socket.high_water_mark);
    CHECK_EQ(our_socket.fd, socket.fd);
    CHECK_EQ(our_socket.readable, socket.readable);
    CHECK_EQ(our_socket.writable, socket.writable);
    const net_connect_options our_connect = ConnectOptions().raw();
    CHECK_EQ(our_connect.size, connect.size);
    CHECK_EQ(our_connect.port, connect.port);
    CHECK_EQ(our_connect.local_port, connect.local_port);
    CHECK(!our_connect.host && !our_connect.path && !our_connect.local_address);
    CHECK_EQ(our_connect.family, connect.family);
    CHECK_EQ(our_connect.hints, connect.hints);
    CHECK_EQ(our_connect.auto_select_family, connect.auto_select_family);
    CHECK_EQ(our_connect.auto_select_family_attempt_timeout, connect.auto_select_family_attempt_timeout);
    CHECK_EQ(our_connect.timeout, connect.timeout);
    CHECK(!our_listen.lookup && !our_listen.lookup_user && !our_listen.lookup_drop);
    CHECK(!our_connect.lookup && !our_connect.lookup_user && !our_connect.lookup_drop);
    static_cast<void>(loop);
}

CASE(options_carry_what_was_set) {
    ServerOptions server;
    server.allow_half_open = server.pause_on_connect = server.no_delay = server.keep_alive = true;
    server.keep_alive_initial_delay = 3s;
    server.high_water_mark = 5;
    const net_server_options raw_server = server.raw();
    CHECK(raw_server.allow_half_open && raw_server.pause_on_connect && raw_server.no_delay && raw_server.keep_alive);
    CHECK_EQ(raw_server.keep_alive_initial_delay, 3000);
    CHECK_EQ(raw_server.high_water_mark, 5);
    ListenOptions listen;
    listen.port = 1;
    listen.host = "host"sv;
    listen.path = "\0path"sv;
    listen.fd = 4;
    listen.backlog = 5;
    listen.ipv6_only = listen.reuse_port = listen.exclusive = listen.readable_all = listen.writable_all = true;
    const net_listen_options raw_listen = listen.raw();
    CHECK_EQ(raw_listen.port, 1);
    CHECK(raw_listen.host == listen.host.data() && raw_listen.path == listen.path.data());
    CHECK_EQ(raw_listen.host_len, 4);
    CHECK_EQ(raw_listen.path_len, 5);
    CHECK_EQ(raw_listen.fd * 10 + raw_listen.backlog, 45);
    CHECK(raw_listen.ipv6_only && raw_listen.reuse_port && raw_listen.exclusive);
    CHECK(raw_listen.readable_all && raw_listen.writable_all);
    SocketOptions socket;
    socket.allow_half_open = socket.no_delay = socket.keep_alive = true;
    socket.keep_alive_initial_delay = 2s;
    socket.type_of_service = 8;
    socket.high_water_mark = 6;
    socket.fd = 7;
    socket.readable = socket.writable = false;
    const net_socket_options raw_socket = raw_of(socket);
    CHECK(raw_socket.allow_half_open && raw_socket.no_delay && raw_socket.keep_alive);
    CHECK(!raw_socket.readable && !raw_socket.writable);
    CHECK_EQ(raw_socket.keep_alive_initial_delay, 2000);
    CHECK_EQ(raw_socket.type_of_service * 100 + raw_socket.fd, 807);
    CHECK_EQ(raw_socket.high_water_mark, 6);
    ConnectOptions connect;
    connect.port = 1;
    connect.local_port = 2;
    connect.host = "host"sv;
    connect.path = "path!"sv;
    connect.local_address = "::1"sv;
    connect.family = 6;
    connect.hints = hint_all | hint_v4mapped | hint_addrconfig;
    connect.auto_select_family = false;
    connect.auto_select_family_attempt_timeout = 30ms;
    connect.timeout = 40ms;
    const net_connect_options raw_connect = connect.raw();
    CHECK_EQ(raw_connect.port * 10 + raw_connect.local_port, 12);
    CHECK(raw_connect.host == connect.host.data() && raw_connect.path == connect.path.data());
    CHECK(raw_connect.local_address == connect.local_address.data());
    CHECK_EQ(raw_connect.host_len * 100 + raw_connect.path_len * 10 + raw_connect.local_address_len, 453);
    CHECK_EQ(raw_connect.family, 6);
    CHECK_EQ(raw_connect.hints, 7);
    CHECK_EQ(raw_connect.auto_select_family, 0);
    CHECK_EQ(raw_connect.auto_select_family_attempt_timeout, 30);
    CHECK_EQ(raw_connect.timeout, 40);
    static_cast<void>(loop);
}

CASE(loops) {
    const LoopRef name(loop);
    CHECK(!name.alive());
    CHECK(*name.fd() >= 0);
    CHECK(name.timeout() == -1ms);
    int woken = 0;
    CHECK_OK(name.set_wake_hook([&](LoopRef) { woken++; }));
    Server server(name);
    CHECK_OK(server.close());
    CHECK_EQ(woken, 1);
    CHECK(name.timeout() == 0ms);
    CHECK_OK(name.run_deferred());
    CHECK_OK(name.clear_wake_hook());
    CHECK_OK(name.poll(0ms));
    CHECK(name.now() >= 0ms);
    CHECK_EQ(name.metrics().turns, 1);
    CHECK_OK(name.detach());
    CHECK_ERROR(name.poll(0ms), wrong_thread);
    CHECK_OK(name.attach());
    Timer timer(name);
    CHECK_OK(timer.start(1h, [] {}));
    CHECK(name.timeout() > 1min);
    name.stop();
    CHECK_OK(name.poll());
    CHECK_OK(name.post([&] { name.stop(); }));
    CHECK_OK(name.run());
    CHECK(LoopRef().timeout() == 0ms);
    CHECK_ERROR(LoopRef().fd().error(), invalid_argument);
}

CASE(servers) {
    const LoopRef name(loop);
    ServerOptions options;
    options.allow_half_open = true;
    Server server(name, options);
    CHECK(!server.listening() && !server.address() && !server.fd() && server.loop() == name);
    CHECK_OK(server.listen());
    CHECK(server.listening() && *server.fd() >= 0 && server.address()->port() != 0);
    CHECK_ERROR(server.listen(), server_already_listens);
    CHECK(!server.max_connections());
    CHECK_OK(server.set_max_connections(0));
    CHECK_EQ(*server.max_connections(), 0);
    CHECK_OK(server.set_max_connections(std::nullopt));
    CHECK(!server.max_connections());
    CHECK_OK(server.unref());
    CHECK_OK(name.run());
    CHECK_OK(server.ref());
    int counted = -1, closed = 0;
    CHECK_OK(server.get_connections([&](ServerRef of, const Error &error, std::size_t count) {
        counted = error || of != server ? -1 : static_cast<int>(count);
    }));
    CHECK_OK(server.close([&](ServerRef of, const Error &error) { closed += of == server && !error; }));
    CHECK_OK(server.close([&](const Error &error) { closed += error == Errc::server_not_running; }));
    CHECK_OK(name.run());
    CHECK_EQ(counted, 0);
    CHECK_EQ(closed, 2);
    CHECK_ERROR(server.listener_count("no such event").error(), invalid_argument);
}

CASE(moving_to_another_loop) {
    const LoopRef here(loop);
    Loop there;
    Server server(here);
    Server moved;
    std::string got;
    server.on_connection([](SocketRef) { FAIL("the old loop accepts"); });
    CHECK_ERROR(server.move(there, [] {}), not_transferable);
    CHECK(!server.listen(0));
    const auto port = server.address()->port();
    CHECK(!here.run_deferred());
    CHECK(!server.move(there, [&](ServerRef arrived) { moved.reset(arrived.native()); }));
    CHECK_ERROR(server.close(), bad_handle);
    CHECK(!there.poll(0ms));
    CHECK(moved.listening() && moved.loop() == there);
    moved.on_connection([&](SocketRef socket) {
        CHECK(!socket.move(here, [&got](SocketRef arrived) {
            arrived.on_data([&got](Bytes text) { got = text.text(); });
            arrived.end();
        }));
        CHECK_ERROR(socket.move(here, [](SocketRef) {}), bad_handle);
        moved.close();
    });
    Socket client(here);
    CHECK(!client.connect(port, "127.0.0.1"));
    client.end("moved twice"sv);
    client.on_data([] {});
    while (got.empty()) {
        CHECK(!here.poll(1ms));
        CHECK(!there.poll(1ms));
    }
    CHECK(!here.run());
    CHECK(!there.run());
    CHECK_STR(got.c_str(), "moved twice");
}

CASE(paths) {
    Talk talk(loop);
    const std::string path = case_path("sock");
    Server file(talk.loop), abstract(talk.loop), by_text(talk.loop);
    CHECK_OK(talk.server.close());
    CHECK_OK(file.listen_path(std::string_view(path)));
    CHECK(file.address()->family() == Family::local);
    CHECK_TEXT(file.address()->text(), path);
    CHECK_TEXT(file.address()->to_string(), path);
    CHECK_OK(by_text.listen_path(case_path("text")));
    const std::string name = std::string("\0nodenet-cpp-", 13) + std::to_string(getpid());
    ListenOptions options;
    options.path = name;
    CHECK_OK(abstract.listen(options));
    CHECK(abstract.address()->text() == name);
    int connected = 0;
    Socket first(talk.loop), second(talk.loop);
    abstract.on_connection([&](ServerRef, SocketRef socket) {
        CHECK(socket.peer_credentials()->pid == getpid() && socket.peer_credentials()->uid == geteuid());
        CHECK(socket.peer_credentials()->gid == getegid());
        socket.end();
        abstract.close();
    });
    file.on_connection([&](SocketRef socket) {
        socket.end();
        file.close();
        by_text.close();
    });
    for (Socket *socket : {&first, &second, &talk.client}) {
        socket->on_connect([&] { connected++; });
        socket->resume();
    }
    CHECK_OK(first.connect_path(name));
    CHECK_OK(second.connect_path(path.c_str()));
    Socket third = nodenet::connect(talk.loop,
                                    [&] {
                                        ConnectOptions to;
                                        to.path = "no such thing";
                                        return to;
                                    }())
                       .value();
    third.on_error([] {});
    talk.run();
    CHECK_EQ(connected, 2);
}

CASE(writing_and_counting) {
    SocketOptions options;
    options.high_water_mark = 10;
    Talk talk(loop, options);
    std::string got;
    int drains = 0;
    talk.on_peer = [&](SocketRef socket) {
        CHECK(socket.server() == talk.server && socket.loop() == talk.loop);
        socket.on_data([&](Bytes data) { got += data.text(); });
    };
    talk.client.on_drain([&] { drains++; });
    CHECK_EQ(talk.client.writable_high_water_mark(), 10);
    CHECK_EQ(talk.client.readable_high_water_mark(), 10);
    talk.connect();
    CHECK(talk.client.connecting() && talk.client.pending());
    CHECK(talk.client.ready_state() == ReadyState::opening);
    CHECK(talk.client.write("12345"));
    CHECK(!talk.client.write(std::string("67890")));
    CHECK(talk.client.writable_need_drain());
    CHECK_EQ(talk.client.writable_length(), 10);
    CHECK_EQ(*talk.client.buffer_size(), 10);
    CHECK_EQ(talk.client.bytes_written(), 10);
    talk.client.once_drain([&] {
        CHECK_OK(talk.client.cork());
        CHECK_EQ(talk.client.writable_corked(), 1);
        const std::vector<std::uint8_t> bytes{'a', 'b'};
        CHECK(talk.client.write(bytes));
        CHECK(talk.client.writev({"c", bytes, std::string("d")}));
        CHECK_OK(talk.client.uncork());
        CHECK_EQ(talk.client.writable_corked(), 0);
        CHECK(talk.client.writable() && talk.client.readable());
        CHECK_OK(talk.client.end("e"));
        CHECK(talk.client.writable_ended());
    });
    talk.run();
    CHECK_TEXT(got, "1234567890abcabde");
    CHECK_EQ(drains, 1);
    CHECK_EQ(talk.client.bytes_written(), 17);
    CHECK(talk.client.writable_finished() && talk.client.closed() && talk.client.destroyed());
    CHECK(!talk.client.errored());
}

CASE(reading) {
    Talk talk(loop);
    std::string got;
    talk.on_peer = [](SocketRef socket) { socket.end("hello, world"); };
    talk.client.on_readable([&] {
        char five[5];
        const auto whole = talk.client.read(five, 5);
        if (*whole == 5) {
            got.append(five, 5);
            CHECK_EQ(talk.client.readable_length(), 7);
            CHECK_EQ(*talk.client.read_some(five, 2), 2);
            got.append(five, 2);
        }
        got += Bytes(talk.client.read()).text();
    });
    talk.connect();
    talk.run();
    CHECK_TEXT(got, "hello, world");
    CHECK(talk.client.readable_ended());
    CHECK_EQ(talk.client.bytes_read(), 12);
}

CASE(flowing) {
    Talk talk(loop);
    CHECK(!talk.client.readable_flowing());
    CHECK_OK(talk.client.pause());
    CHECK(talk.client.is_paused() && talk.client.readable_flowing() == false);
    CHECK_OK(talk.client.resume());
    CHECK(!talk.client.is_paused() && talk.client.readable_flowing() == true);
    CHECK_OK(talk.server.close());
    talk.run();
}

CASE(settings) {
    SocketOptions options;
    options.allow_half_open = true;
    Talk talk(loop, options);
    CHECK(talk.client.allow_half_open());
    CHECK_OK(talk.client.set_allow_half_open(false));
    CHECK(!talk.client.allow_half_open() && !talk.client.timeout());
    CHECK_OK(talk.client.set_timeout(1500ms));
    CHECK(talk.client.timeout() == 1500ms);
    CHECK_OK(talk.client.set_type_of_service(16));
    CHECK_EQ(*talk.client.type_of_service(), 16);
    CHECK_ERROR(talk.client.set_type_of_service(256), out_of_range);
    CHECK_OK(talk.client.set_no_delay());
    CHECK_OK(talk.client.set_keep_alive(true, 7s));
    talk.client.on_connect([&] {
        const int fd = *talk.client.fd();
        CHECK(option_of(fd, IPPROTO_TCP, TCP_NODELAY) != 0 && option_of(fd, SOL_SOCKET, SO_KEEPALIVE) != 0);
        CHECK_EQ(option_of(fd, IPPROTO_TCP, TCP_KEEPIDLE), 7);
        CHECK_OK(talk.client.set_no_delay(false));
        CHECK_OK(talk.client.set_keep_alive(false));
        CHECK(option_of(fd, IPPROTO_TCP, TCP_NODELAY) == 0 && option_of(fd, SOL_SOCKET, SO_KEEPALIVE) == 0);
        CHECK_EQ(option_of(fd, IPPROTO_IP, IP_TOS), 16);
        CHECK_EQ(talk.client.remote_address()->port(), talk.port);
        CHECK(!talk.client.peer_credentials());
        CHECK(*talk.client.local_address() == *talk.client.address());
        CHECK(talk.client.ready_state() == ReadyState::open);
        CHECK_OK(talk.client.unref());
        CHECK_OK(talk.client.ref());
        CHECK_OK(talk.client.destroy_soon());
    });
    talk.connect();
    talk.run();
}

CASE(ways_to_end) {
    Talk talk(loop);
    bool reset = false;
    talk.on_peer = [&](SocketRef socket) {
        socket.on_error([&](const Error &error) { reset = error == Errc::connection_reset; });
        CHECK_OK(talk.client.reset_and_destroy());
    };
    CHECK_OK(talk.client.connect(talk.port));
    talk.run();
    CHECK(reset);
    CHECK_OK(talk.client.destroy());
}
