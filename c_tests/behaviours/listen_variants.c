/* behaviours.md section 2: what a server can listen on. */
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "peer.h"

#define EVENTS "listening error close"

static net_server *watched(net_loop *loop, const char *name, const char *events) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, name, events);
    return server;
}

static void close_server(net_server *server, void *user) {
    (void)user;
    CHECK_EQ(net_server_close(server), 0);
}

/* Ends what was accepted and stops listening. */
static void serve_one(net_server *server, net_socket *socket, void *user) {
    CHECK_EQ(net_socket_on_error(socket, ignore_error, NULL, NULL), 0);
    CHECK_EQ(net_socket_end(socket), 0);
    CHECK_EQ(net_socket_resume(socket), 0);
    close_server(server, user);
}

static void trace_file(const char *when, const char *path) {
    trace("%sfile=%s", when, text_bool(access(path, F_OK) == 0));
}

/* ---- 2.1 ---- */

typedef struct way {
    const char *name;
    net_listen_options options;
    bool no_options;
} way;

typedef struct ways {
    way list[8];
    size_t next;
} ways;

static void listen_next_way(net_server *closed, void *user);

static void trace_way(net_server *server, void *user) {
    ways *all = user;
    net_address address = {.size = sizeof address};
    CHECK_EQ(net_server_address(server, &address), 1);
    if (address.port) {
        trace_hide_port(address.port, "PORT");
    }
    trace("%s: %s", all->list[all->next - 1].name, text_address(1, &address));
    close_server(server, NULL);
}

static void listen_on_way(net_loop *loop, ways *all) {
    const way *way = &all->list[all->next];
    if (!way->name) {
        return;
    }
    all->next++;
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_listening(server, trace_way, all, NULL), 0);
    CHECK_EQ(net_server_on_close(server, listen_next_way, all, NULL), 0);
    CHECK_EQ(net_server_listen(server, way->no_options ? NULL : &way->options), 0);
}

static void listen_next_way(net_server *closed, void *user) { listen_on_way(net_server_loop(closed), user); }

CASE(s2_1_every_way_to_listen) {
    case_needs_ipv6();
    const net_listen_options defaults = NET_LISTEN_OPTIONS_INIT;
    ways all = {.list = {{"nothing", defaults, true},
                         {"port", defaults, false},
                         {"port and host", defaults, false},
                         {"port and backlog", defaults, false},
                         {"all of them", defaults, false},
                         {"path", defaults, false},
                         {"path and backlog", defaults, false}}};
    all.list[2].options.host = "127.0.0.1";
    all.list[3].options.backlog = 7;
    all.list[4].options.host = "::1";
    all.list[4].options.backlog = 7;
    all.list[5].options.path = case_path("s");
    all.list[6].options.path = case_path("t");
    all.list[6].options.backlog = 7;
    listen_on_way(loop, &all);
    run(loop);
}

/* ---- 2.2 ---- */

static void connect_ipv6(net_socket *socket, int had_error, void *user);

static void trace_both_ends(net_server *server, net_socket *socket, void *user) {
    net_address local = {.size = sizeof local};
    net_address remote = {.size = sizeof remote};
    (void)server;
    (void)user;
    int has_remote = net_socket_remote_address(socket, &remote);
    int has_local = net_socket_local_address(socket, &local);
    trace_hide_port(remote.port, "CLIENT");
    trace("from %s to %s", text_address(has_remote, &remote), text_address(has_local, &local));
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
}

static void close_after_client(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    CHECK_EQ(net_server_close(user), 0);
}

static void connect_ipv6(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    net_socket *client = socket_on(net_socket_loop(socket), NULL);
    CHECK_EQ(net_socket_on_error(client, ignore_error, NULL, NULL), 0);
    CHECK_EQ(net_socket_on_close(client, close_after_client, user, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(client, server_port(user), "::1"), 0);
}

CASE(s2_2_without_host_both_families_are_served) {
    case_needs_ipv6();
    net_server *server = server_on(loop, NULL);
    uint16_t port = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, trace_both_ends, NULL, NULL), 0);
    net_socket *client = quiet_client(loop, port);
    CHECK_EQ(net_socket_on_close(client, connect_ipv6, server, NULL), 0);
    run(loop);
}

/* ---- 2.3 ---- */

typedef struct forms {
    net_listen_options list[5];
    size_t next;
} forms;

static void show_next_form(net_server *closed, void *user);

