"""The server's log has one line for a stream that opens and one for its end, with what it came to."""

import re

import pytest
from servers import until
from visitor import PATH

OPENED = (
    r"stream opened connection={id} workspace=(?P<workspace>\S+) user=(?P<user>\S+) address=127\.0\.0\.1"
    r" transport=(?P<transport>\S+) seq=(?P<seq>\d+)$"
)
ENDED = (
    r"stream ended connection={id} reason=(?P<reason>\S+) seconds=(?P<seconds>\d+\.\d) frames=(?P<frames>\d+)"
    r" bytes=(?P<bytes>\d+) seq=(?P<seq>\d+)$"
)


@pytest.fixture(scope="module", params=["1", "0"], ids=["socket", "generator"])
def shared_server(make_server, request):
    return make_server(workers=1, PULSE_ADOPT_CONNECTIONS=request.param)


def lines_of(server, pattern: str, connection: str) -> list[dict[str, str]]:
    found = re.compile(pattern.format(id=connection), re.MULTILINE).finditer(server.log.read_text())
    return [match.groupdict() for match in found]


def test_a_stream_that_the_server_ends(server, mika, olivia, request):
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
    assert opened["user"] == mika.user_id
    assert opened["transport"] in request.node.callspec.id
    assert int(opened["seq"]) == last - 3
    assert (ended["reason"], int(ended["seq"])) == ("closed-by-admin", last)
    assert int(ended["frames"]) == stream.content.count(b"\n\n")
    overhead = int(ended["bytes"]) - len(stream.content)  # on a socket: head and chunks are ours too
    assert overhead == 0 if opened["transport"] == "generator" else 0 < overhead < 1_000


def test_a_stream_whose_client_leaves(server, mika):
    stream = mika.listen()
    connection = stream.next().json["connectionId"]
    stream.close()
    until(lambda: lines_of(server, ENDED, connection), "the line of its end")
    [_], [ended] = (lines_of(server, pattern, connection) for pattern in (OPENED, ENDED))
    assert ended["reason"] == "client-left"
    assert float(ended["seconds"]) < 60
    assert int(ended["frames"]) >= 2
