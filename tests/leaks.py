"""What a test may not leave behind in the app it used: open streams, greenlets, checked-out connections."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterator

from flask import Flask
from gevent import Greenlet
from servers import until

from app.auth.state import Auth
from app.extensions import component, db


@contextlib.contextmanager
def nothing_left(app: Flask) -> Iterator[None]:
    """Use the app within this; afterwards it must hold what it held before. Its worker runs already."""
    spawned: weakref.WeakSet[Greenlet] = weakref.WeakSet()
    Greenlet.add_spawn_callback(spawned.add)
    try:
        yield
    finally:
        Greenlet.remove_spawn_callback(spawned.add)
    component(Auth, app).last_use.join()
    worker = app.extensions["pulse"]
    until(lambda: not list(worker.hub.streams()), "no stream in a room")
    until(lambda: worker.registry.open_streams == 0, "no stream counted")
    until(lambda: not _alive(spawned), f"an end to {_alive(spawned)}")
    with app.app_context():
        assert db.engine.pool.checkedout() == 0, "a database connection was not given back"


def _alive(greenlets: weakref.WeakSet[Greenlet]) -> list[str]:
    return sorted(greenlet._run.__qualname__ for greenlet in list(greenlets) if not greenlet.dead)
