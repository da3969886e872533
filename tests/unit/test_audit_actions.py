"""The list of actions that the audit log can be filtered by is the list of those that are recorded."""

import re

from app.audit.query import ACTIONS

RECORDED = re.compile(r'audit_log\.record\([^"]*"([a-z-]+\.[a-z-]+)"')


def test_recorded_actions_can_be_filtered(root):
    sources = (path.read_text() for path in (root / "app").rglob("*.py"))
    assert {action for source in sources for action in RECORDED.findall(source)} == set(ACTIONS)


def test_actions_are_documented(root):
    text = (root / "docs" / "api.md").read_text()
    assert [action for action in ACTIONS if f"`{action}`" not in text] == []
