"""The server's log has one line for a stream that opens and one for its end, with what it came to."""

import json
import re

from servers import until
from visitor import PATH

from .conftest import BOTH_TRANSPORTS

pytestmark = BOTH_TRANSPORTS

WHOSE = ("user", "workspace", "address")
OPENED, ENDED = "stream opened", "stream ended"


def lines_of(server, event: str, connection: str) -> list[dict]:
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if (line["event"], line.get("connection")) == (event, connection)]


def test_server_ended_stream_is_logged(server, mika, olivia, request):
    stream = mika.listen()
    for _ in range(3):
        last = mika.track("user.active")["seq"]
    while f"-{last}\n".encode() not in stream.content:
        stream.next()
    olivia.delete(PATH)
    stream.rest()
    connection = re.search(rb'"connectionId":"(\w+)"', stream.content)[1].decode()
    until(lambda: lines_of(server, ENDED, connection), "the line of its end")
    [opened], [ended] = (lines_of(server, pattern, connection) for pattern in (OPENED, ENDED))
    assert (opened["user"], opened["address"]) == (mika.user_id, "127.0.0.1")
    assert opened["transport"] in request.node.callspec.id
    assert opened["seq"] == last - 3
    assert (ended["reason"], ended["seq"]) == ("closed-by-admin", last)
    assert ended["cause"] == olivia.user_id
    assert {name: ended[name] for name in WHOSE} == {name: opened[name] for name in WHOSE}
    assert ended["frames"] == stream.content.count(b"\n\n")
    overhead = ended["bytes"] - len(stream.content)  # on a socket: head and chunks are ours too
    assert overhead == 0 if opened["transport"] == "generator" else 0 < overhead < 1_000


def test_client_ended_stream_is_logged(server, mika):
    stream = mika.listen()
    connection = stream.next().json["connectionId"]
    stream.close()
    until(lambda: lines_of(server, ENDED, connection), "the line of its end")
    [_], [ended] = (lines_of(server, pattern, connection) for pattern in (OPENED, ENDED))
    assert ended["reason"] == "client-left"
    assert "cause" not in ended
    assert ended["seconds"] < 60
    assert ended["frames"] >= 2
