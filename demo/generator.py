"""Event generator: what happens next in the demo workspace, and when. Pure: randomness and time are arguments."""

import math
from collections import deque
from collections.abc import Mapping
from random import Random

from demo.event import DemoEvent
from demo.orchestrators import Orchestrators
from demo.people import People


class EventGenerator:
    """An endless stream of events by `people` (email addresses); the first of them posts for the orchestrators."""

    def __init__(self, rng: Random, people: list[str], open_tasks: Mapping[str, str] | None = None):
        self._rng = rng
        self._people = People(rng, people)
        self._orchestrators = Orchestrators(rng, people[0], dict(open_tasks or {}))
        self._pending: deque[DemoEvent] = deque()

    def next(self, now: float) -> DemoEvent:
        """The next event. Related events follow soon, but others may come in between."""
        if self._pending and self._rng.random() < 0.7:
            return self._pending.popleft()
        if not self._pending and self._rng.random() < 0.3:
            self._pending.extend(self._orchestrators.next(now))
            return self._pending.popleft()
        return self._people.next(now)

    @property
    def open_tasks(self) -> dict[str, str]:
        """Titles of the tasks that have been created and not ended, by id."""
        return dict(self._orchestrators.open_tasks)


def delay_until_next(rng: Random, rate: float, now: float) -> float:
    """Seconds until the next event: a Poisson process whose rate varies by half around `rate` a second."""
    wave = 1 + 0.5 * math.sin(now * math.tau / 90)
    return rng.expovariate(rate * wave)
