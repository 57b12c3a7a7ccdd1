// Errors, error codes and results.
#include "talk.hpp"

#include <system_error>

using namespace nodenet;
using namespace std::chrono_literals;

static_assert(std::is_error_code_enum<Errc>::value);
static_assert(std::is_nothrow_move_constructible_v<Error> && std::is_nothrow_copy_constructible_v<Error>);

CASE(codes_are_std_error_codes) {
    const std::error_code code = Errc::address_in_use;
    CHECK_EQ(code.value(), NET_EADDRINUSE);
    CHECK_STR(code.category().name(), "nodenet");
    CHECK_TEXT(code.message(), net_error_text(NET_EADDRINUSE));
    CHECK(code == std::errc::address_in_use && code != std::errc::timed_out);
    CHECK(make_error_code(Errc::canceled) == std::errc::operation_canceled);
    CHECK(make_error_code(Errc::write_after_end) == Errc::write_after_end);
    CHECK(make_error_code(Errc::write_after_end) != std::errc::broken_pipe);
    CHECK(!make_error_code(Errc::ok));
    CHECK_TEXT(error_name(Errc::socket_closed), "ERR_SOCKET_CLOSED");
    CHECK_TEXT(error_text(Errc::ok), "success");
    static_cast<void>(loop);
}

CASE(no_error_is_false) {
    const Error none;
    CHECK(!none && none.number() == 0 && !none.code());
    CHECK_TEXT(none.message(), "success");
    CHECK(!Error(1) && !Error(static_cast<const net_error *>(nullptr)));
    CHECK(none.errors().empty() && !none.port() && none.syscall().empty() && !none.user());
    static_cast<void>(loop);
}

CASE(a_refused_call_has_a_number_and_its_text) {
    const Error refused = SocketRef().pause();
    CHECK(refused && refused == Errc::invalid_argument && refused != Errc::bad_handle);
    CHECK(refused.code() == std::errc::invalid_argument);
    CHECK(std::error_code(refused) == Errc::invalid_argument);
    CHECK_TEXT(refused.code_name(), "EINVAL");
    CHECK_TEXT(refused.message(), net_error_text(NET_EINVAL));
    CHECK(refused.kind() == ErrorKind::library);
    static_cast<void>(loop);
}

CASE(an_error_event_has_all_that_node_tells) {
    const LoopRef name(loop);
    Socket socket(name);
    Error kept;
    socket.on_error([&](const Error &error) { kept = error; });
    CHECK_OK(socket.connect_path("no-such.sock"));
    CHECK_OK(name.run());
    const Error error = kept; // long after the callback
    CHECK(error == Errc::no_such_path && error.kind() == ErrorKind::system);
    CHECK_TEXT(error.message(), "connect ENOENT no-such.sock");
    CHECK_TEXT(error.code_name(), "ENOENT");
    CHECK_TEXT(error.name(), "Error");
    CHECK_TEXT(error.syscall(), "connect");
    CHECK_TEXT(error.address(), "no-such.sock");
    CHECK(error.sys_errno() < 0 && !error.port() && !error.local_port());
    CHECK(error.local_address().empty() && error.hostname().empty());
    CHECK_TEXT(socket.errored().message(), error.message());
}

CASE(ports_of_an_error) {
    const LoopRef name(loop);
    Server first(name), second(name);
    CHECK_OK(first.listen(0, "127.0.0.1"));
    first.once_listening([&] {
        ListenOptions options;
        options.port = first.address()->port();
        options.host = "127.0.0.1";
        CHECK_OK(second.listen(options));
    });
    second.on_error([&](ServerRef of, const Error &error) {
        CHECK(of == second && error == Errc::address_in_use);
        CHECK(error.code() == std::errc::address_in_use);
        CHECK_EQ(*error.port(), first.address()->port());
        CHECK_TEXT(error.address(), "127.0.0.1");
        first.close();
    });
    CHECK_OK(name.run());
}

CASE(aggregates_have_their_errors) {
    const LoopRef name(loop);
    std::uint16_t closed_port = 0;
    {
        Server finder(name);
        CHECK_OK(finder.listen(0, "127.0.0.1"));
        CHECK_OK(name.poll(0ms));
        closed_port = finder.address()->port();
    }
    Socket socket(name);
    ConnectOptions options;
    options.port = closed_port;
    options.host = "several";
    options.lookup = [](LookupRequest request, const LookupQuestion &question) {
        CHECK(question.all);
        CHECK_OK(request.answer({Address("127.0.0.1"), Address("127.0.0.2")}));
    };
    Error all;
    socket.on_error([&](const Error &error) { all = error; });
    CHECK_OK(socket.connect(options));
    CHECK_OK(name.run());
    CHECK(all.kind() == ErrorKind::aggregate);
    CHECK_TEXT(all.name(), "AggregateError");
    const std::vector<Error> errors = all.errors();
    all = Error();
    CHECK_EQ(errors.size(), 2);
    CHECK_TEXT(errors[1].address(), "127.0.0.2");
    CHECK(errors[0] == Errc::connection_refused && errors[1] == Errc::connection_refused);
    const auto attempted = socket.attempted_addresses();
    CHECK_EQ(attempted.size(), 2);
    CHECK_TEXT(attempted[0].to_string(), "127.0.0.1:" + std::to_string(closed_port));
}

