// streamload: holds many event streams, posts numbered events, and checks that each arrives once, in order, and how late.
//
// streamload --port 8000 --get /stream --streams 1000 [-G 'header of the GET']… --post /post --body body.json
//            [--post-port 8000] [-P 'header of the POST']… [--opening 256] [--resume 1] [--first 0]
//
// Opens the streams, at most `--opening` at a time, and prints {"phase":"open",…}. Then it takes orders from stdin:
//   publish EVENTS INTERVAL_MS AT_ONCE    posts so many events and prints {"phase":"published",…} when all have arrived
//                                         everywhere, or have not for PATIENCE seconds
//   anything else                         ends it
// `{N}` in the body becomes the event's number, from `--first` on; bench-{N} must come back in the frame. With
// `--resume 1` a stream that is cut comes back at once with Last-Event-ID, and a post that is cut is sent again.
#include "sse.h"

#define PATIENCE 15.0
#define LIMIT 600  // seconds for everything
#define RETRY 0.05
#define ID 64

typedef enum { STREAM, POST } kind;

typedef struct {
    kind kind;
    int fd, live, connected;
    double retry_at;
    reader reader;
    char last_id[ID];
    int highest;
    unsigned char *seen;
} stream;

typedef struct {
    kind kind;
    int fd, number;  // of the event on its way, -1 = none
    size_t got;
    char answer[16384];
} poster;

static int port, post_port, streams, opening = 256, resume;
static const char *get_path = "/", *post_path = "/", *body = "";
static char get_headers[8192], post_headers[8192];
static request post;
static int epoll, opened, live, at_once;
static stream *all;
static poster posters[64];

static int first, events, posted, answered;  // of the publication under way, by number
static double *sent_at, last_sent, last_heard, interval;
static float *latencies;
static size_t delivered, repeated, disorder;
static int bad_posts, repeated_posts, closed;
static double cut_at, all_back_at;

static void add_header(char *headers, const char *header) {
    snprintf(headers + strlen(headers), 8192 - strlen(headers), "%s\r\n", header);
}

static void read_arguments(int count, char **argument) {
    for (int i = 1; i + 1 < count; i += 2) {
        char *name = argument[i], *value = argument[i + 1];
        if (!strcmp(name, "--port")) port = atoi(value);
        else if (!strcmp(name, "--post-port")) post_port = atoi(value);
        else if (!strcmp(name, "--streams")) streams = atoi(value);
        else if (!strcmp(name, "--opening")) opening = atoi(value);
        else if (!strcmp(name, "--resume")) resume = atoi(value);
        else if (!strcmp(name, "--first")) first = atoi(value);
        else if (!strcmp(name, "--get")) get_path = value;
        else if (!strcmp(name, "--post")) post_path = value;
        else if (!strcmp(name, "--body")) body = read_file(value);
        else if (!strcmp(name, "-G")) add_header(get_headers, value);
        else if (!strcmp(name, "-P")) add_header(post_headers, value);
        else fail("unknown: %s", name);
    }
    if (!post_port) post_port = port;
}

static void open_stream(stream *s) {
    s->fd = dial(port);
    s->connected = s->retry_at = 0;
    memset(&s->reader, 0, sizeof s->reader);
    watch(epoll, EPOLL_CTL_ADD, s->fd, EPOLLOUT, s);
}

static void ask_for_stream(stream *s) {
    char text[16384], cursor[ID + 20] = "";
    if (*s->last_id) snprintf(cursor, sizeof cursor, "Last-Event-ID: %s\r\n", s->last_id);
    int length = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n%s%s\r\n",
                          get_path, get_headers, cursor);
    if (write(s->fd, text, length) != length) return;  // refused: told by the next event
    s->connected = 1;
    watch(epoll, EPOLL_CTL_MOD, s->fd, EPOLLIN, s);
}

static void lose_stream(stream *s) {
    if (!resume) fail("a stream was cut after %zu deliveries", delivered);
    close(s->fd);
    if (s->live) {
        closed++;
        live--;
        if (!cut_at) cut_at = now();
    }
    s->live = 0;
    s->fd = -1;
    s->retry_at = now() + (s->connected ? 0 : RETRY);
}

static void take_marker(stream *s, int number) {
    int index = number - first;
    if (index < 0 || index >= posted) return;
    unsigned char *byte = &s->seen[index >> 3], bit = 1 << (index & 7);
    if (*byte & bit) {
        repeated++;
        return;
    }
    *byte |= bit;
    if (index < s->highest) disorder++;
    s->highest = index;
    last_heard = now();
    latencies[delivered++] = (last_heard - sent_at[index]) * 1e3;
}

static void take_line(void *owner, const char *line) {
    stream *s = owner;
    if (!s->live) {
        s->live = 1;
        if (++live == streams && cut_at) all_back_at = now();
    }
    if (!strncmp(line, "id: ", 4)) snprintf(s->last_id, ID, "%s", line + 4);
    else if (!strncmp(line, "data:", 5) && (line = strstr(line, MARK))) take_marker(s, atoi(line + MARK_LENGTH));
}

static void hear_stream(stream *s, unsigned ready) {
    char bytes[65536];
    if (!s->connected && !(ready & (EPOLLERR | EPOLLHUP))) return ask_for_stream(s);
    ssize_t got = read(s->fd, bytes, sizeof bytes);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return lose_stream(s);
    read_stream(&s->reader, bytes, got, take_line, s);
    if (s->reader.status == 200 || !s->reader.status) return;
    if (!resume) fail("a stream was refused: %d", s->reader.status);
    lose_stream(s);
    s->retry_at = now() + RETRY;
}

