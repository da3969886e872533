"""Many post at once to several workers: numbers without gaps, one order for all, nothing twice."""

import socket
import struct

import gevent
from raw_http import RawHttp

MANY = 150
DATA_SEGMENTS_IN = 152  # where Linux's tcp_info has them


def test_posts_from_everywhere_get_numbers_without_gaps(server, visit, sql):
    posters = [visit("mika", worker=worker) for worker in server.worker_pids() for _ in range(4)]
    watcher = visit("vera").listen()
    watcher.until("stats")

    def post(poster, name) -> list[tuple[int, str]]:
        answers = [poster.track("user.active", eventId=f"{name}-{number}") for number in range(MANY // 10)]
        return [(answer["seq"], answer["eventId"]) for answer in answers]

    posting = [gevent.spawn(post, poster, name) for name, poster in enumerate(posters)]
    answered = sorted(pair for greenlet in posting for pair in greenlet.get())
    assert [seq for seq, _ in answered] == list(range(answered[0][0], answered[0][0] + len(answered)))
    assert sql("SELECT seq, event_id FROM events ORDER BY seq") == answered
    assert [event.json["eventId"] for event in watcher.events(len(answered))] == [e for _, e in answered]


def test_everybody_who_posts_one_event_at_once_gets_one_answer(server, visit, sql):
    posters = [visit("mika", worker=worker) for worker in server.worker_pids() for _ in range(5)]
    message = ("message.sent", {"messageId": "m-1"})
    posting = [gevent.spawn(poster.track, *message, eventId="once") for poster in posters]
    answers = [greenlet.get() for greenlet in posting]
    assert sorted("duplicate" in answer for answer in answers) == [False] + [True] * 9
    assert len({(answer["seq"], answer["timestamp"]) for answer in answers}) == 1
    assert sql("SELECT count(*) FROM events WHERE event_id = 'once'") == [(1,)]


def test_bad_input_over_the_wire_is_a_4xx_and_the_server_lives(server, visit):
    """What no HTTP client would send: lengths that lie, chunks that break off, bodies that never come."""
    mika = visit("mika")
    for head, body, statuses in (
        ("Content-Length: 5", b'{"a"', {400}),
        ("Content-Length: -1", b"", {400}),
        ("Content-Length: five", b"", {400}),
        ("Content-Length: 99999999999999", b"{}", {413}),
        ("Transfer-Encoding: chunked", b"zz\r\n{}\r\n0\r\n\r\n", {400}),
        ("Transfer-Encoding: chunked", b"2\r\n{}\r\n0\r\n\r\n", {422}),
        ("Transfer-Encoding: chunked", b"20000\r\n" + b" " * 0x20000 + b"\r\n0\r\n\r\n", {413}),
    ):
        status = mika.speak(f"Content-Type: application/json\r\n{head}", body)
        assert status in statuses, (head, body[:20])
    assert mika.track("user.active")["success"]


def test_an_answer_comes_in_one_packet(server):
    with RawHttp(server.port) as raw:
        for answers in (1, 2, 3):
            raw.send("GET /healthz HTTP/1.1", "Host: localhost")
            _, headers = raw.head()
            while len(body := raw.sip(1000)) < int(headers["content-length"]):
                assert body
            told = raw.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 200)
            assert struct.unpack_from("I", told, DATA_SEGMENTS_IN) == (answers,)
