"""The cache of standings: half a second old at the most, one question at a time, and never large."""

import pytest
from scripts import Clock

from app.auth.credential_cache import CredentialCache


class Register:
    """What is looked up: names by key; it counts how often it is asked."""

    def __init__(self, **names: str):
        self.names = names
        self.asked = 0

    def of(self, key: str):
        def look_up() -> str | None:
            self.asked += 1
            return self.names.get(key)

        return look_up


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cache(clock):
    return CredentialCache(clock, capacity=3)


@pytest.fixture
def register():
    return Register(a="Ada", b="Ben", c="Cleo", d="Dan")


def test_it_asks_once_and_then_remembers(cache, register):
    assert [cache.get("a", register.of("a")) for _ in range(3)] == ["Ada"] * 3
    assert register.asked == 1


def test_keys_are_kept_apart(cache, register):
    assert [cache.get(key, register.of(key)) for key in "abab"] == ["Ada", "Ben", "Ada", "Ben"]
    assert register.asked == 2


def test_changes_show_after_ttl(cache, register, clock):
    cache.get("a", register.of("a"))
    register.names["a"] = "Alma"
    clock.now += 0.5
    assert cache.get("a", register.of("a")) == "Alma"


def test_ended_entries_expire(cache, register, clock):
    cache.get("a", register.of("a"))
    del register.names["a"]
    clock.now += 0.5
    assert cache.get("a", register.of("a")) is None
    assert len(cache) == 0


def test_misses_are_not_cached(cache, register):
    assert cache.get("new", register.of("new")) is None
    register.names["new"] = "Nora"
    assert cache.get("new", register.of("new")) == "Nora"


def test_an_answer_ages_from_the_question(cache, register, clock):
    def slowly() -> str | None:
        answer = register.names.get("a")
        clock.now += 0.4
        return answer

    assert cache.get("a", slowly) == "Ada"
    del register.names["a"]
    clock.now += 0.1
    assert cache.get("a", register.of("a")) is None


def test_one_caller_refreshes_early(cache, register, clock):
    cache.get("a", register.of("a"))
    clock.now += 0.25
    others = []

    def while_it_is_asked_again() -> str:
        others.extend(cache.get("a", register.of("a")) for _ in range(3))
        return "Alma"

    assert cache.get("a", while_it_is_asked_again) == "Alma"
    assert (others, register.asked) == (["Ada"] * 3, 1)
    assert cache.get("a", register.of("a")) == "Alma"


def test_stale_entries_expire_during_refresh(cache, register, clock):
    cache.get("a", register.of("a"))
    clock.now += 0.25
    others = []

    def endlessly() -> str:
        del register.names["a"]
        clock.now += 0.25
        others.append(cache.get("a", register.of("a")))
        return "Ada"

    cache.get("a", endlessly)
    assert others == [None]


def test_steady_use_asks_four_times_a_second(cache, register, clock):
    for _ in range(1_024):
        cache.get("a", register.of("a"))
        clock.now += 1 / 256
    assert register.asked == 16


def test_a_failed_question_keeps_nothing_alive(cache, register, clock):
    cache.get("a", register.of("a"))
    clock.now += 0.25

    def fail():
        raise ConnectionError

    with pytest.raises(ConnectionError):
        cache.get("a", fail)
    assert cache.get("a", register.of("a")) == "Ada"
    assert register.asked == 1
    clock.now += 0.25
    with pytest.raises(ConnectionError):
        cache.get("a", fail)


def test_the_least_recently_used_makes_room(cache, register):
    for key in "abc":
        cache.get(key, register.of(key))
    cache.get("a", register.of("a"))
    cache.get("d", register.of("d"))
    assert (len(cache), register.asked) == (3, 4)
    for key in "acd":
        cache.get(key, register.of(key))
    assert register.asked == 4
    cache.get("b", register.of("b"))
    assert register.asked == 5
