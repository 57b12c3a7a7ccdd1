// What a callback throws comes out of run, and never passes through the library.
#include "talk.hpp"

#include <csignal>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

using namespace nodenet;
using namespace std::chrono_literals;

/// The text of what `call` throws; empty if it throws nothing.
template <class Call> static std::string thrown_by(Call &&call) {
    try {
        call();
    } catch (const std::exception &error) {
        return error.what();
    }
    return "";
}

CASE(run_throws_what_a_listener_threw) {
    Talk talk(loop);
    int closed = 0;
    talk.on_peer = [](SocketRef socket) { socket.end("x"); };
    talk.client.on_data([] { throw std::runtime_error("from data"); });
    talk.client.on_close([&] { closed++; });
    talk.connect();
    CHECK_TEXT(thrown_by([&] { talk.run(); }), "from data");
    CHECK_EQ(closed, 0);
    CHECK_TEXT(thrown_by([&] { talk.run(); }), "");
    CHECK_EQ(closed, 1);
}

CASE(what_is_thrown_need_not_be_an_exception) {
    const LoopRef name(loop);
    CHECK_OK(name.post([] { throw 42; }));
    int caught = 0;
    try {
        CHECK_OK(name.run());
    } catch (int number) {
        caught = number;
    }
    CHECK_EQ(caught, 42);
}

CASE(the_loop_stops_at_once_and_goes_on_later) {
    const LoopRef name(loop);
    int calls = 0;
    CHECK_OK(name.post([&] {
        calls++;
        throw std::runtime_error("first");
    }));
    CHECK_OK(name.post([&] { calls++; }));
    CHECK_TEXT(thrown_by([&] { CHECK_OK(name.poll(0ms)); }), "first");
    CHECK_EQ(calls, 1);
    CHECK_OK(name.run());
    CHECK_EQ(calls, 2);
}

CASE(run_deferred_throws) {
    const LoopRef name(loop);
    Server server(name);
    int closed = 0;
    server.on_close([&] {
        closed++;
        throw std::logic_error("deferred");
    });
    CHECK_OK(server.close());
    CHECK_TEXT(thrown_by([&] { CHECK_OK(name.run_deferred()); }), "deferred");
    CHECK_OK(name.run());
    CHECK_EQ(closed, 1);
}

CASE(every_kind_of_callback_may_throw) {
    const LoopRef name(loop);
    Talk talk(loop);
    Timer timer(name);
    auto boom = [](const char *what) { return [what] { throw std::runtime_error(what); }; };
    talk.on_peer = [](SocketRef socket) { socket.resume(); };
    CHECK_OK(name.post(boom("post")));
    CHECK_OK(timer.start(0ms, boom("timer")));
    talk.server.on_connection(boom("connection"));
    talk.server.on_listening(boom("listening"));
    CHECK_OK(talk.server.get_connections(boom("count")));
    talk.server.once_close(boom("server close"));
    talk.client.on_connect(boom("connect"));
    talk.connect();
    talk.client.write("x", boom("write"));
    talk.client.on_close(boom("close"));
    talk.client.on_connection_attempt(boom("attempt"));
    CHECK_OK(talk.client.end("", boom("end")));
    std::string all;
    for (;;) {
        std::string thrown = thrown_by([&] { CHECK_OK(name.run()); });
        if (thrown.empty()) {
            break;
        }
        all += thrown + ";";
    }
    for (const char *what : {"post", "timer", "connection", "listening", "count", "server close", "connect", "write",
                             "close", "attempt", "end"}) {
        CHECK(all.find(std::string(what) + ";") != std::string::npos);
    }
}

CASE(a_lookup_throws_out_of_connect) {
    Dropped dropped;
    Socket socket{LoopRef(loop)};
    ConnectOptions options;
    options.host = "somewhere";
    options.lookup = [token = dropped.token()](LookupRequest, const LookupQuestion &) {
        throw std::runtime_error("lookup");
    };
    CHECK_TEXT(thrown_by([&] { CHECK_OK(socket.connect(options)); }), "lookup");
    CHECK_TEXT(thrown_by([&] { CHECK(nodenet::connect(LoopRef(loop), options)); }), "lookup");
    options = ConnectOptions();
    CHECK_EQ(dropped.count, 0);
    socket.reset();
    CHECK_EQ(dropped.count, 1);
    CHECK_EQ(LoopRef(loop).metrics().handles, 0);
}

CASE(a_loop_inside_a_loop) {
    const LoopRef outer(loop);
    Loop inner;
    CHECK_OK(inner.post([] { throw std::runtime_error("inner"); }));
    int after = 0;
    CHECK_OK(outer.post([&] {
        CHECK_TEXT(thrown_by([&] { CHECK_OK(inner.run()); }), "inner");
        after++;
        CHECK_OK(inner.post([] { throw std::runtime_error("through both"); }));
        CHECK_OK(inner.run());
        after++;
    }));
    CHECK_TEXT(thrown_by([&] { CHECK_OK(outer.run()); }), "through both");
    CHECK_EQ(after, 1);
}

CASE(the_loop_freed_and_thrown) {
    Loop inner;
    Dropped dropped;
    CHECK_OK(inner.post([&, token = dropped.token()] {
        inner.reset();
        throw std::runtime_error("and thrown");
    }));
    CHECK_TEXT(thrown_by([&] { CHECK_ERROR(inner.run(), canceled); }), "and thrown");
    CHECK_EQ(dropped.count, 1);
    static_cast<void>(loop);
}

CASE(two_listeners_of_one_event_throw) {
    const LoopRef name(loop);
    Server server(name);
    int calls = 0;
    server.on_close([&] {
        calls++;
        throw std::runtime_error("first");
    });
    server.on_close([&] {
        calls++;
        throw std::runtime_error("second");
    });
    CHECK_OK(server.close());
    CHECK_TEXT(thrown_by([&] { CHECK_OK(name.run()); }), "first");
    CHECK_TEXT(thrown_by([&] { CHECK_OK(name.run()); }), "second");
    CHECK_TEXT(thrown_by([&] { CHECK_OK(name.run()); }), "");
    CHECK_EQ(calls, 2);
}

CASE(captures_are_destroyed_when_it_is_thrown) {
    const LoopRef name(loop);
    Dropped dropped;
    CHECK_OK(name.post([token = dropped.token()] { throw std::runtime_error("x"); }));
    CHECK_TEXT(thrown_by([&] { CHECK_OK(name.run()); }), "x");
    CHECK_EQ(dropped.count, 1);
}

/// The signal that ends a child which does this.
template <class Call> static int ended_by(Call &&call) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr)) {
            _exit(2);
        }
        call();
        _exit(0);
    }
    int status = 0;
    CHECK_EQ(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

CASE(without_a_run_it_terminates) {
    CHECK_EQ(ended_by([] {
                 Loop inner;
                 Socket socket(inner);
                 socket.write("x", [] { throw std::runtime_error("nobody to catch it"); });
                 net_loop_run(inner.native());
             }),
             SIGABRT);
    CHECK_EQ(ended_by([] {
                 Loop inner;
                 CHECK_OK(inner.set_wake_hook([] { throw std::runtime_error("nobody to catch it"); }));
                 Server server(inner);
                 CHECK_OK(server.close());
             }),
             SIGABRT);
    static_cast<void>(loop);
}
