// postload: posts over keep-alive connections for some seconds, each connection waiting for its answer before it posts
// again, and prints what was answered and how fast.
//
// postload --port 8000 --path /x --connections 64 --seconds 5 --warmup 1 --body body.json [--per-post 500] [-H 'A: b']…
//
// `{N}` in the body becomes a number that no other place and no other post has. Prints `{"phase":"measuring"}` when the
// warm-up is over and the figures at the end; a post counts if its answer came within the measured seconds.
#include "load.h"

#define ANSWER 262144

typedef struct {
    int fd;
    size_t got;
    double started;
    char *answer;
} connection;

static int port, connections = 1, per_post = 1;
static double seconds = 5, warmup = 1;
static const char *path = "/", *body = "";
static char headers[8192];
static request post;
static int epoll;
static long number, errors;
static float *latencies;
static size_t answered, room = 1 << 20;

static void read_arguments(int count, char **argument) {
    for (int i = 1; i + 1 < count; i += 2) {
        char *name = argument[i], *value = argument[i + 1];
        if (!strcmp(name, "--port")) port = atoi(value);
        else if (!strcmp(name, "--path")) path = value;
        else if (!strcmp(name, "--connections")) connections = atoi(value);
        else if (!strcmp(name, "--seconds")) seconds = atof(value);
        else if (!strcmp(name, "--warmup")) warmup = atof(value);
        else if (!strcmp(name, "--per-post")) per_post = atoi(value);
        else if (!strcmp(name, "--body")) body = read_file(value);
        else if (!strcmp(name, "-H")) snprintf(headers + strlen(headers), sizeof headers - strlen(headers), "%s\r\n", value);
        else fail("unknown: %s", name);
    }
}

// All posts share one text, so each is written out before the next begins; the kernel takes most at once.
static void start_post(connection *c) {
    c->got = 0;
    c->started = now();
    number_request(&post, number);
    number += post.count;
    for (size_t sent = 0; sent < post.length;) {
        ssize_t taken = write(c->fd, post.text + sent, post.length - sent);
        if (taken < 0 && errno != EAGAIN && errno != ENOTCONN) fail("write: %s", strerror(errno));
        if (taken < 0) usleep(100);
        sent += taken > 0 ? taken : 0;
    }
}

static void take_answer(connection *c, int measured) {
    c->answer[c->got] = 0;
    if (status_of(c->answer) != 200 && !errors++) fprintf(stderr, "%.400s\n", c->answer);
    if (measured) {
        if (answered == room) latencies = realloc(latencies, (room *= 2) * sizeof *latencies);
        latencies[answered++] = (now() - c->started) * 1e3;
    }
    if (strcasestr(c->answer, "\r\nconnection: close")) {
        close(c->fd);
        c->fd = dial(port);
        watch(epoll, EPOLL_CTL_ADD, c->fd, EPOLLIN, c);
    }
    start_post(c);
}

static void take_bytes(connection *c, int measured) {
    ssize_t got = read(c->fd, c->answer + c->got, ANSWER - 1 - c->got);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) fail("a connection broke: %s", got ? strerror(errno) : "closed");
    c->got += got;
    if (response_length(c->answer, c->got)) take_answer(c, measured);
}

static void run(double from, double until) {
    struct epoll_event events[256];
    int told = 0;
    for (double t; (t = now()) < until;) {
        if (t >= from && !told++) {
            puts("{\"phase\":\"measuring\"}");
            fflush(stdout);
        }
        int count = epoll_wait(epoll, events, 256, 10);
        for (int i = 0; i < count; i++) take_bytes(events[i].data.ptr, t >= from);
    }
}

int main(int count, char **argument) {
    read_arguments(count, argument);
    alarm(warmup + seconds + 30);
    allow_many_files();
    post = post_request(path, headers, body);
    latencies = zeroed(room, sizeof *latencies);
    epoll = epoll_create1(0);
    connection *all = zeroed(connections, sizeof *all);
    for (int i = 0; i < connections; i++) {
        all[i].answer = zeroed(ANSWER, 1);
        all[i].fd = dial(port);
        watch(epoll, EPOLL_CTL_ADD, all[i].fd, EPOLLIN, &all[i]);
        start_post(&all[i]);
    }
    double from = now() + warmup;
    run(from, from + seconds);
    qsort(latencies, answered, sizeof *latencies, ascending);
    printf("{\"phase\":\"done\",\"posts\":%zu,\"errors\":%ld,\"per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n",
           answered, errors, answered * per_post / seconds, percentile(latencies, answered, .5),
           percentile(latencies, answered, .99));
    return errors ? 1 : 0;
}
