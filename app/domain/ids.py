"""Identifiers that Pulse makes or reads: event ids, connection ids, cursors."""

import re
import uuid
from dataclasses import dataclass

CURSOR = re.compile(r"([0-9a-f]{8})-(0|[1-9][0-9]{0,18})", re.ASCII)


def uuid7(unix_ms: int, random: bytes) -> uuid.UUID:
    """A UUIDv7 (RFC 9562): sorts by its 48-bit millisecond clock; `random` gives the other 10 bytes."""
    tail = int.from_bytes(random[:10], "big") & ~(0xF << 76) & ~(0x3 << 62)
    return uuid.UUID(int=(unix_ms & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | tail | 0x2 << 62)


def connection_id(unix_ms: int, random: bytes) -> str:
    """`conn_<milliseconds>_<six characters>`."""
    alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
    return f"conn_{unix_ms}_{''.join(alphabet[byte % 36] for byte in random[:6])}"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a workspace's log: everything up to `seq` has been seen, in this `epoch`."""

    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read `<8 hex>-<digits>` strictly; ValueError for anything else."""
        match = CURSOR.fullmatch(text)
        if not match or int(match[2]) >= 2**63:
            raise ValueError(f"not a cursor: {text!r}")
        return cls(match[1], int(match[2]))
