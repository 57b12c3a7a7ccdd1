/* The loop itself: posts, stop, timers, unheard errors, moving between threads, embedding, figures. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "peer.h"
#include "scene.h"

static net_loop *the_loop;

static uint64_t clock_milliseconds(void) {
    struct timespec now;
    CHECK_EQ(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- posts ---- */

enum { POSTERS = 4, POSTS = 5000 };

typedef struct poster {
    peer_thread thread;
    intptr_t next;
} poster;

typedef struct post {
    poster *from;
    intptr_t number;
} post;

static int posts_called;
static atomic_int posts_dropped;

static void call_post(net_loop *loop, void *user) {
    post *call = user;
    CHECK(loop == the_loop);
    CHECK_EQ(call->number, call->from->next);
    call->from->next++;
    posts_called++;
}

static void drop_post(void *user) {
    free(user);
    posts_dropped++;
}

static void post_many(void *user) {
    poster *from = user;
    for (intptr_t i = 0; i < POSTS; i++) {
        post *call = malloc(sizeof *call);
        CHECK(call != NULL);
        *call = (post){from, i};
        CHECK_EQ(net_loop_post(the_loop, call_post, call, drop_post), 0);
    }
}

/* A timer that never comes keeps the loop running until the last post has stopped it. */
static void call_last_post(net_loop *loop, void *user) {
    (void)loop;
    CHECK_EQ(net_timer_free(user), 0);
}

static void never(net_timer *timer, void *user) {
    (void)timer;
    (void)user;
    FAIL("a timer fires that never should");
}

static net_timer *keep_alive(net_loop *loop) {
    net_timer *timer = timer_on(loop);
    CHECK_EQ(net_timer_start(timer, 1000000, 0, never, NULL, NULL), 0);
    return timer;
}

static void post_all(void *user) {
    poster posters[POSTERS] = {0};
    for (int i = 0; i < POSTERS; i++) {
        peer_start(&posters[i].thread, post_many, &posters[i]);
    }
    for (int i = 0; i < POSTERS; i++) {
        peer_join(&posters[i].thread);
    }
    CHECK_EQ(net_loop_post(the_loop, call_last_post, user, NULL), 0);
    /* The posts refer to this frame. */
    while (posts_dropped < POSTERS * POSTS) {
        CHECK_EQ(poll(NULL, 0, 1), 0);
    }
}

CASE(loop_posts_from_threads_keep_their_order) {
    peer_thread thread;
    the_loop = loop;
    peer_start(&thread, post_all, keep_alive(loop));
    run(loop);
    peer_join(&thread);
    CHECK_EQ(posts_called, POSTERS * POSTS);
    CHECK_EQ(posts_dropped, POSTERS * POSTS);
}

static void call_counted(net_loop *loop, void *user) {
    (void)loop;
    CHECK_EQ(counted_drops(user), 0);
    trace("called");
}

CASE(loop_post_keeps_alive_until_called) {
    void *user = counted_user(NULL);
    CHECK_EQ(net_loop_alive(loop), 0);
    CHECK_EQ(net_loop_post(loop, call_counted, user, counted_drop), 0);
    CHECK_EQ(net_loop_alive(loop), 1);
    CHECK_STR(trace_text(), "");
    run(loop);
    CHECK_STR(trace_text(), "called\n");
    CHECK_EQ(counted_drops(user), 1);
    CHECK_EQ(net_loop_alive(loop), 0);
}

static void never_called(net_loop *loop, void *user) {
    (void)loop;
    (void)user;
    FAIL("a post is called that never should");
}

CASE(loop_post_dropped_at_the_end_of_the_loop) {
    net_loop *other = net_loop_new();
    void *user = counted_user(NULL);
    CHECK_EQ(net_loop_post(other, never_called, user, counted_drop), 0);
    CHECK_EQ(net_loop_free(other), 0);
    CHECK_EQ(counted_drops(user), 1);
    CHECK_EQ(net_loop_post(other, never_called, counted_user(NULL), counted_drop), NET_EBADF);
}

static net_loop *volatile shared_loop;
static volatile int freeing;

static void post_into_the_end(void *user) {
    long *accepted = user;
    for (;;) {
        int status = net_loop_post(shared_loop, never_called, counted_user(NULL), counted_drop);
        if (status != 0) {
            CHECK_EQ(status, NET_EBADF);
            return;
        }
        ++*accepted;
        __atomic_store_n(&freeing, 1, __ATOMIC_RELEASE);
    }
}

/* Every user is dropped, whether its post was accepted or came too late. */
CASE(loop_post_races_with_free) {
    peer_thread threads[2];
    long accepted[2] = {0};
    shared_loop = net_loop_new();
    peer_start(&threads[0], post_into_the_end, &accepted[0]);
    peer_start(&threads[1], post_into_the_end, &accepted[1]);
    while (!__atomic_load_n(&freeing, __ATOMIC_ACQUIRE)) {
        CHECK_EQ(poll(NULL, 0, 1), 0);
    }
    CHECK_EQ(net_loop_free(shared_loop), 0);
    peer_join(&threads[0]);
    peer_join(&threads[1]);
    CHECK(accepted[0] + accepted[1] > 0);
}

