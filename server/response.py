"""gunicorn's response with its head and the beginning of its body in one system call and one packet."""

from __future__ import annotations

from gunicorn.http import wsgi


class PulseResponse(wsgi.Response):
    """Sends the head with the first piece of the body, and closes the connection once the worker is stopping."""

    worker_is_stopping = False

    def write(self, arg: bytes) -> None:
        """Send a piece of the body, and the head before the first one."""
        if self.headers_sent:
            super().write(arg)
            return
        if self.worker_is_stopping:
            self.force_close()  # gunicorn decided when the request began; the stop may have come since
        connection, buffer = self.sock, SocketBuffer()
        self.sock = buffer  # type: ignore[assignment]  # of the socket, gunicorn uses sendall alone
        try:
            super().write(arg)
        finally:
            self.sock = connection
        # The kernel nearly always takes all of it; gevent's sendall would make a getsockopt call first.
        sent = connection.send(buffer.content)
        if sent < len(buffer.content):
            connection.sendall(memoryview(buffer.content)[sent:])


class SocketBuffer:
    """Collects what gunicorn would send, in place of the connection's socket."""

    def __init__(self) -> None:
        self.content = bytearray()

    def sendall(self, data: bytes) -> None:
        """Append."""
        self.content += data
