"""The instance's secrets: made once, kept for their owner, whole."""

import re
from pathlib import Path

from launcher.instance import Instance, kept


def test_a_secret_is_made_once(tmp_path: Path):
    made = iter(["first", "second"])
    path = tmp_path / "secret"
    assert [kept(path, lambda: next(made)) for _ in range(3)] == ["first"] * 3


def test_only_its_owner_may_read_it(tmp_path: Path):
    kept(tmp_path / "secret", lambda: "hush")
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_one_that_was_half_written_when_the_power_went_is_made_anew(tmp_path: Path):
    (tmp_path / "secret.new").write_text("ha")
    assert kept(tmp_path / "secret", lambda: "whole") == "whole"
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_the_demo_password_can_be_read_aloud_and_typed(tmp_path: Path):
    instance = Instance(tmp_path)
    assert re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", instance.demo_password())
    assert instance.demo_password() == Instance(tmp_path).demo_password()


def test_two_instances_share_no_secret(tmp_path: Path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = Instance(tmp_path / "one"), Instance(tmp_path / "two")
    assert one.secret_key() != two.secret_key()
    assert one.demo_password() != two.demo_password()
