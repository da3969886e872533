"""Static files: kept for good under their own version, and asked for anew under any other address."""

import re

import pytest

from app.dashboard.assets import Assets


@pytest.fixture
def get(client):
    """Fetch, and close the file behind the answer."""
    return lambda address, **options: client.get(address, buffered=True, **options)


@pytest.fixture
def address(client) -> str:
    (found,) = re.findall(r'href="(/assets/[0-9a-f]{12}/css/tokens.css)"', client.get("/login").text)
    return found


def test_current_version_is_immutable(get, address):
    answer = get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert answer.cache_control.immutable
    assert answer.cache_control.public
    assert answer.cache_control.max_age == 365 * 24 * 3600


def test_other_version_is_not_cached(get, address):
    answer = get(re.sub("[0-9a-f]{12}", "0" * 12, address))
    assert answer.status_code == 200
    assert answer.cache_control.no_cache
    assert not answer.cache_control.immutable


def test_plain_path_is_revalidated(get):
    answer = get("/static/js/realtime-analytics.js")
    assert answer.cache_control.no_cache
    again = get("/static/js/realtime-analytics.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["../app/settings/config.py", "..%2fapp/config.py", "js/../../setup.cfg", "nothing.css", ""]
)
def test_no_path_traversal(get, address, path):
    assert get(address.replace("css/tokens.css", path)).status_code == 404


def test_referenced_files_exist(get, mika):
    addresses = re.findall(r'(?:href|src)="(/assets/[^"]+)"', mika.get("/w/acme").text)
    assert len(addresses) > 30
    for address in addresses:
        answer = get(address)
        assert answer.status_code == 200
        assert answer.mimetype in ("text/css", "text/javascript", "image/svg+xml")


def test_only_listed_package_files_are_served(tmp_path):
    script = tmp_path / "packages/uplot/dist/uPlot.iife.min.js"
    script.parent.mkdir(parents=True)
    script.write_text("var uPlot;")
    (tmp_path / "static").mkdir()
    with_charts = Assets(tmp_path / "static", tmp_path / "packages")
    without = Assets(tmp_path / "static", tmp_path / "nothing")
    assert with_charts.has("npm/uplot.js")
    assert not without.has("npm/uplot.js")
    assert with_charts.version != without.version
