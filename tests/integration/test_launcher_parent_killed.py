"""`kill -9` of the parent: its servers end by themselves, and the next start finds the data whole."""

from pathlib import Path

from launcher_support import ask, lives, parent, until

from launcher.postgres import Postgres


def test_no_process_stays_behind(tmp_path: Path):
    with parent(tmp_path) as one:
        offspring = one.offspring
        assert {one.postgres, one.valkey} < set(offspring)
        one.kill()
        until(lambda: not any(map(lives, offspring)))
    assert [process for process in offspring if lives(process)] == []


def test_the_next_start_finds_what_was_committed(tmp_path: Path):
    with parent(tmp_path) as one:
        ask(one.database_url, "CREATE TABLE kept AS SELECT generate_series(1, 100) AS seq")
        one.kill()
        postgres = Postgres(tmp_path / "postgres")  # at once: the old server may still be closing its files
        url = postgres.start()
    assert ask(url, "SELECT count(*) FROM kept") == [(100,)]
    postgres.stop()
