/* The other half: the header in a second translation unit of the same program. */
#include "nodenet.h"

size_t sizes_of_second(void);

size_t sizes_of_second(void) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    net_error error = NET_ERROR_INIT;
    return options.size + error.size;
}
