#include "modes.h"
#include "talk.h"

#include <stdio.h>
#include <stdlib.h>

static void step(const char *word) {
    char line[64];
    printf("%s\n", word);
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL) {
        exit(0);
    }
}

void idle(const target *to, const options *with) {
    int *fds = calloc(with->connections, sizeof *fds);
    if (fds == NULL) {
        fail("memory");
    }
    for (unsigned i = 0; i < with->connections; i++) {
        fds[i] = target_connect(to);
    }
    talk(fds[with->connections - 1], with->size);
    step("connected");
    for (unsigned i = 0; i < with->connections; i++) {
        talk(fds[i], with->size);
    }
    step("echoed");
    for (unsigned i = 0; i < with->connections; i++) {
        target_reset(fds[i]);
    }
    step("closed");
    free(fds);
}
