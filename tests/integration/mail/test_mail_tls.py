"""Outbound mail and encryption: no password in the clear, no server whose certificate is not valid."""

import base64

import pytest
from smtp_sink import SmtpSink, running

NOTE = {"subject": "Hello", "text": "A line."}
SECRET = base64.b64encode(b"\0pulse\0pa:ss/word").strip()
ROWS = "SELECT state, error FROM outbound_mails"


@pytest.fixture
def sink(context):
    with running(SmtpSink(tls=context, accounts={"pulse": "pa:ss/word"})) as sink:
        yield sink


@pytest.fixture
def trusted(monkeypatch, certificate):
    """The machine trusts the server's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])


def url(sink, query=""):
    return f"smtp://pulse:pa%3Ass%2Fword@127.0.0.1:{sink.port}{query}"


def test_starttls_then_password(sink, mailer, put, trusted):
    put(**NOTE)
    mailer(url(sink)).send_due()
    [mail] = sink.mails
    assert (mail.encrypted, mail.user) == (True, "pulse")
    assert SECRET not in b"".join(sink.lines)


def test_certificate_must_be_valid(sink, mailer, put, sql):
    put(**NOTE)
    mailer(url(sink)).send_due()
    assert sink.mails == []
    [(state, error)] = sql(ROWS)
    assert (state, "CERTIFICATE_VERIFY_FAILED" in error) == ("retrying", True)


def test_password_needs_tls(sink, mailer, put, sql):
    sink.tls = None
    put(**NOTE)
    mailer(url(sink)).send_due()
    assert sink.mails == []
    assert SECRET not in b"".join(sink.lines)
    mailer(url(sink, "?starttls=never")).send_due()
    sql("UPDATE outbound_mails SET due_at = now()")
    mailer(url(sink, "?starttls=never")).send_due()
    assert [mail.encrypted for mail in sink.mails] == [False]


def test_relay_uses_opportunistic_tls(sink, mailer, put):
    sink.accounts = {}
    put(**NOTE)
    mailer(f"smtp://127.0.0.1:{sink.port}").send_due()
    assert [mail.encrypted for mail in sink.mails] == [True]


def test_login_failure_logs_no_password(sink, mailer, put, sql, trusted):
    sink.accounts = {"pulse": "another"}
    put(**NOTE)
    mailer(url(sink)).send_due()
    [(state, error)] = sql(ROWS)
    assert state == "retrying"
    assert error == "the server refuses the user name or password of PULSE_SMTP_URL (535)"


def test_smtps(context, mailer, put, trusted):
    with running(SmtpSink(), ssl_context=context) as sink:
        put(**NOTE)
        mailer(f"smtps://127.0.0.1:{sink.port}").send_due()
    assert [mail.encrypted for mail in sink.mails] == [True]