static void show_form(net_server *server, void *user) {
    net_address address = {.size = sizeof address};
    (void)user;
    CHECK_EQ(net_server_address(server, &address), 1);
    if (address.family != NET_FAMILY_LOCAL) {
        trace_hide_port(address.port, "PORT");
    }
    trace_server_state("listening", server);
    close_server(server, NULL);
    /* The name of a path stays. */
    trace_server_state("closed", server);
}

static void listen_on_form(net_loop *loop, forms *all) {
    if (all->next == 4) {
        return;
    }
    net_server *server = server_on(loop, NULL);
    trace_server_state("new", server);
    CHECK_EQ(net_server_on_listening(server, show_form, NULL, NULL), 0);
    CHECK_EQ(net_server_on_close(server, show_next_form, all, NULL), 0);
    CHECK_EQ(net_server_listen(server, &all->list[all->next++]), 0);
}

static void show_next_form(net_server *closed, void *user) { listen_on_form(net_server_loop(closed), user); }

CASE(s2_3_address_forms) {
    case_needs_ipv6();
    const net_listen_options defaults = NET_LISTEN_OPTIONS_INIT;
    forms all = {.list = {defaults, defaults, defaults, defaults}};
    all.list[0].host = "127.0.0.1";
    all.list[1].host = "::1";
    all.list[3].path = case_path("s");
    listen_on_form(loop, &all);
    run(loop);
}

/* ---- 2.4 ---- */

static void try_ipv6(net_socket *ipv4, int had_error, void *user) {
    (void)had_error;
    net_socket *ipv6 = socket_on(net_socket_loop(ipv4), NULL);
    watch_socket(ipv6, "ipv6", "error close");
    CHECK_EQ(net_socket_connect_tcp(ipv6, server_port(user), "::1"), 0);
}

