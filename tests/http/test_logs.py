"""The log: one JSON object a line, with request and user, which no client can forge."""

import io
import json
import logging

import pytest
from conftest import PASSWORD
from scripts import REALTIME

from app.logs import configuration


@pytest.fixture
def lines(app):
    """`lines()`: what has been logged, as objects; all levels."""
    stream = io.StringIO()
    loggers = [logging.getLogger(name) for name in configuration.OURS]
    usual = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    for logger in loggers:
        logger.handlers[:] = []
    configuration.configure("DEBUG", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger, level, handlers in usual:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def requests_of(lines):
    return [line for line in lines() if line["event"] == "request"]


def test_request_is_one_line(vera, cast, lines):
    answer = vera.post(REALTIME, json={"eventType": "deploy.finished"})
    [line] = requests_of(lines)
    assert {name: line[name] for name in ("level", "method", "path", "status", "outcome", "logger")} == {
        "level": "info",
        "method": "POST",
        "path": REALTIME,
        "status": 403,
        "outcome": "FORBIDDEN",
        "logger": "app.http.request_log",
    }
    assert line["request"] == answer.headers["X-Request-ID"]
    assert line["timestamp"].endswith("Z")
    assert line["ms"] > 0


def test_line_names_user_and_token(script, cast, lines):
    token = script("events:write")
    token.post_event()
    [line] = requests_of(lines)
    assert (line["level"], line["outcome"], line["status"]) == ("debug", "OK", 200)
    assert (line["user"], line["token"]) == (str(cast["olivia"]), str(token.token_id))


def test_log_has_no_secrets_or_posted_data(client, script, cast, lines):
    token = script("admin")
    token.post_event(eventData={"body": "a private word"})
    token.post_event(eventType="NO", eventData={"body": "a private word"})
    client.post("/api/auth/login", json={"email": "mika@acme.test", "password": PASSWORD})
    client.get("/api/auth/me?token=a-secret-in-a-query")
    text = json.dumps(lines())
    for secret in ("a private word", token.token, PASSWORD, "a-secret-in-a-query", "mika@acme.test"):
        assert secret not in text


@pytest.mark.parametrize(
    "path",
    [
        '/x%0a{"event":"request","status":200}',
        "/x%0d%0a2026-11-23 ERROR forged",
        "/x%1b[2J",
        "/x%e2%80%a8y",
        "/" + "x" * 5_000,
    ],
)
def test_client_cannot_forge_a_line(client, lines, path):
    client.get(path)
    [line] = lines()
    assert line["status"] == 404
    assert line["path"].isascii()
    assert line["path"].isprintable()
    assert len(line["path"]) < 2_000


@pytest.mark.parametrize(("proxies", "believed"), [("0", False), ("1", True)])
def test_trusted_proxy_sets_request_id(make_app, proxies, believed):
    client = make_app(PULSE_TRUSTED_PROXIES=proxies).test_client()
    answer = client.get("/healthz", headers={"X-Request-ID": "of-the-proxy-1"})
    assert (answer.headers["X-Request-ID"] == "of-the-proxy-1") is believed


@pytest.mark.parametrize("name", ["short", "x" * 65, "a b c d e f", "semi;colon-colon"])
def test_invalid_request_id_is_replaced(make_app, name):
    client = make_app(PULSE_TRUSTED_PROXIES="1").test_client()
    assert client.get("/healthz", headers={"X-Request-ID": name}).headers["X-Request-ID"] != name


def test_traceback_is_on_one_line(make_app, cast, lines):
    app = make_app()

    @app.get("/fault")
    def fault():
        raise RuntimeError("two\nlines")

    app.test_client().get("/fault")
    unhandled, request = lines()
    assert "RuntimeError: two\nlines" in unhandled["exception"]
    assert unhandled["request"] == request["request"]
    assert (request["level"], request["outcome"]) == ("warning", "INTERNAL")


def test_terminal_gets_readable_lines(app, lines):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for name in configuration.OURS:
        logging.getLogger(name).handlers[:] = []
    terminal = Terminal()
    configuration.configure("INFO", terminal)
    logging.getLogger("app.x").warning("something happened")
    assert "something happened" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")


def security_lines(lines):
    return [line for line in lines() if line["logger"] == "app.audit.security_log"]


def test_sign_in_and_sign_out_are_dated(client, cast, lines):
    client.post("/api/auth/login", json={"email": "mika@acme.test", "password": PASSWORD})
    client.post("/api/auth/logout")
    found = [(line["event"], line["user"], line["level"]) for line in security_lines(lines)]
    mika = str(cast["mika"])
    assert found == [("signed in", mika, "info"), ("signed out", mika, "info")]
    assert {line["network"] for line in security_lines(lines)} == {"127.0.0.1"}


def test_failed_sign_ins_have_fingerprints(client, cast, lines):
    for email in ("mika@acme.test", "Mika@acme.test", "nobody@acme.test"):
        client.post("/login", data={"email": email, "password": "a guess"})
    failed = security_lines(lines)
    assert [line["event"] for line in failed] == ["sign-in failed"] * 3
    one, same, other = [line["account"] for line in failed]
    assert one == same != other
    assert "acme.test" not in str(failed)


def test_password_changes_are_logged(mika, script, cast, lines):
    token = script("events:write", of="mika")
    change = {"currentPassword": "a guess", "newPassword": "a longer horse battery"}
    mika.post("/api/auth/password", json=change)
    mika.post("/api/auth/password", json=change | {"currentPassword": PASSWORD})
    found = {line["event"]: line for line in security_lines(lines)}
    assert list(found) == ["token made", "password refused", "password changed", "access ended"]
    assert {line["user"] for line in found.values()} == {str(cast["mika"])}
    assert found["token made"]["made"] == str(token.token_id)
    assert (found["access ended"]["sessions"], found["access ended"]["tokens"]) == (0, 1)
