"""Simulated people: they sign in, write messages, share files, call each other, search, and sign out. Pure."""

from collections import deque
from dataclasses import dataclass
from random import Random
from typing import Any

from demo import sample_data
from demo.event import DemoEvent, new_id

Action = tuple[str, dict[str, Any]]


@dataclass(slots=True)
class Person:
    """A user of the demo, signed out while `session` is None."""

    email: str
    session: str | None = None
    leaves_at: float = 0.0
    channel: str = "general"


@dataclass(frozen=True, slots=True)
class Message:
    """A message that may still get reactions, be edited or deleted."""

    id: str
    channel: str
    author: str

    @property
    def data(self) -> dict[str, Any]:
        return {"messageId": self.id, "channelId": self.channel}


@dataclass(slots=True)
class Call:
    """The call in progress."""

    id: str
    channel: str
    started_at: float
    members: set[str]


class People:
    """State of bounded size: sessions, the last messages and files, one call, one project channel."""

    def __init__(self, rng: Random, people: list[str]):
        self._rng = rng
        self._people = [Person(email) for email in people]
        self._messages: deque[Message] = deque(maxlen=60)
        self._files: deque[dict[str, Any]] = deque(maxlen=20)
        self._call: Call | None = None
        self._project: str | None = None
        self._project_members: set[str] = set()
        self._action_weights = {
            self._send: 44,
            self._receive: 9,
            self._react: 13,
            self._search: 6,
            self._edit: 5,
            self._be_active: 4,
            self._open_file: 4,
            self._share_file: 3,
            self._start_thread: 3,
            self._call_someone: 3,
            self._use_project_channel: 3,
            self._delete: 2,
        }

    def next(self, now: float) -> DemoEvent:
        """The next event of a random person, who signs in first and signs out after 8 to 35 minutes."""
        person = self._rng.choice(self._people)
        if person.session is None:
            person.session = new_id(self._rng, "session")
            person.leaves_at = now + self._rng.uniform(8, 35) * 60
            return self._event(person, "user.login", {})
        if now >= person.leaves_at:
            event = self._event(person, "user.logout", {})
            person.session = None
            return event
        if self._rng.random() < 0.25:
            person.channel = self._random_channel()
        (action,) = self._rng.choices(list(self._action_weights), list(self._action_weights.values()))
        return self._event(person, *action(person, now))

    def _event(self, person: Person, event_type: str, data: dict[str, Any]) -> DemoEvent:
        return DemoEvent(person.email, event_type, data, person.session, new_id(self._rng, "demo"))

    def _random_channel(self) -> str:
        channels = dict(sample_data.CHANNELS)
        if self._project:
            channels[self._project] = 6
        return self._rng.choices(list(channels), list(channels.values()))[0]

    def _send(self, person: Person, now: float) -> Action:
        message = Message(new_id(self._rng, "msg"), person.channel, person.email)
        self._messages.append(message)
        return "message.sent", message.data

    def _receive(self, person: Person, now: float) -> Action:
        message = self._recent_message(person, own=False)
        return ("message.received", message.data) if message else self._send(person, now)

    def _react(self, person: Person, now: float) -> Action:
        message = self._recent_message(person, own=False)
        if not message:
            return self._send(person, now)
        return "reaction.added", {**message.data, "emoji": self._rng.choice(sample_data.EMOJI)}

    def _edit(self, person: Person, now: float) -> Action:
        message = self._recent_message(person, own=True)
        return ("message.edited", message.data) if message else self._send(person, now)

    def _delete(self, person: Person, now: float) -> Action:
        message = self._recent_message(person, own=True)
        if not message:
            return self._send(person, now)
        self._messages.remove(message)
        return "message.deleted", message.data

    def _start_thread(self, person: Person, now: float) -> Action:
        message = self._recent_message(person, own=False)
        if not message:
            return self._send(person, now)
        return "thread.created", {**message.data, "threadId": new_id(self._rng, "thread")}

    def _recent_message(self, person: Person, *, own: bool) -> Message | None:
        """One of the last few messages, by the person or by others."""
        candidates = [message for message in self._messages if (message.author == person.email) == own]
        return self._rng.choice(candidates[-8:]) if candidates else None

    def _share_file(self, person: Person, now: float) -> Action:
        name, size = self._rng.choice(sample_data.FILES)
        file = {"fileId": new_id(self._rng, "file"), "channelId": person.channel, "name": name}
        self._files.append(file)
        return "file.uploaded", {**file, "bytes": size}

    def _open_file(self, person: Person, now: float) -> Action:
        if not self._files:
            return self._share_file(person, now)
        return "file.downloaded", self._rng.choice(self._files)

    def _search(self, person: Person, now: float) -> Action:
        return "search.performed", {
            "query": self._rng.choice(sample_data.SEARCHES),
            "results": self._rng.randrange(40),
        }

    def _be_active(self, person: Person, now: float) -> Action:
        return "user.active", {}

    def _call_someone(self, person: Person, now: float) -> Action:
        """Start a call, join the one in progress, or end it as a member."""
        call = self._call
        if call is None:
            self._call = call = Call(new_id(self._rng, "call"), person.channel, now, {person.email})
            return "call.started", {"callId": call.id, "channelId": call.channel}
        if person.email not in call.members:
            call.members.add(person.email)
            return "call.joined", {"callId": call.id, "channelId": call.channel}
        self._call = None
        return "call.ended", {
            "callId": call.id,
            "channelId": call.channel,
            "seconds": round(now - call.started_at),
        }

    def _use_project_channel(self, person: Person, now: float) -> Action:
        """Create, join, leave or archive the project channel."""
        if self._project is None:
            self._project, self._project_members = self._rng.choice(sample_data.PROJECTS), {person.email}
            return "channel.created", {"channelId": self._project, "name": self._project}
        if person.email not in self._project_members:
            self._project_members.add(person.email)
            return "channel.joined", {"channelId": self._project}
        if self._rng.random() < 0.6:
            self._project_members.discard(person.email)
            return "channel.left", {"channelId": self._project}
        archived, self._project = self._project, None
        self._forget_channel(archived)
        return "channel.archived", {"channelId": archived}

    def _forget_channel(self, archived: str) -> None:
        for message in [message for message in self._messages if message.channel == archived]:
            self._messages.remove(message)
        for person in self._people:
            if person.channel == archived:
                person.channel = "general"
