// co_await, and what becomes of a coroutine whose socket, owner or loop goes while it waits.
#include "talk.hpp"

#include <stdexcept>

using namespace nodenet;
using namespace std::chrono_literals;

/// A server and the port it listens on, for coroutines.
struct Host {
    explicit Host(net_loop *native, const ServerOptions &options = {}) : loop(native), server(loop, options) {
        co::spawn([this]() -> co::Task<> { CHECK_OK(co_await server.listen({.host = "127.0.0.1"})); });
        port = server->address() ? server->address()->port() : 0;
    }
    co::Task<co::Socket> connect(SocketOptions options = {}) {
        // A literal host is bound on a tick.
        while (!server->address()) {
            CHECK_OK(co_await co::sleep(loop, 0ms));
        }
        port = server->address()->port();
        auto made = co_await co::connect(loop, {.port = port, .host = "127.0.0.1"}, options);
        co_return std::move(made).value();
    }

    LoopRef loop;
    co::Server server;
    std::uint16_t port = 0;
};

CASE(a_conversation) {
    Host host(loop);
    std::string order;
    co::spawn([&]() -> co::Task<> {
        co::Socket socket = (co_await host.server.accept()).value();
        for (;;) {
            const Bytes data = (co_await socket.read()).value();
            if (data.empty()) {
                break;
            }
            CHECK_OK(co_await socket.write(data));
        }
        order += "end;";
        CHECK_OK(co_await socket.end("bye"));
        CHECK_OK(co_await socket.closed());
        CHECK_OK(co_await host.server.close());
        order += "server;";
    });
    co::spawn([&]() -> co::Task<> {
        SocketOptions options;
        options.allow_half_open = true;
        co::Socket socket = co_await host.connect(options);
        CHECK(socket->remote_address()->port() == host.port && (*socket).server() == ServerRef());
        CHECK_OK(co_await socket.write("hello"));
        char five[5];
        CHECK_EQ((co_await socket.read_exactly(five, 5)).value(), 5);
        CHECK_TEXT(std::string_view(five, 5), "hello");
        CHECK_OK(co_await socket.end());
        order += "client;";
        std::string rest;
        char two[2];
        while (const std::size_t count = (co_await socket.read_some(two, 2)).value()) {
            rest.append(two, count);
        }
        CHECK_TEXT(rest, "bye");
        CHECK_EQ((co_await socket.read_exactly(five, 5)).value(), 0);
        CHECK((co_await socket.read()).value().empty());
    });
    run(loop);
    CHECK(order == "client;end;server;" || order == "end;client;server;");
}

CASE(writes_wait_for_the_reader) {
    Host host(loop);
    constexpr std::size_t total = 20 << 20;
    std::size_t got = 0, waits = 0;
    co::spawn([&]() -> co::Task<> {
        co::Socket socket = (co_await host.server.accept()).value();
        while (true) {
            const Bytes data = (co_await socket.read()).value();
            got += data.size();
            if (data.empty()) {
                break;
            }
        }
        CHECK_OK(host.server->close());
    });
    co::spawn([&]() -> co::Task<> {
        co::Socket socket = co_await host.connect();
        const std::string chunk(100000, 'x');
        for (std::size_t sent = 0; sent < total; sent += std::min(chunk.size(), total - sent)) {
            auto written = socket.write(Bytes(chunk).subview(0, total - sent));
            waits += socket->writable_need_drain();
            CHECK_OK(co_await written);
            CHECK(!socket->writable_need_drain());
        }
        CHECK_OK(co_await socket.drain());
        CHECK_OK(co_await socket.end());
    });
    run(loop);
    CHECK_EQ(got, total);
    CHECK(waits > 0);
}

CASE(tasks_give_values_and_throw) {
    Dropped dropped;
    const LoopRef name(loop);
    struct Local {
        static co::Task<std::unique_ptr<int>> value() { co_return std::make_unique<int>(7); }
        static co::Task<int> later(LoopRef on) {
            CHECK_OK(co_await co::sleep(on, 1ms));
            co_return *co_await value();
        }
        static co::Task<> failing(LoopRef on, Dropped::Token) {
            CHECK_OK(co_await co::sleep(on, 0ms));
            throw std::runtime_error("late");
        }
    };
    int sum = 0;
    co::spawn([&]() -> co::Task<> {
        sum += co_await Local::later(name);
        try {
            co_await Local::failing(name, dropped.token());
        } catch (const std::runtime_error &) {
            sum += 10;
        }
    });
    run(loop);
    CHECK_EQ(sum, 17);
    { co::Task<> never_awaited = Local::failing(name, dropped.token()); }
    CHECK_EQ(dropped.count, 2);
}