/* ---- stop ---- */

static void stop_it(void *user) { CHECK_EQ(net_loop_stop(user), 0); }

CASE(loop_stop_from_a_thread) {
    peer_thread thread;
    net_timer *timer = keep_alive(loop);
    peer_start(&thread, stop_it, loop);
    run(loop);
    peer_join(&thread);
    CHECK_EQ(net_timer_active(timer), 1);
    CHECK_EQ(net_loop_alive(loop), 1);
}

static atomic_int signals;

static void on_signal(int number) {
    (void)number;
    int before = errno;
    errno = 12345;
    if (net_loop_stop(shared_loop) != 0 || errno != 12345) {
        _exit(3);
    }
    errno = before;
    signals++;
}

static pthread_t signalled;

static void send_signal(net_timer *timer, void *user) {
    (void)timer;
    (void)user;
    CHECK_EQ(pthread_kill(signalled, SIGUSR1), 0);
}

static void signal_until_seen(void *user) {
    (void)user;
    while (!signals) {
        CHECK_EQ(pthread_kill(signalled, SIGUSR1), 0);
        poll(NULL, 0, 1);
    }
}

CASE(loop_stop_from_a_signal_handler) {
    struct sigaction action = {0};
    peer_thread thread;
    action.sa_handler = on_signal;
    CHECK_EQ(sigaction(SIGUSR1, &action, NULL), 0);
    shared_loop = loop;
    signalled = pthread_self();
    keep_alive(loop);
    peer_start(&thread, signal_until_seen, NULL);
    run(loop);
    peer_join(&thread);
    CHECK(signals > 0);
    /* And with the signal inside a callback. */
    int before = signals;
    net_timer *timer = timer_on(loop);
    CHECK_EQ(net_timer_start(timer, 0, 1, send_signal, NULL, NULL), 0);
    run(loop);
    CHECK(signals >= before);
}

/* A signal that has nothing to do with the loop only interrupts its wait. */
static void plain_signal(int number) {
    (void)number;
    signals++;
}

static void signal_twenty_times(void *user) {
    for (int seen = 0; seen < 20; seen = signals) {
        CHECK_EQ(pthread_kill(signalled, SIGUSR2), 0);
        poll(NULL, 0, 1);
    }
    CHECK_EQ(net_loop_post(user, call_counted, counted_user(NULL), counted_drop), 0);
    CHECK_EQ(net_loop_stop(user), 0);
}

CASE(loop_goes_on_after_a_signal) {
    struct sigaction action = {0};
    peer_thread thread;
    action.sa_handler = plain_signal;
    CHECK_EQ(sigaction(SIGUSR2, &action, NULL), 0);
    signalled = pthread_self();
    keep_alive(loop);
    peer_start(&thread, signal_twenty_times, loop);
    run(loop);
    peer_join(&thread);
    CHECK(signals >= 20);
}

CASE(loop_stop_before_run) {
    net_timer *timer = keep_alive(loop);
    CHECK_EQ(net_loop_stop(loop), 0);
    run(loop);
    CHECK_EQ(net_timer_active(timer), 1);
    CHECK_EQ(net_timer_free(timer), 0);
    run(loop);
}

static void stop_in_post(net_loop *loop, void *user) {
    (void)user;
    trace("stop");
    CHECK_EQ(net_loop_stop(loop), 0);
}

static void trace_post(net_loop *loop, void *user) {
    (void)loop;
    trace("%s", (const char *)user);
}

CASE(loop_stop_keeps_the_rest_for_the_next_run) {
    CHECK_EQ(net_loop_post(loop, trace_post, (void *)(uintptr_t) "one", NULL), 0);
    CHECK_EQ(net_loop_post(loop, stop_in_post, NULL, NULL), 0);
    CHECK_EQ(net_loop_post(loop, trace_post, (void *)(uintptr_t) "two", NULL), 0);
    run(loop);
    CHECK_STR(trace_text(), "one\nstop\n");
    CHECK_EQ(net_loop_alive(loop), 1);
    run(loop);
    CHECK_STR(trace_text(), "one\nstop\ntwo\n");
}

/* ---- timers ---- */

static void trace_timer(net_timer *timer, void *user) {
    (void)timer;
    trace("%s", (const char *)user);
}

static net_timer *start_timer(net_loop *loop, uint64_t delay, uint64_t repeat, net_timer_fn function,
                              const char *name) {
    net_timer *timer = timer_on(loop);
    CHECK_EQ(net_timer_start(timer, delay, repeat, function, (void *)(uintptr_t)name, NULL), 0);
    return timer;
}

