#include "harness.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger.h"
#include "peer.h"
#include "trace.h"

static test_case *first_case;
static const char *running;
static bool loop_is_freed;
static int extra_fds;

void case_register(test_case *entry) {
    entry->next = first_case;
    first_case = entry;
}

void case_loop_is_freed(void) { loop_is_freed = true; }

void case_expect_extra_fds(int count) { extra_fds = count; }

void case_skip(const char *why) {
    printf("skipped: %s\n", why);
    fflush(stdout);
    ledger_remove_dir();
    _exit(77);
}

void check_failed(const char *file, int line, const char *format, ...) {
    va_list arguments;
    fflush(stdout);
    fprintf(stderr, "%s:%d: ", file, line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n--- trace of %s so far\n%s---\n", running ? running : "?", trace_text());
    fflush(stderr);
    ledger_remove_dir();
    _exit(1);
}

void check_eq(const char *file, int line, const char *left_text, const char *right_text, long long left,
              long long right) {
    if (left != right) {
        check_failed(file, line, "%s is %lld, not %s (%lld)", left_text, left, right_text, right);
    }
}

void check_str(const char *file, int line, const char *left_text, const char *right_text, const char *left,
               const char *right) {
    bool same = left && right ? strcmp(left, right) == 0 : left == right;
    if (!same) {
        check_failed(file, line, "%s is \"%s\", not %s (\"%s\")", left_text, left ? left : "(null)", right_text,
                     right ? right : "(null)");
    }
}

void case_needs_ipv6(void) {
    if (!peer_can_bind("::1")) {
        case_skip("no IPv6 here");
    }
}

void run(net_loop *loop) {
    int status = net_loop_run(loop);
    if (status != 0) {
        const net_error *error = net_loop_error(loop);
        FAIL("net_loop_run gave %s: %s", net_error_name(status), error ? error->message : "no error");
    }
}

/* Only write and _exit: the case may hang anywhere, inside malloc too. */
static void on_alarm(int signal_number) {
    static const char message[] = "the case took too long; its trace so far:\n";
    const char *lines = trace_text();
    (void)signal_number;
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0 || write(STDERR_FILENO, lines, strlen(lines)) < 0) {
        _exit(125);
    }
    _exit(124);
}

static void run_case(const test_case *entry) {
    const char *seconds = getenv("NODENET_CASE_SECONDS");
    signal(SIGALRM, on_alarm);
    alarm(seconds ? (unsigned)atoi(seconds) : 15);
    running = entry->name;
    /* A case that counts descriptors must not find the harness's own buffers half open. */
    fflush(NULL);
    int fds_before = count_fds();
    net_loop *loop = net_loop_new();
    CHECK(loop != NULL);
    entry->run(loop);
    if (!loop_is_freed) {
        CHECK_EQ(net_loop_free(loop), 0);
    }
    ledger_check_users();
    /* A lookup that nobody waits for any more may have a file open for a moment. */
    for (int tries = 0; count_fds() != fds_before + extra_fds && tries < 100; tries++) {
        poll(NULL, 0, 10);
    }
    if (count_fds() != fds_before + extra_fds) {
        ledger_print_fds();
        FAIL("%d descriptors are open, %d were before the case", count_fds(), fds_before);
    }
    trace_compare(entry->name);
    ledger_remove_dir();
}

int main(int argc, char **argv) {
    if (argc == 2) {
        for (test_case *entry = first_case; entry; entry = entry->next) {
            if (strcmp(entry->name, argv[1]) == 0) {
                run_case(entry);
                ledger_free();
                trace_free();
                return 0;
            }
        }
        fprintf(stderr, "no case %s\n", argv[1]);
        return 2;
    }
    for (test_case *entry = first_case; entry; entry = entry->next) {
        puts(entry->name);
    }
    return argc == 1 ? 0 : 2;
}

typedef struct ticked {
    void (*function)(void *user);
    void *user;
} ticked;

static void on_tick(net_server *server, const net_error *error, size_t count, void *user) {
    ticked task = *(ticked *)user;
    CHECK(error == NULL);
    CHECK_EQ(count, 0);
    free(user);
    CHECK_EQ(net_server_free(server), 0);
    task.function(task.user);
}

/* The answer of getConnections is a plain deferred task. */
void tick(net_loop *loop, void (*function)(void *user), void *user) {
    ticked *task = malloc(sizeof *task);
    CHECK(task != NULL);
    *task = (ticked){function, user};
    CHECK_EQ(net_server_get_connections(server_on(loop, NULL), on_tick, task, NULL), 0);
}

net_server *server_on(net_loop *loop, const net_server_options *options) {
    net_server *server = net_server_new(loop, options);
    CHECK(server != NULL);
    return server;
}

uint16_t server_port(net_server *server) {
    net_address address = {.size = sizeof address};
    CHECK_EQ(net_server_address(server, &address), 1);
    return address.port;
}

uint16_t listen_local(net_server *server) {
    CHECK_EQ(net_server_listen_tcp(server, 0, NULL), 0);
    uint16_t port = server_port(server);
    CHECK(port != 0);
    trace_hide_port(port, "PORT");
    return port;
}

net_socket *socket_on(net_loop *loop, const net_socket_options *options) {
    int error = 0;
    net_socket *socket = net_socket_new(loop, options, &error);
    CHECK_EQ(error, 0);
    CHECK(socket != NULL);
    return socket;
}

net_timer *timer_on(net_loop *loop) {
    net_timer *timer = net_timer_new(loop);
    CHECK(timer != NULL);
    return timer;
}

void ignore_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    CHECK(error != NULL);
}

net_socket *quiet_client(net_loop *loop, uint16_t port) {
    net_socket *client = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_error(client, ignore_error, NULL, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(client, port, "127.0.0.1"), 0);
    return client;
}