static void send_post(poster *p, int number) {
    p->number = number;
    p->got = 0;
    number_request(&post, number);
    if (p->fd < 0) {
        p->fd = dial(post_port);
        watch(epoll, EPOLL_CTL_ADD, p->fd, EPOLLIN, p);
    }
    for (size_t sent = 0; sent < post.length;) {
        ssize_t taken = write(p->fd, post.text + sent, post.length - sent);
        if (taken < 0 && errno != EAGAIN && errno != ENOTCONN) return;  // told by the next event
        if (taken < 0) usleep(100);
        sent += taken > 0 ? taken : 0;
    }
}

static void hear_post(poster *p) {
    ssize_t got = read(p->fd, p->answer + p->got, sizeof p->answer - 1 - p->got);
    if (got < 0 && errno == EAGAIN) return;
    if (got > 0) {
        p->got += got;
        p->answer[p->got] = 0;
        if (!response_length(p->answer, p->got)) return;
        int status = status_of(p->answer), again = status == 503 && resume;
        if ((status < 200 || status > 299) && !again && !bad_posts++) fprintf(stderr, "%.400s\n", p->answer);
        if (!again) p->number = -1, answered++;
        if (!strcasestr(p->answer, "\r\nconnection: close") && !again) return;
    }
    close(p->fd);
    p->fd = -1;
    if (p->number < 0) return;
    if (!resume) fail("a post was cut");
    repeated_posts++;
    usleep(1000);
    send_post(p, p->number);
}

static void hear(double seconds) {
    static struct epoll_event ready[1024];
    int count = epoll_wait(epoll, ready, 1024, seconds * 1e3);
    for (int i = 0; i < count; i++) {
        void *owner = ready[i].data.ptr;
        if (*(kind *)owner == STREAM) hear_stream(owner, ready[i].events);
        else if (*(kind *)owner == POST) hear_post(owner);
    }
}

static void come_back(void) {
    if (!resume || live == streams) return;
    double t = now();
    for (int i = 0; i < streams; i++)
        if (all[i].fd < 0 && t >= all[i].retry_at) open_stream(&all[i]);
}

static void open_all(void) {
    double start = now();
    while (live < streams) {
        while (opened < streams && opened - live < opening) open_stream(&all[opened++]);
        hear(0.01);
        if (now() - start > 120) fail("only %d of %d streams open after 120 s", live, streams);
    }
    printf("{\"phase\":\"open\",\"streams\":%d,\"seconds\":%.3f}\n", streams, now() - start);
}

static void begin(int count) {
    first += events;  // those of the publication before
    events = count;
    posted = answered = bad_posts = repeated_posts = closed = 0;
    delivered = repeated = disorder = 0;
    cut_at = all_back_at = 0;
    sent_at = realloc(sent_at, count * sizeof *sent_at);
    latencies = realloc(latencies, (size_t)count * streams * sizeof *latencies);
    for (int i = 0; i < streams; i++) {
        free(all[i].seen);
        all[i].seen = zeroed(count / 8 + 1, 1);
        all[i].highest = -1;
    }
}

static void post_what_is_due(void) {
    for (int i = 0; i < at_once && posted < events; i++) {
        if (posters[i].number >= 0 || now() - last_sent < interval) continue;
        last_sent = sent_at[posted] = now();
        send_post(&posters[i], first + posted++);
    }
}

static void report(double start) {
    size_t expected = (size_t)events * streams;
    qsort(latencies, delivered, sizeof *latencies, ascending);
    printf("{\"phase\":\"published\",\"events\":%d,\"delivered\":%zu,\"missing\":%zu,\"repeated\":%zu,\"disorder\":%zu,"
           "\"seconds\":%.4f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"bad_posts\":%d,\"repeated_posts\":%d,\"cut\":%d,"
           "\"back_seconds\":%.3f}\n",
           events, delivered, expected - delivered, repeated, disorder, last_heard - start,
           percentile(latencies, delivered, .5), percentile(latencies, delivered, .99), bad_posts, repeated_posts, closed,
           all_back_at ? all_back_at - cut_at : 0);
}

static void publish(int count, double milliseconds, int together) {
    begin(count);
    interval = milliseconds / 1e3;
    at_once = together;
    double start = last_heard = now();
    last_sent = 0;
    while (delivered < (size_t)events * streams || answered < events) {
        post_what_is_due();
        hear(0.001);
        come_back();
        if (posted == events && now() - last_heard > PATIENCE) break;
    }
    report(start);
}

int main(int count, char **argument) {
    char order[256];
    int number, together;
    double milliseconds;
    read_arguments(count, argument);
    alarm(LIMIT);
    allow_many_files();
    post = post_request(post_path, post_headers, body);
    epoll = epoll_create1(0);
    all = zeroed(streams, sizeof *all);
    for (int i = 0; i < 64; i++) posters[i] = (poster){.kind = POST, .fd = -1, .number = -1};
    open_all();
    fflush(stdout);
    while (fgets(order, sizeof order, stdin) &&
           sscanf(order, "publish %d %lf %d", &number, &milliseconds, &together) == 3) {
        publish(number, milliseconds, together);
        fflush(stdout);
    }
    return 0;
}