static void try_ipv4(net_server *server, void *user) {
    (void)user;
    uint16_t port = server_port(server);
    trace_hide_port(port, "PORT");
    net_socket *ipv4 = socket_on(net_server_loop(server), NULL);
    watch_socket(ipv4, "ipv4", "connect error close");
    CHECK_EQ(net_socket_on_close(ipv4, try_ipv6, server, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(ipv4, port, "127.0.0.1"), 0);
}

CASE(s2_4_ipv6_only) {
    case_needs_ipv6();
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.host = "::";
    options.ipv6_only = 1;
    net_server *server = watched(loop, "server", "listening connection close");
    CHECK_EQ(net_server_on_listening(server, try_ipv4, NULL, NULL), 0);
    CHECK_EQ(net_server_on_connection(server, serve_one, NULL, NULL), 0);
    CHECK_EQ(net_server_listen(server, &options), 0);
    run(loop);
}

/* ---- 2.5 ---- */

typedef struct trio {
    const char *host;
    net_server *first;
    net_server *second;
    net_server *third;
} trio;

static void share_ports(net_loop *loop, trio *all);

static void share_next(net_server *closed, void *user) {
    trio *all = user;
    if (strcmp(all->host, "::1") == 0) {
        return;
    }
    all->host = "::1";
    share_ports(net_server_loop(closed), all);
}

static void close_first_and_second(net_server *server, const net_error *error, void *user) {
    trio *all = user;
    (void)server;
    CHECK_EQ(error->number, NET_EADDRINUSE);
    CHECK_EQ(net_server_close(all->first), 0);
    CHECK_EQ(net_server_close(all->second), 0);
}

static void start_third(net_server *second, void *user) {
    trio *all = user;
    trace_server_state("second", second);
    CHECK_EQ(net_server_listen_tcp(all->third, server_port(second), all->host), 0);
    CHECK_EQ(net_server_on_error(all->third, close_first_and_second, all, NULL), 0);
}

static void start_second(net_server *first, void *user) {
    trio *all = user;
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.port = server_port(first);
    options.host = all->host;
    options.reuse_port = 1;
    trace_hide_port(options.port, "PORT");
    CHECK_EQ(net_server_on_listening(all->second, start_third, all, NULL), 0);
    CHECK_EQ(net_server_listen(all->second, &options), 0);
}

static void share_ports(net_loop *loop, trio *all) {
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.host = all->host;
    options.reuse_port = 1;
    all->first = watched(loop, "first", EVENTS);
    all->second = watched(loop, "second", EVENTS);
    all->third = watched(loop, "third", EVENTS);
    CHECK_EQ(net_server_on_listening(all->first, start_second, all, NULL), 0);
    CHECK_EQ(net_server_on_close(all->second, share_next, all, NULL), 0);
    CHECK_EQ(net_server_listen(all->first, &options), 0);
}

CASE(s2_5_reuse_port) {
    case_needs_ipv6();
    trio all = {.host = "127.0.0.1"};
    share_ports(loop, &all);
    run(loop);
}

/* ---- 2.6 ---- */

static void trace_loopback_and_close(net_server *server, void *user) {
    net_address address = {.size = sizeof address};
    CHECK_EQ(net_server_address(server, &address), 1);
    trace_hide_port(address.port, "PORT");
    trace_hide(address.address, "LOOPBACK");
    trace_hide(address.family == NET_FAMILY_IPV6 ? "IPv6" : "IPv4", "FAMILY");
    trace_server_state("in listening", server);
    close_server(server, user);
}

CASE(s2_6_host_name_is_looked_up) {
    net_server *server = watched(loop, "server", EVENTS);
    CHECK_EQ(net_server_on_listening(server, trace_loopback_and_close, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, "localhost"), 0);
    trace_server_state("next line", server);
    run(loop);
}

static void listen_without_host(net_server *server, const net_error *error, void *user) {
    (void)user;
    CHECK_EQ(error->number, NET_ENOTFOUND);
    CHECK_EQ(error->kind, NET_ERROR_KIND_LOOKUP);
    trace_server_state("in error", server);
    CHECK_EQ(net_server_on_listening(server, close_server, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, NULL), 0);
}

CASE(s2_6_lookup_error_is_the_error) {
    net_server *server = watched(loop, "server", EVENTS);
    CHECK_EQ(net_server_on_error(server, listen_without_host, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, "no such name"), 0);
    run(loop);
}

CASE(s2_6_only_link_local_is_tried) {
    net_server *server = watched(loop, "server", EVENTS);
    CHECK_EQ(net_server_listen_tcp(server, 0, "fe80::1234"), 0);
    run(loop);
}

static void write_file(const char *path, const char *content) {
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    CHECK(fputs(content, file) >= 0);
    CHECK_EQ(fclose(file), 0);
}

static void trace_tried_error(net_server *server, const net_error *error, void *user) {
    (void)server;
    (void)user;
    trace("tried %s", error->address);
}

static void trace_tried_address(net_server *server, void *user) {
    net_address address = {.size = sizeof address};
    CHECK_EQ(net_server_address(server, &address), 1);
    trace("tried %s", address.address);
    close_server(server, user);
}

/* In namespaces of its own, where no address can be reached, the resolver puts the link-local one first. */
CASE(s2_6_link_local_is_passed_over) {
    const char *hosts = case_path("hosts");
    write_file(hosts, "fe80::1 two-homes\n10.9.9.9 two-homes\n");
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) != 0 ||
        mount(hosts, "/etc/hosts", "none", MS_BIND, NULL) != 0) {
        case_skip("no namespaces for this user");
    }
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_error(server, trace_tried_error, NULL, NULL), 0);
    CHECK_EQ(net_server_on_listening(server, trace_tried_address, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, "two-homes"), 0);
    run(loop);
}

/* ---- 2.7 ---- */

static void close_and_listen_again(net_server *server, void *user) {
    const char *path = user;
    close_server(server, NULL);
    trace_file("closed ", path);
    CHECK_EQ(net_server_listen_path_cstr(server, path), 0);
    trace_file("again ", path);
    CHECK_EQ(net_server_once_listening(server, close_server, NULL, NULL), 0);
}

CASE(s2_7_path_is_removed_on_close) {
    const char *path = case_path("s");
    net_server *server = watched(loop, "server", EVENTS);
    trace_file("before ", path);
    CHECK_EQ(net_server_listen_path_cstr(server, path), 0);
    trace_file("listening ", path);
    CHECK_EQ(net_server_once_listening(server, close_and_listen_again, (void *)path, NULL), 0);
    run(loop);
    trace_file("at the end ", path);
}

static void keep_the_file_of_first(net_server *second, const net_error *error, void *first) {
    (void)second;
    CHECK_EQ(error->number, NET_EADDRINUSE);
    trace_file("", case_path("s"));
    CHECK_EQ(net_server_close(first), 0);
}

