"""The WSGI entry point: `app` for gunicorn and for `flask --app wsgi`."""

# Patch before anything imports socket, time or threading (redis/retry.py does `from time import sleep`).
from gevent import monkey

monkey.patch_all()

from psycogreen.gevent import patch_psycopg  # noqa: E402

patch_psycopg()  # without it every query stops every stream of the process

from app import create_app  # noqa: E402

app = create_app()
