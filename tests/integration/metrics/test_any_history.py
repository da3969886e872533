"""Whatever happens, in any order and in commits of any size, the figures are what their definitions say."""

import random
from datetime import datetime, timedelta

import pytest
import recount

from .timeline import MIKA, OLIVIA, VERA

LENGTH = 120  # events of one history
DATA = {
    "message.sent": ("messageId", "channelId"),
    "message.deleted": ("messageId",),
    "channel.created": ("channelId",),
    "channel.archived": ("channelId",),
    "orchestrator.online": ("orchestratorId",),
    "orchestrator.busy": ("orchestratorId",),
    "orchestrator.offline": ("orchestratorId",),
    "task.created": ("taskId",),
    "task.started": ("taskId",),
    "task.completed": ("taskId",),
    "user.active": (),
}
WEIGHTS = [8, 3, 1, 2, 1, 1, 1, 2, 3, 2, 1]


def history(line, luck: random.Random, now: datetime) -> list:
    """Events of the two hours before `now`, some at the same moment, about few things, in no order."""

    def one():
        [event_type] = luck.choices(list(DATA), WEIGHTS)
        moment = now - luck.choice(
            [
                timedelta(seconds=luck.randrange(7200)),
                timedelta(minutes=luck.randrange(120)),
                timedelta(minutes=luck.choice([5, 10, 30, 60]), milliseconds=luck.choice([-1, 0, 1])),
            ]
        )
        data = {name: f"{name}-{luck.randrange(6)}" for name in DATA[event_type]}
        session = luck.choice([None, "s-1", "s-2", "s-3"])
        return line.event(moment, event_type, luck.choice([MIKA, VERA, OLIVIA]), session, **data)

    return [one() for _ in range(LENGTH)]


@pytest.mark.parametrize("seed", range(12))
def test_figures_equal_a_recount(timeline, sql, seed):
    luck = random.Random(seed)
    zone = luck.choice(["UTC", "Asia/Kolkata", "America/New_York"])
    line = timeline(zone)
    now = line.moment(luck.choice(["00:40", "01:00:00", "12:34:56.789"]))
    rest = history(line, luck, now)
    while rest:
        size = luck.choice([1, 2, 5, 20])
        line.draw(*rest[:size], received=now)
        rest = rest[size:]
    figures = line.figures(now)
    del figures["timestamp"]
    assert figures == recount.figures(sql(recount.READ, workspace=line.workspace), now, zone)
