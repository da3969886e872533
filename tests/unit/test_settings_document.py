"""The settings in README and docs/operations.md are those of config.py and gunicorn.conf.py."""

import pytest

from app.settings.names import document


@pytest.mark.parametrize("path", ["README.md", "docs/operations.md"])
def test_the_table_is_made_from_the_settings(root, path):
    assert document() in (root / path).read_text(), "`make settings` brings it up to date"
