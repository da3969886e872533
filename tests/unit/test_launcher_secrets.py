"""Secrets in the instance directory: created once, atomically, readable by their owner only."""

import re
from pathlib import Path

from launcher.instance import Instance, read_or_create


def test_secret_is_created_once(tmp_path: Path):
    made = iter(["first", "second"])
    path = tmp_path / "secret"
    assert [read_or_create(path, lambda: next(made)) for _ in range(3)] == ["first"] * 3


def test_secret_has_mode_0600(tmp_path: Path):
    read_or_create(tmp_path / "secret", lambda: "hush")
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_half_written_secret_is_replaced(tmp_path: Path):
    (tmp_path / "secret.new").write_text("ha")
    assert read_or_create(tmp_path / "secret", lambda: "whole") == "whole"
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_demo_password_is_readable(tmp_path: Path):
    instance = Instance(tmp_path)
    assert re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", instance.demo_password())
    assert instance.demo_password() == Instance(tmp_path).demo_password()


def test_instances_share_no_secret(tmp_path: Path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = Instance(tmp_path / "one"), Instance(tmp_path / "two")
    assert one.secret_key() != two.secret_key()
    assert one.demo_password() != two.demo_password()
