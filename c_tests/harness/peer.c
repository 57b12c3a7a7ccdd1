#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness.h"

typedef struct target {
    struct sockaddr_storage storage;
    socklen_t length;
} target;

static target ip_target(const char *address, uint16_t port) {
    target made = {0};
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)&made.storage;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&made.storage;
    if (inet_pton(AF_INET, address, &ipv4->sin_addr) == 1) {
        ipv4->sin_family = AF_INET;
        ipv4->sin_port = htons(port);
        made.length = sizeof *ipv4;
    } else {
        CHECK_EQ(inet_pton(AF_INET6, address, &ipv6->sin6_addr), 1);
        ipv6->sin6_family = AF_INET6;
        ipv6->sin6_port = htons(port);
        made.length = sizeof *ipv6;
    }
    return made;
}

static target path_target(const char *path) {
    target made = {0};
    struct sockaddr_un *local = (struct sockaddr_un *)&made.storage;
    size_t length = strlen(path);
    CHECK(length < sizeof local->sun_path);
    local->sun_family = AF_UNIX;
    memcpy(local->sun_path, path, length);
    made.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    if (path[0] == '@') {
        local->sun_path[0] = 0;
    } else {
        made.length++;
    }
    return made;
}

static void system_failed(const char *what) { FAIL("%s: %s", what, strerror(errno)); }

static int open_socket(const target *to) {
    int fd = socket(to->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        system_failed("socket");
    }
    return fd;
}

static int try_connect(const target *to) {
    int fd = open_socket(to);
    if (connect(fd, (const struct sockaddr *)&to->storage, to->length) == 0) {
        return fd;
    }
    int error = errno;
    close(fd);
    return -error;
}

static int must_connect(const target *to) {
    int fd = try_connect(to);
    if (fd < 0) {
        errno = -fd;
        system_failed("connect");
    }
    return fd;
}

int peer_connect(const char *address, uint16_t port) {
    target to = ip_target(address, port);
    return must_connect(&to);
}

int peer_connect_path(const char *path) {
    target to = path_target(path);
    return must_connect(&to);
}

int peer_try_connect(const char *address, uint16_t port) {
    target to = ip_target(address, port);
    return try_connect(&to);
}

int peer_try_connect_path(const char *path) {
    target to = path_target(path);
    return try_connect(&to);
}

static int listen_on(const target *at, int backlog) {
    int fd = open_socket(at);
    if (bind(fd, (const struct sockaddr *)&at->storage, at->length) != 0) {
        system_failed("bind");
    }
    if (listen(fd, backlog) != 0) {
        system_failed("listen");
    }
    return fd;
}

int peer_listen(const char *address, uint16_t *port, int backlog) {
    target at = ip_target(address, 0);
    int fd = listen_on(&at, backlog);
    *port = peer_local_port(fd);
    return fd;
}

int peer_listen_path(const char *path) {
    target at = path_target(path);
    return listen_on(&at, 16);
}

int peer_accept(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) {
        system_failed("accept");
    }
    return fd;
}

bool peer_can_bind(const char *address) {
    target at = ip_target(address, 0);
    int fd = socket(at.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    bool bound = bind(fd, (const struct sockaddr *)&at.storage, at.length) == 0;
    close(fd);
    return bound;
}

uint16_t peer_unused_port(const char *address) {
    target at = ip_target(address, 0);
    int fd = open_socket(&at);
    if (bind(fd, (const struct sockaddr *)&at.storage, at.length) != 0) {
        system_failed("bind");
    }
    uint16_t port = peer_local_port(fd);
    close(fd);
    return port;
}

void peer_send(int fd, const void *data, size_t length) {
    const char *position = data;
    while (length > 0) {
        ssize_t sent = send(fd, position, length, MSG_NOSIGNAL);
        if (sent < 0) {
            system_failed("send");
        }
        position += sent;
        length -= (size_t)sent;
    }
}

void peer_send_text(int fd, const char *text) { peer_send(fd, text, strlen(text)); }

ssize_t peer_receive_all(int fd, void *buffer, size_t capacity) {
    size_t used = 0;
    for (;;) {
        ssize_t received = recv(fd, (char *)buffer + used, capacity - used, 0);
        if (received < 0) {
            return -errno;
        }
        if (received == 0) {
            return (ssize_t)used;
        }
        used += (size_t)received;
        CHECK(used < capacity);
    }
}

void peer_receive_exactly(int fd, void *buffer, size_t length) {
    size_t used = 0;
    while (used < length) {
        ssize_t received = recv(fd, (char *)buffer + used, length - used, 0);
        if (received < 0) {
            system_failed("recv");
        }
        CHECK(received != 0);
        used += (size_t)received;
    }
}

uint64_t peer_drain(int fd, int *error) {
    static _Thread_local char buffer[65536];
    uint64_t total = 0;
    for (;;) {
        ssize_t received = recv(fd, buffer, sizeof buffer, 0);
        if (received <= 0) {
            *error = received < 0 ? -errno : 0;
            return total;
        }
        total += (uint64_t)received;
    }
}

ssize_t peer_try_receive(int fd, void *buffer, size_t capacity) {
    ssize_t received = recv(fd, buffer, capacity, MSG_DONTWAIT);
    return received < 0 ? -errno : received;
}

void peer_shutdown_write(int fd) {
    if (shutdown(fd, SHUT_WR) != 0) {
        system_failed("shutdown");
    }
}

void peer_close(int fd) {
    if (close(fd) != 0) {
        system_failed("close");
    }
}

void peer_reset(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) != 0) {
        system_failed("SO_LINGER");
    }
    peer_close(fd);
}

uint16_t peer_local_port(int fd) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    if (getsockname(fd, (struct sockaddr *)&storage, &length) != 0) {
        system_failed("getsockname");
    }
    if (storage.ss_family == AF_INET) {
        return ntohs(((struct sockaddr_in *)&storage)->sin_port);
    }
    return ntohs(((struct sockaddr_in6 *)&storage)->sin6_port);
}

void peer_set_receive_buffer(int fd, int bytes) {
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) != 0) {
        system_failed("SO_RCVBUF");
    }
}

static void *thread_main(void *argument) {
    peer_thread *thread = argument;
    thread->run(thread->user);
    return NULL;
}

void peer_start(peer_thread *thread, peer_fn run_thread, void *user) {
    thread->run = run_thread;
    thread->user = user;
    CHECK_EQ(pthread_create(&thread->id, NULL, thread_main, thread), 0);
}

void peer_join(peer_thread *thread) { CHECK_EQ(pthread_join(thread->id, NULL), 0); }

static char state_of_main_thread(void) {
    FILE *file = fopen(text("/proc/self/task/%d/stat", (int)getpid()), "r");
    char state = 0;
    CHECK(file != NULL);
    CHECK_EQ(fscanf(file, "%*d %*s %c", &state), 1);
    CHECK_EQ(fclose(file), 0);
    return state;
}

void peer_wait_for_sleep(void) {
    while (state_of_main_thread() != 'S') {
        sched_yield();
    }
}