CASE(a_long_chain_needs_no_stack) {
    struct Local {
        static co::Task<int> one() { co_return 1; }
        static co::Task<> many(int &sum) {
            for (int i = 0; i < 300000; i++) {
                sum += co_await one();
            }
        }
    };
    int sum = 0;
    co::spawn(Local::many(sum));
    CHECK_EQ(sum, 300000);
    static_cast<void>(loop);
}

CASE(what_a_spawned_task_throws) {
    const LoopRef name(loop);
    Dropped dropped;
    std::string caught;
    try {
        co::spawn([token = dropped.token()]() -> co::Task<> {
            throw std::runtime_error("at once;");
            co_return;
        });
    } catch (const std::runtime_error &error) {
        caught += error.what();
    }
    CHECK_EQ(dropped.count, 1);
    co::spawn([&, token = dropped.token()]() -> co::Task<> {
        CHECK_OK(co_await co::sleep(name, 0ms));
        throw std::runtime_error("later;");
    });
    try {
        CHECK_OK(name.run());
    } catch (const std::runtime_error &error) {
        caught += error.what();
    }
    CHECK_TEXT(caught, "at once;later;");
    CHECK_EQ(dropped.count, 2);
    CHECK_OK(name.run());
}

CASE(connecting_fails) {
    const LoopRef name(loop);
    int seen = 0;
    co::spawn([&]() -> co::Task<> {
        const auto nobody = co_await co::connect(name, {.path = "no-such.sock"});
        CHECK(!nobody && nobody.error() == Errc::no_such_path);
        CHECK_TEXT(nobody.error().message(), "connect ENOENT no-such.sock");
        const auto refused = co_await co::connect(name, {.port = 1, .host = "h", .family = 9});
        CHECK_ERROR(refused.error(), invalid_argument);
        seen++;
    });
    run(loop);
    CHECK_EQ(seen, 1);
    CHECK_EQ(name.metrics().handles, 0);
}

CASE(listening_fails) {
    const LoopRef name(loop);
    int seen = 0;
    co::spawn([&]() -> co::Task<> {
        co::Server server(name), other(name);
        CHECK_OK(co_await server.listen({}));
        CHECK_ERROR(co_await server.listen({}), server_already_listens);
        const Error error = co_await other.listen({.port = server->address()->port()});
        CHECK(error == Errc::address_in_use);
        const auto nobody = co_await other.accept();
        CHECK_ERROR(nobody.error(), address_in_use);
        CHECK_OK(co_await other.listen({}));
        CHECK_OK(co_await other.close());
        CHECK_ERROR((co_await other.accept()).error(), server_not_running);
        CHECK_OK(co_await server.close());
        seen++;
    });
    run(loop);
    CHECK_EQ(seen, 1);
}

CASE(connections_wait_for_accept) {
    Host host(loop);
    std::string got;
    co::spawn([&]() -> co::Task<> {
        {
            co::Socket first = co_await host.connect(), second = co_await host.connect();
            CHECK_OK(co_await first.write("a"));
            CHECK_OK(co_await second.write("b"));
            CHECK_OK(co_await first.end());
            CHECK_OK(co_await second.end());
            CHECK_OK(co_await co::sleep(host.loop, 10ms));
            for (int i = 0; i < 2; i++) {
                co::Socket socket = (co_await host.server.accept()).value();
                got += (co_await socket.read()).value().text();
            }
        }
        CHECK_OK(co_await host.server.close());
    });
    run(loop);
    CHECK_TEXT(got, "ab");
}

// ---- errors and ends while a coroutine waits ----

/// A client that is connected, its peer, and a coroutine that waits in `op`.
struct Waiting {
    template <class Op> Waiting(net_loop *native, Op op) : host(native) {
        co::spawn([this]() -> co::Task<> {
            auto accepted = co_await host.server.accept();
            peer.emplace(std::move(accepted).value());
            CHECK_OK(host.server->close());
        });
        co::spawn([this, op]() -> co::Task<> {
            co::Socket made = co_await host.connect();
            client.emplace(std::move(made));
            while (!peer) {
                CHECK_OK(co_await co::sleep(host.loop, 0ms));
            }
            connected = true;
            result = co_await op(*client);
            finished = true;
        });
        while (!connected) {
            CHECK_OK(host.loop.poll());
        }
    }

    Host host;
    std::optional<co::Socket> peer, client;
    bool connected = false;
    bool finished = false;
    Error result;
};

static co::Task<Error> reading(co::Socket &socket) { co_return (co_await socket.read()).error(); }
static co::Task<Error> filling(co::Socket &socket) {
    const std::string chunk(1 << 20, 'x');
    for (;;) {
        if (Error error = co_await socket.write(chunk)) {
            co_return error;
        }
    }
}

