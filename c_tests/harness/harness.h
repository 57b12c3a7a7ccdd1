/* A small test harness: one case per process, checks that stop at the first failure, a trace that is compared with what
 * Node did in the same scenario, and a ledger of descriptors and user data at the end. */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nodenet.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- cases ---- */

typedef void (*case_fn)(net_loop *loop);

typedef struct test_case {
    const char *name;
    case_fn run;
    struct test_case *next;
} test_case;

void case_register(test_case *entry);

/* CMake reads the names from the sources: CASE( must begin its line. The loop is made before the body and freed after
 * it by the harness. */
#define CASE(case_name)                                                                                                \
    static void case_##case_name(net_loop *loop);                                                                      \
    static test_case entry_##case_name = {#case_name, case_##case_name, NULL};                                         \
    __attribute__((constructor)) static void register_##case_name(void) { case_register(&entry_##case_name); }         \
    static void case_##case_name(__attribute__((unused)) net_loop *loop)

/* For a case that frees its loop itself. */
void case_loop_is_freed(void);

/* A case that leaves descriptors of its own open by design says how many. */
void case_expect_extra_fds(int count);

/* Ends the case as skipped (ctest: SKIP_RETURN_CODE), for what this machine does not have. */
void case_skip(const char *why) __attribute__((noreturn));

/* Skips the case on a machine where nobody can be reached at ::1. */
void case_needs_ipv6(void);

/* net_loop_run, which must return 0. */
void run(net_loop *loop);

/* Runs `function` as the next deferred task, like process.nextTick. */
void tick(net_loop *loop, void (*function)(void *user), void *user);

/* A directory of this case alone, removed at its end; traces show it as DIR. */
const char *case_dir(void);
const char *case_path(const char *name);
/* A text that stays until the case ends. */
const char *kept_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- checks ---- */

void check_failed(const char *file, int line, const char *format, ...) __attribute__((noreturn, format(printf, 3, 4)));
void check_eq(const char *file, int line, const char *left_text, const char *right_text, long long left,
              long long right);
void check_str(const char *file, int line, const char *left_text, const char *right_text, const char *left,
               const char *right);

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            check_failed(__FILE__, __LINE__, "%s is false", #condition);                                               \
        }                                                                                                              \
    } while (0)
#define CHECK_EQ(left, right) check_eq(__FILE__, __LINE__, #left, #right, (long long)(left), (long long)(right))
#define CHECK_STR(left, right) check_str(__FILE__, __LINE__, #left, #right, (left), (right))
#define FAIL(...) check_failed(__FILE__, __LINE__, __VA_ARGS__)

/* ---- the trace ---- */

/* Appends one line. If c_tests/traces/CASE.trace exists, the whole must be equal to it. */
void trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* From now on lines show `label` where `value` stood (a number only as a whole number). */
void trace_hide(const char *value, const char *label);
void trace_hide_port(uint16_t port, const char *label);
/* The lines so far, for a check of its own where Node has no such scenario. */
const char *trace_text(void);
bool trace_has(const char *line);

/* Text for traces: each in one of a ring of buffers, for use at once. */
const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *text_bool(int value);
const char *text_error(const net_error *error);
/* `found` is what the getter returned: 1, or 0 for an absent address. */
const char *text_address(int found, const net_address *address);
const char *text_data(const void *data, size_t length);

/* "NAME state opening connecting=true pending=true ..." */
void trace_socket_state(const char *name, net_socket *socket);
/* "NAME listening=true address=..." */
void trace_server_state(const char *name, net_server *server);

/* ---- listeners that only trace ---- */

/* `events` are Node's names, separated by blanks: "connect ready data end error close". */
void watch_socket(net_socket *socket, const char *name, const char *events);
void watch_server(net_server *server, const char *name, const char *events);

/* ---- user data whose drop is counted ---- */

/* Each must have been dropped exactly once when the case is over. */
void *counted_user(void *payload);
void *counted_payload(void *user);
void counted_drop(void *user);
int counted_drops(const void *user);
/* A net_release_fn with a counted_user as its user. */
void counted_release(void *data, size_t length, void *user);

/* ---- short forms ---- */

net_server *server_on(net_loop *loop, const net_server_options *options);
/* Without a host, since only then the bind is done inside listen; gives the port. */
uint16_t listen_local(net_server *server);
uint16_t server_port(net_server *server);
net_socket *socket_on(net_loop *loop, const net_socket_options *options);
net_timer *timer_on(net_loop *loop);
/* An `error` listener for a peer whose errors are not the subject. */
void ignore_error(net_socket *socket, const net_error *error, void *user);
/* A client of ours that ignores its errors. */
net_socket *quiet_client(net_loop *loop, uint16_t port);
int count_fds(void);

#ifdef __cplusplus
}
#endif

#endif
