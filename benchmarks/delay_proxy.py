"""A TCP proxy that makes loopback a slow line: round trips of handshakes and answers, one bandwidth for all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 8_192  # bytes


class DelayProxy:
    """Passes connections on to a port here; `rtt` in seconds, `rate` in bytes a second towards the client."""

    def __init__(self, port: int, rtt: float, rate: float | None = None):
        self._target = port
        self._rtt = rtt
        self._rate = rate
        self._free_at = 0.0  # when the line has sent all that it was given
        self._stopped = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.port = 0

    async def serve(self, ready: threading.Event) -> None:
        """Listen on a free port until `stop`."""
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0, limit=CHUNK)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stopped.wait()
        server.close()

    def stop(self) -> None:
        """End `serve`, from another thread; its connections are cut."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._stopped.set)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._rtt)  # SYN and its answer, which loopback has not waited for
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target)
        with suppress(asyncio.CancelledError):  # at the end; asyncio would print it
            await asyncio.gather(
                self._pump(reader, up_writer, None),
                self._pump(up_reader, writer, self._rate),
                return_exceptions=True,
            )

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rate: float | None
    ) -> None:
        loop = asyncio.get_running_loop()
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sending = asyncio.create_task(self._send(waiting, writer))
        data = b"-"
        while data:
            data = await reader.read(CHUNK)
            sent_at = loop.time()
            if rate and data:
                self._free_at = sent_at = max(sent_at, self._free_at) + len(data) / rate
            waiting.put_nowait((sent_at + self._rtt / 2, data))
        await sending

    @staticmethod
    async def _send(waiting: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while True:
            arrives_at, data = await waiting.get()
            await asyncio.sleep(arrives_at - loop.time())
            if not data:
                writer.close()
                return
            writer.write(data)


@contextmanager
def delayed(port: int, rtt: float, rate: float | None = None) -> Iterator[int]:
    """The port of a proxy that runs in a thread of its own."""
    proxy, ready = DelayProxy(port, rtt, rate), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(proxy.serve(ready)), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield proxy.port
    finally:
        proxy.stop()
        thread.join()
