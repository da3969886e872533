"""PULSE_PUBLIC_URL: which origins are ours, and how the cookie is fenced when all of them are encrypted."""

import pytest
from conftest import PASSWORD, Browser, new_browser

MIKA = {"email": "mika@acme.test", "password": PASSWORD}
REALTIME = "/api/workspaces/acme/analytics/realtime"
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket"}


@pytest.fixture
def browser(make_app, cast):
    """`browser(url)`: a visitor of a service that is public there, behind a proxy that changes Host."""

    def make(url: str) -> Browser:
        app = make_app(PULSE_PUBLIC_URL=url)
        return new_browser(app)

    return make


@pytest.mark.parametrize("origin", ["https://pulse.test", "HTTPS://PULSE.TEST", "http://localhost:8000"])
def test_each_public_origin_is_ours(browser, origin):
    visitor = browser("https://pulse.test/, http://localhost:8000")
    assert visitor.post("/api/auth/logout", headers={"Origin": origin}).status_code == 204


@pytest.mark.parametrize(
    "origin", ["http://localhost", "http://pulse.test", "https://pulse.test:8443", "null"]
)
def test_only_public_origins_are_trusted(browser, origin):
    answer = browser("https://pulse.test").post("/api/auth/logout", headers={"Origin": origin})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "CROSS_SITE")


def test_request_without_origin_is_accepted(browser):
    assert browser("https://pulse.test").post("/api/auth/logout").status_code == 204


@pytest.mark.parametrize("headers", [{"Accept": "text/event-stream"}, UPGRADE])
def test_streams_and_websockets_are_fenced_too(browser, headers):
    answer = browser("https://pulse.test").get(REALTIME, headers={**headers, "Origin": "https://evil.test"})
    assert answer.get_json()["code"] == "CROSS_SITE"


def test_https_cookie_has_host_prefix(browser):
    answer = browser("https://pulse.test").post("/api/auth/login", json=MIKA)
    cookies = answer.headers.getlist("Set-Cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == [
        "__Host-pulse_session",
        "__Host-pulse_browser",
    ]
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_http_origin_gets_plain_cookie(browser):
    visitor = browser("https://pulse.test http://localhost")
    answer = visitor.post("/api/auth/login", json=MIKA)
    assert answer.headers["Set-Cookie"].startswith("pulse_session=")
    assert visitor.get("/api/auth/me").status_code == 200
