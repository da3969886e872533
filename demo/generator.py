"""What happens next in the demo workspace, and when. Pure: randomness and time are arguments."""

import math
from collections import deque
from collections.abc import Mapping
from random import Random

from demo.event import Happening
from demo.orchestrators import Workshop
from demo.people import Chatter


class Scene:
    """An endless stream of happenings by `people`; the first of them posts for the orchestrators."""

    def __init__(self, rng: Random, people: list[str], open_tasks: Mapping[str, str] | None = None):
        self._rng = rng
        self._chatter = Chatter(rng, people)
        self._workshop = Workshop(rng, people[0], dict(open_tasks or {}))
        self._to_come: deque[Happening] = deque()

    def next(self, now: float) -> Happening:
        """The next happening. What belongs together comes soon, but others may come in between."""
        if self._to_come and self._rng.random() < 0.7:
            return self._to_come.popleft()
        if not self._to_come and self._rng.random() < 0.3:
            self._to_come.extend(self._workshop.next(now))
            return self._to_come.popleft()
        return self._chatter.next(now)

    @property
    def open_tasks(self) -> dict[str, str]:
        """Tasks that have been created and not ended, by id: the title. For the next run to go on with."""
        return dict(self._workshop.open_tasks)


def pause(rng: Random, rate: float, now: float) -> float:
    """Seconds until the next happening: as in a Poisson process whose mean, `rate` a second, ebbs and flows."""
    tide = 1 + 0.5 * math.sin(now * math.tau / 90)
    return rng.expovariate(rate * tide)
