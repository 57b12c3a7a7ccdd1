// Callables: what they may take, and that each is destroyed exactly once.
#include "talk.hpp"

#include <thread>

using namespace nodenet;
using namespace std::chrono_literals;

static int plain_calls;
static void plain(SocketRef socket, bool had_error) {
    CHECK(socket.closed() && !had_error);
    plain_calls++;
}

struct Counter {
    int calls = 0;
    void operator()() & { calls++; }
};

CASE(all_arguments_all_but_the_handle_or_none) {
    Talk talk(loop);
    int calls = 0;
    talk.on_peer = [](SocketRef socket) { socket.end("x"); };
    talk.client.on_data([&](SocketRef socket, Bytes data) { calls += socket == talk.client && data.text() == "x"; });
    talk.client.on_data([&](Bytes data) { calls += data.size() == 1; });
    talk.client.on_data([&] { calls++; });
    talk.client.on_data([&](auto &&...all) { calls += sizeof...(all) == 2; });
    talk.client.on_close(plain);
    talk.client.on_close(&plain);
    Counter counter;
    talk.client.on_close(counter);
    talk.client.on_close(std::ref(counter));
    talk.connect();
    talk.run();
    CHECK_EQ(calls, 4);
    CHECK_EQ(plain_calls, 2);
    CHECK_EQ(counter.calls, 1);
}

CASE(a_trace_tells_what_happens) {
    Talk talk(loop);
    Dropped dropped;
    const LoopRef name(loop);
    std::string told;
    std::uint64_t written = 0;
    SocketRef accepted;
    talk.on_peer = [](SocketRef socket) { socket.end("hello"); };
    CHECK_OK(name.set_trace([&, token = dropped.token()](LoopRef of, const Trace &trace) {
        CHECK(of == name && trace.error == Errc::ok);
        if (trace.kind == TraceKind::accept) {
            CHECK(trace.server && trace.socket);
            accepted = trace.socket;
            told += trace.text.substr(0, 12);
        }
        if (trace.kind == TraceKind::write && trace.socket == accepted) {
            CHECK(!trace.server);
            written += trace.bytes;
            told += " | ";
            told += trace.text;
        }
    }));
    talk.client.on_data([] {});
    talk.connect();
    talk.run();
    CHECK(told == "accept from  | write 5 bytes");
    CHECK_EQ(written, 5);
    int calls = 0;
    CHECK_OK(name.set_trace([&] { calls++; }));
    CHECK_EQ(dropped.count, 1);
    Server server(name);
    CHECK_OK(server.listen(0, "127.0.0.1"));
    CHECK_OK(name.poll(0ms));
    CHECK_EQ(calls, 1);
    CHECK_OK(name.clear_trace());
    CHECK_OK(server.close());
    CHECK_OK(name.poll(0ms));
    CHECK_EQ(calls, 1);
}

CASE(a_listener_is_destroyed_with_its_handle) {
    Dropped dropped;
    {
        Socket socket{LoopRef(loop)};
        socket.on_data([token = dropped.token()] {});
        socket.once_close([token = dropped.token()] {});
        CHECK_EQ(dropped.count, 0);
    }
    run(loop);
    CHECK_EQ(dropped.count, 2);
}

CASE(a_listener_is_destroyed_with_the_loop) {
    Dropped dropped;
    Socket socket;
    Server server;
    {
        Loop inner;
        socket = Socket(inner);
        server = Server(inner);
        socket.on_data([token = dropped.token()] {});
        server.on_connection([token = dropped.token()] {});
        CHECK_OK(inner.post([token = dropped.token()] { FAIL("called"); }));
        CHECK_OK(inner.set_wake_hook([token = dropped.token()] {}));
        CHECK_EQ(dropped.count, 0);
    }
    CHECK_EQ(dropped.count, 4);
    static_cast<void>(loop);
}

CASE(a_refused_callable_is_destroyed) {
    Dropped dropped;
    const Socket socket;
    const Server server;
    const Timer timer;
    CHECK_ERROR(socket.on_data([token = dropped.token()] {}).error(), invalid_argument);
    CHECK_ERROR(socket.write("x", [token = dropped.token()] {}).error(), invalid_argument);
    CHECK_ERROR(socket.writev({"x"}, [token = dropped.token()] {}).error(), invalid_argument);
    CHECK_ERROR(socket.write_owned("x", [token = dropped.token()] {}).error(), invalid_argument);
    CHECK_ERROR(socket
                    .write_owned(
                        "x", [token = dropped.token()] {}, [token = dropped.token()] {})
                    .error(),
                invalid_argument);
    CHECK_ERROR(socket.end("x", [token = dropped.token()] {}), invalid_argument);
    CHECK_ERROR(server.close([token = dropped.token()] {}), invalid_argument);
    CHECK_ERROR(server.get_connections([token = dropped.token()] {}), invalid_argument);
    CHECK_ERROR(timer.start(1ms, [token = dropped.token()] {}), invalid_argument);
    CHECK_ERROR(LoopRef().post([token = dropped.token()] {}), invalid_argument);
    CHECK_ERROR(LoopRef().set_wake_hook([token = dropped.token()] {}), invalid_argument);
    CHECK_EQ(dropped.count, 12);
    static_cast<void>(loop);
}

