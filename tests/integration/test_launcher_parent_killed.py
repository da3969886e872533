"""SIGKILL of the parent: its servers end by themselves, and the next start finds all data."""

from pathlib import Path

from launcher_run import await_end_of
from launcher_support import ask, parent

from launcher.postgres import Postgres


def test_servers_end_with_their_parent(tmp_path: Path):
    with parent(tmp_path) as one:
        descendants = one.descendants
        assert {one.postgres, one.valkey} < set(descendants)
        one.kill()
        await_end_of(descendants)


def test_next_start_finds_committed_rows(tmp_path: Path):
    with parent(tmp_path) as one:
        ask(one.database_url, "CREATE TABLE kept AS SELECT generate_series(1, 100) AS seq")
        one.kill()
        postgres = Postgres(tmp_path / "postgres")  # at once: the old server may still be closing its files
        url = postgres.start()
    assert ask(url, "SELECT count(*) FROM kept") == [(100,)]
    postgres.stop()
