"""The settings in docs/operations.md are those of config.py."""

from app.config import document


def test_the_table_is_made_from_the_settings(root):
    assert document() in (root / "docs" / "operations.md").read_text()