CASE(s2_7_path_in_use) {
    const char *path = case_path("s");
    net_server *first = server_on(loop, NULL);
    CHECK_EQ(net_server_listen_path_cstr(first, path), 0);
    net_server *second = watched(loop, "second", EVENTS);
    CHECK_EQ(net_server_listen_path_cstr(second, path), 0);
    CHECK_EQ(net_server_on_error(second, keep_the_file_of_first, first, NULL), 0);
    run(loop);
}

CASE(s2_7_readable_and_writable_for_all) {
    mode_t old_mask = umask(077);
    for (int i = 0; i < 4; i++) {
        const char *path = case_path(text("s%d", i));
        net_listen_options options = NET_LISTEN_OPTIONS_INIT;
        options.path = path;
        options.readable_all = i & 1;
        options.writable_all = i >> 1;
        net_server *server = server_on(loop, NULL);
        CHECK_EQ(net_server_listen(server, &options), 0);
        struct stat status;
        CHECK_EQ(stat(path, &status), 0);
        trace("readableAll=%s writableAll=%s mode=%o", text_bool(options.readable_all), text_bool(options.writable_all),
              status.st_mode & 0777);
        CHECK_EQ(net_server_on_listening(server, close_server, NULL, NULL), 0);
    }
    umask(old_mask);
    run(loop);
}

/* A path of so many bytes in the directory of the case. */
static const char *path_of_length(size_t length) {
    size_t rest = length - strlen(case_dir()) - 1;
    char name[200];
    CHECK(rest < sizeof name);
    memset(name, 'x', rest);
    name[rest] = 0;
    return case_path(name);
}

CASE(s2_7_over_long_path) {
    const char *path = path_of_length(109);
    trace_hide(path, "LONG");
    CHECK_EQ(net_server_listen_path_cstr(watched(loop, "server", EVENTS), path), 0);
    net_socket *client = socket_on(loop, NULL);
    watch_socket(client, "client", "connect error close");
    CHECK_EQ(net_socket_connect_path_cstr(client, path), 0);
    trace("main done");
    run(loop);
    trace("files=%d", rmdir(case_dir()) != 0);
}

CASE(s2_7_longest_path) {
    const char *path = path_of_length(108);
    net_server *server = watched(loop, "server", "listening connection close");
    CHECK_EQ(net_server_listen_path_cstr(server, path), 0);
    trace_server_state("server", server);
    trace_file("", path);
    CHECK_EQ(net_server_on_connection(server, serve_one, NULL, NULL), 0);
    net_socket *client = socket_on(loop, NULL);
    watch_socket(client, "client", "connect error end close");
    CHECK_EQ(net_socket_resume(client), 0);
    CHECK_EQ(net_socket_connect_path_cstr(client, path), 0);
    run(loop);
    trace_file("", path);
}

CASE(s2_7_abstract_name) {
    const char *plain = kept_text("nodenet-test-%d", (int)getpid());
    const char *shown = kept_text("@%s", plain);
    size_t length = strlen(shown);
    char name[64] = {0};
    memcpy(name + 1, plain, length - 1);
    trace_hide(plain, "NAME");
    net_server *server = watched(loop, "server", "listening connection close");
    CHECK_EQ(net_server_listen_path(server, name, length), 0);
    trace_server_state("server", server);

    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    name[length] = 'x';
    options.path = name;
    options.path_len = length + 1;
    options.readable_all = 1;
    int status = net_server_listen(server_on(loop, NULL), &options);
    CHECK_EQ(status, NET_EINVAL);
    trace("readableAll: %s", status == 0 ? "accepted" : "refused");

    CHECK_EQ(net_server_on_connection(server, serve_one, NULL, NULL), 0);
    net_socket *client = socket_on(loop, NULL);
    watch_socket(client, "client", "connect end close");
    CHECK_EQ(net_socket_resume(client), 0);
    CHECK_EQ(net_socket_connect_path(client, name, length), 0);
    run(loop);
}

/* A peer that is not ours finds the name where the kernel keeps it. */
CASE(s2_7_abstract_name_for_a_raw_peer) {
    const char *shown = kept_text("@nodenet-raw-%d", (int)getpid());
    char name[64] = {0};
    memcpy(name + 1, shown + 1, strlen(shown) - 1);
    net_server *server = watched(loop, "server", "connection close");
    CHECK_EQ(net_server_listen_path(server, name, strlen(shown)), 0);
    CHECK_EQ(net_server_on_connection(server, serve_one, NULL, NULL), 0);
    int peer = peer_connect_path(shown);
    peer_shutdown_write(peer);
    run(loop);
    char byte;
    CHECK_EQ(peer_receive_all(peer, &byte, 1), 0);
    peer_close(peer);
    CHECK_STR(trace_text(), "server connection\nserver close\n");
    CHECK_EQ(peer_try_connect_path(shown), -111);
}