CASE(once_is_destroyed_after_its_call) {
    Dropped dropped;
    Server server{LoopRef(loop)};
    server.once_listening([&, token = dropped.token()] { CHECK_EQ(dropped.count, 0); });
    CHECK_OK(server.listen(0));
    server.on_listening([&] { CHECK_OK(server.close()); });
    server.on_close([&] { CHECK_EQ(dropped.count, 1); });
    run(loop);
    CHECK_EQ(dropped.count, 1);
}

CASE(a_listener_can_be_taken_off) {
    Dropped dropped;
    Server server{LoopRef(loop)};
    int calls = 0;
    Listener first = server.on_close([&, token = dropped.token()] { calls++; });
    Listener second = server.on_close([&, token = dropped.token()] { calls += 10; });
    CHECK(first.active() && !first.error());
    CHECK_EQ(*server.listener_count("close"), 2);
    CHECK_OK(first.off());
    CHECK_EQ(dropped.count, 1);
    CHECK(!first.active() && second.active());
    CHECK_ERROR(first.off(), not_found);
    CHECK_OK(server.close());
    run(loop);
    CHECK_EQ(calls, 10);
    server.reset();
    run(loop);
    CHECK(!second.active());
    CHECK_ERROR(second.off(), not_found);
    CHECK_EQ(dropped.count, 2);
    CHECK_ERROR(Listener().off(), not_found);
}

static Listener hear(ServerRef server, int &calls) {
    return server.on_close([&calls] { calls++; });
}

// Two listeners of one type are told apart, also when the first is long gone and its memory could be the other's.
CASE(a_listener_takes_off_itself_and_no_other) {
    Server server{LoopRef(loop)};
    int calls = 0;
    Listener older = hear(server, calls);
    Listener newer = hear(server, calls);
    CHECK_OK(older.off());
    CHECK(newer.active());
    for (int i = 0; i < 100; i++) {
        Listener next = hear(server, calls);
        CHECK_ERROR(older.off(), not_found);
        CHECK_OK(next.off());
    }
    CHECK_EQ(*server.listener_count("close"), 1);
    CHECK_OK(server.close());
    run(loop);
    CHECK_EQ(calls, 1);
}

CASE(a_listener_can_be_copied_and_moved) {
    Dropped dropped;
    Socket socket{LoopRef(loop)};
    Listener first = socket.on_data([token = dropped.token()] {});
    Listener second = first;
    Listener third = std::move(first);
    second = third;
    Listener &same = second;
    second = same;
    CHECK(second.active() && third.active() && !first.active());
    CHECK_OK(second.off());
    CHECK_ERROR(third.off(), not_found);
    CHECK_EQ(dropped.count, 1);
    second = Listener();
    socket.reset();
}

CASE(taken_off_while_it_runs) {
    Dropped dropped;
    Server server{LoopRef(loop)};
    Listener listener;
    listener = server.on_close([&, token = dropped.token()] {
        CHECK_OK(listener.off());
        CHECK_EQ(dropped.count, 0);
        CHECK(token);
    });
    CHECK_OK(server.close());
    run(loop);
    CHECK_EQ(dropped.count, 1);
}

CASE(completions_come_once) {
    Talk talk(loop);
    Dropped dropped;
    std::string order;
    talk.on_peer = [](SocketRef socket) { socket.resume(); };
    talk.connect();
    talk.client.write("a", [&, token = dropped.token()](SocketRef socket, const Error &error) {
        CHECK(socket == talk.client && !error);
        order += "a";
    });
    talk.client.writev({"b", "c"}, [&, token = dropped.token()](const Error &error) { order += error ? "?" : "b"; });
    talk.client.write_owned(
        "d", [&, token = dropped.token()](Bytes bytes) { order += bytes.text() == "d" ? "r" : "?"; },
        [&, token = dropped.token()] { order += "d"; });
    talk.client.write_moved(std::string(100000, 'x'));
    talk.client.write_owned("e", [&, token = dropped.token()] { order += "R"; });
    CHECK_OK(talk.client.end("f", [&, token = dropped.token()] { order += "e"; }));
    CHECK(order.empty());
    talk.run();
    CHECK_EQ(dropped.count, 6);
    CHECK_EQ(order.size(), 6);
    CHECK_EQ(order.find("e"), 5);
    CHECK(order.find('r') != std::string::npos && order.find('R') != std::string::npos);
    CHECK(order.find('a') < order.find('b') && order.find('b') < order.find('d'));
}

CASE(completions_of_a_freed_socket) {
    Dropped dropped;
    int canceled = 0;
    Socket socket{LoopRef(loop)};
    CHECK_OK(socket.connect(1, "127.0.0.1"));
    socket.write("x", [&, token = dropped.token()](const Error &error) { canceled += error == Errc::canceled; });
    socket.write_owned("y", [token = dropped.token()] {});
    socket.reset();
    run(loop);
    CHECK_EQ(canceled, 1);
    CHECK_EQ(dropped.count, 2);
}

