"""Two starts on one directory: the second is refused, names the first, and does no harm."""

from pathlib import Path

import pytest
import redis
from launcher_support import ask, parent

from launcher.errors import AlreadyRunning
from launcher.postgres import Postgres
from launcher.valkey import Valkey


@pytest.mark.parametrize(("server", "folder"), [(Postgres, "postgres"), (Valkey, "valkey")])
def test_a_second_start_is_refused_by_the_name_of_the_first(tmp_path: Path, server: type, folder: str):
    with parent(tmp_path) as first:
        with pytest.raises(AlreadyRunning, match=rf"{folder} is in use by process {first.pid}"):
            server(tmp_path / folder).start()
        assert ask(first.database_url, "SELECT 1") == [(1,)]
        with redis.from_url(first.redis_url) as client:
            assert client.ping()


def test_stopping_the_refused_one_stops_nothing(tmp_path: Path):
    with parent(tmp_path) as first:
        refused = Postgres(tmp_path / "postgres")
        with pytest.raises(AlreadyRunning):
            refused.start()
        refused.stop()
        assert ask(first.database_url, "SELECT 1") == [(1,)]


def test_once_the_first_is_gone_the_directory_is_free(tmp_path: Path):
    with parent(tmp_path) as first:
        first.kill()
        second = Valkey(tmp_path / "valkey")
        second.start()
        second.stop()