CASE(loop_timers_fire_in_the_order_of_their_time) {
    uint64_t begun = clock_milliseconds();
    start_timer(loop, 30, 0, trace_timer, "30");
    start_timer(loop, 10, 0, trace_timer, "10 first");
    start_timer(loop, 20, 0, trace_timer, "20");
    start_timer(loop, 10, 0, trace_timer, "10 second");
    start_timer(loop, 0, 0, trace_timer, "0");
    CHECK_STR(trace_text(), "");
    run(loop);
    CHECK_STR(trace_text(), "0\n10 first\n10 second\n20\n30\n");
    CHECK(clock_milliseconds() - begun + 1 >= 30);
}

static int fired;

static void stop_at_three(net_timer *timer, void *user) {
    CHECK_EQ(counted_drops(user), 0);
    if (++fired == 3) {
        CHECK_EQ(net_timer_stop(timer), 0);
        CHECK_EQ(net_timer_active(timer), 0);
        CHECK_EQ(counted_drops(user), 0);
    }
}

CASE(loop_timer_repeats_until_it_stops_itself) {
    void *user = counted_user(NULL);
    net_timer *timer = timer_on(loop);
    CHECK_EQ(net_timer_active(timer), 0);
    CHECK_EQ(net_timer_start(timer, 1, 2, stop_at_three, user, counted_drop), 0);
    CHECK_EQ(net_timer_active(timer), 1);
    run(loop);
    CHECK_EQ(fired, 3);
    CHECK_EQ(counted_drops(user), 1);
}

static void check_inactive(net_timer *timer, void *user) {
    CHECK_EQ(net_timer_active(timer), 0);
    CHECK_EQ(counted_drops(user), 0);
    fired++;
}

CASE(loop_timer_fires_once) {
    void *user = counted_user(NULL);
    net_timer *timer = timer_on(loop);
    CHECK_EQ(net_timer_start(timer, 1, 0, check_inactive, user, counted_drop), 0);
    run(loop);
    CHECK_EQ(fired, 1);
    CHECK_EQ(counted_drops(user), 1);
    CHECK(net_timer_loop(timer) == loop);
}

static void start_anew(net_timer *timer, void *user) {
    CHECK_EQ(counted_drops(user), 0);
    if (++fired < 3) {
        CHECK_EQ(net_timer_start(timer, 1, 0, start_anew, counted_user(NULL), counted_drop), 0);
        CHECK_EQ(net_timer_active(timer), 1);
    }
}

CASE(loop_timer_started_anew_inside_itself) {
    net_timer *timer = timer_on(loop);
    CHECK_EQ(net_timer_start(timer, 1, 1, start_anew, counted_user(NULL), counted_drop), 0);
    run(loop);
    CHECK_EQ(fired, 3);
}

CASE(loop_timer_started_anew_before_it_fires) {
    void *first = counted_user(NULL);
    net_timer *timer = timer_on(loop);
    CHECK_EQ(net_timer_start(timer, 1, 0, stop_at_three, first, counted_drop), 0);
    CHECK_EQ(net_timer_start(timer, 2, 0, check_inactive, counted_user(NULL), counted_drop), 0);
    CHECK_EQ(counted_drops(first), 1);
    run(loop);
    CHECK_EQ(fired, 1);
}

static void free_itself(net_timer *timer, void *user) {
    CHECK_EQ(net_timer_free(timer), 0);
    CHECK_EQ(net_timer_stop(timer), NET_EBADF);
    CHECK_EQ(counted_drops(user), 0);
    fired++;
}

CASE(loop_timer_freed_inside_itself) {
    void *user = counted_user(NULL);
    CHECK_EQ(net_timer_start(timer_on(loop), 1, 1, free_itself, user, counted_drop), 0);
    run(loop);
    CHECK_EQ(fired, 1);
    CHECK_EQ(counted_drops(user), 1);
}

static net_timer *neighbour;

static void stop_neighbour(net_timer *timer, void *user) {
    (void)timer;
    (void)user;
    CHECK_EQ(net_timer_stop(neighbour), 0);
    fired++;
}

/* Both are due in the same turn. */
CASE(loop_timer_stopped_by_another_that_is_due_with_it) {
    start_timer(loop, 1, 0, stop_neighbour, NULL);
    neighbour = start_timer(loop, 1, 0, never, NULL);
    uint64_t begun = clock_milliseconds();
    while (clock_milliseconds() - begun < 5) {
    }
    run(loop);
    CHECK_EQ(fired, 1);
}

