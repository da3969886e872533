"""A client whose plug is pulled: nothing that is sent to it arrives, and it says nothing more, not even bye."""

from __future__ import annotations

import ctypes
import socket
import struct

SO_ATTACH_FILTER = 26  # Linux; the socket module does not name it
RETURN_NOTHING = struct.pack(
    "HBBI", 0x06, 0, 0, 0
)  # a packet filter of one instruction: keep 0 bytes of each


def unplug(connection: socket.socket) -> None:
    """From now on its own kernel drops what comes for it, unconfirmed. Keep it open: closing would be a word."""
    program = ctypes.create_string_buffer(RETURN_NOTHING)
    connection.setsockopt(
        socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(program))
    )
