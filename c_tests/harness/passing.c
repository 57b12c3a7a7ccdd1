#include "passing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peer.h"
#include "plain_process.h"

net_socket *ipc_pair(net_loop *loop, int *fd) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.ipc = 1;
    int error = 0;
    net_socket *made = net_socket_pair(loop, &options, fd, &error);
    CHECK_EQ(error, 0);
    CHECK(made != NULL);
    return made;
}

net_socket *ipc_socket_on(net_loop *loop, int fd) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.ipc = 1;
    options.fd = fd;
    return socket_on(loop, &options);
}

channel ipc_channel(net_loop *loop) {
    int fd = -1;
    channel made;
    made.near = ipc_pair(loop, &fd);
    made.far = ipc_socket_on(loop, fd);
    return made;
}

probe probe_new(void) {
    int fds[2];
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    return (probe){.sent = fds[0], .kept = fds[1]};
}

bool probe_is_gone(probe *probe) {
    if (probe->sent >= 0) {
        peer_close(probe->sent);
        probe->sent = -1;
    }
    char byte;
    ssize_t count = peer_try_receive(probe->kept, &byte, 1);
    CHECK(count == 0 || count == -EAGAIN);
    if (count == 0) {
        peer_close(probe->kept);
    }
    return count == 0;
}

int send_probe(net_socket *ipc, const char *text, const probe *probe) {
    return net_socket_send_fd(ipc, text, strlen(text), probe->sent, NULL, NULL, NULL);
}

void peer_send_fds(int socket, const void *data, size_t length, const int *fds, size_t count) {
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(253 * sizeof(int))] = {0};
    CHECK(count <= 253);
    struct iovec piece = {.iov_base = (void *)(uintptr_t)data, .iov_len = length};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control};
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), fds, count * sizeof(int));
    CHECK_EQ(sendmsg(socket, &message, MSG_NOSIGNAL), (ssize_t)length);
}

static rlim_t usual_limit;

/* New descriptors are the lowest that are free, so below the last of some new ones all are taken. */
void limit_fds(int more) {
    int fillers[64] = {0};
    if (is_under_valgrind()) {
        case_skip("valgrind has limits of its own");
    }
    CHECK(more >= 0 && more < 64);
    for (int i = 0; i <= more; i++) {
        fillers[i] = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
        CHECK(fillers[i] >= 0);
    }
    struct rlimit limit;
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    usual_limit = limit.rlim_cur;
    limit.rlim_cur = (rlim_t)fillers[more];
    for (int i = 0; i <= more; i++) {
        peer_close(fillers[i]);
    }
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

void unlimit_fds(void) {
    struct rlimit limit;
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = usual_limit;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

net_socket *start_worker(net_loop *loop, worker_fn worker, pid_t *pid) {
    int fd = -1;
    net_socket *ipc = ipc_pair(loop, &fd);
    fflush(NULL);
    *pid = fork();
    CHECK(*pid >= 0);
    if (*pid > 0) {
        peer_close(fd);
        return ipc;
    }
    alarm(15);
    CHECK_EQ(dup2(fd, STDERR_FILENO + 1), STDERR_FILENO + 1);
    CHECK_EQ(close_range(STDERR_FILENO + 2, ~0U, 0), 0);
    int before = count_fds();
    net_loop *own = net_loop_new();
    CHECK(own != NULL);
    worker(own, ipc_socket_on(own, STDERR_FILENO + 1));
    run(own);
    CHECK_EQ(net_loop_free(own), 0);
    /* The socket is closed now. */
    CHECK_EQ(count_fds(), before - 1);
    fflush(NULL);
    _exit(0);
}

void await_worker(pid_t pid) {
    int status = -1;
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 0);
}
