"""The cards of a dashboard: built-in figures and the workspace's own, in the order that a member has chosen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.domain.custom_metric import MAX_METRICS, PREFIX
from app.domain.stats import CUSTOM
from app.insights.custom import store
from app.models import Dashboard

# Metric, label, and over which stretch of time it is.
BUILT_IN = (
    ("activeUsers", "Active users", "since midnight"),
    ("onlineUsers", "Online now", "in the last 5 minutes"),
    ("activeSessions", "Sessions", "in the last 30 minutes"),
    ("messagesToday", "Messages today", "since midnight"),
    ("messagesLastHour", "Last hour", "messages in 60 minutes"),
    ("activeChannels", "Channels", "active in the last hour"),
    ("activeOrchestrators", "Orchestrators", "online or busy"),
    ("tasksInProgress", "Tasks", "to do or in progress"),
)
MAX_CARDS = len(BUILT_IN) + MAX_METRICS
WINDOWS = {
    "5m": "in the last 5 minutes",
    "1h": "in the last hour",
    "today": "since midnight",
    "24h": "in the last 24 hours",
    "7d": "in the last 7 days",
}
SHORTENED_FROM = 1_000_000


class Card(NamedTuple):
    """What a card says before its figure is known."""

    metric: str
    label: str
    hint: str


class Cards(NamedTuple):
    """`shown` in their order, and the `others` there are; `is_own_choice`: not the default ones."""

    shown: list[Card]
    others: list[Card]
    is_own_choice: bool


def cards_of(connection: Connection, workspace: UUID, user: UUID) -> Cards:
    """A member's cards: what they chose, as far as it still exists, or everything there is."""
    cards = available(connection, workspace)
    chosen = connection.execute(select(Dashboard.cards).where(_is(workspace, user))).scalar_one_or_none()
    shown = [cards[name] for name in chosen or () if name in cards]
    if not shown:
        return Cards(list(cards.values()), [], False)
    return Cards(shown, [card for card in cards.values() if card not in shown], True)


def available(connection: Connection, workspace: UUID) -> dict[str, Card]:
    """Every card that the workspace has, by metric."""
    own = (_card(entry) for entry in store.entries(connection, workspace))
    return {card.metric: card for card in (*(Card(*known) for known in BUILT_IN), *own)}


def store_choice(connection: Connection, workspace: UUID, user: UUID, metrics: Iterable[str]) -> None:
    """Store the metrics that a member wants to see, in their order."""
    values = {"workspace_id": workspace, "user_id": user, "cards": list(metrics)}
    query = insert(Dashboard).values(values)
    connection.execute(
        query.on_conflict_do_update(
            index_elements=["workspace_id", "user_id"], set_={"cards": values["cards"]}
        )
    )


def delete_choice(connection: Connection, workspace: UUID, user: UUID) -> None:
    """Delete a member's choice, so that they see the default cards."""
    connection.execute(delete(Dashboard).where(_is(workspace, user)))


def figure(payload: dict[str, Any], metric: str) -> str:
    """A metric's figure as a card shows it until a script writes it the reader's way; a dash if not known."""
    own = metric.startswith(PREFIX)
    value = payload.get(CUSTOM, {}).get(metric.removeprefix(PREFIX)) if own else payload.get(metric)
    return "–" if value is None else _compact(value)


def _compact(value: float) -> str:
    # As static/js/ui/number-format.js rounds it: eight characters fit a card.
    size = abs(value)
    rounded = round(value, 0 if size >= 10_000 else 1 if size >= 1_000 else 3)
    if abs(rounded) >= SHORTENED_FROM:
        return f"{rounded / SHORTENED_FROM:,.1f}M"
    return f"{rounded:,}".removesuffix(".0")


def _card(entry: dict[str, Any]) -> Card:
    hint = " ".join(filter(None, (entry["unit"], WINDOWS[entry["window"]])))
    return Card(f"{PREFIX}{entry['name']}", entry["title"] or entry["name"], hint)


def _is(workspace: UUID, user: UUID) -> ColumnElement[bool]:
    return (Dashboard.workspace_id == workspace) & (Dashboard.user_id == user)
