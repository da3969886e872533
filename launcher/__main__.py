"""Entry point of `make run`: `python -m launcher`. Ctrl-C ends it without a traceback, even while it loads."""

import os
import signal
import sys

if __name__ == "__main__":
    # The imports below take most of a second; until they are done there is nothing to stop.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))

    from launcher.command import main

    sys.exit(main())
