"""sse-starlette as its documentation shows it: a queue for each stream, filled by whoever posts."""

import asyncio

from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

queues: set[asyncio.Queue[str]] = set()


async def stream(request: Request) -> EventSourceResponse:
    """Everything that is posted from now on."""
    return EventSourceResponse(_messages())


async def _messages():
    queue: asyncio.Queue[str] = asyncio.Queue()
    queues.add(queue)
    try:
        yield {"comment": "open"}
        while True:
            yield {"data": await queue.get()}
    finally:
        queues.discard(queue)


async def post(request: Request) -> PlainTextResponse:
    """Give every stream the body."""
    message = (await request.body()).decode()
    for queue in queues:
        queue.put_nowait(message)
    return PlainTextResponse("posted")


async def ready(request: Request) -> PlainTextResponse:
    """For whoever waits for the start."""
    return PlainTextResponse("ready")


app = Starlette(
    routes=[Route("/stream", stream), Route("/post", post, methods=["POST"]), Route("/readyz", ready)]
)
