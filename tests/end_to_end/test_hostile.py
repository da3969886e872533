"""Hostile input, over bare sockets: no fault of ours, no answer out of bounds, no forged line in the log."""

import os
import time

import pytest
from gevent.pool import Pool
from hostile.corpus import corpus
from hostile.exchange import exchange
from hostile.mutations import mutations
from hostile.routes import routes_of
from hostile.verdict import faults_of, faults_of_log
from servers import until
from visitor import PATH

from app import create_app
from app.settings.config import Settings

TOKENS = PATH.replace("analytics/realtime", "tokens")
EVENTS = PATH.replace("realtime", "events")
FEWEST = 1_000
AT_ONCE = 4  # requests; no more, for so many exports a worker allows
# `make fuzz SECONDS=60` sends all of the corpus, fuzzes for longer, and from another seed each time. The step has
# no divisor in common with the numbers of texts and values, so that all of them are in a part of the corpus too.
STEP = int(os.environ.get("FUZZ_STEP", "17"))
SECONDS = float(os.environ.get("FUZZ_SECONDS", "3"))
SEED = int(os.environ.get("FUZZ_SEED", "7"))


@pytest.fixture(scope="module")
def shared_server(make_server):
    """One that logs every request, and believes a proxy: so it reads more of what it is sent."""
    return make_server(workers=1, PULSE_LOG_LEVEL="DEBUG", PULSE_TRUSTED_PROXIES="1")


@pytest.fixture(scope="module")
def rules(environ):
    """The app, only to be asked for its routes."""
    return create_app(Settings.from_environ(environ))


@pytest.fixture
def cases(rules, olivia, vera):
    """The corpus: Olivia's token for what belongs to a workspace, Vera's cookie for all else."""
    made = olivia.post(TOKENS, json={"name": "Hostile", "scopes": ["admin"]}).raise_for_status().json()
    token = made["token"]
    return corpus(routes_of(rules, {"Authorization": f"Bearer {token}"}, {"Cookie": vera.cookie}), STEP)


@pytest.fixture
def suffer(server):
    """`suffer(cases)`: send them all, and list everything that was wrong with what came of it."""

    def run(cases):
        mark = server.log.stat().st_size
        workers = server.worker_pids()
        visitors = {*server.open_connections()}
        found, answers, unread = [], [], []

        def one(case):
            try:
                got, ended = exchange(server.port, case.raw)
                wrong = [fault for answer in got for fault in faults_of(answer)]
            except Exception as error:
                got, ended, wrong = [], False, [repr(error)]
            answers.extend(got)
            unread.extend([] if ended else [case])
            found.extend(f"{case.what}: {fault}\n    {case.raw[:600]!r}" for fault in wrong)

        pool = Pool(AT_ONCE)
        for case in cases:
            pool.spawn(one, case)
        pool.join()
        until(lambda: not {*server.open_connections()} - visitors, "every connection closed by the server")
        assert server.worker_pids() == workers, "a worker died"
        with server.log.open("rb") as log:
            log.seek(mark)
            found.extend(faults_of_log(log.read(), answers, len(unread)))
        return found, answers

    return run


def test_corpus_causes_no_server_error(cases, suffer, mika):
    assert len({case.raw for case in cases}) >= FEWEST
    found, answers = suffer(cases)
    assert not found, "\n".join(found[:40])
    assert {200, 400, 404, 405, 413, 415, 422} <= {answer.status for answer in answers}
    everything_still_works(mika)


def test_corpus_covers_every_route(rules, cases):
    met = {what.split(":")[0] for what in (case.what for case in cases)}
    routes = {f"{route.method} {route.rule.split(':')[0]}" for route in routes_of(rules, {}, {})}
    assert routes <= met


def test_mutations_cause_no_server_error(cases, suffer, mika):
    until_then = time.monotonic() + SECONDS

    def for_a_while():
        for case in mutations(cases, SEED):
            if time.monotonic() > until_then:
                return
            yield case

    found, answers = suffer(for_a_while())
    assert not found, "\n".join([f"seed {SEED}", *found[:40]])
    assert {200, 400, 404} <= {answer.status for answer in answers}
    everything_still_works(mika)


def everything_still_works(mika):
    """And what was let in can be read back."""
    stream = mika.listen()
    stream.until("stats")
    assert mika.track()["eventId"] == stream.until("event").json["eventId"]
    assert mika.get(f"{EVENTS}?limit=1000").status_code == 200
    exported = mika.get(f"{EVENTS}/export")
    assert exported.status_code == 200
    assert len(exported.text.splitlines()) > 1
