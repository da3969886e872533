"""`make run`: `python -m launcher`. From its first moment on, Ctrl-C ends it without a word."""

import os
import signal
import sys

if __name__ == "__main__":
    # To load the rest takes most of a second, and until it is loaded there is nothing to stop.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))

    from launcher.command import main

    sys.exit(main())
