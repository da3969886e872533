"""Identifiers that Pulse creates or parses: event ids, connection ids, cursors."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

# Clients may choose any. `\Z`, because marshmallow uses re.match.
EVENT_ID = re.compile(r"[\x21-\x7e]{1,128}\Z")
# With a timestamp before the year 3085, so that it and the times around it fit into datetime.
UUID7 = re.compile(r"([01][0-9a-f]{7})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)
CURSOR = re.compile(r"([0-9a-f]{8})-(0|[1-9][0-9]{0,18})", re.ASCII)


def uuid7(unix_ms: int, random: bytes) -> str:
    """A UUIDv7 (RFC 9562): sorts by its 48-bit millisecond clock; `random` gives the other 10 bytes."""
    tail = int.from_bytes(random[:10], "big") & ~(0xF << 76) & ~(0x3 << 62)
    digits = f"{(unix_ms & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | tail | 0x2 << 62:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def made_at(event_id: str) -> datetime | None:
    """The timestamp of an id that is a UUIDv7; None for all others."""
    match = UUID7.fullmatch(event_id)
    return datetime.fromtimestamp(int(match[1] + match[2], 16) // 1000, UTC) if match else None


def connection_id(unix_ms: int, random: bytes) -> str:
    """`conn_<milliseconds>_<six characters>`."""
    alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
    return f"conn_{unix_ms}_{''.join(alphabet[byte % 36] for byte in random[:6])}"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in a workspace's log: everything up to `seq` of this `epoch` has been seen."""

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