CASE(errors_of_the_program_come_back) {
    const LoopRef name(loop);
    Socket socket(name);
    int mark = 0;
    ErrorOptions options;
    options.message = "had enough";
    options.code = "E_ENOUGH";
    options.port = 7;
    options.user = &mark;
    int calls = 0;
    socket.on_error([&](const Error &error) {
        calls++;
        CHECK(error == Errc::user && error.kind() == ErrorKind::user && error.user() == &mark);
        CHECK_TEXT(error.message(), "had enough");
        CHECK_TEXT(error.code_name(), "E_ENOUGH");
        CHECK_EQ(*error.port(), 7);
    });
    CHECK_OK(socket.destroy(Error(options)));
    CHECK_OK(name.run());
    CHECK_EQ(calls, 1);

    // What one socket was told can be passed on to another; a bare number too; none is none.
    Socket second(name), third(name), fourth(name);
    second.on_error([&](const Error &error) {
        calls++;
        CHECK_TEXT(error.code_name(), "E_ENOUGH");
    });
    third.on_error([&](const Error &error) { calls += error == Errc::timed_out; });
    fourth.on_error([&] { FAIL("no error was given"); });
    CHECK_OK(second.destroy(socket.errored()));
    CHECK_OK(third.destroy(Errc::timed_out));
    CHECK_OK(fourth.destroy(Error()));
    CHECK_OK(name.run());
    CHECK_EQ(calls, 3);
}

CASE(unheard_errors_come_out_of_run) {
    const LoopRef name(loop);
    Socket socket(name);
    CHECK_OK(socket.connect_path("no-such.sock"));
    const Error error = name.run();
    CHECK(error == Errc::no_such_path);
    CHECK_TEXT(error.message(), "connect ENOENT no-such.sock");
    CHECK_TEXT(name.error().message(), error.message());
    CHECK_OK(name.run());
    CHECK(!name.error());
}

CASE(results) {
    const Result<int> one(1), none(Errc::not_found);
    CHECK(one && *one == 1 && one.value() == 1 && one.value_or(2) == 1 && !one.error());
    CHECK(!none && none.error() == Errc::not_found && none.value_or(2) == 2);
    Result<std::unique_ptr<int>> moved(std::make_unique<int>(3));
    CHECK_EQ(*moved.value(), 3);
    const std::unique_ptr<int> out = std::move(moved).value();
    CHECK_EQ(*out, 3);
    const Result<std::string> text(std::string("abc"));
    CHECK_EQ(text->size(), 3);
    bool caught = false;
    try {
        CHECK_EQ(none.value(), 0);
    } catch (const std::system_error &error) {
        caught = true;
        CHECK(error.code() == Errc::not_found);
        const auto *whole = dynamic_cast<const Exception *>(&error);
        CHECK(whole && whole->error() == Errc::not_found);
        CHECK_STR(error.what(), net_error_text(NET_ENOENT));
    }
    CHECK(caught);
    static_cast<void>(loop);
}

CASE(addresses) {
    const Address four("127.0.0.1", 80), six("::1", 443), none("localhost"), empty;
    CHECK(four.family() == Family::ipv4 && six.family() == Family::ipv6);
    CHECK(none.family() == Family::none && empty.family() == Family::none);
    CHECK_TEXT(four.to_string(), "127.0.0.1:80");
    CHECK_TEXT(six.to_string(), "[::1]:443");
    CHECK_TEXT(six.text(), "::1");
    CHECK(four == Address("127.0.0.1", 80) && four != Address("127.0.0.1", 81) && four != six);
    CHECK(Address(std::string(500, '1')).family() == Family::none);
    static_cast<void>(loop);
}

CASE(bytes) {
    const std::vector<std::uint8_t> vector{1, 2, 3};
    const std::array<char, 2> array{'a', 'b'};
    const std::uint8_t plain[] = {7, 8, 9, 10};
    const std::string text("with\0nul", 8);
    CHECK_EQ(Bytes(vector).size(), 3);
    CHECK_EQ(Bytes(array).size(), 2);
    CHECK_EQ(Bytes(plain).size(), 4);
    CHECK_EQ(Bytes(plain)[3], 10);
    CHECK_EQ(Bytes("abc").size(), 3);
    CHECK_EQ(Bytes(text).size(), 8);
    CHECK_TEXT(Bytes(text).subview(5).text(), "nul");
    CHECK_TEXT(Bytes("abcdef").subview(1, 2).text(), "bc");
    CHECK(Bytes("abc").subview(4).empty() && Bytes().empty() && Bytes("").empty());
    int sum = 0;
    for (const std::uint8_t byte : Bytes(vector)) {
        sum += byte;
    }
    CHECK_EQ(sum, 6);
    static_assert(!std::is_convertible_v<std::vector<int>, Bytes>, "only elements of one byte");
    static_cast<void>(loop);
}

CASE(versions_and_defaults) {
    CHECK_TEXT(version(), NET_VERSION);
    CHECK_EQ(version_number(), NET_VERSION_NUMBER);
    CHECK_EQ(is_ip("::1") * 10 + is_ip("1.2.3.4"), 64);
    CHECK(is_ipv4("1.2.3.4") && is_ipv6("::1") && !is_ipv4("::1") && !is_ipv6("") && !is_ip({}));
    CHECK(default_auto_select_family());
    CHECK_OK(set_default_auto_select_family(false));
    CHECK(!default_auto_select_family());
    CHECK_OK(set_default_auto_select_family_attempt_timeout(20ms));
    CHECK(default_auto_select_family_attempt_timeout() == 20ms);
    CHECK_ERROR(set_default_auto_select_family_attempt_timeout(0ms), out_of_range);
    CHECK_TEXT(ready_state_name(ReadyState::read_only), "readOnly");
    static_cast<void>(loop);
}
