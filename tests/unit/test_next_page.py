"""Where a sign-in may lead: to a path here, never to another site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.auth.next_page import local_or_home

HERE = ["/", "/w/acme", "/w/acme?metrics=a,b&x=1#feed", "/w/acme//x", "/é", "/login", "/:8000", "/@host"]
ELSEWHERE = [
    None,
    "",
    "w/acme",
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/w\\acme",
    "https://evil.test",
    "https:evil.test",
    "javascript:alert(1)",
    " /w/acme",
    "/\t/evil.test",  # browsers drop tabs and line ends, wherever they are
    "/\n/evil.test",
    "/w/acme\r\nSet-Cookie: x=y",
    "/w/acme\n",
    "/w/a b",
    "/w/\0",
    "/" + "x" * 2_000,
]


@pytest.mark.parametrize("target", HERE)
def test_a_path_of_ours_is_kept(target):
    assert local_or_home(target) == target


@pytest.mark.parametrize("target", ELSEWHERE)
def test_anything_else_becomes_the_home_page(target):
    assert local_or_home(target) == "/"


@given(st.text(st.sampled_from("/\\\t\r\n .:@ahttps?#%"), max_size=12))
def test_redirect_stays_on_this_host(target):
    # As the URL standard says: drop tabs and line ends, trim, and take a backslash for a slash.
    kept = local_or_home(target)
    as_read = kept.translate({9: None, 10: None, 13: None}).strip().replace("\\", "/")
    assert as_read.startswith("/")
    assert not as_read.startswith("//")
