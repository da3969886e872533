"""The bus between workers: the only speaker of Redis pub/sub.

Each workspace has a channel, followed by the workers that have streams of it; each worker has one of its own. A
message is a line of JSON (what it is) and a body (frames ready to send). The bus may lose messages; whoever
follows must notice (`domain/ordering.py`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

import gevent
from gevent.event import Event
from redis import Redis
from redis.client import Pipeline, PubSub
from redis.exceptions import RedisError

from app.background import signals
from app.background.periodic import keep_running
from app.domain.stats import Stats
from app.logs.repeated_log import RepeatedLog
from app.redis.link import RedisLink, is_refusal, words_of

log = logging.getLogger(__name__)

WORKSPACE_CHANNEL = "workspace:"
WORKER_CHANNEL = "worker:"
EVERYONE_CHANNEL = "everyone"
RECONNECT_AFTER = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Message:
    """What came over the bus: `kind` says what, `head` the details, `body` the frames.

    `workspace_id` is None where it concerns everyone.
    """

    workspace_id: UUID | None
    kind: str
    head: dict[str, Any]
    body: bytes = b""

    def frames(self) -> list[bytes]:
        """The body cut into the frames whose lengths the head lists."""
        view, frames, at = self.body, [], 0
        for size in self.head["sizes"]:
            frames.append(view[at : at + size])
            at += size
        return frames


def events_message(workspace: UUID, epoch: str, first: int, frames: Sequence[bytes]) -> Message:
    """News of events numbered `first`, `first` + 1 …"""
    head = {"epoch": epoch, "first": first, "sizes": [len(frame) for frame in frames]}
    return Message(workspace, "events", head, b"".join(frames))


def head_message(workspace: UUID, epoch: str, seq: int) -> Message:
    """Where the log ends: who has seen less has missed something."""
    return Message(workspace, "head", {"epoch": epoch, "seq": seq})


def stats_message(workspace: UUID, stats: Stats) -> Message:
    """A tick's figures, with the head they describe: who has seen less has missed something."""
    head = {"stats": stats.payload, "epoch": stats.cursor.epoch, "seq": stats.cursor.seq}
    return Message(workspace, "stats", head)


