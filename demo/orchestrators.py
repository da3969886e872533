"""Simulated orchestrators: they come online, work on tasks, send messages, and go offline. Pure."""

from dataclasses import dataclass
from random import Random
from typing import Any

from demo import sample_data
from demo.event import DemoEvent, new_id

MAX_SILENCE = 240.0  # seconds; after 600 the server counts a silent orchestrator as offline
MAX_OPEN_TASKS = 10
ENDINGS = {"task.completed": 85, "task.failed": 9, "task.cancelled": 6}


@dataclass(slots=True)
class Orchestrator:
    """One orchestrator: offline, online (idle) or busy with a task."""

    id: str
    name: str
    state: str = "offline"
    task: str | None = None
    last_event_at: float = 0.0


class Orchestrators:
    """All orchestrators and the titles of the open tasks by id. One user posts all their events."""

    def __init__(self, rng: Random, email: str, open_tasks: dict[str, str]):
        self._rng, self._email = rng, email
        self._all = [Orchestrator(key, name) for key, name in sample_data.ORCHESTRATORS.items()]
        self.open_tasks = dict(list(open_tasks.items())[:MAX_OPEN_TASKS])

    def next(self, now: float) -> list[DemoEvent]:
        """The next events that belong together, e.g. the end of a task and the new state of its orchestrator."""
        silent = [
            one for one in self._all if one.state != "offline" and now - one.last_event_at > MAX_SILENCE
        ]
        if silent:
            return [self._change_state(silent[0], silent[0].state, now)]
        one = self._rng.choice(self._all)
        if one.task is not None:
            return self._work(one, one.task, now)
        if one.state == "offline":
            return [self._change_state(one, "online", now)]
        return self._next_task(one, now)

    def _next_task(self, one: Orchestrator, now: float) -> list[DemoEvent]:
        """An idle one starts an open task, creates one, or, rarely, goes offline."""
        waiting = [task for task in self.open_tasks if task not in {other.task for other in self._all}]
        if self._rng.random() < 0.1:
            return [self._change_state(one, "offline", now)]
        if waiting and (len(self.open_tasks) == MAX_OPEN_TASKS or self._rng.random() < 0.6):
            one.task = self._rng.choice(waiting)
            return [self._task_event("task.started", one, one.task), self._change_state(one, "busy", now)]
        return self._create_task(one) if len(self.open_tasks) < MAX_OPEN_TASKS else [self._message(one)]

    def _create_task(self, one: Orchestrator) -> list[DemoEvent]:
        task = new_id(self._rng, "task")
        self.open_tasks[task] = self._rng.choice(sample_data.TASKS)
        return [self._task_event("task.created", one, task)]

    def _work(self, one: Orchestrator, task: str, now: float) -> list[DemoEvent]:
        """A busy one sends or receives a message, or ends its task."""
        if self._rng.random() < 0.6:
            return [self._message(one)]
        (ending,) = self._rng.choices(list(ENDINGS), list(ENDINGS.values()))
        reported = ["vp.task.completed"] if ending == "task.completed" else []
        steps = [self._task_event(event_type, one, task) for event_type in (ending, *reported)]
        del self.open_tasks[task]
        one.task = None
        return [*steps, self._change_state(one, "online", now)]

    def _message(self, one: Orchestrator) -> DemoEvent:
        event_type = "vp.message.sent" if self._rng.random() < 0.7 else "vp.message.received"
        channel = self._rng.choice(list(sample_data.CHANNELS))
        data = {"orchestratorId": one.id, "messageId": new_id(self._rng, "msg"), "channelId": channel}
        return self._event(event_type, data)

    def _change_state(self, one: Orchestrator, state: str, now: float) -> DemoEvent:
        one.state, one.last_event_at = state, now
        return self._event(f"orchestrator.{state}", {"orchestratorId": one.id, "name": one.name})

    def _task_event(self, event_type: str, one: Orchestrator, task: str) -> DemoEvent:
        data = {"taskId": task, "orchestratorId": one.id, "title": self.open_tasks[task]}
        return self._event(event_type, data)

    def _event(self, event_type: str, data: dict[str, Any]) -> DemoEvent:
        # Orchestrators are servers: they have no session.
        return DemoEvent(self._email, event_type, data, None, new_id(self._rng, "demo"))
