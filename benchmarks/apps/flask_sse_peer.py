"""Flask-SSE under gunicorn's gevent worker: a Redis subscription for each stream."""

import os

from flask import Flask, Response, request, stream_with_context
from flask_sse import sse

app = Flask(__name__)
app.config["REDIS_URL"] = os.environ["REDIS_URL"]


@app.get("/stream")
def stream():
    """As the extension's own view, but with a first line, so that a client knows that it is open."""

    @stream_with_context
    def messages():
        yield ":\n\n"
        for message in sse.messages():
            yield str(message)

    return Response(messages(), mimetype="text/event-stream")


@app.post("/post")
def post():
    """Give every stream the body."""
    sse.publish(request.get_json())
    return "posted"


@app.get("/readyz")
def ready():
    """For whoever waits for the start."""
    return "ready"
