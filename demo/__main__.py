"""`python -m demo NOTEBOOK`: posts PULSE_DEMO_TRAFFIC demo events a second until it is ended."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeVar

from demo.api_client import Away, Client, Refused
from demo.generator import Scene, pause
from demo.sample_data import PEOPLE
from demo.state_file import Notebook

LONGEST_WAIT = 15.0

T = TypeVar("T")


def main() -> None:
    port, password = int(os.environ["PORT"]), os.environ["PULSE_DEMO_PASSWORD"]
    clients = {email: Client(port, email, password) for email in PEOPLE}
    present = [email for email, client in clients.items() if persist(client.sign_in)]
    if not present:
        sys.exit("none of the demo's people can sign in: was the demo created with another password?")
    print(f"posting as {', '.join(present)}", flush=True)
    notebook = Notebook(Path(sys.argv[1]))
    scene = Scene(Random(), present, notebook.read())
    run(scene, clients, notebook, Random(), float(os.environ["PULSE_DEMO_TRAFFIC"]))


def run(scene: Scene, clients: dict[str, Client], notebook: Notebook, rng: Random, rate: float) -> None:
    """Post one happening after the other, each at its time; what an absent server missed is not made up for."""
    due = time.monotonic()
    while True:
        happening = scene.next(time.monotonic())
        try:
            persist(lambda: clients[happening.who].post(happening.body()))  # noqa: B023 - called at once
        except Refused as error:
            print(f"refused: {error}", flush=True)
        notebook.write(scene.open_tasks)
        due = max(due, time.monotonic() - 1) + pause(rng, rate, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))


def persist(attempt: Callable[[], T]) -> T:
    """Do it until the server answers, waiting longer each time, or as long as the server asks for."""
    wait = 0.5
    while True:
        try:
            return attempt()
        except Away as away:
            print(f"waiting: {away}", flush=True)
            time.sleep(max(wait, away.retry_after))
            wait = min(wait * 2, LONGEST_WAIT)


if __name__ == "__main__":
    main()