CASE(destroyed_while_reading) {
    Waiting waiting(loop, reading);
    CHECK_OK((*waiting.client)->destroy());
    waiting.peer.reset();
    run(loop);
    CHECK(waiting.finished);
    CHECK_ERROR(waiting.result, canceled);
}

CASE(destroyed_with_an_error_while_reading) {
    Waiting waiting(loop, reading);
    CHECK_OK((*waiting.client)->destroy(Errc::timed_out));
    waiting.peer.reset();
    run(loop);
    CHECK_ERROR(waiting.result, timed_out);
}

CASE(reset_by_the_peer_while_reading) {
    Waiting waiting(loop, reading);
    CHECK_OK((*waiting.peer)->reset_and_destroy());
    run(loop);
    CHECK_ERROR(waiting.result, connection_reset);
    CHECK_TEXT(waiting.result.message(), "read ECONNRESET");
}

CASE(destroyed_while_writing) {
    Waiting waiting(loop, filling);
    CHECK(!waiting.finished && (*waiting.client)->writable_need_drain());
    CHECK_OK((*waiting.client)->destroy());
    waiting.peer.reset();
    run(loop);
    CHECK_ERROR(waiting.result, canceled);
}

CASE(reset_by_the_peer_while_writing) {
    Waiting waiting(loop, filling);
    CHECK_OK((*waiting.peer)->reset_and_destroy());
    run(loop);
    CHECK(waiting.finished);
    CHECK(waiting.result == Errc::connection_reset || waiting.result == Errc::broken_pipe);
}

CASE(written_after_the_end) {
    Waiting waiting(loop, [](co::Socket &socket) -> co::Task<Error> {
        CHECK_OK(co_await socket.end());
        co_return co_await socket.write("too late");
    });
    waiting.peer.reset();
    run(loop);
    CHECK_ERROR(waiting.result, write_after_end);
}

CASE(everything_of_a_closed_socket_answers) {
    Waiting waiting(loop, [](co::Socket &socket) -> co::Task<Error> { co_return co_await socket.closed(); });
    CHECK_OK((*waiting.client)->destroy());
    waiting.peer.reset();
    run(loop);
    CHECK(waiting.finished && !waiting.result);
    int seen = 0;
    co::spawn([&]() -> co::Task<> {
        co::Socket &socket = *waiting.client;
        char byte;
        CHECK_ERROR((co_await socket.read()).error(), canceled);
        CHECK_ERROR((co_await socket.read_some(&byte, 1)).error(), canceled);
        CHECK_ERROR(co_await socket.write("x"), canceled);
        CHECK_ERROR(co_await socket.drain(), canceled);
        CHECK_ERROR(co_await socket.end(), canceled);
        CHECK_OK(co_await socket.closed());
        seen++;
    });
    CHECK_EQ(seen, 1);
    CHECK_OK(waiting.host.loop.run());
}

CASE(the_socket_goes_while_another_waits) {
    Waiting waiting(loop, reading);
    waiting.client.reset();
    CHECK(!waiting.finished);
    waiting.peer.reset();
    run(loop);
    CHECK(waiting.finished);
    CHECK_ERROR(waiting.result, canceled);
}

CASE(the_server_goes_while_another_waits) {
    const LoopRef name(loop);
    auto server = std::make_unique<co::Server>(name);
    int seen = 0;
    co::spawn([&]() -> co::Task<> {
        CHECK_OK(co_await server->listen({}));
        CHECK_ERROR((co_await server->accept()).error(), canceled);
        seen++;
    });
    co::spawn([&]() -> co::Task<> {
        CHECK_OK(co_await co::sleep(name, 1ms));
        server.reset();
    });
    run(loop);
    CHECK_EQ(seen, 1);
}

CASE(several_wait_for_one_socket) {
    Host host(loop);
    std::string order;
    co::spawn([&]() -> co::Task<> {
        co::Socket socket = (co_await host.server.accept()).value();
        CHECK_OK(host.server->close());
        CHECK_OK(co_await socket.write("a"));
        CHECK_OK(co_await co::sleep(host.loop, 2ms));
        CHECK_OK(co_await socket.write("b"));
        CHECK_OK(co_await co::sleep(host.loop, 2ms));
        CHECK_OK(co_await socket.end());
    });
    co::spawn([&]() -> co::Task<> {
        co::Socket socket = co_await host.connect();
        for (const char *who : {"1", "2", "3"}) {
            co::spawn([&socket, &order, who]() -> co::Task<> {
                const Bytes data = (co_await socket.read()).value();
                order += who + std::string(data.text()) + ";";
            });
        }
        CHECK_OK(co_await socket.closed());
    });
    run(loop);
    CHECK_TEXT(order, "1a;2b;3;");
}

// ---- the end of the loop ----

struct Guard {
    Dropped::Token token;
    bool *after;
};

