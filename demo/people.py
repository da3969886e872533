"""What people do: sign in, talk in channels, share files, call each other, search, and leave. Pure."""

from collections import deque
from dataclasses import dataclass
from random import Random
from typing import Any

from demo import sample_data
from demo.event import Happening, new_id

Act = tuple[str, dict[str, Any]]


@dataclass(slots=True)
class Person:
    """Somebody of the demo, away while `session` is None."""

    email: str
    session: str | None = None
    leaves_at: float = 0.0
    channel: str = "general"


@dataclass(frozen=True, slots=True)
class Message:
    """A message that may still be answered, changed or taken back."""

    id: str
    channel: str
    author: str

    @property
    def data(self) -> dict[str, Any]:
        return {"messageId": self.id, "channelId": self.channel}


@dataclass(slots=True)
class Call:
    """A call that is going on."""

    id: str
    channel: str
    begun_at: float
    members: set[str]


class Chatter:
    """Remembers the last messages and files, who is there, one call and one project channel; no more."""

    def __init__(self, rng: Random, people: list[str]):
        self._rng = rng
        self._people = [Person(email) for email in people]
        self._messages: deque[Message] = deque(maxlen=60)
        self._files: deque[dict[str, Any]] = deque(maxlen=20)
        self._call: Call | None = None
        self._project: str | None = None
        self._project_members: set[str] = set()
        self._acts = {
            self._send: 44,
            self._receive: 9,
            self._react: 13,
            self._search: 6,
            self._edit: 5,
            self._be_active: 4,
            self._open_file: 4,
            self._share_file: 3,
            self._begin_thread: 3,
            self._meet: 3,
            self._take_part: 3,
            self._delete: 2,
        }

    def next(self, now: float) -> Happening:
        """What somebody does next; a person who is away signs in first, one who has been there long leaves."""
        person = self._rng.choice(self._people)
        if person.session is None:
            person.session = new_id(self._rng, "session")
            person.leaves_at = now + self._rng.uniform(8, 35) * 60
            return self._happening(person, "user.login", {})
        if now >= person.leaves_at:
            happening = self._happening(person, "user.logout", {})
            person.session = None
            return happening
        if self._rng.random() < 0.25:
            person.channel = self._some_channel()
        (act,) = self._rng.choices(list(self._acts), list(self._acts.values()))
        return self._happening(person, *act(person, now))

    def _happening(self, person: Person, event_type: str, data: dict[str, Any]) -> Happening:
        return Happening(person.email, event_type, data, person.session, new_id(self._rng, "demo"))

    def _some_channel(self) -> str:
        channels = dict(sample_data.CHANNELS)
        if self._project:
            channels[self._project] = 6
        return self._rng.choices(list(channels), list(channels.values()))[0]

    def _send(self, person: Person, now: float) -> Act:
        message = Message(new_id(self._rng, "msg"), person.channel, person.email)
        self._messages.append(message)
        return "message.sent", message.data

    def _receive(self, person: Person, now: float) -> Act:
        message = self._message_of(person, own=False)
        return ("message.received", message.data) if message else self._send(person, now)

    def _react(self, person: Person, now: float) -> Act:
        message = self._message_of(person, own=False)
        if not message:
            return self._send(person, now)
        return "reaction.added", {**message.data, "emoji": self._rng.choice(sample_data.EMOJI)}

    def _edit(self, person: Person, now: float) -> Act:
        message = self._message_of(person, own=True)
        return ("message.edited", message.data) if message else self._send(person, now)

    def _delete(self, person: Person, now: float) -> Act:
        message = self._message_of(person, own=True)
        if not message:
            return self._send(person, now)
        self._messages.remove(message)
        return "message.deleted", message.data

    def _begin_thread(self, person: Person, now: float) -> Act:
        message = self._message_of(person, own=False)
        if not message:
            return self._send(person, now)
        return "thread.created", {**message.data, "threadId": new_id(self._rng, "thread")}

    def _message_of(self, person: Person, *, own: bool) -> Message | None:
        """One of the last few messages, the person's own or somebody else's."""
        fitting = [message for message in self._messages if (message.author == person.email) == own]
        return self._rng.choice(fitting[-8:]) if fitting else None

    def _share_file(self, person: Person, now: float) -> Act:
        name, size = self._rng.choice(sample_data.FILES)
        file = {"fileId": new_id(self._rng, "file"), "channelId": person.channel, "name": name}
        self._files.append(file)
        return "file.uploaded", {**file, "bytes": size}

    def _open_file(self, person: Person, now: float) -> Act:
        if not self._files:
            return self._share_file(person, now)
        return "file.downloaded", self._rng.choice(self._files)

    def _search(self, person: Person, now: float) -> Act:
        return "search.performed", {
            "query": self._rng.choice(sample_data.SEARCHES),
            "results": self._rng.randrange(40),
        }

    def _be_active(self, person: Person, now: float) -> Act:
        return "user.active", {}

    def _meet(self, person: Person, now: float) -> Act:
        """Start a call, join the one that is going on, or, once in it, end it."""
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
            "seconds": round(now - call.begun_at),
        }

    def _take_part(self, person: Person, now: float) -> Act:
        """Open a project channel, come and go there, and close it after a while."""
        if self._project is None:
            self._project, self._project_members = self._rng.choice(sample_data.PROJECTS), {person.email}
            return "channel.created", {"channelId": self._project, "name": self._project}
        if person.email not in self._project_members:
            self._project_members.add(person.email)
            return "channel.joined", {"channelId": self._project}
        if self._rng.random() < 0.6:
            self._project_members.discard(person.email)
            return "channel.left", {"channelId": self._project}
        return "channel.archived", {"channelId": self._close_project()}

    def _close_project(self) -> str:
        closed, self._project = self._project, None
        for message in [message for message in self._messages if message.channel == closed]:
            self._messages.remove(message)
        for person in self._people:
            if person.channel == closed:
                person.channel = "general"
        return closed
