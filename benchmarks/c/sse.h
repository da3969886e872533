// Reads an event stream: response head, chunks if it is chunked, and the lines within, however they are cut up.
#ifndef SSE_H
#define SSE_H
#include "load.h"

#define LINE 1024

typedef enum { HEAD, PLAIN, CHUNK_SIZE, CHUNK_DATA, CHUNK_END } stage;

typedef struct {
    stage stage;
    int status;
    int chunked;
    long left;     // of the chunk
    int length;    // of the line so far; what is beyond LINE is dropped
    char line[LINE];
} reader;

static inline void head_line(reader *r) {
    if (!r->status) r->status = status_of(r->line);
    if (!strncasecmp(r->line, "transfer-encoding: chunked", 26)) r->chunked = 1;
    if (!r->length) r->stage = r->chunked ? CHUNK_SIZE : PLAIN;
}

// Calls `take(owner, line)` for each line of the body in `bytes`.
static inline void read_stream(reader *r, const char *bytes, size_t count, void (*take)(void *, const char *), void *owner) {
    const char *end = bytes + count;
    while (bytes < end) {
        if (r->stage == CHUNK_DATA && !r->left) {
            r->stage = CHUNK_END;
            r->left = 2;
        }
        if (r->stage == CHUNK_END) {
            bytes++;
            if (!--r->left) r->stage = CHUNK_SIZE;
            continue;
        }
        size_t span = end - bytes;
        if (r->stage == CHUNK_DATA && span > (size_t)r->left) span = r->left;
        const char *stop = memchr(bytes, '\n', span);
        size_t taken = stop ? (size_t)(stop + 1 - bytes) : span, text = stop ? taken - 1 : taken;
        size_t room = LINE - 1 - r->length, kept = text < room ? text : room;
        memcpy(r->line + r->length, bytes, kept);
        r->length += kept;
        bytes += taken;
        if (r->stage == CHUNK_DATA) r->left -= taken;
        if (!stop) continue;
        if (r->length && r->line[r->length - 1] == '\r') r->length--;
        r->line[r->length] = 0;
        if (r->stage == HEAD) head_line(r);
        else if (r->stage == CHUNK_SIZE) r->left = strtol(r->line, NULL, 16), r->stage = CHUNK_DATA;
        else take(owner, r->line);
        // A line of the body may go on in the next chunk; a chunk's size is a line of its own.
        r->length = 0;
    }
}

#endif
