"""Lets a test look into a server from outside: at SIGRTMIN a process writes down what it holds.

Python imports this by itself where its directory is in PYTHONPATH, so the server runs as in earnest.
"""

import functools
import gc
import json
import os
import signal
from collections import Counter
from pathlib import Path


def take_census(*_: object) -> None:
    """Write `{"greenlets": {function: count}, "streams": …, "connections": …}` to $CENSUS_DIRECTORY/<pid>.json."""
    from gevent import Greenlet
    from sqlalchemy.pool import QueuePool

    from app.live.stream import Stream

    # Each type is looked at once: there are 150,000 objects, and a census before and after every module of tests.
    is_counted = functools.cache(lambda kind: issubclass(kind, (Greenlet, Stream, QueuePool)))
    greenlets, streams, connections = Counter(), 0, 0
    for thing in gc.get_objects():
        if is_counted(type(thing)):
            if isinstance(thing, Greenlet) and not thing.dead:
                greenlets[getattr(getattr(thing, "_run", None), "__qualname__", "?")] += 1
            elif isinstance(thing, Stream) and thing.room is not None:
                streams += 1
            elif isinstance(thing, QueuePool):
                connections += thing.checkedout()
    place = Path(os.environ["CENSUS_DIRECTORY"]) / f"{os.getpid()}.json"
    census = {"greenlets": greenlets, "streams": streams, "connections": connections}
    place.with_suffix(".new").write_text(json.dumps(census))
    place.with_suffix(".new").rename(place)


if "CENSUS_DIRECTORY" in os.environ:
    signal.signal(signal.SIGRTMIN, take_census)
