"""Slow and stalled readers: they take no memory, delay no other stream, and resume without a gap."""

import contextlib
import itertools
import json
from collections.abc import Iterator

import gevent
import psutil
import pytest
from frames import Frame
from raw_http import Body, RawHttp
from servers import Server, until
from unplugged import unplug
from visitor import PATH

LONG = "x" * 100  # makes an event's frame about 300 bytes
FRAME = 300
TRANSPORTS = {"socket": "1", "generator": "0"}
number = itertools.count()


@pytest.fixture(scope="module")
def servers(make_server):
    """One worker each, by transport."""
    one = {"workers": 1, "PULSE_MAX_STREAMS_PER_USER": "1000"}
    return {
        transport: make_server(**one, PULSE_ADOPT_CONNECTIONS=adopt)
        for transport, adopt in TRANSPORTS.items()
    }


@pytest.fixture(scope="module", params=TRANSPORTS)
def shared_server(servers, request):
    return servers[request.param]


class Reader:
    """A stream that is read piece by piece."""

    def __init__(self, server: Server, cookie: str):
        self.raw = RawHttp(server.port)
        self.raw.send(f"GET {PATH} HTTP/1.1", "Host: x", "Accept: text/event-stream", f"Cookie: {cookie}")
        _, headers = self.raw.head()
        self._body = Body(headers)
        self._server = server
        self.connected = self.sip()[0].json

    @property
    def start(self) -> int:
        return int(self.connected["lastEventId"].split("-")[1])

    @property
    def is_served(self) -> bool:
        """The server has not closed its end."""
        return self._server.worker_of(self.raw.local_port) is not None

    def sip(self, size: int = 65_536) -> list[Frame]:
        frames: list[Frame] = []
        while not frames and (data := self.raw.sip(size)):
            frames = self._body.take(data)
        return frames

    def events(self) -> Iterator[int]:
        """The numbers of the events as they come, up to the end of the connection."""
        while frames := self.sip():
            yield from (seq_of(frame) for frame in frames if frame.event == "event")

    def close(self) -> None:
        self.raw.close()

    def why_ended(self) -> str:
        """As the server's log says; nothing while it says nothing."""
        lines = [json.loads(line) for line in self._server.log.read_text().splitlines() if line[:1] == "{"]
        of_mine = [line for line in lines if line.get("connection") == self.connected["connectionId"]]
        return next((line["reason"] for line in of_mine if "reason" in line), "")


@pytest.fixture
def read(server, mika):
    """`read()`: a stream of Mika's."""
    with contextlib.ExitStack() as opened:
        yield lambda: opened.enter_context(contextlib.closing(Reader(server, mika.cookie)))


def post(mika, count: int) -> int:
    """Post so many events with long frames; returns the number of the last."""
    for _ in range(0, count, 1000):
        events = [{"eventType": "user.active", "eventId": f"{LONG}{next(number)}"} for _ in range(1000)]
        answer = mika.post(f"{PATH}/batch", json={"events": events}).raise_for_status()
    return answer.json()["events"][-1]["seq"]


def seq_of(frame: Frame) -> int:
    return int(frame.id.split("-")[1])


def memory(server: Server) -> int:
    [worker] = server.worker_pids()
    return psutil.Process(worker).memory_info().rss


def test_stream_too_far_behind_is_closed(read, mika):
    stuck, other = read(), read()
    reading = gevent.spawn(lambda: list(itertools.islice(other.events(), 8000)))
    last = post(mika, 8000)
    assert reading.get(timeout=60) == list(range(stuck.start + 1, last + 1)), (
        "others get all events meanwhile"
    )
    until(lambda: not stuck.is_served, "the stream is closed")
    assert stuck.why_ended() == "slow"

    seen = list(stuck.events())
    cursor = seen[-1] if seen else stuck.start  # a chunk of many events may have been cut
    assert seen == list(range(stuck.start + 1, cursor + 1))
    epoch = stuck.connected["lastEventId"].split("-")[0]
    resumed = mika.listen(headers={"Last-Event-ID": f"{epoch}-{cursor}"})
    assert [seq_of(frame) for frame in resumed.events(last - cursor, 60)] == list(range(cursor + 1, last + 1))


def test_slow_reader_gets_all_in_order(read, mika):
    reader = read()
    last = post(mika, 3000)
    seen: list[int] = []
    while not seen or seen[-1] < last:
        seen += [seq_of(frame) for frame in reader.sip(2_000) if frame.event == "event"]
        gevent.sleep(0.002)
    assert seen == list(range(reader.start + 1, last + 1))


def test_stalled_readers_are_closed(servers, visit_at):
    """After half a minute, or three quarters: those on sockets and those of generators, at the same time."""
    servers = list(servers.values())
    mika = visit_at(servers[0], "mika")
    for server in servers:
        visit_at(server, "vera").listen().until("stats")
    post(mika, 2000)  # fills rings and pools
    before = [memory(server) for server in servers]
    with contextlib.ExitStack() as opened:
        stuck = [
            opened.enter_context(contextlib.closing(Reader(server, mika.cookie)))
            for server in servers
            for _ in range(20)
        ]
        post(mika, 3000)  # some 900 KB for each: not too far behind, yet
        for server, was in zip(servers, before, strict=True):
            assert memory(server) - was < 20 * 3000 * FRAME / 2, "what they have not read is kept for each"
        gone = [opened.enter_context(contextlib.closing(Reader(server, mika.cookie))) for server in servers]
        for reader in gone:
            unplug(reader.raw.socket)
        until(lambda: not any(reader.is_served for reader in stuck), "all are closed", 60)
        assert {reader.why_ended() for reader in stuck} == {"slow"}
        until(lambda: all(reader.why_ended() for reader in gone), "who has vanished is given up", 60)
        assert {reader.why_ended() for reader in gone} == {"client-left"}


def test_stalled_readers_hold_up_no_stop(servers, visit_at):
    """A reader that takes no goodbye is disconnected before gunicorn has to."""
    servers = list(servers.values())
    with contextlib.ExitStack() as opened:
        olivias = [visit_at(server, "olivia") for server in servers]
        stuck = [
            opened.enter_context(contextlib.closing(Reader(server, olivia.cookie)))
            for server, olivia in zip(servers, olivias, strict=True)
        ]
        post(olivias[0], 3000)
        until(lambda: all(lags(reader, olivias[0]) for reader in stuck), "both lag")
        gevent.joinall([gevent.spawn(server.stop) for server in servers], raise_error=True)
        assert [reader.why_ended() for reader in stuck] == ["shutdown", "shutdown"]
    assert not [server for server in servers if "graceful timeout" in server.log.read_text()]


def lags(reader: Reader, olivia) -> bool:
    streams = olivia.get(PATH.replace("realtime", "connections")).json()["data"]
    mine = [stream for stream in streams if stream["connectionId"] == reader.connected["connectionId"]]
    return bool(mine) and mine[0]["lagSeconds"] > 0