CASE(loop_timer_unref) {
    net_timer *timer = keep_alive(loop);
    CHECK_EQ(net_loop_alive(loop), 1);
    CHECK_EQ(net_timer_unref(timer), 0);
    CHECK_EQ(net_loop_alive(loop), 0);
    run(loop);
    CHECK_EQ(net_timer_ref(timer), 0);
    CHECK_EQ(net_loop_alive(loop), 1);
    CHECK_EQ(net_timer_unref(timer), 0);
    CHECK_EQ(net_timer_unref(timer), 0);
    run(loop);
    /* An unref'd timer still fires while something else keeps the loop. */
    net_timer *quiet = start_timer(loop, 1, 0, trace_timer, "quiet");
    CHECK_EQ(net_timer_unref(quiet), 0);
    start_timer(loop, 20, 0, trace_timer, "loud");
    run(loop);
    CHECK_STR(trace_text(), "quiet\nloud\n");
}

CASE(loop_timer_extremes) {
    net_timer *timer = timer_on(loop);
    CHECK_EQ(net_timer_stop(timer), 0);
    CHECK_EQ(net_timer_start(timer, UINT64_MAX, UINT64_MAX, never, NULL, NULL), 0);
    CHECK_EQ(net_timer_active(timer), 1);
    CHECK(net_loop_timeout(loop) > 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_EQ(net_timer_free(timer), 0);
    CHECK_EQ(net_loop_timeout(loop), -1);
}

/* ---- unheard errors ---- */

static net_socket *failing_client(net_loop *loop) {
    net_socket *socket = connect_to(loop, peer_unused_port("127.0.0.1"), NULL);
    watch_socket(socket, "c", "close");
    return socket;
}

static void check_refused(net_loop *loop) {
    const net_error *error = net_loop_error(loop);
    CHECK(error != NULL);
    CHECK_EQ(error->size, sizeof *error);
    CHECK_EQ(error->number, NET_ECONNREFUSED);
    CHECK_EQ(error->kind, NET_ERROR_KIND_SYSTEM);
    CHECK_STR(error->code, "ECONNREFUSED");
    CHECK_STR(error->syscall, "connect");
    CHECK_STR(error->address, "127.0.0.1");
    CHECK(error->present & NET_ERROR_HAS_PORT);
    CHECK(strstr(error->message, "connect ECONNREFUSED 127.0.0.1:") == error->message);
}

CASE(loop_unheard_error_ends_run) {
    net_socket *socket = failing_client(loop);
    CHECK(net_loop_error(loop) == NULL);
    CHECK_EQ(net_loop_run(loop), NET_ECONNREFUSED);
    check_refused(loop);
    CHECK_EQ(net_socket_destroyed(socket), 1);
    CHECK_STR(trace_text(), "");
    run(loop);
    CHECK_STR(trace_text(), "c close true\n");
    CHECK(net_loop_error(loop) == NULL);
}

CASE(loop_unheard_error_ends_poll) {
    failing_client(loop);
    int status = 0;
    while (status == 0) {
        status = net_loop_poll(loop, -1);
    }
    CHECK_EQ(status, NET_ECONNREFUSED);
    check_refused(loop);
    run(loop);
    CHECK_STR(trace_text(), "c close true\n");
}

/* Each keeps the others for the next run. */
CASE(loop_unheard_errors_come_one_by_one) {
    failing_client(loop);
    failing_client(loop);
    failing_client(loop);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(net_loop_run(loop), NET_ECONNREFUSED);
        check_refused(loop);
    }
    run(loop);
    CHECK_STR(trace_text(), "c close true\nc close true\nc close true\n");
}

CASE(loop_unheard_error_of_a_server) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "listening close");
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("missing/socket")), 0);
    int status = net_loop_run(loop);
    CHECK(status < 0);
    CHECK_EQ(net_loop_error(loop)->number, status);
    CHECK_STR(net_loop_error(loop)->syscall, "listen");
    run(loop);
    CHECK_EQ(net_server_listen_tcp(server, 0, NULL), 0);
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
    CHECK_STR(trace_text(), "server close\n");
}

CASE(loop_unheard_error_of_run_deferred) {
    net_error error = NET_ERROR_INIT;
    error.number = NET_EIO;
    error.message = "mine";
    error.user = loop;
    net_socket *socket = socket_on(loop, NULL);
    CHECK_EQ(net_socket_destroy(socket, &error), 0);
    CHECK_EQ(net_loop_run_deferred(loop), NET_EIO);
    CHECK_STR(net_loop_error(loop)->message, "mine");
    CHECK(net_loop_error(loop)->user == loop);
    run(loop);
}

/* A listener that was there when the error came is a listener, even if it takes itself off. */
static void take_off(net_socket *socket, const net_error *error, void *user) {
    (void)error;
    CHECK_EQ(net_socket_off_error(socket, take_off, user), 0);
    trace("heard");
}

CASE(loop_heard_error_is_not_unheard) {
    net_socket *socket = failing_client(loop);
    ON(socket, error, take_off);
    run(loop);
    CHECK_STR(trace_text(), "heard\nc close true\n");
}

