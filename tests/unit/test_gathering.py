"""What is asked at the same time is answered together; an error ends its round alone."""

import gevent
import pytest
from gevent.event import Event

from app.background.coalescing import MOST, Gathering


class Rounds:
    """Doubles numbers, refuses negative ones, and remembers what came in which round; `open` lets rounds end."""

    def __init__(self) -> None:
        self.open = Event()
        self.seen: list[list[int]] = []

    def answer_all(self, numbers):
        self.seen.append(list(numbers))
        self.open.wait(5)
        if min(numbers) < 0:
            raise ValueError(min(numbers))
        return [2 * number for number in numbers]


@pytest.fixture
def rounds() -> Rounds:
    return Rounds()


@pytest.fixture
def gathering(rounds: Rounds) -> Gathering[int, int]:
    return Gathering(rounds.answer_all)


def asked(gathering: Gathering[int, int], numbers) -> list[gevent.Greenlet]:
    asking = [gevent.spawn(gathering.ask, number) for number in numbers]
    gevent.sleep(0)
    gevent.sleep(0)
    return asking


def test_who_asks_alone_gets_an_answer(gathering, rounds):
    rounds.open.set()
    assert [gathering.ask(1), gathering.ask(2)] == [2, 4]
    assert rounds.seen == [[1], [2]]


def test_question_during_a_round_waits_for_the_next(gathering, rounds):
    asking = asked(gathering, [1]) + asked(gathering, [2, 3, 4])
    rounds.open.set()
    assert [greenlet.get(timeout=5) for greenlet in asking] == [2, 4, 6, 8]
    assert rounds.seen == [[1], [2, 3, 4]]


def test_an_error_is_told_to_its_round_alone(gathering, rounds):
    asking = asked(gathering, [1]) + asked(gathering, [2, -3])
    rounds.open.set()
    assert asking[0].get(timeout=5) == 2
    for greenlet in asking[1:]:
        with pytest.raises(ValueError, match="-3"):
            greenlet.get(timeout=5)
    assert gathering.ask(5) == 10


def test_a_round_has_its_limit(gathering, rounds):
    asking = asked(gathering, [1]) + asked(gathering, range(MOST + 1))
    rounds.open.set()
    gevent.joinall(asking, timeout=5)
    assert [len(numbers) for numbers in rounds.seen] == [1, MOST, 1]
