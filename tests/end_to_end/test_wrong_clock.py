"""A gunicorn whose clock is wrong: events get the database's time, and nothing is deleted."""

from __future__ import annotations

import sysconfig

import pytest
from debian import program
from servers import until

LIBRARY = f"usr/lib/{sysconfig.get_config_var('MULTIARCH')}/faketime/libfaketimeMT.so.1"


@pytest.mark.parametrize("off", ["+120d", "-20m"])
def test_wrong_clock_misfiles_nothing(make_server, visit_at, sql, off):
    faketime = program("libfaketime", LIBRARY)
    if faketime is None:
        pytest.skip("NOT RUN: Debian's libfaketime cannot be had here")
    wrong = {"LD_PRELOAD": str(faketime.path), "FAKETIME": off, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    server = make_server(workers=1, PULSE_UPKEEP_INTERVAL="1", **wrong)
    seq = visit_at(server, "mika").track()["seq"]
    day = "SELECT received_at BETWEEN now() - interval '1 minute' AND now() FROM events WHERE seq = %s"
    assert sql(day, seq) == [(True,)]
    until(lambda: "upkeep refused: this machine's clock is" in server.log.read_text(), "a refusal", 60)
    assert sql(day, seq) == [(True,)]
    server.stop()
