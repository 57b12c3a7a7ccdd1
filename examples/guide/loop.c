/* A loop, a timer that repeats, and the end: a loop runs until nothing is left to wait for. */
#include <nodenet.h>
#include <stdio.h>

static void on_tick(net_timer *timer, void *user) {
    int *left = user;
    printf("%d\n", *left);
    if (--*left == 0)
        net_timer_stop(timer); /* the last thing to wait for */
}

int main(void) {
    int left = 3;
    net_loop *loop = net_loop_new();
    net_timer *timer = net_timer_new(loop);
    net_timer_start(timer, 10, 10, on_tick, &left, NULL);
    int status = net_loop_run(loop);
    printf("run returned %d\n", status);
    net_loop_free(loop); /* takes the timer with it */
    return 0;
}
