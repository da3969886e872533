"""Console output of the launcher."""

import io
import os
import re

import pytest

from launcher.console import Console


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(out: io.StringIO) -> Console:
    return Console(out=out, err=out)


def test_step_shows_text_then_duration(console: Console, out: io.StringIO):
    with console.step("Starting PostgreSQL"):
        assert out.getvalue() == "Starting PostgreSQL … "
        console.detail("first start: creating the database")
    line = re.sub(r"\d+\.\d", "N", out.getvalue())
    assert line == "Starting PostgreSQL … first start: creating the database … N s\n"


def test_line_ends_an_unfinished_step(console: Console, out: io.StringIO):
    with console.step("Starting gunicorn"):
        console.line("Valkey ended (SIGKILL); starting it again in 0.5 s")
    console.line("next")
    assert out.getvalue() == (
        "Starting gunicorn … \nValkey ended (SIGKILL); starting it again in 0.5 s\nnext\n"
    )


def test_detail_without_step_is_a_line(console: Console, out: io.StringIO):
    console.detail("still recovering after a crash, 4 s")
    assert out.getvalue() == "still recovering after a crash, 4 s\n"


def test_error_names_the_program(console: Console, out: io.StringIO):
    console.error("PORT is taken")
    assert out.getvalue() == "pulse: PORT is taken\n"


def test_closed_terminal_is_ignored():
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as stream:
        console = Console(out=stream, err=stream)
        console.line("lost")
        with console.step("Stopping"):
            console.error("lost too")
