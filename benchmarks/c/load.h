// What the load clients share: a clock, percentiles, connections, and requests made from a template.
#ifndef LOAD_H
#define LOAD_H
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MARK "bench-"  // followed by nine digits: tells which post a frame came from
#define MARK_LENGTH 6
#define DIGITS 9
#define PORTS_PER_ADDRESS 20000

static inline void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static inline double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static inline void *zeroed(size_t count, size_t size) {
    void *memory = calloc(count ? count : 1, size);
    if (!memory) fail("out of memory");
    return memory;
}

static inline int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

// Of values that are sorted already.
static inline double percentile(const float *values, size_t count, double share) {
    return count ? values[(size_t)((count - 1) * share)] : 0;
}

static inline void allow_many_files(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

// A connection to 127.0.0.1, not yet established. A source address has 28,000 ports: every 20,000 take the next one.
static inline int dial(int port) {
    static long dialled;
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0) fail("socket: %s", strerror(errno));
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in from = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + dialled++ / PORTS_PER_ADDRESS % 200);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (bind(fd, (void *)&from, sizeof from)) fail("bind: %s", strerror(errno));
    if (connect(fd, (void *)&to, sizeof to) && errno != EINPROGRESS) fail("connect: %s", strerror(errno));
    return fd;
}

static inline void watch(int epoll, int operation, int fd, unsigned events, void *owner) {
    struct epoll_event event = {.events = events, .data.ptr = owner};
    if (epoll_ctl(epoll, operation, fd, &event)) fail("epoll_ctl: %s", strerror(errno));
}

static inline char *read_file(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail("%s: %s", path, strerror(errno));
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = zeroed(size + 1, 1);
    if (fread(text, 1, size, file) != (size_t)size) fail("%s: cannot be read", path);
    fclose(file);
    return text;
}

// A request; each `{N}` in its body has been left as nine digits whose places are known.
typedef struct {
    char *text;
    size_t length, count;
    size_t *places;
} request;

static inline request post_request(const char *path, const char *headers, const char *template) {
    request made = {0};
    size_t room = strlen(template) * 4 + 1;
    char *body = zeroed(room, 1), *to = body;
    size_t *places = zeroed(strlen(template) / 3 + 1, sizeof *places);
    for (const char *from = template; *from;) {
        if (strncmp(from, "{N}", 3)) {
            *to++ = *from++;
            continue;
        }
        places[made.count++] = to - body;
        memset(to, '0', DIGITS);
        to += DIGITS;
        from += 3;
    }
    size_t head = asprintf(&made.text,
                           "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                           "Content-Length: %zu\r\n%s\r\n%s", path, (size_t)(to - body), headers, body);
    made.length = head;
    made.places = places;
    for (size_t i = 0; i < made.count; i++) places[i] += made.length - (to - body);
    free(body);
    return made;
}

// Writes `number`, `number` + 1 … into the request's places.
static inline void number_request(request *r, long number) {
    for (size_t i = 0; i < r->count; i++) {
        char digits[24];
        snprintf(digits, sizeof digits, "%09ld", (number + (long)i) % 1000000000);
        memcpy(r->text + r->places[i], digits, DIGITS);
    }
}

// The length of a whole response at the start of `text`, 0 while it is incomplete. Bodies without a length are chunked.
static inline size_t response_length(const char *text, size_t length) {
    const char *end = memmem(text, length, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = end + 4 - text;
    const char *said = strcasestr(text, "\r\ncontent-length:");
    if (said && said < end) {
        size_t whole = head + strtoul(said + 17, NULL, 10);
        return whole <= length ? whole : 0;
    }
    const char *last = memmem(text + head - 2, length - head + 2, "\r\n0\r\n\r\n", 7);
    return last ? last + 7 - text : 0;
}

static inline int status_of(const char *response) { return atoi(response + 9); }

#endif
