"""PULSE_PUBLIC_URL: which origins are ours, and how the cookie is fenced when all of them are encrypted."""

import pytest
from conftest import PASSWORD, Browser

MIKA = {"email": "mika@acme.test", "password": PASSWORD}
REALTIME = "/api/workspaces/acme/analytics/realtime"
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket"}


@pytest.fixture
def browser(make_app, cast):
    """`browser(url)`: a visitor of a service that is public there, behind a proxy that changes Host."""

    def make(url: str) -> Browser:
        app = make_app(PULSE_PUBLIC_URL=url)
        return Browser(app, app.response_class, use_cookies=True)

    return make


@pytest.mark.parametrize("origin", ["https://pulse.test", "HTTPS://PULSE.TEST", "http://localhost:8000"])
def test_each_public_origin_is_ours(browser, origin):
    visitor = browser("https://pulse.test/, http://localhost:8000")
    assert visitor.post("/api/auth/logout", headers={"Origin": origin}).status_code == 204


@pytest.mark.parametrize(
    "origin", ["http://localhost", "http://pulse.test", "https://pulse.test:8443", "null"]
)
def test_no_other_is_not_even_the_host_that_was_asked(browser, origin):
    answer = browser("https://pulse.test").post("/api/auth/logout", headers={"Origin": origin})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "CROSS_SITE")


def test_who_sends_neither_header_is_no_browser(browser):
    assert browser("https://pulse.test").post("/api/auth/logout").status_code == 204


@pytest.mark.parametrize("headers", [{"Accept": "text/event-stream"}, UPGRADE])
def test_streams_and_websockets_are_fenced_too(browser, headers):
    answer = browser("https://pulse.test").get(REALTIME, headers={**headers, "Origin": "https://evil.test"})
    assert answer.get_json()["code"] == "CROSS_SITE"


def test_over_https_alone_the_cookie_is_secure_and_belongs_to_this_host(browser):
    answer = browser("https://pulse.test").post("/api/auth/login", json=MIKA)
    cookies = answer.headers.getlist("Set-Cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == [
        "__Host-pulse_session",
        "__Host-pulse_browser",
    ]
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_who_is_public_over_http_too_gets_a_cookie_that_works_there(browser):
    visitor = browser("https://pulse.test http://localhost")
    answer = visitor.post("/api/auth/login", json=MIKA)
    assert answer.headers["Set-Cookie"].startswith("pulse_session=")
    assert visitor.get("/api/auth/me").status_code == 200
