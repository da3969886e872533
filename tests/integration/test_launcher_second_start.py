"""Two starts on one directory: the second is refused, names the process of the first, and changes nothing."""

from pathlib import Path

import pytest
import redis
from launcher_support import ask, parent

from launcher.errors import AlreadyRunning
from launcher.postgres import Postgres
from launcher.valkey import Valkey


@pytest.mark.parametrize(("server", "folder"), [(Postgres, "postgres"), (Valkey, "valkey")])
def test_second_start_names_the_first(tmp_path: Path, server: type, folder: str):
    with parent(tmp_path) as first:
        with pytest.raises(AlreadyRunning, match=rf"{folder} is in use by process {first.pid}"):
            server(tmp_path / folder).start()
        assert ask(first.database_url, "SELECT 1") == [(1,)]
        with redis.from_url(first.redis_url) as client:
            assert client.ping()


def test_stop_of_refused_server_is_a_no_op(tmp_path: Path):
    with parent(tmp_path) as first:
        refused = Postgres(tmp_path / "postgres")
        with pytest.raises(AlreadyRunning):
            refused.start()
        refused.stop()
        assert ask(first.database_url, "SELECT 1") == [(1,)]


def test_lock_ends_with_its_holder(tmp_path: Path):
    with parent(tmp_path) as first:
        first.kill()
        second = Valkey(tmp_path / "valkey")
        second.start()
        second.stop()
