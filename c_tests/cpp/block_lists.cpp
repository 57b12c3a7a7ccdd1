// BlockList and SocketAddress.
#include "talk.hpp"

using namespace nodenet;

CASE(rules_come_and_go) {
    const BlockList list;
    CHECK_OK(list.add_address("1.1.1.1"));
    CHECK_OK(list.add_addresses({"2.2.2.2", "::2"}));
    CHECK_OK(list.add_range("10.0.0.1", "10.0.0.9"));
    CHECK_OK(list.add_subnet("8592:757c:efae:4e45::", 64, Family::ipv6));
    CHECK_OK(list.add_cidr("192.168.0.0/16"));
    CHECK_OK(list.add_cidrs({"172.16.0.0/12", "fe80::/10"}));
    CHECK_EQ(list.size(), 8);
    CHECK(list.check("2.2.2.2") && list.check("::ffff:1.1.1.1") && list.check("10.0.0.5") && !list.check("10.0.0.10"));
    CHECK(list.check("fe80::1", Family::ipv6) && !list.check("fe80::1", Family::ipv4) && !list.check("nonsense"));
    CHECK_ERROR(list.add_address("nonsense"), invalid_address);
    CHECK_ERROR(list.add_range("10.0.0.2", "10.0.0.1"), invalid_argument_value);
    CHECK(*list.remove_address("2.2.2.2") && !*list.remove_address("2.2.2.2"));
    CHECK(*list.remove_range("10.0.0.1", "10.0.0.9") && !*list.remove_range("10.0.0.1", "10.0.0.9"));
    CHECK(*list.remove_subnet("8592:757c:efae:4e45::", 64) && *list.remove_cidr("fe80::/10"));
    CHECK_ERROR(list.remove_cidr("fe80::").error(), invalid_argument_value);
    CHECK_EQ(list.size(), 4);
    CHECK_OK(list.clear());
    CHECK(list.size() == 0 && list.rules().empty());
    CHECK_TEXT(list.to_json(), "[]");
    static_cast<void>(loop);
}

CASE(rules_as_text) {
    const BlockList list, copy, third;
    CHECK_OK(list.add_address("1.1.1.1"));
    CHECK_OK(list.add_cidr("10.0.0.0/8"));
    const std::vector<std::string> rules = list.rules();
    CHECK_EQ(rules.size(), 2);
    CHECK_TEXT(rules[0], "Address: IPv4 1.1.1.1");
    CHECK_OK(copy.add_rules(rules));
    CHECK_OK(third.from_json(list.to_json()));
    CHECK(copy.rules() == rules && third.rules() == rules);
    CHECK_ERROR(third.from_json("{"), invalid_argument);
    const auto ranges = BlockList::private_ranges();
    CHECK(ranges.size() > 3);
    CHECK_OK(third.add_cidrs(ranges));
    CHECK(third.check("127.0.0.1"));
    static_cast<void>(loop);
}

CASE(null_and_dead_lists) {
    BlockListRef name;
    CHECK_ERROR(name.clear(), invalid_argument);
    {
        const BlockList list;
        name = list;
        CHECK_OK(name.add_address("1.1.1.1"));
    }
    CHECK_ERROR(name.clear(), bad_handle);
    CHECK(name.size() == 0 && name.rules().empty() && name.to_json().empty() && !name.check("1.1.1.1"));
    static_cast<void>(loop);
}

CASE(of_servers_and_sockets) {
    SocketOptions options;
    {
        const BlockList list;
        CHECK_OK(list.add_address("127.0.0.1"));
        options.block_list = list;
        Socket blocked(LoopRef(loop), options);
        Error told;
        blocked.on_error([&](const Error &error) { told = error; });
        CHECK_OK(blocked.connect(1, "127.0.0.1"));
        run(loop);
        CHECK(told == Errc::ip_blocked);

        ServerOptions with;
        with.block_list = list;
        Server server(LoopRef(loop), with);
        server.on_connection([] { FAIL("a blocked peer was told"); });
        CHECK_OK(server.listen(0));
        Socket client{LoopRef(loop)};
        client.on_error([] {});
        client.on_close([&] { CHECK_OK(server.close()); });
        CHECK_OK(client.connect(server.address()->port(), "127.0.0.1"));
        CHECK_OK(client.resume());
        run(loop);
    }
}

CASE(socket_addresses) {
    const SocketAddress made = SocketAddress::make("::0001", 80, 5).value();
    CHECK_TEXT(made.address(), "::1");
    CHECK(made.family() == Family::ipv6 && made.port() == 80 && made.flowlabel() == 5);
    CHECK_TEXT(SocketAddress::make({}).value().address(), "127.0.0.1");
    CHECK_ERROR(SocketAddress::make("x").error(), invalid_address);
    const auto parsed = SocketAddress::parse("10.1.2.3:8080");
    CHECK(parsed && parsed->port() == 8080);
    CHECK_TEXT(parsed->address(), "10.1.2.3");
    CHECK(!SocketAddress::parse("no address"));
    static_cast<void>(loop);
}