CASE(posted_from_another_thread) {
    const LoopRef name(loop);
    Dropped dropped;
    const auto here = std::this_thread::get_id();
    int calls = 0;
    std::thread other([&] {
        CHECK_OK(name.post([&, token = dropped.token()](LoopRef of) { calls += of == name; }));
        CHECK_OK(name.post([&] { calls += std::this_thread::get_id() == here; }));
        CHECK_ERROR(name.poll(0ms), wrong_thread);
    });
    other.join();
    CHECK_OK(name.run());
    CHECK_EQ(calls, 2);
    CHECK_EQ(dropped.count, 1);
}

CASE(timers) {
    const LoopRef name(loop);
    Dropped dropped;
    Timer timer(name);
    int calls = 0;
    CHECK_OK(timer.start(1ms, 1ms, [&, token = dropped.token()](TimerRef of) {
        CHECK(of == timer && of.loop() == name);
        if (++calls == 3) {
            CHECK_OK(of.stop());
        }
    }));
    CHECK(timer.active());
    CHECK_OK(name.run());
    CHECK_EQ(calls, 3);
    CHECK_EQ(dropped.count, 1);
    CHECK_OK(timer.start(1h, [token = dropped.token()] {}));
    CHECK_OK(timer.unref());
    CHECK(!name.alive());
    CHECK_OK(timer.ref());
    CHECK(name.alive());
    CHECK_OK(name.set_gather_writes(false));
    CHECK(!name.gather_writes());
    CHECK_OK(timer.start(-5ms, [&, token = dropped.token()] { calls++; }));
    CHECK_EQ(dropped.count, 2);
    CHECK_OK(name.run());
    CHECK_EQ(calls, 4);
    CHECK_EQ(dropped.count, 3);
}

CASE(lookups_are_kept_as_long_as_they_are_needed) {
    Talk talk(loop);
    Dropped dropped;
    int asked = 0;
    talk.on_peer = [](SocketRef socket) { socket.end(); };
    ConnectOptions options;
    options.port = talk.port;
    options.host = "somewhere";
    options.family = 4;
    options.lookup = [&, token = dropped.token()](LookupRequest request, const LookupQuestion &question) {
        CHECK_TEXT(question.host, "somewhere");
        CHECK_EQ(question.family, 4);
        CHECK(!question.all);
        CHECK_OK(request.answer(Address("127.0.0.1")));
        CHECK_ERROR(request.answer(Address("127.0.0.1")), bad_handle);
        asked++;
    };
    CHECK_OK(talk.client.connect(options));
    options.lookup = Lookup();
    CHECK_EQ(dropped.count, 1);
    talk.run();
    CHECK_EQ(asked, 1);

    // Asked later, answered from another thread, with an error.
    std::thread other;
    Error failed;
    Socket second(talk.loop);
    second.once_error([&](const Error &error) { failed = error; });
    options.lookup = [&, token = dropped.token()](LookupRequest request, const LookupQuestion &) {
        other = std::thread([request] { CHECK_OK(request.fail(Error(Errc::host_not_found))); });
    };
    {
        Timer hold(talk.loop);
        CHECK_OK(hold.start(1h, [] {}));
        CHECK_OK(second.connect(options));
        options = ConnectOptions();
        second.on_close([&] { hold.stop(); });
        talk.run();
    }
    other.join();
    CHECK_EQ(dropped.count, 2);
    CHECK(failed == Errc::host_not_found);
}

CASE(lookups_of_servers) {
    Dropped dropped;
    Server server{LoopRef(loop)};
    ListenOptions options;
    options.host = "somewhere";
    options.lookup = [token = dropped.token()](LookupRequest request, const LookupQuestion &question) {
        CHECK_TEXT(question.host, "somewhere");
        CHECK_OK(request.answer(Address("127.0.0.1")));
    };
    CHECK_OK(server.listen(options));
    options = ListenOptions();
    server.on_listening([&] {
        CHECK_TEXT(server.address()->text(), "127.0.0.1");
        CHECK_OK(server.close());
    });
    run(loop);
    CHECK_EQ(dropped.count, 1);
}

CASE(lookups_that_are_not_asked_are_destroyed) {
    Dropped dropped;
    Socket socket{LoopRef(loop)};
    ConnectOptions options;
    options.host = "127.0.0.1";
    options.family = 7;
    options.lookup = [token = dropped.token()](LookupRequest, const LookupQuestion &) { FAIL("asked"); };
    CHECK_ERROR(socket.connect(options), invalid_argument);
    CHECK_ERROR(nodenet::connect(LoopRef(loop), options).error(), invalid_argument);
    CHECK_EQ(dropped.count, 0);
    options = ConnectOptions();
    CHECK_EQ(dropped.count, 1);
}