CASE(s2_7_relative_path) {
    CHECK_EQ(chdir(case_dir()), 0);
    net_server *server = watched(loop, "server", "listening close");
    CHECK_EQ(net_server_listen_path_cstr(server, "relative"), 0);
    trace_server_state("server", server);
    trace_file("", case_path("relative"));
    CHECK_EQ(net_server_on_connection(server, serve_one, NULL, NULL), 0);
    net_socket *client = socket_on(loop, NULL);
    watch_socket(client, "client", "connect end close");
    CHECK_EQ(net_socket_resume(client), 0);
    CHECK_EQ(net_socket_connect_path_cstr(client, "relative"), 0);
    run(loop);
}

/* ---- 2.8 ---- */

static void listen_on_fd(net_server *server, int fd) {
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.fd = fd;
    CHECK_EQ(net_server_listen(server, &options), 0);
}

CASE(s2_8_fd_that_is_no_socket) {
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    net_server *server = server_on(loop, NULL);
    listen_on_fd(server, fd);
    trace_server_state("next line", server);
    watch_server(server, "server", EVENTS);
    trace("main done");
    run(loop);
    /* What could not be listened on stays the caller's. */
    CHECK_EQ(close(fd), 0);
}

CASE(s2_8_inherited_fd) {
    uint16_t port = 0;
    int fd = peer_listen("127.0.0.1", &port, 5);
    net_server *server = watched(loop, "server", "listening connection close");
    listen_on_fd(server, fd);
    CHECK_EQ(server_port(server), port);
    CHECK_EQ(net_server_on_connection(server, serve_one, NULL, NULL), 0);
    int peer = peer_connect("127.0.0.1", port);
    peer_shutdown_write(peer);
    run(loop);
    peer_close(peer);
    CHECK_STR(trace_text(), "server listening\nserver connection\nserver close\n");
}

/* Standard input is closed, so that the listener gets descriptor 0, and the accepted socket as well. */
CASE(s2_8_fd_0_is_a_valid_fd) {
    uint16_t port = 0;
    int kept = dup(0);
    CHECK_EQ(close(0), 0);
    CHECK_EQ(peer_listen("127.0.0.1", &port, 5), 0);
    net_server *server = watched(loop, "server", "listening connection close");
    listen_on_fd(server, 0);
    int fd = -1;
    CHECK_EQ(net_server_fd(server, &fd), 1);
    CHECK_EQ(fd, 0);
    CHECK_EQ(net_server_on_connection(server, serve_one, NULL, NULL), 0);
    int peer = peer_connect("127.0.0.1", port);
    peer_shutdown_write(peer);
    run(loop);
    peer_close(peer);
    CHECK_STR(trace_text(), "server listening\nserver connection\nserver close\n");
    CHECK_EQ(kept < 0 ? 0 : dup2(kept, 0), 0);
    if (kept >= 0) {
        CHECK_EQ(close(kept), 0);
    }
}

/* ---- 2.9 ---- */

/* For a listener the kernel gives its backlog in the field of the SACKed segments. */
static unsigned backlog_of(net_server *server) {
    int fd = -1;
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    CHECK_EQ(net_server_fd(server, &fd), 1);
    CHECK_EQ(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length), 0);
    return info.tcpi_sacked;
}

static unsigned largest_backlog(void) {
    unsigned largest = 0;
    FILE *file = fopen("/proc/sys/net/core/somaxconn", "r");
    CHECK(file != NULL);
    CHECK_EQ(fscanf(file, "%u", &largest), 1);
    CHECK_EQ(fclose(file), 0);
    return largest;
}

CASE(s2_9_backlog_is_handed_to_the_system) {
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    net_server *three = server_on(loop, NULL);
    options.backlog = 3;
    CHECK_EQ(net_server_listen(three, &options), 0);
    CHECK_EQ(backlog_of(three), 3);
    net_server *usual = server_on(loop, NULL);
    CHECK_EQ(net_server_listen_tcp(usual, 0, NULL), 0);
    CHECK_EQ(backlog_of(usual), largest_backlog() < 511 ? largest_backlog() : 511);
}
