"""What a person reads while Pulse starts."""

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


def test_a_step_says_what_it_does_and_then_how_long_it_took(console: Console, out: io.StringIO):
    with console.step("Starting PostgreSQL"):
        assert out.getvalue() == "Starting PostgreSQL … "
        console.add("first start: creating the database")
    line = re.sub(r"\d+\.\d", "N", out.getvalue())
    assert line == "Starting PostgreSQL … first start: creating the database … N s\n"


def test_what_interrupts_a_step_stands_on_a_line_of_its_own(console: Console, out: io.StringIO):
    with console.step("Starting gunicorn"):
        console.say("Valkey ended (SIGKILL); starting it again in 0.5 s")
    console.say("next")
    assert out.getvalue() == (
        "Starting gunicorn … \nValkey ended (SIGKILL); starting it again in 0.5 s\nnext\n"
    )


def test_words_outside_a_step_are_a_line(console: Console, out: io.StringIO):
    console.add("still recovering after a crash, 4 s")
    assert out.getvalue() == "still recovering after a crash, 4 s\n"


def test_a_complaint_names_the_program(console: Console, out: io.StringIO):
    console.complain("PORT is taken")
    assert out.getvalue() == "pulse: PORT is taken\n"


def test_a_terminal_that_has_gone_away_stops_nothing():
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as stream:
        console = Console(out=stream, err=stream)
        console.say("nobody reads this")
        with console.step("Stopping"):
            console.complain("nor this")
