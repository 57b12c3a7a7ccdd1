/* A loop belongs to one thread. Others hand it work with net_loop_post, and may end it with net_loop_stop. */
#include <nodenet.h>
#include <pthread.h>
#include <stdio.h>

struct job {
    net_loop *loop;
    int number, square;
};

static void finished(net_loop *loop, void *user) {
    const struct job *job = user;
    printf("%d squared is %d\n", job->number, job->square); /* in the loop's thread again */
    net_loop_stop(loop);
}

static void *work(void *argument) {
    struct job *job = argument;
    net_timer *timer = net_timer_new(job->loop);
    printf("a timer from the wrong thread: %s\n", timer == NULL ? "refused" : "made");
    printf("a turn from the wrong thread: %s\n", net_error_name(net_loop_poll(job->loop, 0)));
    job->square = job->number * job->number;
    net_loop_post(job->loop, finished, job, NULL);
    return NULL;
}

static void on_hour(net_timer *timer, void *user) {}

int main(void) {
    struct job job = {net_loop_new(), 12, 0};
    net_timer *hour = net_timer_new(job.loop); /* the loop has something to wait for meanwhile */
    pthread_t thread;
    net_timer_start(hour, 3600 * 1000, 0, on_hour, NULL, NULL);
    pthread_create(&thread, NULL, work, &job);
    int status = net_loop_run(job.loop);
    pthread_join(thread, NULL);
    net_loop_free(job.loop);
    return status < 0;
}
