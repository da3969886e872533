"""The bus between workers, over Redis pub/sub: the only module that publishes and subscribes.

Each workspace has a channel, to which the workers with streams of it subscribe; each worker has one of its own.
Pub/sub may lose, repeat or reorder messages; the subscriber must notice (`domain/ordering.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from time import monotonic
from uuid import UUID

import gevent
from gevent.event import Event
from redis import Redis
from redis.client import Pipeline, PubSub
from redis.exceptions import RedisError

from app.background.job import report_failure, supervise
from app.logs.repeated_log import RepeatedLog
from app.redis.bus_messages import (
    BusMessage,
    EventsAppended,
    HeadMoved,
    Revoked,
    decode,
    encode,
)
from app.redis.link import RedisLink, error_text, is_refusal

log = logging.getLogger(__name__)

WORKSPACE_CHANNEL = "workspace:"
WORKER_CHANNEL = "worker:"
EVERYONE_CHANNEL = "everyone"
RECONNECT_AFTER = 0.5  # seconds


class Bus:
    """One worker's publisher and subscriber. `deliver` is called with each message of another worker.

    It is called in the subscriber's greenlet, so it must not wait.
    """

    def __init__(self, client: Redis, link: RedisLink, worker: str, deliver: Callable[[BusMessage], None]):
        self._client = client
        self._link = link
        self._worker = worker
        self._own_channel = link.name(WORKER_CHANNEL, worker)
        self._everyone = link.name(EVERYONE_CHANNEL)
        self._workspace_prefix = link.name(WORKSPACE_CHANNEL)
        self._deliver = deliver
        self._wanted: dict[str, Event] = {}  # channels to be subscribed to; set once Redis has confirmed
        self._wanted_changed = False
        self._confirmed: set[str] = set()  # channels confirmed before: a second time means a break in between
        self._missed = False
        self._received_at = monotonic()
        self._unsent: dict[UUID, HeadMoved] = {}  # by workspace: where its log ends
        self._lost_log = RepeatedLog(log)
        self._greenlet: gevent.Greenlet[..., None] | None = None

    def start(self) -> None:
        """Start the subscriber."""
        self._greenlet = gevent.spawn(supervise, self._subscribe_forever, job="bus")

    def stop(self) -> None:
        """Stop the subscriber."""
        if self._greenlet:
            self._greenlet.kill()

    def subscribe(self, workspace: UUID, timeout: float) -> bool:
        """Subscribe to a workspace's channel; whether Redis confirmed it within `timeout` seconds."""
        channel = f"{self._workspace_prefix}{workspace}"
        if channel not in self._wanted:
            self._wanted[channel] = Event()
            self._wanted_changed = True
        confirmed = self._wanted[channel]
        if not confirmed.is_set():
            self.ping()
        if not confirmed.wait(timeout):
            self._confirmed.add(
                channel
            )  # its confirmation will count as a second one: messages may be missed
        return confirmed.is_set()

    def unsubscribe(self, workspace: UUID) -> None:
        """Leave a workspace's channel, within a second."""
        channel = f"{self._workspace_prefix}{workspace}"
        self._wanted.pop(channel, None)
        self._confirmed.discard(channel)
        self._wanted_changed = True

    def publish(self, message: BusMessage) -> bool:
        """Send a message to all other workers; False while Redis is away."""
        return self._link.pipeline(lambda pipe: self.publish_into(pipe, message)) is not None

    def publish_into(self, pipe: Pipeline, message: BusMessage) -> None:
        """Queue a message in the caller's pipeline."""
        everyone = isinstance(message, Revoked)
        channel = self._everyone if everyone else f"{self._workspace_prefix}{message.workspace_id}"
        pipe.publish(channel, encode(message, self._worker))

    def publish_all_into(self, pipe: Pipeline, messages: Iterable[BusMessage]) -> None:
        """Queue messages in the caller's pipeline, one command each."""
        for message in messages:
            self.publish_into(pipe, message)

    def note_unsent(self, messages: Sequence[EventsAppended], answers: Sequence[object] | None) -> None:
        """Remember the messages that were not sent: see `publish_unsent`.

        `answers` are Redis' answers, those to the messages first; None if Redis is away.
        """
        for number, message in enumerate(messages):
            if answers is None or is_refusal(answers[number]):
                self._unsent[message.workspace_id] = HeadMoved(
                    message.workspace_id, message.epoch, message.last
                )

    def publish_unsent(self) -> None:
        """Publish where the logs end of which messages were not sent; else other workers miss them until a tick.

        They would not poll meanwhile: it was this worker's connection that failed, and theirs may be well.
        """
        unsent = list(self._unsent.values())
        if unsent and self._link.pipeline(lambda pipe: self.publish_all_into(pipe, unsent)):
            for head in unsent:
                if self._unsent.get(head.workspace_id) is head:  # else more has not been sent since
                    del self._unsent[head.workspace_id]

    def ping(self, *, probe: bool = False) -> None:
        """Publish on this worker's own channel: it wakes the subscriber, and proves that the bus works."""
        # It must be woken: only its greenlet may touch the subscription's connection, and it sleeps in a read.
        self._link.pipeline(lambda pipe: pipe.publish(self._own_channel, b""), probe=probe)

    def idle_seconds(self, now: float) -> float:
        """Seconds since anything was received; `now` is monotonic."""
        return now - self._received_at

    def pop_missed_flag(self) -> bool:
        """Whether messages may have been missed since the last call, because the subscription was broken."""
        missed, self._missed = self._missed, False
        return missed

    def _subscribe_forever(self) -> None:
        while True:
            try:
                with self._client.pubsub() as subscription:  # type: ignore[no-untyped-call]  # redis-py types it not
                    self._receive_forever(subscription)
            except (RedisError, OSError, ValueError) as error:  # ValueError: its socket was closed under it
                self._lost_log.warning(f"bus lost: {error_text(error)}")
            except Exception as error:  # whatever it is: a worker without its subscription is of no use
                report_failure(error, job="bus")
            for confirmed in self._wanted.values():
                confirmed.clear()
            gevent.sleep(RECONNECT_AFTER)

    def _receive_forever(self, subscription: PubSub) -> None:
        subscription.subscribe(self._own_channel, self._everyone)
        subscribed: dict[str, Event] = {}
        self._wanted_changed = True
        while True:
            if self._wanted_changed:
                subscribed = self._update_channels(subscription, subscribed)
            received = subscription.get_message(timeout=1.0)
            if received is None:
                continue
            self._received_at = monotonic()
            self._lost_log.over("bus followed again")
            channel = received["channel"].decode()
            if received["type"] == "subscribe":
                self._on_confirmed(channel)
            elif received["type"] == "message" and received["data"]:
                self._receive(channel, received["data"])

    def _on_confirmed(self, channel: str) -> None:
        self._missed = self._missed or channel in self._confirmed
        if channel in self._wanted:
            self._confirmed.add(channel)
            self._wanted[channel].set()

    def _update_channels(self, subscription: PubSub, subscribed: dict[str, Event]) -> dict[str, Event]:
        self._wanted_changed = False
        wanted = dict(self._wanted)
        if joining := wanted.keys() - subscribed:
            subscription.subscribe(*joining)
        if leaving := subscribed.keys() - wanted:
            subscription.unsubscribe(*leaving)  # type: ignore[no-untyped-call]  # redis-py types it not
        for channel in wanted.keys() & subscribed:
            # Left and joined again before this was noticed: Redis has nothing to confirm.
            if subscribed[channel].is_set() and not wanted[channel].is_set():
                self._on_confirmed(channel)
        return wanted

    def _receive(self, channel: str, data: bytes) -> None:
        try:
            is_general = channel == self._everyone
            workspace = None if is_general else UUID(channel.removeprefix(self._workspace_prefix))
            if message := decode(data, workspace, self._worker):
                self._deliver(message)
        except Exception:
            log.exception("a message of the bus could not be delivered")
