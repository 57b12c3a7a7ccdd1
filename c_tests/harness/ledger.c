#include "ledger.h"

#include <dirent.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

typedef struct counted {
    void *payload;
    int drops;
    int number;
    struct counted *next;
} counted;

typedef struct kept {
    struct kept *next;
    char text[];
} kept;

static counted *users;
static int user_count;
/* A drop may run on another thread: that of a lookup's answer, or of a post. */
static pthread_mutex_t users_lock = PTHREAD_MUTEX_INITIALIZER;
static char *dir;
static kept *texts;

void *counted_user(void *payload) {
    counted *user = calloc(1, sizeof *user);
    CHECK(user != NULL);
    pthread_mutex_lock(&users_lock);
    user->payload = payload;
    user->number = ++user_count;
    user->next = users;
    users = user;
    pthread_mutex_unlock(&users_lock);
    return user;
}

void *counted_payload(void *user) { return ((counted *)user)->payload; }

void counted_drop(void *user) {
    pthread_mutex_lock(&users_lock);
    ((counted *)user)->drops++;
    pthread_mutex_unlock(&users_lock);
}

int counted_drops(const void *user) {
    pthread_mutex_lock(&users_lock);
    int drops = ((const counted *)user)->drops;
    pthread_mutex_unlock(&users_lock);
    return drops;
}

void counted_release(void *data, size_t length, void *user) {
    (void)data;
    (void)length;
    counted_drop(user);
}

void ledger_check_users(void) {
    for (const counted *user = users; user; user = user->next) {
        if (counted_drops(user) != 1) {
            FAIL("user data number %d was dropped %d times", user->number, user->drops);
        }
    }
}

static bool is_entry(const struct dirent *entry) { return entry->d_name[0] != '.'; }

int count_fds(void) {
    DIR *listing = opendir("/proc/self/fd");
    CHECK(listing != NULL);
    int count = 0;
    for (struct dirent *entry = readdir(listing); entry; entry = readdir(listing)) {
        count += is_entry(entry);
    }
    closedir(listing);
    return count - 1;
}

void ledger_print_fds(void) {
    DIR *listing = opendir("/proc/self/fd");
    CHECK(listing != NULL);
    for (struct dirent *entry = readdir(listing); entry; entry = readdir(listing)) {
        char target[256];
        ssize_t length = readlinkat(dirfd(listing), entry->d_name, target, sizeof target - 1);
        if (length > 0) {
            target[length] = 0;
            fprintf(stderr, "fd %s: %s\n", entry->d_name, target);
        }
    }
    closedir(listing);
}

const char *case_dir(void) {
    if (!dir) {
        char *made = strdup("/tmp/nodenet-XXXXXX");
        CHECK(made != NULL && mkdtemp(made) != NULL);
        dir = made;
        trace_hide(dir, "DIR");
    }
    return dir;
}

const char *kept_text(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    CHECK(length >= 0);
    kept *entry = malloc(sizeof *entry + (size_t)length + 1);
    CHECK(entry != NULL);
    va_start(arguments, format);
    vsnprintf(entry->text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    entry->next = texts;
    texts = entry;
    return entry->text;
}

const char *case_path(const char *name) { return kept_text("%s/%s", case_dir(), name); }

void ledger_remove_dir(void) {
    if (!dir) {
        return;
    }
    chmod(dir, 0700);
    DIR *listing = opendir(dir);
    if (listing) {
        for (struct dirent *entry = readdir(listing); entry; entry = readdir(listing)) {
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
                unlinkat(dirfd(listing), entry->d_name, 0);
            }
        }
        closedir(listing);
    }
    rmdir(dir);
    free(dir);
    dir = NULL;
}

void ledger_free(void) {
    while (users) {
        counted *next = users->next;
        free(users);
        users = next;
    }
    while (texts) {
        kept *next = texts->next;
        free(texts);
        texts = next;
    }
}
