"""docs/architecture.md names rooms, files and functions that exist, and every room of app/."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text()
ANSWERS = [row for row in PAGE.split("## Where is …")[1].splitlines() if row.startswith("| ") and "`" in row]


def test_every_room_is_named():
    rooms = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    named = set(re.findall(r"`(\w+)/`", PAGE.split("## Rooms")[1].split("## How it starts")[0]))
    assert rooms <= named


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_answers_name_what_exists(row: str):
    files = re.findall(r"`([\w/]+\.(?:py|md))`", row)
    source = "".join((ROOT / name).read_text() for name in files if "/" in name)
    names = re.findall(r"`(?:\w+\.)?(\w+)`", row)
    assert files
    assert [name for name in names if not re.search(rf"\b{name}\b", source)] == []
