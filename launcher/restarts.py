"""How often a child may die before it is given up, and how long to wait before it is started again."""

from collections import deque

WINDOW = 60.0
LIMIT = 5


class Restarts:
    """The deaths of one child within the last minute. Pure: the time is an argument."""

    def __init__(self):
        self._deaths: deque[float] = deque(maxlen=LIMIT)

    def after_death(self, now: float) -> float | None:
        """Seconds to wait before the next start (0.5, 1, 2, 4), or None after the fifth death in a minute."""
        while self._deaths and now - self._deaths[0] > WINDOW:
            self._deaths.popleft()
        self._deaths.append(now)
        return None if len(self._deaths) == LIMIT else 0.5 * 2 ** (len(self._deaths) - 1)
