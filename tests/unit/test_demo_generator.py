"""The demo's event generator and its state file: valid, consistent, deterministic by seed, bounded."""

from collections import Counter, defaultdict
from pathlib import Path
from random import Random

import pytest

from app.domain import catalogue
from demo.event import DemoEvent
from demo.generator import EventGenerator, delay_until_next
from demo.sample_data import PEOPLE
from demo.state_file import StateFile

PRESENT = list(PEOPLE[:3])
RATE = 2.0


def generate(seed: int, length: int, people=PRESENT, tasks=None) -> list[tuple[float, DemoEvent]]:
    rng, now, generated = Random(seed), 0.0, []
    generator = EventGenerator(rng, people, tasks)
    for _ in range(length):
        generated.append((now, generator.next(now)))
        now += delay_until_next(rng, RATE, now)
    return generated


@pytest.fixture(scope="module")
def events() -> list[tuple[float, DemoEvent]]:
    """Three hours in acme."""
    return generate(seed=1, length=20_000)


def test_the_same_seed_tells_the_same_generate():
    assert generate(7, 500) == generate(7, 500)
    assert generate(7, 500) != generate(8, 500)


def test_events_are_valid_in_strict_mode(events):
    faults = [catalogue.faults(one.event_type, one.event_data, strict=True) for _, one in events]
    assert [fault for fault in faults if fault] == []


def test_every_catalogue_type_occurs(events):
    assert {one.event_type for _, one in events} == set(catalogue.CATALOGUE)


def test_share_of_messages(events):
    kinds = Counter(one.event_type for _, one in events)
    assert 0.2 < kinds["message.sent"] / len(events) < 0.4


def test_only_given_people_act(events):
    assert {one.email for _, one in events} == set(PRESENT)
    assert {one.email for _, one in generate(3, 300, people=["mika@acme.test"])} == {"mika@acme.test"}


def test_ids_are_unique(events):
    ids = [one.event_id for _, one in events]
    messages = [one.event_data["messageId"] for _, one in events if one.event_type == "message.sent"]
    assert (len(set(ids)), len(set(messages))) == (len(ids), len(messages))


def test_session_belongs_to_one_person(events):
    open_sessions: dict[str, str] = {}
    for _, one in events:
        if one.event_type == "user.login":
            assert one.email not in open_sessions
            open_sessions[one.email] = one.session_id
        elif one.session_id is not None:
            assert open_sessions[one.email] == one.session_id
        if one.event_type == "user.logout":
            del open_sessions[one.email]


def test_own_messages_are_edited_and_others_reacted_to(events):
    authors = {}
    for _, one in events:
        message = one.event_data.get("messageId")
        if one.event_type == "message.sent":
            authors[message] = one.email
        elif one.event_type in ("message.edited", "message.deleted"):
            assert authors[message] == one.email
        elif one.event_type in ("reaction.added", "message.received", "thread.created"):
            assert authors[message] != one.email
        if one.event_type == "message.deleted":
            del authors[message]  # nothing may refer to it any more


def test_archived_channel_is_silent(events):
    archived = set()
    for _, one in events:
        channel = one.event_data.get("channelId")
        if one.event_type == "channel.created":
            archived.discard(channel)
        elif one.event_type == "channel.archived":
            archived.add(channel)
        elif one.event_type in ("message.sent", "message.edited", "reaction.added", "channel.joined"):
            assert channel not in archived


def test_task_lifecycle(events):
    steps = defaultdict(list)
    for _, one in events:
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


def test_orchestrators_stay_below_the_offline_timeout(events):
    spoke = {}
    for now, one in events:
        if one.event_type.startswith("orchestrator."):
            who = one.event_data["orchestratorId"]
            assert who not in spoke or now - spoke[who] < 600
            spoke[who] = now
            if one.event_type == "orchestrator.offline":
                del spoke[who]


def test_next_run_ends_open_tasks():
    rng = Random(5)
    generator = EventGenerator(rng, PRESENT)
    for step in range(5_000):
        generator.next(step / RATE)
        assert len(generator.open_tasks) <= 10
    left = generator.open_tasks
    assert left
    ends = {
        one.event_data["taskId"]
        for _, one in generate(6, 5_000, tasks=left)
        if one.event_type in ("task.completed", "task.failed", "task.cancelled")
    }
    assert set(left) <= ends


def test_rate_varies_around_the_mean(events):
    last, _ = events[-1]
    assert len(events) / last == pytest.approx(RATE, rel=0.1)
    assert sum(delay_until_next(Random(seed), 5.0, 22.5) for seed in range(400)) < sum(
        delay_until_next(Random(seed), 5.0, 67.5) for seed in range(400)
    )


def test_tasks_are_read_back(tmp_path: Path):
    StateFile(tmp_path / "state").write({"task-1": "Tidy the backlog"})
    assert StateFile(tmp_path / "state").read() == {"task-1": "Tidy the backlog"}


def test_write_replaces_the_file(tmp_path: Path):
    state = StateFile(tmp_path / "state")
    for tasks in ({"task-1": "a", "task-2": "b"}, {"task-2": "b"}):
        state.write(tasks)
    assert StateFile(tmp_path / "state").read() == {"task-2": "b"}
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"open_tasks": 3}', '{"open_tasks": {"t": 3}}'])
def test_missing_or_invalid_file_is_empty(tmp_path: Path, text: str | None):
    if text is not None:
        (tmp_path / "state").write_text(text)
    assert StateFile(tmp_path / "state").read() == {}
