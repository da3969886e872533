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


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://pulse.test", 204),
        ("http://localhost:8000", 204),
        (None, 204),
        ("http://localhost", 403),
        ("http://pulse.test", 403),
    ],
)
def test_only_public_origins_are_trusted(browser, origin, status):
    visitor = browser("https://pulse.test/, http://localhost:8000")
    answer = visitor.post("/api/auth/logout", headers={"Origin": origin} if origin else {})
    assert (answer.status_code, "CROSS_SITE" in answer.text) == (status, status == 403)


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
