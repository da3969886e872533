"""The demo's story: believable, valid by the catalogue, the same for the same seed, and of bounded size."""

from collections import Counter, defaultdict
from random import Random

import pytest

from app.domain import catalogue
from demo.event import Happening
from demo.generator import Scene, pause
from demo.sample_data import PEOPLE

PRESENT = list(PEOPLE[:3])
RATE = 2.0


def story(seed: int, length: int, people=PRESENT, tasks=None) -> list[tuple[float, Happening]]:
    rng, now, told = Random(seed), 0.0, []
    scene = Scene(rng, people, tasks)
    for _ in range(length):
        told.append((now, scene.next(now)))
        now += pause(rng, RATE, now)
    return told


@pytest.fixture(scope="module")
def told() -> list[tuple[float, Happening]]:
    """Three hours in acme."""
    return story(seed=1, length=20_000)


def test_the_same_seed_tells_the_same_story():
    assert story(7, 500) == story(7, 500)
    assert story(7, 500) != story(8, 500)


def test_every_event_is_valid_even_in_a_strict_workspace(told):
    faults = [catalogue.faults(one.event_type, one.event_data, strict=True) for _, one in told]
    assert [fault for fault in faults if fault] == []


def test_the_whole_catalogue_is_played(told):
    assert {one.event_type for _, one in told} == set(catalogue.CATALOGUE)


def test_messages_make_up_about_a_quarter(told):
    kinds = Counter(one.event_type for _, one in told)
    assert 0.2 < kinds["message.sent"] / len(told) < 0.4


def test_only_people_who_are_there_act(told):
    assert {one.who for _, one in told} == set(PRESENT)
    assert {one.who for _, one in story(3, 300, people=["mika@acme.test"])} == {"mika@acme.test"}


def test_every_event_and_message_has_an_id_of_its_own(told):
    events = [one.event_id for _, one in told]
    messages = [one.event_data["messageId"] for _, one in told if one.event_type == "message.sent"]
    assert (len(set(events)), len(set(messages))) == (len(events), len(messages))


def test_a_session_is_one_person_s_from_sign_in_to_sign_out(told):
    open_sessions: dict[str, str] = {}
    for _, one in told:
        if one.event_type == "user.login":
            assert one.who not in open_sessions
            open_sessions[one.who] = one.session_id
        elif one.session_id is not None:
            assert open_sessions[one.who] == one.session_id
        if one.event_type == "user.logout":
            del open_sessions[one.who]


def test_people_change_their_own_messages_and_react_to_those_of_others(told):
    authors = {}
    for _, one in told:
        message = one.event_data.get("messageId")
        if one.event_type == "message.sent":
            authors[message] = one.who
        elif one.event_type in ("message.edited", "message.deleted"):
            assert authors[message] == one.who
        elif one.event_type in ("reaction.added", "message.received", "thread.created"):
            assert authors[message] != one.who
        if one.event_type == "message.deleted":
            del authors[message]  # nothing may refer to it any more


def test_nothing_is_said_in_a_channel_after_it_was_archived(told):
    archived = set()
    for _, one in told:
        channel = one.event_data.get("channelId")
        if one.event_type == "channel.created":
            archived.discard(channel)
        elif one.event_type == "channel.archived":
            archived.add(channel)
        elif one.event_type in ("message.sent", "message.edited", "reaction.added", "channel.joined"):
            assert channel not in archived


def test_a_task_is_created_then_started_then_ended_once(told):
    steps = defaultdict(list)
    for _, one in told:
        if one.event_type.startswith("task."):
            steps[one.event_data["taskId"]].append(one.event_type.removeprefix("task."))
    ended = [course for course in steps.values() if len(course) == 3]
    assert all(
        ["created", "started", "completed"][: len(course)] == course
        for course in steps.values()
        if course[-1] not in ("failed", "cancelled")
    )
    assert {course[2] for course in ended} == {"completed", "failed", "cancelled"}
    assert max(map(len, steps.values())) == 3


def test_no_orchestrator_that_is_there_is_silent_for_ten_minutes(told):
    spoke = {}
    for now, one in told:
        if one.event_type.startswith("orchestrator."):
            who = one.event_data["orchestratorId"]
            assert who not in spoke or now - spoke[who] < 600
            spoke[who] = now
            if one.event_type == "orchestrator.offline":
                del spoke[who]


def test_open_tasks_are_few_and_the_next_run_ends_those_of_the_last():
    rng = Random(5)
    scene = Scene(rng, PRESENT)
    for step in range(5_000):
        scene.next(step / RATE)
        assert len(scene.open_tasks) <= 10
    left = scene.open_tasks
    assert left
    ends = {
        one.event_data["taskId"]
        for _, one in story(6, 5_000, tasks=left)
        if one.event_type in ("task.completed", "task.failed", "task.cancelled")
    }
    assert set(left) <= ends


def test_the_rate_ebbs_and_flows_about_the_wanted_one(told):
    last, _ = told[-1]
    assert len(told) / last == pytest.approx(RATE, rel=0.1)
    assert sum(pause(Random(seed), 5.0, 22.5) for seed in range(400)) < sum(
        pause(Random(seed), 5.0, 67.5) for seed in range(400)
    )
