"""A Flask app that answers posts as Pulse does and stores nothing: what the web server and the framework cost."""

import secrets
from datetime import UTC, datetime

from flask import Flask, jsonify, request

app = Flask(__name__)


class Nothing:
    """What gunicorn.conf.py expects to start and to stop in a worker."""

    def start(self, of_workers: int | None = None) -> None:
        """Nothing to start."""

    stop = drain = start


app.extensions["pulse"] = Nothing()


@app.get("/readyz")
def ready():
    """For whoever waits for the start."""
    return "ready"


@app.post("/post")
def post():
    """An answer of the same shape as Pulse's."""
    event = request.get_json()
    return jsonify(
        success=True,
        message="Event tracked successfully",
        eventType=event["eventType"],
        eventId=secrets.token_hex(16),
        seq=1,
        notified=0,
        timestamp=datetime.now(UTC).isoformat(),
    )