/* ---- threads ---- */

static net_server *moved_server;
static int moved_connections;

static void on_moved_connection(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK(server == moved_server);
    moved_connections++;
    do_destroy(socket, NULL);
    CHECK_EQ(net_server_close(server), 0);
}

static void run_elsewhere(void *user) {
    uint16_t port = *(uint16_t *)user;
    CHECK_EQ(net_server_listening(moved_server), NET_EWRONGTHREAD);
    CHECK_EQ(net_loop_attach(the_loop), 0);
    CHECK_EQ(net_server_listening(moved_server), 1);
    int fd = peer_connect("127.0.0.1", port);
    run(the_loop);
    CHECK_EQ(net_loop_detach(the_loop), 0);
    peer_close(fd);
}

CASE(loop_moves_between_threads) {
    peer_thread thread;
    the_loop = loop;
    moved_server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(moved_server, on_moved_connection, NULL, NULL), 0);
    uint16_t port = listen_local(moved_server);
    CHECK_EQ(net_loop_detach(loop), 0);
    CHECK_EQ(net_loop_detach(loop), NET_EWRONGTHREAD);
    peer_start(&thread, run_elsewhere, &port);
    peer_join(&thread);
    CHECK_EQ(net_loop_attach(loop), 0);
    CHECK_EQ(moved_connections, 1);
    CHECK_EQ(net_server_listening(moved_server), 0);
}

static void detach_inside(net_loop *loop, void *user) {
    (void)user;
    CHECK_EQ(net_loop_detach(loop), NET_EBUSY);
    trace("busy");
}

CASE(loop_detach_inside_a_callback_is_refused) {
    CHECK_EQ(net_loop_post(loop, detach_inside, NULL, NULL), 0);
    run(loop);
    CHECK_STR(trace_text(), "busy\n");
}

/* A post wakes a loop whichever thread runs it, and waits while none does. */
CASE(loop_post_to_a_detached_loop_waits) {
    CHECK_EQ(net_loop_detach(loop), 0);
    CHECK_EQ(net_loop_post(loop, call_counted, counted_user(NULL), counted_drop), 0);
    CHECK_EQ(net_loop_run(loop), NET_EWRONGTHREAD);
    CHECK_EQ(net_loop_attach(loop), 0);
    run(loop);
    CHECK_STR(trace_text(), "called\n");
}

static void use_default_loop(void *user) {
    net_loop *own = net_loop_default();
    CHECK(own != NULL);
    CHECK(own != user);
    CHECK(net_loop_default() == own);
    CHECK_EQ(net_loop_run(user), NET_EWRONGTHREAD);
    run(own);
    CHECK_EQ(net_loop_free(own), 0);
}

CASE(loop_default_is_one_per_thread) {
    peer_thread thread;
    net_loop *own = net_loop_default();
    CHECK(own != NULL);
    CHECK(own != loop);
    CHECK(net_loop_default() == own);
    peer_start(&thread, use_default_loop, own);
    peer_join(&thread);
    CHECK_EQ(net_loop_free(own), 0);
    net_loop *next = net_loop_default();
    CHECK(next != NULL);
    CHECK(next != own);
    CHECK_EQ(net_loop_alive(own), NET_EBADF);
    CHECK_EQ(net_loop_free(next), 0);
}

CASE(loop_several_in_one_thread) {
    net_loop *other = net_loop_new();
    start_timer(loop, 1, 0, trace_timer, "one");
    start_timer(other, 1, 0, trace_timer, "other");
    run(other);
    CHECK_STR(trace_text(), "other\n");
    run(loop);
    CHECK_STR(trace_text(), "other\none\n");
    CHECK_EQ(net_loop_free(other), 0);
}

CASE(loop_new_without_descriptors) {
    struct rlimit limit;
    struct rlimit none = {0};
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none.rlim_max = limit.rlim_max;
    for (rlim_t room = 0; room < 24; room++) {
        none.rlim_cur = room;
        CHECK_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
        net_loop *other = net_loop_new();
        CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
        CHECK(room > 0 || other == NULL);
        if (other) {
            CHECK_EQ(net_loop_free(other), 0);
        }
    }
}

/* ---- embedding ---- */

static bool readable(int fd, int milliseconds) {
    struct pollfd entry = {fd, POLLIN, 0};
    int count = poll(&entry, 1, milliseconds);
    CHECK(count >= 0);
    return count == 1;
}