class Bus:
    """One worker's ear on the bus, and its voice. `deliver` is called in the follower's greenlet."""

    def __init__(self, client: Redis, link: RedisLink, worker: str, deliver: Callable[[Message], None]):
        self._client = client
        self._link = link
        self._worker = worker
        self._own_channel = link.name(WORKER_CHANNEL, worker)
        self._everyone = link.name(EVERYONE_CHANNEL)
        self._workspace_prefix = link.name(WORKSPACE_CHANNEL)
        self._deliver = deliver
        self._taps: dict[str, Event] = {}  # by channel; set once Redis has confirmed
        self._taps_changed = False
        self._confirmed: set[str] = set()  # channels confirmed before: a second time means a break in between
        self._gap = False
        self._heard_at = monotonic()
        self._unsent: dict[UUID, Message] = {}  # by workspace: where its log ends
        self._lost_log = RepeatedLog(log)
        self._greenlet: gevent.Greenlet | None = None

    def start(self) -> None:
        """Begin to follow."""
        self._greenlet = gevent.spawn(keep_running, self._follow, job="bus")

    def stop(self) -> None:
        """Stop following."""
        if self._greenlet:
            self._greenlet.kill()

    def tap(self, workspace: UUID, timeout: float) -> bool:
        """Follow a workspace's channel; True once Redis has confirmed it, False if it took too long."""
        channel = f"{self._workspace_prefix}{workspace}"
        if channel not in self._taps:
            self._taps[channel] = Event()
            self._taps_changed = True
        confirmed = self._taps[channel]
        if not confirmed.is_set():
            self.ring()
        if not confirmed.wait(timeout):
            self._confirmed.add(channel)  # what was said until it is confirmed may be missed: a gap
        return confirmed.is_set()

    def untap(self, workspace: UUID) -> None:
        """Follow a workspace's channel no longer, from within a second on."""
        channel = f"{self._workspace_prefix}{workspace}"
        self._taps.pop(channel, None)
        self._confirmed.discard(channel)
        self._taps_changed = True

    def publish(self, message: Message) -> bool:
        """Tell all other workers; False when Redis is away."""
        return bool(self._link.pipeline(lambda pipe: self.publish_into(pipe, message)))

    def publish_into(self, pipe: Pipeline, message: Message) -> None:
        """Queue a message in a pipeline of the caller's."""
        head = {"kind": message.kind, "from": self._worker, **message.head}
        line = json.dumps(head, separators=(",", ":")).encode()
        pipe.publish(f"{self._workspace_prefix}{message.workspace_id}", line + b"\n" + message.body)

    def note_unsent(self, messages: Sequence[Message], answers: Sequence[object] | None) -> None:
        """Remember the news that were not sent, by Redis' answers to them, which come first: see `catch_up`."""
        for number, message in enumerate(messages):
            if answers is None or is_refusal(answers[number]):
                last = message.head["first"] + len(message.head["sizes"]) - 1
                self._unsent[message.workspace_id] = head_message(
                    message.workspace_id, message.head["epoch"], last
                )

    def catch_up(self) -> None:
        """Tell where the logs end whose news were not sent: else other workers learn of them with the next tick.

        They would not poll meanwhile: it was this worker's connection that failed, and theirs may be well.
        """
        unsent = list(self._unsent.values())
        if unsent and self._link.pipeline(lambda pipe: [self.publish_into(pipe, each) for each in unsent]):
            for message in unsent:
                if self._unsent.get(message.workspace_id) is message:  # else more has not been sent since
                    del self._unsent[message.workspace_id]

    def ring(self, *, probe: bool = False) -> None:
        """Send a message to ourselves: it wakes the follower, and its coming back shows that the bus works."""
        # Waking matters since only the follower may touch the subscription's connection, and it sleeps in a read.
        self._link.pipeline(lambda pipe: pipe.publish(self._own_channel, b""), probe=probe)

    def silence(self, now: float) -> float:
        """Seconds since the bus last brought something; `now` is monotonic."""
        return now - self._heard_at

    def take_gap(self) -> bool:
        """Whether the subscription was broken since last asked, so that messages may have been missed."""
        gap, self._gap = self._gap, False
        return gap

    def tell_everyone(self, kind: str, head: dict[str, Any]) -> bool:
        """Tell all other workers something that is not about one workspace; False when Redis is away."""
        line = json.dumps({"kind": kind, "from": self._worker, **head}).encode() + b"\n"
        return self._link.pipeline(lambda pipe: pipe.publish(self._everyone, line)) is not None

    def _follow(self) -> None:
        while True:
            try:
                with self._client.pubsub() as subscription:
                    self._follow_one(subscription)
            except (RedisError, OSError, ValueError) as error:  # ValueError: its socket was closed under it
                self._lost_log.warning(f"bus lost: {words_of(error)}")
            except Exception:
                log.exception("bus lost")  # whatever it is: a worker that follows no more is no use
                signals.job_failed.send(None, job="bus")
            for confirmed in self._taps.values():
                confirmed.clear()
            gevent.sleep(RECONNECT_AFTER)

    def _follow_one(self, subscription: PubSub) -> None:
        subscription.subscribe(self._own_channel, self._everyone)
        followed: dict[str, Event] = {}
        self._taps_changed = True
        while True:
            if self._taps_changed:
                followed = self._match_taps(subscription, followed)
            received = subscription.get_message(timeout=1.0)
            if received is None:
                continue
            self._heard_at = monotonic()
            self._lost_log.over("bus followed again")
            channel = received["channel"].decode()
            if received["type"] == "subscribe":
                self._on_confirmed(channel)
            elif received["type"] == "message" and received["data"]:
                self._receive(channel, received["data"])

    def _on_confirmed(self, channel: str) -> None:
        self._gap = self._gap or channel in self._confirmed
        if channel in self._taps:
            self._confirmed.add(channel)
            self._taps[channel].set()

    def _match_taps(self, subscription: PubSub, followed: dict[str, Event]) -> dict[str, Event]:
        self._taps_changed = False
        wanted = dict(self._taps)
        if joining := wanted.keys() - followed:
            subscription.subscribe(*joining)
        if leaving := followed.keys() - wanted:
            subscription.unsubscribe(*leaving)
        for channel in wanted.keys() & followed:
            # Untapped and tapped again before this was noticed: Redis has nothing to confirm.
            if followed[channel].is_set() and not wanted[channel].is_set():
                self._on_confirmed(channel)
        return wanted

    def _receive(self, channel: str, data: bytes) -> None:
        workspace = channel.removeprefix(self._workspace_prefix) if channel != self._everyone else None
        try:
            line, _, body = data.partition(b"\n")
            head = json.loads(line)
            if head.pop("from") == self._worker:
                return  # delivered here already, without the detour
            self._deliver(Message(workspace and UUID(workspace), head.pop("kind"), head, body))
        except Exception:
            log.exception("a message of the bus could not be delivered")
