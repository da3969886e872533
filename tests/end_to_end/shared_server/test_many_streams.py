"""Hundreds of open streams cost descriptors and nothing else: no database connection, greenlet or thread each."""

import psutil
import pytest
from redis import Redis
from servers import until
from visitor import PATH

MANY = 200
FEW = 20  # far fewer than MANY, more than what workers do besides


@pytest.fixture(scope="module", params=["socket", "generator"])
def transport(request):
    return request.param


@pytest.fixture(scope="module")
def shared_server(server_of, transport):
    return server_of(transport)


@pytest.fixture
def streams(server, mika):
    opened = [mika.listen() for _ in range(MANY)]
    for stream in opened:
        stream.until("stats")
    return opened


def descriptors(server) -> int:
    return sum(psutil.Process(pid).num_fds() for pid in server.worker_pids())


def connections(server) -> int:
    """How many clients are connected; unlike descriptors, what the pools hold or let go does not count."""
    open_ones = [one for pid in server.worker_pids() for one in psutil.Process(pid).net_connections("tcp")]
    return sum(one.laddr.port == server.port and one.status != "LISTEN" for one in open_ones)


def test_streams_hold_no_database_connection(server, streams, sql, mika):
    assert mika.snapshot()["meta"]["connections"] == MANY
    until(lambda: server.census()["database connections"] == 0, "no connection checked out of a pool")
    until(
        lambda: (
            sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name = 'pulse' AND state <> 'idle'"
            )
            == [(0,)]
        ),
        "no connection at work",
    )
    assert sql(
        "SELECT count(*) < %s FROM pg_stat_activity WHERE datname = current_database()", MANY // 2
    ) == [(True,)]


def test_socket_streams_have_no_greenlet(server, streams, transport):
    handlers = "_handle_and_close_when_done"  # gunicorn's, one a connection that it serves
    until(lambda: server.census()["streams"] == MANY, "all streams")
    if transport == "socket":
        until(lambda: server.left_behind().total() < MANY + FEW, "nothing but the streams themselves")
        assert server.census()[handlers] < FEW
    else:
        assert server.census()[handlers] >= MANY


def test_closed_streams_leave_nothing(server, visit, environ):
    mika = visit("mika")
    first = mika.listen()
    first.until("stats")
    until(lambda: server.census()["streams"] == 1, "an end to the streams of other tests")
    before, connected = descriptors(server), connections(server)
    threads = [psutil.Process(pid).num_threads() for pid in server.worker_pids()]
    opened = [mika.listen() for _ in range(MANY)]
    assert connections(server) >= connected + MANY
    for stream in opened:
        stream.close()
    until(lambda: mika.snapshot()["meta"]["connections"] == 1, "one stream counted")
    until(lambda: descriptors(server) < before + FEW, "descriptors closed")
    assert [psutil.Process(pid).num_threads() for pid in server.worker_pids()] == threads
    first.close()
    until(lambda: mika.snapshot()["meta"]["connections"] == 0, "no stream counted")
    with Redis.from_url(environ["REDIS_URL"]) as redis:
        until(lambda: not list(redis.scan_iter("pulse:streams:*")), "an empty registry")
    until(lambda: server.census()["streams"] == 0, "no stream in memory")


def test_reset_connections_leave_nothing(server, visit):
    """Their connections are reset, as by a computer that crashes and comes back, not closed in order."""
    mika = visit("mika")
    opened = [mika.listen() for _ in range(20)]
    assert mika.snapshot()["meta"]["connections"] == 20
    for stream in opened:
        stream.reset()
    until(lambda: mika.snapshot()["meta"]["connections"] == 0, "no stream counted")
    until(lambda: server.census()["streams"] == 0, "no stream in memory")


def test_aborted_requests_are_not_counted(server, visit):
    """Requests whose client is gone before the answer: a herd that gives up."""
    mika = visit("mika")
    connected = connections(server)
    for _ in range(20):
        mika.knock(PATH)
    visit("vera")  # who comes after them through the same door: by now all of them are in
    until(lambda: connections(server) <= connected + 1, "the connections of those two")
    # A generator is closed after its connection.
    until(lambda: mika.snapshot()["meta"]["connections"] == 0, "no stream counted")
    assert server.census()["streams"] == 0