CASE(loop_fd_is_readable_when_an_event_waits) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "connection");
    uint16_t port = listen_local(server);
    CHECK_EQ(net_loop_timeout(loop), 0);
    while (net_loop_timeout(loop) == 0) {
        CHECK_EQ(net_loop_poll(loop, 0), 0);
    }
    int fd = net_loop_fd(loop);
    CHECK(fd >= 0);
    CHECK_EQ(net_loop_fd(loop), fd);
    CHECK(!readable(fd, 0));
    CHECK_EQ(net_loop_timeout(loop), -1);
    int peer = peer_connect("127.0.0.1", port);
    CHECK(readable(fd, 5000));
    /* Level-triggered: it stays so until the loop has looked. */
    CHECK(readable(fd, 0));
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_STR(trace_text(), "server connection\n");
    /* What was accepted is seen once to have room. */
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_EQ(net_loop_timeout(loop), -1);
    CHECK(!readable(fd, 0));
    peer_close(peer);
    CHECK(readable(fd, 5000));
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
}

CASE(loop_fd_is_readable_after_a_post) {
    int fd = net_loop_fd(loop);
    CHECK(!readable(fd, 0));
    CHECK_EQ(net_loop_post(loop, trace_post, (void *)(uintptr_t) "post", NULL), 0);
    CHECK(readable(fd, 5000) || net_loop_timeout(loop) == 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_STR(trace_text(), "post\n");
    CHECK(!readable(fd, 0));
}

static void post_one(void *user) { CHECK_EQ(net_loop_post(user, trace_post, (void *)(uintptr_t) "post", NULL), 0); }

CASE(loop_fd_is_readable_after_a_post_of_another_thread) {
    peer_thread thread;
    int fd = net_loop_fd(loop);
    peer_start(&thread, post_one, loop);
    CHECK(readable(fd, 5000));
    peer_join(&thread);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_STR(trace_text(), "post\n");
}

CASE(loop_timeout_tells_when_the_next_turn_is_due) {
    CHECK_EQ(net_loop_timeout(loop), -1);
    net_timer *timer = start_timer(loop, 1000, 0, never, NULL);
    int64_t due = net_loop_timeout(loop);
    CHECK(due > 0 && due <= 1000);
    CHECK_EQ(net_timer_start(timer, 10, 0, trace_timer, (void *)(uintptr_t) "due", NULL), 0);
    CHECK(net_loop_timeout(loop) <= 10);
    while (net_loop_timeout(loop) > 0) {
        CHECK_EQ(poll(NULL, 0, (int)net_loop_timeout(loop)), 0);
    }
    CHECK_EQ(net_loop_timeout(loop), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_STR(trace_text(), "due\n");
    CHECK_EQ(net_loop_timeout(loop), -1);
    CHECK_EQ(net_socket_destroy(socket_on(loop, NULL), NULL), 0);
    CHECK_EQ(net_loop_timeout(loop), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_EQ(net_loop_timeout(loop), -1);
}

static int hooks;

static void count_hook(net_loop *loop, void *user) {
    (void)user;
    CHECK(loop == the_loop);
    hooks++;
}

static void defer_more(net_server *server, void *user) {
    (void)user;
    static int times;
    if (++times < 3) {
        CHECK_EQ(net_server_close(server), 0);
    }
}

CASE(loop_wake_hook_tells_once_per_change) {
    the_loop = loop;
    void *user = counted_user(NULL);
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_loop_set_wake_hook(loop, count_hook, user, counted_drop), 0);
    CHECK_EQ(hooks, 0);
    CHECK_EQ(net_server_close(server), 0);
    CHECK_EQ(hooks, 1);
    CHECK_EQ(net_loop_timeout(loop), 0);
    CHECK_EQ(net_server_close(server), 0);
    CHECK_EQ(hooks, 1);
    /* Nothing of what is queued inside a turn calls it. */
    CHECK_EQ(net_server_on_close(server, defer_more, NULL, NULL), 0);
    CHECK_EQ(net_loop_run_deferred(loop), 0);
    CHECK_EQ(hooks, 1);
    CHECK_EQ(net_loop_timeout(loop), -1);
    CHECK_EQ(net_server_close(server), 0);
    CHECK_EQ(hooks, 2);
    run(loop);
    CHECK_EQ(hooks, 2);
    CHECK_EQ(net_loop_set_wake_hook(loop, NULL, NULL, NULL), 0);
    CHECK_EQ(counted_drops(user), 1);
    CHECK_EQ(net_server_close(server), 0);
    CHECK_EQ(hooks, 2);
    CHECK_EQ(net_loop_set_wake_hook(loop, count_hook, counted_user(NULL), counted_drop), 0);
    CHECK_EQ(net_loop_set_wake_hook(loop, count_hook, counted_user(NULL), counted_drop), 0);
}

CASE(loop_wake_hook_does_not_tell_again_what_run_deferred_left) {
    the_loop = loop;
    net_server *server = server_on(loop, NULL);
    net_socket *client = quiet_client(loop, listen_local(server));
    while (net_socket_connecting(client) == 1) {
        CHECK_EQ(net_loop_poll(loop, -1), 0);
    }
    hooks = 0;
    CHECK_EQ(net_loop_set_wake_hook(loop, count_hook, NULL, NULL), 0);
    CHECK_EQ(net_socket_end(client), 0);
    CHECK_EQ(hooks, 1);
    CHECK_EQ(net_loop_run_deferred(loop), 0);
    /* The end itself is for the next turn. */
    CHECK_EQ(net_loop_timeout(loop), 0);
    CHECK_EQ(net_loop_alive(loop), 1);
    CHECK_EQ(hooks, 1);
    /* What is deferred now is news. */
    CHECK_EQ(net_socket_pause(client), 0);
    CHECK_EQ(hooks, 2);
    CHECK_EQ(net_loop_set_wake_hook(loop, NULL, NULL, NULL), 0);
}

CASE(loop_run_deferred_runs_only_what_is_due_at_once) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "close");
    start_timer(loop, 0, 0, trace_timer, "timer");
    CHECK_EQ(net_server_close(server), 0);
    CHECK_EQ(net_loop_run_deferred(loop), 0);
    CHECK_STR(trace_text(), "server close\n");
    CHECK_EQ(net_loop_run_deferred(loop), 0);
    run(loop);
    CHECK_STR(trace_text(), "server close\ntimer\n");
}

