"""Concurrent posts to several workers: numbers without gaps, one order for all, copies stored once."""

from __future__ import annotations

import socket
import struct

import gevent
import pytest
from raw_http import RawHttp
from visitor import PATH, Visitor

MANY = 150
COPIES = 12
DATA_SEGMENTS_IN = 152  # where Linux's tcp_info has them


def test_concurrent_posts_get_gapless_numbers(server, visit, sql):
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


def test_answer_is_one_packet(server):
    with RawHttp(server.port) as raw:
        for answers in (1, 2, 3):
            raw.send("GET /healthz HTTP/1.1", "Host: localhost")
            _, headers = raw.head()
            while len(body := raw.sip(1000)) < int(headers["content-length"]):
                assert body
            info = raw.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 200)
            assert struct.unpack_from("I", info, DATA_SEGMENTS_IN) == (answers,)


@pytest.fixture
def mikas(server, visit) -> list[Visitor]:
    """Mika, so many times, half of them on either worker."""
    workers = server.worker_pids()
    return [visit("mika", worker=workers[n % 2]) for n in range(COPIES)]


def at_once(mikas: list[Visitor], path: str, bodies: list[dict], **options) -> list[tuple[int, dict]]:
    """Each posts a body at the same time; status and answer of each."""
    posts = [
        gevent.spawn(mika.post, path, json=body, **options) for mika, body in zip(mikas, bodies, strict=True)
    ]
    gevent.joinall(posts, raise_error=True)
    return [(post.value.status_code, post.value.json()) for post in posts]


@pytest.mark.parametrize("way", ["body", "header"])
def test_copies_are_stored_once(mikas, way):
    body = {"eventType": "message.sent", "eventData": {"messageId": way}}
    options = {"headers": {"Idempotency-Key": f"key-{way}"}} if way == "header" else {}
    bodies = [body | ({"eventId": f"id-{way}"} if way == "body" else {})] * COPIES
    answers = at_once(mikas, PATH, bodies, **options)
    assert {status for status, _ in answers} == {200}
    assert sum("duplicate" not in answer for _, answer in answers) == 1
    places = {(answer["seq"], answer["eventId"], answer["timestamp"]) for _, answer in answers}
    assert len(places) == 1


def test_different_events_of_one_id_conflict(mikas):
    bodies = [
        {"eventType": "message.sent", "eventId": "contested", "eventData": {"messageId": f"m-{n % 2}"}}
        for n in range(COPIES)
    ]
    answers = at_once(mikas, PATH, bodies)
    winner = next(
        n for n, (status, answer) in enumerate(answers) if status == 200 and "duplicate" not in answer
    )
    for n, (status, answer) in enumerate(answers):
        if n % 2 == winner % 2:
            assert (status, answer["seq"]) == (200, answers[winner][1]["seq"])
        else:
            assert (status, answer["code"]) == (409, "IDEMPOTENCY_CONFLICT")


def test_overlapping_batches_are_stored_once(mikas):
    events = [{"eventType": "tick.tock", "eventId": f"overlap-{n}"} for n in range(COPIES + 5)]
    answers = at_once(mikas, f"{PATH}/batch", [{"events": events[n : n + 5]} for n in range(COPIES)])
    assert {status for status, _ in answers} == {200}
    places: dict[str, set[int]] = {}
    fresh = 0
    for _, answer in answers:
        fresh += answer["count"] - answer["duplicates"]
        for event in answer["events"]:
            places.setdefault(event["eventId"], set()).add(event["seq"])
    assert fresh == len(places) == COPIES + 4
    assert all(len(seqs) == 1 for seqs in places.values())
    numbers = sorted(seq for seqs in places.values() for seq in seqs)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
