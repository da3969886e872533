"""One worker process: its parts, how they are connected, how they start and stop."""
