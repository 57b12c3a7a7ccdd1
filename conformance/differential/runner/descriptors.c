#include "descriptors.h"

#include <fcntl.h>
#include <time.h>

/* No scenario needs as many; ROUNDS times PAUSE, two seconds, is as long as a lookup is waited for. */
enum { MOST_DESCRIPTORS = 1024, PAUSE_NANOSECONDS = 1000000, ROUNDS = 2000 };

size_t descriptors_open(void) {
    size_t count = 0;
    for (int descriptor = 0; descriptor < MOST_DESCRIPTORS; descriptor++) {
        count += fcntl(descriptor, F_GETFD) != -1;
    }
    return count;
}

size_t descriptors_left(size_t wanted) {
    size_t count = descriptors_open();
    for (int round = 0; count > wanted && round < ROUNDS; round++) {
        const struct timespec pause = {0, PAUSE_NANOSECONDS};
        nanosleep(&pause, NULL);
        count = descriptors_open();
    }
    return count > wanted ? count - wanted : 0;
}
