"""GET /metrics over several workers: one answers for all, and a worker that dies takes no counts with it."""

import os
import signal
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from servers import PATIENCE, until

SHARED = Path("/dev/shm")


@pytest.fixture(scope="module")
def shared_server(make_server):
    return make_server(workers=2)


def figures(server):
    answer = httpx.get(f"{server.url}/metrics", timeout=PATIENCE, trust_env=False)
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if not sample.labels
    }


def test_metrics_add_up_over_workers(server, visit):
    for worker in server.worker_pids():
        visitor = visit("mika", worker=worker)
        for _ in range(3):
            visitor.track("user.active")
        visitor.listen().next()
    until(lambda: figures(server).get("pulse_streams") == 2, "both streams")
    before = figures(server)
    assert (before["pulse_workers"], before["pulse_workers_wanted"]) == (2, 2)
    starts = before["pulse_worker_starts_total"]
    assert before["pulse_events_committed_total"] >= 6

    dead = server.worker_pids()[0]
    os.kill(dead, signal.SIGKILL)
    until(lambda: dead not in server.worker_pids() and len(server.worker_pids()) == 2, "a new worker")
    until(lambda: figures(server)["pulse_streams"] == 1, "its stream to be counted no more")
    until(lambda: figures(server)["pulse_worker_starts_total"] == starts + 1, "its successor's start")
    assert figures(server)["pulse_events_committed_total"] >= before["pulse_events_committed_total"]


def test_metric_files_are_removed(make_server):
    server = make_server(workers=1)
    [directory] = SHARED.glob(f"pulse-metrics-*-{server.pid}-*")
    assert list(directory.glob("*.db"))
    server.stop()
    assert not directory.exists()
