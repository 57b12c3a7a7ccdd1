/* Half of a program that uses every struct and callback type of the header, in C99 to C23 and C++11 to C++20. */
#include "nodenet.h"
#include "nodenet.h" /* the guard holds */

size_t sizes_of_second(void);

static net_address address = NET_ADDRESS_INIT;
static net_error error = NET_ERROR_INIT;
static net_server_options server_options = NET_SERVER_OPTIONS_INIT;
static net_listen_options listen_options = NET_LISTEN_OPTIONS_INIT;
static net_socket_options socket_options = NET_SOCKET_OPTIONS_INIT;
static net_onread onread = NET_ONREAD_INIT;
static net_connect_options connect_options = NET_CONNECT_OPTIONS_INIT;
static net_drop_info drop_info = NET_DROP_INFO_INIT;
static net_trace trace = NET_TRACE_INIT;
static net_loop_metrics metrics = NET_LOOP_METRICS_INIT;

static void on_drop(void *user) { (void)user; }

static void on_release(void *data, size_t len, void *user) {
    (void)data;
    (void)len;
    (void)user;
}

static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    (void)socket;
    (void)data;
    (void)len;
    (void)user;
}

static void on_lookup(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    (void)request;
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
}

int main(void) {
    net_drop_fn drop = on_drop;
    net_release_fn release = on_release;
    net_socket_data_fn data = on_data;
    connect_options.lookup = on_lookup;
    int mine = address.size == sizeof(net_address) && error.kind == NET_ERROR_KIND_USER &&
               server_options.high_water_mark == 65536 && listen_options.backlog == 511 &&
               listen_options.path_len == NET_CSTR && listen_options.fd == -1 && socket_options.writable == 1 &&
               socket_options.type_of_service == -1 && connect_options.auto_select_family == -1 &&
               socket_options.onread == NULL && onread.size == sizeof(net_onread) && trace.text == NULL &&
               drop_info.remote.size == sizeof(net_address) && onread.callback == NULL &&
               metrics.size == sizeof(net_loop_metrics);
    if (drop == NULL || release == NULL || data == NULL || connect_options.lookup == NULL) {
        return 1;
    }
    if (NET_VERSION_NUMBER < 100 || NET_EINVAL != -1 || 0 - NET_EADDRINUSE != 201) {
        return 2;
    }
    return mine && sizes_of_second() == sizeof(net_connect_options) + sizeof(net_error) ? 0 : 3;
}
