"""What orchestrators do: come online, take tasks, report, finish or fail, go away. Pure."""

from dataclasses import dataclass
from random import Random

from demo import sample_data
from demo.event import Happening, new_id

SILENCE = 240.0  # seconds; after 600 the server takes a silent orchestrator for offline
MOST_OPEN = 10
ENDINGS = {"task.completed": 85, "task.failed": 9, "task.cancelled": 6}


@dataclass(slots=True)
class Orchestrator:
    """One of the cast: offline, online (free) or busy with a task."""

    id: str
    name: str
    state: str = "offline"
    task: str | None = None
    spoke_at: float = 0.0


class Workshop:
    """The orchestrators and their open tasks, by id and title. All their events are posted by one person."""

    def __init__(self, rng: Random, who: str, open_tasks: dict[str, str]):
        self._rng, self._who = rng, who
        self._all = [Orchestrator(key, name) for key, name in sample_data.ORCHESTRATORS.items()]
        self.open_tasks = dict(list(open_tasks.items())[:MOST_OPEN])

    def next(self, now: float) -> list[Happening]:
        """The next few things that belong together, e.g. a task's end and what its orchestrator does then."""
        silent = [one for one in self._all if one.state != "offline" and now - one.spoke_at > SILENCE]
        if silent:
            return [self._turn(silent[0], silent[0].state, now)]
        one = self._rng.choice(self._all)
        return {"offline": self._arrive, "online": self._choose, "busy": self._work}[one.state](one, now)

    def _arrive(self, one: Orchestrator, now: float) -> list[Happening]:
        return [self._turn(one, "online", now)]

    def _choose(self, one: Orchestrator, now: float) -> list[Happening]:
        """A free one takes a waiting task, or makes one, or, rarely, leaves."""
        waiting = [task for task in self.open_tasks if task not in {other.task for other in self._all}]
        if self._rng.random() < 0.1:
            return [self._turn(one, "offline", now)]
        if waiting and (len(self.open_tasks) == MOST_OPEN or self._rng.random() < 0.6):
            one.task = self._rng.choice(waiting)
            return [self._about_task("task.started", one, one.task), self._turn(one, "busy", now)]
        return self._create(one) if len(self.open_tasks) < MOST_OPEN else [self._speak(one)]

    def _create(self, one: Orchestrator) -> list[Happening]:
        task = new_id(self._rng, "task")
        self.open_tasks[task] = self._rng.choice(sample_data.TASKS)
        return [self._about_task("task.created", one, task)]

    def _work(self, one: Orchestrator, now: float) -> list[Happening]:
        """A busy one talks, is talked to, or comes to the end of its task."""
        if self._rng.random() < 0.6:
            return [self._speak(one)]
        (ending,) = self._rng.choices(list(ENDINGS), list(ENDINGS.values()))
        reported = ["vp.task.completed"] if ending == "task.completed" else []
        steps = [self._about_task(event_type, one, one.task) for event_type in (ending, *reported)]
        del self.open_tasks[one.task]
        one.task = None
        return [*steps, self._turn(one, "online", now)]

    def _speak(self, one: Orchestrator) -> Happening:
        event_type = "vp.message.sent" if self._rng.random() < 0.7 else "vp.message.received"
        channel = self._rng.choice(list(sample_data.CHANNELS))
        data = {"orchestratorId": one.id, "messageId": new_id(self._rng, "msg"), "channelId": channel}
        return self._happening(event_type, data)

    def _turn(self, one: Orchestrator, state: str, now: float) -> Happening:
        one.state, one.spoke_at = state, now
        return self._happening(f"orchestrator.{state}", {"orchestratorId": one.id, "name": one.name})

    def _about_task(self, event_type: str, one: Orchestrator, task: str) -> Happening:
        data = {"taskId": task, "orchestratorId": one.id, "title": self.open_tasks[task]}
        return self._happening(event_type, data)

    def _happening(self, event_type: str, data: dict) -> Happening:
        # Orchestrators are servers: they have no session.
        return Happening(self._who, event_type, data, None, new_id(self._rng, "demo"))
