"""Clients come, go and come back while events are posted on all sides: nobody ever sees a gap or a repeat."""

import random

import gevent
from servers import until

CLIENTS, VISITS = 8, 10


class Client:
    """Opens streams one after another, sometimes where the last one ended, and checks their numbers."""

    def __init__(self, visitor, luck: random.Random):
        self._visitor = visitor
        self._luck = luck
        self._last: str | None = None

    def come_and_go(self) -> int:
        """Visit so many times; returns how many events were seen."""
        return sum(self._visit() for _ in range(VISITS))

    def _visit(self) -> int:
        resumed = self._last is not None and self._luck.random() < 0.6
        stream = self._visitor.listen(headers={"Last-Event-ID": self._last} if resumed else {})
        connected = stream.next()
        assert connected.event == "connected"
        start = connected.json["lastEventId"]
        assert not resumed or start == self._last
        seen = [start, *(event.id for event in stream.events(self._luck.randint(0, 6)))]
        numbers = [int(cursor.split("-")[1]) for cursor in seen]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        self._last = seen[-1]
        self._luck.choice([stream.close, stream.reset])()
        return len(seen) - 1


def test_a_churn_of_streams(server, visit):
    watcher = visit("vera").listen()
    start = int(watcher.next().json["lastEventId"].split("-")[1])
    posters = [visit("mika", worker=worker) for worker in server.worker_pids()]
    posting = True

    def post(poster) -> None:
        while posting:
            poster.track("user.active")
            gevent.sleep(0.005)

    posts = [gevent.spawn(post, poster) for poster in posters]
    clients = [Client(visit("vera"), random.Random(seed)) for seed in range(CLIENTS)]
    visits = [gevent.spawn(client.come_and_go) for client in clients]
    assert sum(greenlet.get() for greenlet in visits) > CLIENTS * VISITS
    posting = False
    gevent.joinall(posts, raise_error=True)

    last = posters[0].track("user.active")["seq"]
    numbers = [int(event.id.split("-")[1]) for event in watcher.events(last - start)]
    assert numbers == list(range(start + 1, last + 1))
    until(lambda: posters[0].snapshot()["meta"]["connections"] == 1, "the watcher counted alone")
