"""What documents say is so: tables made from the code, actions, files, functions and tests that they name."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from app.audit.query import ACTIONS
from app.insights.metrics.metric_docs import document as metrics_document
from app.settings.names import document as settings_document

RECORDED = re.compile(r'audit_log\.record\([^"]*"([a-z-]+\.[a-z-]+)"')
CLAIMS = "docs/what-the-tests-prove.md"
NAMED = re.compile(r"`((?:unit|integration|http|end_to_end|chaos|js)/[\w/{},.*-]+\.(?:py|mjs))`")


@pytest.mark.parametrize("path", ["README.md", "docs/operations.md"])
def test_settings_tables_are_generated(root, path):
    assert settings_document() in (root / path).read_text(), "`make settings` brings it up to date"


def test_metrics_document_is_generated(root):
    assert (root / "docs" / "metrics.md").read_text() == metrics_document()


def test_recorded_actions_can_be_filtered(root):
    sources = (path.read_text() for path in (root / "app").rglob("*.py"))
    assert {action for source in sources for action in RECORDED.findall(source)} == set(ACTIONS)


def test_actions_are_documented(root):
    text = (root / "docs" / "api.md").read_text()
    assert [action for action in ACTIONS if f"`{action}`" not in text] == []


@pytest.mark.parametrize("path", ["docs/security.md", "docs/how-an-event-travels.md", "docs/operations.md"])
def test_named_tests_exist(root, path):
    named = sorted(set(re.findall(r"`(tests/[\w/.-]+)", (root / path).read_text())))
    assert [name for name in named if not (root / name).exists()] == []
    modules = [name for name in named if name.split("/")[-1].startswith("test_") and name.endswith(".py")]
    assert [name for name in modules if "\ndef test_" not in (root / name).read_text()] == []


def expand(pattern: str) -> list[str]:
    """`test_{a,b}.py` as a shell reads it."""
    parts = [part.split(",") for part in re.split(r"[{}]", pattern)]
    return ["".join(words) for words in itertools.product(*parts)]


def test_every_test_file_proves_a_claim(root):
    claims = (root / CLAIMS).read_text().split("\n## Removed")[0]
    tests = root / "tests"
    named = {
        pattern: set(tests.glob(pattern)) for found in NAMED.findall(claims) for pattern in expand(found)
    }
    assert [pattern for pattern, files in named.items() if not files] == [], "named, and not there"
    there = {*tests.rglob("test_*.py"), *tests.rglob("*.test.mjs")}
    missing = sorted(str(path.relative_to(tests)) for path in there - set().union(*named.values()))
    assert missing == [], f"say in {CLAIMS} which claim these prove"


ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text()
ANSWERS = [row for row in PAGE.split("## Where is …")[1].splitlines() if row.startswith("| ") and "`" in row]


def test_every_room_is_named():
    rooms = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    named = set(re.findall(r"`(\w+)/`", PAGE.split("## Rooms")[1].split("## How it starts")[0]))
    assert rooms <= named


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_answers_name_what_exists(row: str):
    files = re.findall(r"`([\w/-]+\.(?:py|md|js))`", row)
    source = "".join((ROOT / name).read_text() for name in files if "/" in name)
    names = re.findall(r"`(?:\w+\.)?(\w+)`", row)
    assert files
    assert [name for name in names if not re.search(rf"\b{name}\b", source)] == []