/* ---- poll ---- */

CASE(loop_poll_waits_as_long_as_told) {
    uint64_t begun = clock_milliseconds();
    CHECK_EQ(net_loop_poll(loop, -1), 0);
    net_timer *timer = keep_alive(loop);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK(clock_milliseconds() - begun < 3000);
    begun = clock_milliseconds();
    while (clock_milliseconds() - begun < 30) {
        CHECK_EQ(net_loop_poll(loop, 30), 0);
    }
    CHECK_EQ(net_timer_free(timer), 0);
    start_timer(loop, 10, 0, trace_timer, "timer");
    while (!trace_has("timer")) {
        CHECK_EQ(net_loop_poll(loop, 100000), 0);
    }
    CHECK(clock_milliseconds() - begun < 5000);
}

static void spend_20(net_timer *timer, void *user) {
    (void)user;
    uint64_t cached = net_loop_now(net_timer_loop(timer));
    uint64_t begun = clock_milliseconds();
    while (clock_milliseconds() - begun < 20) {
    }
    CHECK_EQ(net_loop_now(net_timer_loop(timer)), cached);
    trace("spent");
}

CASE(loop_now_is_taken_once_per_turn) {
    uint64_t before = net_loop_now(loop);
    start_timer(loop, 1, 0, spend_20, NULL);
    run(loop);
    CHECK_STR(trace_text(), "spent\n");
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK(net_loop_now(loop) - before >= 20);
}

/* ---- figures ---- */

