"""What every answer tells a browser to refuse, whatever kind of answer it is."""

import pytest
from conftest import Browser

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
STREAM = {"Accept": "text/event-stream"}
REALTIME = "/api/workspaces/acme/analytics/realtime"


def policy_of(answer):
    directives = (directive.split() for directive in answer.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in directives}


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/login", PAGE),
        ("/w/acme", PAGE),
        ("/no/such/page", PAGE),
        ("/no/such/page", {}),
        ("/api/auth/me", {}),
        (REALTIME, {}),
        (REALTIME, STREAM),
        ("/healthz", {}),
        ("/static/js/realtime-analytics.js", {}),
    ],
)
def test_security_headers(olivia, path, headers):
    with olivia.get(path, headers=headers) as answer:
        sent = {
            name: answer.headers[name]
            for name in ("X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy")
        }
        assert sent == {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        assert policy_of(answer)["frame-ancestors"] == ["'none'"]
        assert policy_of(answer)["default-src"] == ["'none'"]


@pytest.mark.parametrize("path", ["/login", "/w/acme", "/w/acme/tokens", "/no/such/page"])
def test_csp_allows_own_files_only(olivia, path):
    answer = olivia.get(path, headers=PAGE)
    policy = policy_of(answer)
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert policy["trusted-types"] == ["pulse"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_non_pages_have_the_strictest_csp(olivia):
    assert set(policy_of(olivia.get("/api/auth/me"))) == {"default-src", "frame-ancestors"}


@pytest.mark.parametrize("path", ["/api/auth/me", REALTIME, "/api/nothing", "/w/acme", "/healthz"])
def test_personal_responses_are_no_store(olivia, path):
    assert olivia.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("public_url", "base_url", "promised"),
    [
        ("", "https://pulse.test", None),
        ("http://pulse.test", "http://pulse.test", None),
        ("https://pulse.test", "https://pulse.test", "max-age=31536000"),
        ("https://pulse.test", "http://10.0.0.5:8000", None),
        ("https://pulse.test,http://localhost", "https://pulse.test", "max-age=31536000"),
    ],
)
def test_https_is_promised_where_it_is_public(make_app, public_url, base_url, promised):
    app = make_app(PULSE_PUBLIC_URL=public_url)
    answer = Browser(app, app.response_class).get("/healthz", base_url=base_url)
    assert answer.headers.get("Strict-Transport-Security") == promised
