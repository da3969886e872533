"""The launcher's settings and secrets: defaults, valid values, and the error line of an invalid one."""

import re
from pathlib import Path

import pytest

from launcher.errors import SettingError
from launcher.instance import Instance, read_or_create
from launcher.settings import ROOT, LauncherSettings


def test_defaults():
    assert LauncherSettings.from_environ({}) == LauncherSettings(
        port=8000,
        workers=2,
        instance=ROOT / "instance",
        database_url=None,
        redis_url=None,
        demo=True,
        demo_password=None,
        demo_traffic=2.0,
    )


def test_every_setting_is_read(tmp_path: Path):
    environ = {
        "PORT": "9000",
        "WEB_CONCURRENCY": "4",
        "DATABASE_URL": "postgresql://pulse@db.example/pulse",
        "REDIS_URL": "redis://redis.example/0",
        "PULSE_INSTANCE_DIR": str(tmp_path / "not" / "yet"),
        "PULSE_DEMO": "1",
        "PULSE_DEMO_PASSWORD": "open sesame",
        "PULSE_DEMO_TRAFFIC": "0.5",
    }
    assert LauncherSettings.from_environ(environ) == LauncherSettings(
        port=9000,
        workers=4,
        instance=tmp_path / "not" / "yet",
        database_url="postgresql://pulse@db.example/pulse",
        redis_url="redis://redis.example/0",
        demo=True,
        demo_password="open sesame",
        demo_traffic=0.5,
    )


def test_demo_is_opt_in_for_external_database():
    external = {"DATABASE_URL": "postgresql://pulse@db.example/pulse"}
    settings = [LauncherSettings.from_environ({**external, **more}) for more in ({}, {"PULSE_DEMO": "1"})]
    assert [(one.demo, one.demo_traffic) for one in settings] == [(False, 0.0), (True, 2.0)]


def test_blank_setting_counts_as_unset():
    assert LauncherSettings.from_environ({"PORT": "", "DATABASE_URL": " "}) == LauncherSettings.from_environ(
        {}
    )


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("PORT", "http", "PORT must be a whole number from 1 to 65535, not 'http'"),
        ("PORT", "65536", "PORT must be a whole number from 1 to 65535, not '65536'"),
        ("PORT", "-1", "PORT must be a whole number from 1 to 65535, not '-1'"),
        ("PORT", "८०००", "PORT must be a whole number from 1 to 65535, not '८०००'"),
        ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY must be a whole number from 1 to 64, not '0'"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL must be a postgresql:// URL"),
        ("REDIS_URL", "localhost", "REDIS_URL must be a redis://, rediss:// or unix:// URL"),
        ("PULSE_DEMO", "yes", "PULSE_DEMO must be 0 or 1, not 'yes'"),
        ("PULSE_DEMO_PASSWORD", "short", "PULSE_DEMO_PASSWORD must be at least 8 characters long"),
        ("PULSE_DEMO_TRAFFIC", "-1", "PULSE_DEMO_TRAFFIC must be events per second from 0 to 1000, not '-1'"),
        ("PULSE_DEMO_TRAFFIC", "nan", "PULSE_DEMO_TRAFFIC must be events per second from 0 to 1000, not 'nan'"),
        ("PULSE_DEMO_TRAFFIC", "fast", "PULSE_DEMO_TRAFFIC must be events per second from 0 to 1000, not 'fast'"),
    ],
)  # fmt: skip
def test_invalid_setting_is_named(name: str, text: str, line: str):
    with pytest.raises(SettingError) as error:
        LauncherSettings.from_environ({name: text})
    assert (str(error.value), error.value.exit_code) == (line, 2)


def test_server_settings_are_validated():
    with pytest.raises(SettingError, match=r"^PULSE_HEARTBEAT_INTERVAL must be"):
        LauncherSettings.from_environ({"PULSE_HEARTBEAT_INTERVAL": "often"})


@pytest.mark.parametrize("path", ["{file}", "{file}/below"])
def test_impossible_directory_is_named(tmp_path: Path, path: str):
    file = tmp_path / "file"
    file.touch()
    wrong = path.format(file=file)
    with pytest.raises(SettingError) as error:
        LauncherSettings.from_environ({"PULSE_INSTANCE_DIR": wrong})
    assert str(error.value).startswith("PULSE_INSTANCE_DIR must be ")
    assert repr(wrong) in str(error.value)


def test_directory_that_cannot_be_created_is_named():
    with pytest.raises(SettingError, match=r"^PULSE_INSTANCE_DIR /proc/pulse cannot be used: "):
        Instance(Path("/proc/pulse")).open()


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
