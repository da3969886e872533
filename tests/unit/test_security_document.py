"""Every test that docs/security.md points to exists, and is a test."""

import re


def test_what_is_pointed_to_is_there(root):
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", (root / "docs" / "security.md").read_text()))
    assert len(named) > 25
    for path in sorted(named):
        assert (root / path).is_file(), path
        assert "\ndef test_" in (root / path).read_text(), path
