"""The environment file is read as systemd reads it, not as a shell does."""

import subprocess
import sys

import pytest

from launcher.env_file import parse
from launcher.service_command import with_file

# As systemd.exec(5) has it: comments, blanks, quotes that may be joined, escapes, lines that go on.
GRAMMAR = [
    ("A=10/minute;60/hour", "10/minute;60/hour"),
    (
        "A=postgresql://h/d?sslmode=require&application_name=x",
        "postgresql://h/d?sslmode=require&application_name=x",
    ),
    ("A=pa$$word `id` #no comment", "pa$$word `id` #no comment"),
    ("  A =  two words \t", "two words"),
    ("A=", ""),
    ('A="quoted ; \\" \\$ \\n"', 'quoted ; " $ \\n'),
    ("A='single \\ \" '", 'single \\ " '),
    ("A='one' \"two\" three ", "onetwothree"),
    ('A=it\'s "fine"', 'it\'s "fine"'),
    ("A=one \\\n  two", "one   two"),
    ('A="over\ntwo lines"', "over\ntwo lines"),
    ("A=back\\\\slash\\;", "back\\slash;"),
    ("A=first\nA=second", "second"),
    ("# A=comment\n; A=another\n\nA=set\r\n", "set"),
]


@pytest.mark.parametrize(("text", "value"), GRAMMAR)
def test_systemd_grammar(text, value):
    assert parse(text) == {"A": value}


@pytest.mark.parametrize("line", ["export B=1", "just words", "=1", "2B=1"])
def test_line_without_assignment_is_named(line):
    with pytest.raises(ValueError, match="line 2 is no NAME=value"):
        parse(f"A=1\n{line}\n")


def test_file_replaces_settings_of_the_shell(tmp_path, capsys):
    file = tmp_path / "pulse.env"
    file.write_text("DATABASE_URL=postgresql:///service\n")
    shell = {
        "DATABASE_URL": "postgresql:///mine",
        "PULSE_LOG_LEVEL": "DEBUG",
        "PULSE_PASSWORD": "x",
        "PATH": "/bin",
    }
    assert with_file(shell, file) == {
        "DATABASE_URL": "postgresql:///service",
        "PULSE_PASSWORD": "x",
        "PATH": "/bin",
    }
    assert "DATABASE_URL, PULSE_LOG_LEVEL of this shell is not used" in capsys.readouterr().err


def test_command_runs_with_the_file(root, tmp_path):
    file = tmp_path / "pulse.env"
    file.write_text("PULSE_SECRET_KEY=short\nDATABASE_URL=postgresql:///x\nREDIS_URL=redis://h\n")
    done = _run(root, "--env-file", str(file), "doctor")
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert done.stderr.startswith("Error: PULSE_SECRET_KEY must be at least 32")


def test_serve_checks_what_gunicorn_reads(root):
    done = _run(root, "serve", WEB_CONCURRENCY="two")
    assert (done.returncode, done.stderr) == (
        3,
        "Error: WEB_CONCURRENCY must be a whole number from 1 to 512, not 'two'\n",
    )


def _run(root, *arguments, **environ):
    code = "import sys; from launcher.service_command import main; main(sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )
