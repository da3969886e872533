"""The WSGI entry point: `app` for gunicorn and for `flask --app wsgi`."""

import sys

# Patch before anything imports socket, time or threading (redis/retry.py does `from time import sleep`).
from gevent import monkey

monkey.patch_all()

from app import create_app  # noqa: E402
from app.errors import ConfigError  # noqa: E402

try:
    app = create_app()
except ConfigError as error:
    sys.stderr.write(f"Error: {error}\n")
    sys.exit(3)  # gunicorn takes 3 for "do not start me again and again"
