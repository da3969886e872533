// sendloop: the least a server can do. It answers every GET with an event stream, and sends the body of every POST to all
// of them as one frame, with one send() each. No HTTP parsing to speak of, no authentication, no memory, no ids.
//
// sendloop PORT
#include "load.h"

static int *streams, count, room;

static void publish(const char *body, size_t length) {
    char frame[65536];
    int size = snprintf(frame, sizeof frame, "data: %.*s\n\n", (int)length, body), kept = 0;
    for (int i = 0; i < count; i++) {
        if (send(streams[i], frame, size, MSG_NOSIGNAL | MSG_DONTWAIT) == size) streams[kept++] = streams[i];
        else close(streams[i]);
    }
    count = kept;
}

static void answer(int fd, const char *text) {
    if (write(fd, text, strlen(text)) < 0) close(fd);
}

static void open_stream(int epoll, int fd) {
    if (count == room) streams = realloc(streams, (room = room * 2 + 1024) * sizeof *streams);
    streams[count++] = fd;
    epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
    answer(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n:\n\n");
}

static void take_request(int epoll, int fd) {
    char text[65536];
    ssize_t got = read(fd, text, sizeof text - 1);
    if (got <= 0) {
        close(fd);
        return;
    }
    text[got] = 0;
    char *body = strstr(text, "\r\n\r\n");
    if (strncmp(text, "POST", 4)) return open_stream(epoll, fd);
    publish(body + 4, text + got - body - 4);
    answer(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

int main(int arguments, char **argument) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event ready[256];
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0);
    if (arguments != 2) fail("sendloop PORT");
    allow_many_files();
    address.sin_port = htons(atoi(argument[1]));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) fail("bind: %s", strerror(errno));
    watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    for (;;) {
        int many = epoll_wait(epoll, ready, 256, -1);
        for (int i = 0; i < many; i++) {
            if (ready[i].data.ptr) {
                take_request(epoll, (int)(long)ready[i].data.ptr);
                continue;
            }
            int fd = accept(listener, NULL, NULL);
            if (fd < 0) continue;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, (void *)(long)fd);
        }
    }
}
