"""Static files: kept for good under their own version, and asked for anew under any other address."""

import gzip
import re

import pytest
from flask import Flask

from app.dashboard.assets import Assets
from app.dashboard.bundle import Bundle


@pytest.fixture
def get(client):
    """Fetch, and close the file behind the answer."""
    return lambda address, **options: client.get(address, buffered=True, **options)


@pytest.fixture
def address(client) -> str:
    (version,) = re.findall(r'href="/assets/([0-9a-f]{12})/img/favicon.svg"', client.get("/login").text)
    return f"/assets/{version}/css/tokens.css"


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
    assert len(addresses) >= 5  # as many as a bundle has
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


@pytest.fixture
def bundled(tmp_path):
    """Fetch a file of a bundle, which has one script."""
    (tmp_path / "page-ABCDEFGH.js").write_text("let a = 1;")
    (tmp_path / "page-ABCDEFGH.js.gz").write_bytes(gzip.compress(b"let a = 1;"))
    (tmp_path / "page-ABCDEFGH.js.map").write_text("{}")
    (tmp_path / "manifest.json").write_text("{}")
    app = Flask(__name__, static_folder=None)
    assets = Assets(tmp_path, bundle=Bundle(tmp_path))
    app.add_url_rule("/assets/<version>/<path:path>", "assets.serve", assets.serve)
    return lambda name, **headers: app.test_client().get(
        f"/assets/dist/{name}", headers=headers, buffered=True
    )


def test_bundled_file_is_immutable(bundled):
    answer = bundled("page-ABCDEFGH.js")
    assert (answer.text, answer.mimetype, answer.cache_control.max_age) == (
        "let a = 1;",
        "text/javascript",
        365 * 86_400,
    )
    assert (answer.cache_control.immutable, "Content-Encoding" in answer.headers) == (True, False)


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "gzip"), ("br", None), ("gzip;q=0", None)])
def test_bundled_file_is_sent_as_it_was_compressed(bundled, accepted, encoding):
    answer = bundled("page-ABCDEFGH.js", **{"Accept-Encoding": accepted})
    body = gzip.decompress(answer.data) if encoding else answer.data
    assert (body, answer.headers.get("Content-Encoding")) == (b"let a = 1;", encoding)
    assert (answer.mimetype, "Accept-Encoding" in answer.vary) == ("text/javascript", True)


def test_source_map_of_a_bundled_file(bundled):
    assert bundled("page-ABCDEFGH.js.map", **{"Accept-Encoding": "gzip"}).text == "{}"


@pytest.mark.parametrize(
    "name", ["manifest.json", "page-ABCDEFGH.js.gz", "page-BBBBBBBB.js", "../page-ABCDEFGH.js", "page.js"]
)
def test_nothing_else_is_in_the_bundle(bundled, name):
    assert bundled(name).status_code == 404
