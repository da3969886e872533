"""What changed: shares and surprises of parts, which of them words mention, and the sentences, word for word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.change_words import FORGOTTEN, NOTHING_STANDS_OUT, ChangeWords
from app.domain.changes import part_changes
from app.domain.ranking import RankedPart, Ranking, Tally, by_change, rank

SINCE, UNTIL = (datetime.fromisoformat(f"2025-12-06T{clock}:00+00:00") for clock in ("09:00", "11:00"))
SAM = "6b5b4a6e-8a0b-4f3f-9d3e-1f0f6f2f9c11"
TALLIES = st.dictionaries(
    st.text("abc", min_size=1), st.builds(Tally, st.integers(0, 500), st.integers(0, 500)), max_size=8
)


def ranked(parts: dict[str, tuple[int, int]], limit: int = 10) -> Ranking:
    return rank({key: Tally(*tally) for key, tally in parts.items()}, limit, by_change)


def said(compare: str = "previous", zone: str = "UTC", **by: Ranking) -> list[str]:
    words = ChangeWords("messages", SINCE, UNTIL, zone, compare, {SAM: "Sam"})
    total = next(iter(by.values())).total
    return words.sentences(total, {name: part_changes(ranking, total) for name, ranking in by.items()})


def test_share_and_surprise():
    # Half as many in all: 50 of the 100 were to be expected of a, and 10 of the 20 of b.
    parts = {part.key: part for part in part_changes(ranked({"a": (55, 100), "b": (5, 20)}), Tally(60, 120))}
    assert (parts["a"].share, parts["a"].surprise) == (0.75, round(5 / 50**0.5, 2))
    assert (parts["b"].share, parts["b"].surprise) == (0.25, round(-5 / 10**0.5, 2))


def test_part_that_moves_with_the_whole_is_no_surprise():
    parts = part_changes(ranked({"large": (500, 1000), "small": (5, 10)}), Tally(505, 1010))
    assert [(part.key, part.surprise, part.is_surprising) for part in parts] == [
        ("large", 0, False),
        ("small", 0, False),
    ]


def test_new_and_gone_parts_are_marked():
    parts = part_changes(ranked({"new": (9, 0), "gone": (0, 9), "stays": (4, 4)}), Tally(13, 13))
    assert {part.key: (part.mark, part.surprise) for part in parts} == {
        "new": ("new", None),
        "gone": ("gone", -3.0),
        "stays": (None, 0.0),
    }
    assert [part.key for part in parts if part.is_surprising] == ["new", "gone"]


@given(TALLIES, st.integers(1, 4), st.builds(Tally, st.integers(0, 9), st.integers(0, 9)))
def test_parts_add_up_and_are_sorted(tallies, limit, beyond):
    ranking = rank(tallies, limit, by_change)
    total = Tally(ranking.total.count + beyond.count, ranking.total.previous + beyond.previous)
    changes = [part.tally.change for part in part_changes(ranking, total)]
    assert sum(changes) == total.change
    assert [abs(change) for change in changes] == sorted(map(abs, changes), reverse=True)


@given(TALLIES, st.sampled_from(["a-new-one", "a-b"]), st.integers(0, 400))
def test_planted_change_ranks_first(tallies, key, planted):
    """However large the others are: a channel that fell silent while the rest stayed."""
    tallies = {name: Tally(one.previous, one.previous) for name, one in tallies.items()}
    tallies[key] = Tally(0, planted + 1)
    [first, *others] = part_changes(ranking := rank(tallies, 10, by_change), ranking.total)
    assert (first.key, first.mark, first.share) == (key, "gone", 1)
    assert all(part.tally.change == 0 for part in others)


@pytest.mark.parametrize(
    ("compare", "parts", "whole"),
    [
        ("previous", (1254, 1388), "1,254 messages, 134 fewer than just before (1,388; −9.7 %)."),
        ("yesterday", (420, 400), "420 messages, 20 more than a day earlier (400; +5.0 %)."),
        ("lastWeek", (1, 2), "1 message, 1 fewer than a week earlier (2; −50.0 %)."),
        ("previous", (7, 7), "7 messages, as many as just before."),
        ("previous", (7, 0), "7 messages; there were none just before."),
        ("yesterday", (0, 3), "No messages, 3 fewer than a day earlier (3; −100.0 %)."),
        ("yesterday", (0, 0), "No messages, as many as a day earlier."),
    ],
)
def test_words_of_the_whole(compare, parts, whole):
    assert said(compare, type=ranked({"message.sent": parts}))[0] == whole


def test_words_name_what_does_not_move_with_the_whole():
    channels = ranked({"support": (30, 150), "general": (970, 984), "crew": (254, 254)})
    people = ranked({SAM: (480, 614), "noor": (774, 774)})
    assert said(channel=channels, user=people)[1:] == [
        "−134 of −134 goes along with Sam: 480 after 614.",
        "−120 of −134 goes along with #support: 30 after 150.",
    ]


def test_words_say_since_when_there_is_none():
    last = datetime(2025, 12, 6, 9, 40, tzinfo=UTC)
    silent = Ranking([RankedPart("support", Tally(30, 150), last), RankedPart("a", Tally(800, 800))])
    assert said(channel=silent, zone="Europe/Berlin")[1] == (
        "−120 of −120 goes along with #support: 30 after 150, none since 10:40."
    )
    # Of four, one would have been expected since: its absence says nothing.
    assert "since" not in said(channel=Ranking([RankedPart("b", Tally(1, 40), UNTIL), *silent.top[1:]]))[1]


def test_words_of_new_gone_and_opposite_parts():
    channels = ranked({"launch": (60, 0), "general": (90, 100), "old": (0, 20)})
    assert said(channel=channels)[1:] == ["+60 of +30 goes along with #launch, which is new: 60 after none."]
    types = ranked({"message.sent": (100, 140), "task.failed": (20, 0)})
    assert said(type=ranked({"task.failed": (20, 0), "a.b": (100, 100), "b.c": (0, 50)}))[1:] == [
        "−50 of −30 goes along with b.c, which is gone: none after 50."
    ]
    assert said(type=types)[1:] == ["task.failed, which is new went the other way: +20, 20 after none."]


def test_words_where_the_whole_is_the_same():
    hours = ranked({"2025-12-06T09:00:00+01:00": (10, 60), "2025-12-06T10:00:00+01:00": (60, 10)})
    assert said(hour=hours)[1:] == [
        "+50 in the hour of 2025-12-06 10:00: 60 after 10; the whole is the same."
    ]


def test_words_where_nothing_stands_out():
    assert said(channel=ranked({"a": (50, 100), "b": (5, 10)}))[1:] == [NOTHING_STANDS_OUT]


def test_words_claim_nothing_of_what_was_dropped():
    words = ChangeWords("events", SINCE, UNTIL, "UTC", "previous", {})
    total = Tally(100, 100)
    channels = part_changes(ranked({"general": (100, 0)}), total)
    assert [(part.kind, part.mark, part.surprise) for part in channels] == [
        ("key", None, None),
        ("forgotten", None, None),
    ]
    assert words.sentences(total, {"channel": channels})[1:] == [FORGOTTEN]
