"""Which requests come from our own pages: Sec-Fetch-Site decides, else Origin, else it is no browser."""

import pytest

from app.auth.csrf import is_same_site

OWN = "https://pulse.test"


@pytest.mark.parametrize(
    ("fetch_site", "origin", "ours"),
    [
        ("same-origin", None, True),
        ("none", None, True),
        ("same-site", None, False),
        ("cross-site", None, False),
        ("", None, False),
        ("Same-Origin", None, False),  # browsers write it in one way
        ("same-origin", "https://evil.test", True),
        ("cross-site", OWN, False),
        (None, OWN, True),
        (None, "http://10.0.0.5:8000", True),
        (None, "HTTPS://Pulse.Test", True),
        (None, "http://pulse.test", False),
        (None, "https://pulse.test:8443", False),
        (None, "https://pulse.test/", False),
        (None, "https://sub.pulse.test", False),
        (None, "null", False),
        (None, "", False),
        (None, None, True),
    ],
)
def test_who_is_let_in(fetch_site, origin, ours):
    assert is_same_site(fetch_site, origin, [OWN, "http://10.0.0.5:8000"]) is ours