CASE(loop_metrics) {
    net_loop_metrics before = NET_LOOP_METRICS_INIT;
    net_loop_metrics after_run = NET_LOOP_METRICS_INIT;
    CHECK_EQ(net_loop_get_metrics(loop, &before), 0);
    CHECK_EQ(before.size, sizeof before);
    CHECK_EQ(before.handles, 0);
    CHECK_EQ(before.bytes_read, 0);
    net_socket *client = connect_to(loop, serve(loop, NULL, do_echo), NULL);
    CHECK_EQ(net_loop_get_metrics(loop, &before), 0);
    CHECK_EQ(before.handles, 2);
    CHECK_EQ(net_socket_end_cb(client, zeros(100000), 100000, NULL, NULL, NULL), 0);
    ON(client, data, ignore_data);
    run(loop);
    CHECK_EQ(net_loop_get_metrics(loop, &after_run), 0);
    CHECK_EQ(after_run.handles, 2);
    CHECK_EQ(after_run.bytes_read, 200000);
    CHECK_EQ(after_run.bytes_written, 200000);
    CHECK(after_run.turns > before.turns);
    CHECK(after_run.events > before.events);
    CHECK_EQ(net_socket_free(client), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_EQ(net_loop_get_metrics(loop, &after_run), 0);
    CHECK_EQ(after_run.handles, 1);
}

static void do_nothing_due(net_timer *timer, void *user) {
    (void)timer;
    (void)user;
}

CASE(loop_metrics_count_one_by_one) {
    net_loop_metrics before = NET_LOOP_METRICS_INIT;
    net_loop_metrics now = NET_LOOP_METRICS_INIT;
    CHECK_EQ(net_loop_get_metrics(loop, &before), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_EQ(net_loop_get_metrics(loop, &now), 0);
    CHECK_EQ(now.turns - before.turns, 1);
    CHECK_EQ(now.events - before.events, 0);
    start_timer(loop, 1, 0, do_nothing_due, NULL);
    CHECK_EQ(net_loop_get_metrics(loop, &now), 0);
    CHECK_EQ(now.handles, 1);
    run(loop);
    CHECK_EQ(net_loop_get_metrics(loop, &now), 0);
    CHECK_EQ(now.events - before.events, 1);
    /* One that nobody hears is an event too. */
    net_socket *socket = socket_on(loop, NULL);
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_EQ(net_loop_get_metrics(loop, &now), 0);
    CHECK_EQ(now.events - before.events, 2);
}

/* A program of a later version leaves room for figures that this library does not have. */
CASE(loop_metrics_of_a_later_version) {
    struct {
        net_loop_metrics known;
        uint64_t unknown;
    } later = {NET_LOOP_METRICS_INIT, 77};
    later.known.size = sizeof later;
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_EQ(net_loop_get_metrics(loop, &later.known), 0);
    CHECK_EQ(later.known.size, sizeof later);
    CHECK_EQ(later.known.turns, 1);
    CHECK_EQ(later.unknown, 77);
}

/* ---- fairness ---- */

static uint64_t flood;
static int calm_answers;
static net_socket *flooded;

/* Sends as fast as the system takes it, until the other side is gone. */
static void send_flood(void *user) {
    int fd = *(int *)user;
    while (send(fd, zeros(1 << 20), 1 << 20, MSG_NOSIGNAL) > 0) {
    }
    peer_close(fd);
}

static void count_flood(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)data;
    (void)user;
    flood += length;
}

static void on_flood_or_calm(net_server *server, net_socket *socket, void *user) {
    (void)user;
    if (!flooded) {
        flooded = socket;
        ON(socket, data, count_flood);
        ON(socket, error, ignore_error);
    } else {
        do_echo(server, socket, NULL);
    }
}

static void ask_again(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    if (++calm_answers < 50 || !trace_has("timer")) {
        CHECK(net_socket_write(socket, data, length) >= 0);
        return;
    }
    do_destroy(flooded, user);
    do_end(socket, user);
}

/* One connection that always has more to read must not keep the others waiting. */
CASE(loop_a_flood_does_not_starve_the_others) {
    peer_thread thread;
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, on_flood_or_calm, NULL, NULL), 0);
    uint16_t port = listen_local(server);
    int fd = peer_connect("127.0.0.1", port);
    while (!flooded) {
        CHECK_EQ(net_loop_poll(loop, 1000), 0);
    }
    peer_start(&thread, send_flood, &fd);
    while (flood < 10000000) {
        CHECK_EQ(net_loop_poll(loop, 1000), 0);
    }
    net_socket *calm = connect_to(loop, port, NULL);
    ON(calm, data, ask_again);
    CHECK_EQ(write_text(calm, "?"), 1);
    start_timer(loop, 1, 0, trace_timer, "timer");
    CHECK_EQ(net_server_unref(server), 0);
    while (net_socket_closed(calm) == 0) {
        CHECK_EQ(net_loop_poll(loop, 1000), 0);
    }
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
    peer_join(&thread);
}

/* ---- the end of a run ---- */

/* What the socket had put off was all that kept the loop. */
CASE(loop_ends_although_a_freed_socket_had_work_pending) {
    net_socket *refused = connect_to(loop, 9, NULL);
    CHECK_EQ(net_socket_free(refused), 0);
    run(loop);
    net_socket *missing = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect_path_cstr(missing, case_path("missing")), 0);
    CHECK_EQ(net_loop_run_deferred(loop), 0);
    CHECK_EQ(net_socket_free(missing), 0);
    run(loop);
    CHECK_EQ(net_loop_poll(loop, -1), 0);
    uint16_t port = 0;
    int listener = peer_listen("127.0.0.1", &port, 1);
    net_socket *ended = connect_to(loop, port, NULL);
    watch_socket(ended, "c", "ready");
    while (!trace_has("c ready")) {
        CHECK_EQ(net_loop_poll(loop, 1000), 0);
    }
    CHECK_EQ(net_socket_end(ended), 0);
    CHECK_EQ(net_loop_run_deferred(loop), 0);
    CHECK_EQ(net_socket_free(ended), 0);
    run(loop);
    CHECK_EQ(net_loop_poll(loop, -1), 0);
    peer_close(listener);
}

/* ---- how many ---- */

/* As many as there are descriptors for, at most 4096; then no more until one is freed. */
CASE(loop_new_until_there_is_no_more) {
    static net_loop *loops[5000];
    size_t count = 0;
    while ((loops[count] = net_loop_new()) != NULL) {
        count++;
        CHECK(count < 4096);
    }
    CHECK(count > 10);
    CHECK_EQ(net_loop_free(loops[count / 2]), 0);
    net_loop *again = net_loop_new();
    CHECK(again != NULL);
    CHECK(again != loops[count / 2]);
    CHECK_EQ(net_loop_alive(loops[count / 2]), NET_EBADF);
    loops[count / 2] = again;
    while (count > 0) {
        CHECK_EQ(net_loop_free(loops[--count]), 0);
    }
}
