"""Password hashes: made and checked beside the loop, and as slow for nobody as for somebody."""

import gevent
import pytest
from argon2 import PasswordHasher, extract_parameters

from app.auth import passwords


def test_only_the_password_matches():
    stored = passwords.make_hash("correct horse")
    assert passwords.matches(stored, "correct horse")
    assert not passwords.matches(stored, "correct horse ")
    assert not passwords.matches(stored, "")


def test_hashes_are_salted():
    assert passwords.make_hash("correct horse") != passwords.make_hash("correct horse")


def test_unknown_user_costs_the_same():
    stored = passwords.make_hash("correct horse")
    assert extract_parameters(passwords.NO_PASSWORD) == extract_parameters(stored)
    assert not passwords.matches(None, "correct horse")


@pytest.mark.parametrize("stored", ["!", "plain text", "$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA"])
def test_a_damaged_hash_matches_nothing(stored):
    assert not passwords.matches(stored, "plain text")


@pytest.mark.parametrize("password", ["\0", "\ud800", "é" * 1_024, "密码"])
def test_any_text_can_be_a_password(password):
    assert passwords.matches(passwords.make_hash(password), password)


def test_old_parameters_are_outdated():
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("correct horse")
    assert passwords.matches(weak, "correct horse")
    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.make_hash("correct horse"))


@pytest.mark.parametrize("work", [lambda: passwords.make_hash("x"), lambda: passwords.matches(None, "x")])
def test_hashing_does_not_block_the_loop(work):
    order = []
    other = gevent.spawn(order.append, "the loop")
    work()
    order.append("the hash")
    other.join()
    assert order == ["the loop", "the hash"]