CASE(abandoned_coroutines_are_destroyed_with_the_loop) {
    Dropped dropped;
    bool after = false;
    auto waits = std::make_unique<Loop>();
    {
        const LoopRef name = *waits;
        auto nested = [](LoopRef on, Dropped::Token token, bool &reached) -> co::Task<int> {
            CHECK_OK(co_await co::sleep(on, 1h));
            reached = token != nullptr;
            co_return 1;
        };
        co::spawn([&, name, nested, token = dropped.token()]() -> co::Task<> {
            co_await nested(name, dropped.token(), after);
            after = true;
        });
        co::spawn([&, name, token = dropped.token()]() -> co::Task<> {
            co::Server server(name);
            CHECK_OK(co_await server.listen({}));
            (void)co_await server.accept();
            after = true;
        });
        co::spawn([&, name, token = dropped.token()]() -> co::Task<> {
            // A variable: some versions of GCC destroy a temporary twice that is made by {} inside of a co_await.
            const ConnectOptions to{.port = 1, .host = "never", .lookup = [](auto, auto) {}};
            (void)co_await co::connect(name, to);
            after = true;
        });
        CHECK_OK(name.poll(0ms));
    }
    CHECK_EQ(dropped.count, 0);
    waits.reset();
    CHECK_EQ(dropped.count, 4);
    CHECK(!after);
    static_cast<void>(loop);
}

CASE(abandoned_while_reading_and_writing) {
    Dropped dropped;
    bool after = false;
    {
        Loop inner;
        const LoopRef name = inner;
        co::spawn([&, name, token = dropped.token()]() -> co::Task<> {
            co::Server server(name);
            CHECK_OK(co_await server.listen({}));
            co::spawn([&, name, port = server->address()->port(), token = dropped.token()]() -> co::Task<> {
                co::Socket socket = (co_await co::connect(name, {.port = port, .host = "127.0.0.1"})).value();
                CHECK(co_await filling(socket));
                after = true;
            });
            co::Socket socket = (co_await server.accept()).value();
            co::spawn([&, name, token = dropped.token()]() -> co::Task<> {
                CHECK_OK(co_await co::sleep(name, 1ms));
                name.stop();
                CHECK_OK(co_await socket.closed());
                after = true;
            });
            CHECK_OK(co_await co::sleep(name, 1h));
            after = true;
        });
        CHECK_OK(inner.run());
        CHECK_EQ(dropped.count, 0);
    }
    CHECK_EQ(dropped.count, 3);
    CHECK(!after);
    static_cast<void>(loop);
}

// The handle is freed first; the turn that would tell so never comes.
CASE(abandoned_after_its_socket_went) {
    Dropped dropped;
    bool after = false;
    {
        Loop inner;
        const LoopRef name = inner;
        auto server = std::make_unique<co::Server>(name);
        co::spawn([&, token = dropped.token()]() -> co::Task<> {
            CHECK_OK(co_await server->listen({}));
            (void)co_await server->accept();
            after = true;
        });
        CHECK_OK(inner.poll(0ms));
        server.reset();
        CHECK_EQ(dropped.count, 0);
    }
    CHECK_EQ(dropped.count, 1);
    CHECK(!after);
    static_cast<void>(loop);
}

CASE(a_coroutine_frees_its_own_loop) {
    Dropped dropped;
    auto inner = std::make_unique<Loop>();
    const LoopRef name = *inner;
    bool after = false;
    co::spawn([&, token = dropped.token()]() -> co::Task<> {
        CHECK_OK(co_await co::sleep(name, 0ms));
        inner->reset();
        // The loop goes when the callback returns that this runs in, and this with it.
        CHECK(co_await co::sleep(name, 0ms));
        after = true;
    });
    CHECK_ERROR(name.run(), canceled);
    CHECK_EQ(dropped.count, 1);
    CHECK(!after);
    static_cast<void>(loop);
}

/// A coroutine type that is not ours: it cannot be destroyed from outside, so it is told.
struct Foreign {
    struct promise_type {
        Foreign get_return_object() { return {}; }
        std::suspend_never initial_suspend() { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

static Foreign foreign(LoopRef on, int &told, Dropped::Token) {
    const Error error = co_await co::sleep(on, 1h);
    told += error == Errc::canceled;
    const Error again = co_await co::sleep(on, 1h);
    told += again == Errc::invalid_argument || again == Errc::bad_handle;
}

CASE(coroutines_of_other_types_are_told) {
    Dropped dropped;
    int told = 0;
    {
        Loop inner;
        foreign(inner, told, dropped.token());
        CHECK_EQ(told, 0);
    }
    CHECK_EQ(told, 2);
    CHECK_EQ(dropped.count, 1);
    static_cast<void>(loop);
}
