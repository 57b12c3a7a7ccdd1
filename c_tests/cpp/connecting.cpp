// What a connect can be told, and what it tells, in C++.
#include "talk.hpp"

#include <chrono>
#include <thread>

extern "C" {
#include <peer.h>
}

using namespace nodenet;
using namespace std::chrono_literals;

namespace {

/// Answers with these addresses, whatever is asked.
Lookup answer_with(std::vector<std::string> texts) {
    return [texts = std::move(texts)](LookupRequest request, const LookupQuestion &) {
        std::vector<Address> addresses;
        for (const std::string &text : texts) {
            addresses.emplace_back(text);
        }
        CHECK_OK(request.answer(addresses));
    };
}

ConnectOptions to(std::uint16_t port, std::vector<std::string> addresses) {
    ConnectOptions options;
    options.port = port;
    options.host = "name";
    options.lookup = answer_with(std::move(addresses));
    return options;
}

} // namespace

CASE(attempts_are_told_and_counted) {
    Talk talk(loop);
    std::string told;
    talk.client.on_connection_attempt(
        [&](const Address &address) { told += "try " + std::string(address.text()) + "\n"; });
    talk.client.on_connection_attempt_failed([&](const Address &address, const Error &error) {
        told += "failed " + std::string(address.text()) + " " + std::string(error.code_name()) + "\n";
    });
    talk.client.on_connect([&] {
        CHECK_TEXT(talk.client.remote_address()->text(), "127.0.0.1");
        CHECK_EQ(talk.client.attempted_addresses().size(), 3);
        talk.client.end();
    });
    talk.client.resume();
    talk.on_peer = [](SocketRef socket) { socket.resume(); };
    // Families in turn, and that of the first begins.
    talk.server.close();
    Server server(talk.loop);
    CHECK_OK(server.listen(0, "127.0.0.1"));
    CHECK_OK(talk.loop.run_deferred());
    server.on_connection([&](SocketRef socket) {
        socket.resume();
        server.close();
    });
    CHECK_OK(talk.client.connect(to(server.address()->port(), {"127.0.0.2", "127.0.0.1", "::1"})));
    talk.run();
    CHECK_TEXT(told, "try 127.0.0.2\nfailed 127.0.0.2 ECONNREFUSED\ntry ::1\nfailed ::1 ECONNREFUSED\ntry 127.0.0.1\n");
}

CASE(an_attempt_without_an_answer_is_given_up) {
    std::uint16_t port = 0;
    const int silent = peer_listen("127.0.0.2", &port, 0);
    const int queued = peer_connect("127.0.0.2", port);
    const LoopRef name(loop);
    Socket client(name);
    std::string given_up;
    Error all;
    std::chrono::milliseconds begun{0};
    std::chrono::milliseconds taken{0};
    client.once_connection_attempt([&] { begun = name.now(); });
    client.on_connection_attempt_timeout([&](const Address &address) {
        given_up += address.text();
        taken = name.now() - begun;
    });
    client.on_error([&](const Error &error) { all = error; });
    ConnectOptions options = to(port, {"127.0.0.2", "127.0.0.1"});
    options.auto_select_family_attempt_timeout = 1ms;
    CHECK_OK(client.connect(options));
    CHECK_OK(name.run());
    CHECK_TEXT(given_up, "127.0.0.2");
    CHECK(taken >= 10ms);
    CHECK(all.kind() == ErrorKind::aggregate);
    CHECK_EQ(all.errors().size(), 2);
    CHECK(all.errors()[0] == Errc::timed_out && all.errors()[1] == Errc::connection_refused);
    peer_close(queued);
    peer_close(silent);
}

CASE(what_the_lookup_is_asked) {
    const LoopRef name(loop);
    std::string asked;
    const auto ask = [&](ConnectOptions options) {
        Socket socket(name);
        socket.on_error([] {});
        options.port = 1;
        options.host = "name";
        options.lookup = [&](LookupRequest request, const LookupQuestion &question) {
            asked += std::to_string(question.family) + " " +
                     (question.hints == hint_addrconfig ? "usual" : std::to_string(question.hints)) +
                     (question.all ? " all\n" : " one\n");
            CHECK_OK(request.fail(Error(Errc::host_not_found)));
        };
        CHECK_OK(socket.connect(options));
        CHECK_OK(name.run());
    };
    ask({});
    ConnectOptions options;
    options.family = 6;
    options.hints = hint_all;
    ask(options);
    options = {};
    options.local_address = "127.0.0.1";
    ask(options);
    options = {};
    options.auto_select_family = false;
    ask(options);
    CHECK_OK(set_default_auto_select_family(false));
    ask({});
    options.auto_select_family = true;
    ask(options);
    // Without a family and hints: the families that this machine has.
    CHECK_TEXT(asked, "0 usual all\n6 " + std::to_string(hint_all) +
                          " one\n0 usual one\n0 usual one\n0 usual one\n0 usual all\n");
}

CASE(from_where) {
    Talk talk(loop);
    ConnectOptions options;
    options.port = talk.port;
    options.host = "127.0.0.1";
    options.local_address = "127.0.0.3";
    options.local_port = peer_unused_port("127.0.0.3");
    talk.on_peer = [&](SocketRef socket) {
        CHECK_TEXT(socket.remote_address()->text(), "::ffff:127.0.0.3");
        CHECK_EQ(socket.remote_address()->port(), options.local_port);
        socket.end();
    };
    talk.client.on_connect([&] { CHECK_TEXT(talk.client.local_address()->text(), "127.0.0.3"); });
    talk.client.resume();
    CHECK_OK(talk.client.connect(options));
    talk.run();
    CHECK(talk.client.closed());
}

CASE(a_lookup_that_never_answers_holds_nothing) {
    Dropped dropped;
    const LoopRef name(loop);
    {
        Socket socket(name);
        ConnectOptions options;
        options.port = 1;
        options.host = "name";
        options.lookup = [token = dropped.token()](LookupRequest, const LookupQuestion &) {};
        CHECK_OK(socket.connect(options));
        options = ConnectOptions();
        CHECK_OK(name.run());
        CHECK(socket.connecting());
        CHECK_EQ(dropped.count, 0);
    }
    CHECK_OK(name.run());
    CHECK_EQ(dropped.count, 1);
}
