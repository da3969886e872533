"""`python -m demo STATE_FILE`: posts PULSE_DEMO_TRAFFIC demo events a second until it is stopped."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeVar

from demo.api_client import ApiClient, Rejected, Unavailable
from demo.generator import EventGenerator, delay_until_next
from demo.sample_data import PEOPLE
from demo.state_file import StateFile

MAX_RETRY_DELAY = 15.0  # seconds

T = TypeVar("T")


def main() -> None:
    port, password = int(os.environ["PORT"]), os.environ["PULSE_DEMO_PASSWORD"]
    clients = {email: ApiClient(port, email, password) for email in PEOPLE}
    signed_in = [email for email, client in clients.items() if retry_while_unavailable(client.sign_in)]
    if not signed_in:
        sys.exit("none of the demo's users can sign in: was the demo created with another password?")
    print(f"posting as {', '.join(signed_in)}", flush=True)
    state = StateFile(Path(sys.argv[1]))
    generator = EventGenerator(Random(), signed_in, state.read())
    run(generator, clients, state, Random(), float(os.environ["PULSE_DEMO_TRAFFIC"]))


def run(
    generator: EventGenerator, clients: dict[str, ApiClient], state: StateFile, rng: Random, rate: float
) -> None:
    """Post events one by one at their times; after an outage of the server nothing is caught up."""
    due = time.monotonic()
    while True:
        event = generator.next(time.monotonic())
        try:
            retry_while_unavailable(lambda: clients[event.email].post(event.body()))  # noqa: B023 - called at once
        except Rejected as error:
            print(f"rejected: {error}", flush=True)
        state.write(generator.open_tasks)
        due = max(due, time.monotonic() - 1) + delay_until_next(rng, rate, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))


def retry_while_unavailable(attempt: Callable[[], T]) -> T:
    """Retry with exponential backoff, or after the Retry-After of the server."""
    delay = 0.5
    while True:
        try:
            return attempt()
        except Unavailable as error:
            print(f"waiting: {error}", flush=True)
            time.sleep(max(delay, error.retry_after))
            delay = min(delay * 2, MAX_RETRY_DELAY)


if __name__ == "__main__":
    main()
