"""PULSE_SMTP_URL and PULSE_MAIL_FROM: what they may be, and that a wrong one echoes no password."""

import pytest

from app.domain.smtp_server import SmtpServer, sender_address
from app.errors import ConfigError
from app.mail.mailer import FIRST_RETRY_DELAY, MAX_RETRY_DELAY, retry_delay, sender_of
from app.mail.message import one_line
from app.settings.config import Settings

NEEDED = {
    "DATABASE_URL": "postgresql://localhost/pulse",
    "REDIS_URL": "redis://localhost",
    "PULSE_SECRET_KEY": "x" * 32,
}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.test", SmtpServer("mail.test", 25, False, "if-offered")),
        ("smtp://u:p@mail.test", SmtpServer("mail.test", 587, False, "require", "u", "p")),
        (
            "smtp://me%40x.test:p%3Aw%2F@mail.test:2525?starttls=never",
            SmtpServer("mail.test", 2525, False, "never", "me@x.test", "p:w/"),
        ),
        ("smtps://u:p@[::1]", SmtpServer("::1", 465, True, "require", "u", "p")),
    ],
)
def test_url_is_parsed(url, server):
    assert SmtpServer.from_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.test",
        "http://mail.test",
        "smtp://",
        "smtp://u:hunter2@",
        "smtp://u:hunter2/3@mail.test",
        "smtp://u:hunter2@mail.test:port",
        "smtp://u:hunter2@mail.test/path",
        "smtp://u:hunter2@mail.test?tls=1",
        "smtp://u:hunter2@mail.test?starttls=perhaps",
        "smtp://u:hunter2@mail.test#x",
        "smtp://u:hunter2@[::1",
    ],
)
def test_wrong_url_hides_the_password(url):
    with pytest.raises(ConfigError) as error:
        Settings.from_environ(NEEDED | {"PULSE_PUBLIC_URL": "https://p.test", "PULSE_SMTP_URL": url})
    assert str(error.value).startswith("PULSE_SMTP_URL must ")
    assert "hunter2" not in str(error.value)
    assert "\n" not in str(error.value)


def test_mail_needs_a_public_url_for_its_links():
    with pytest.raises(ConfigError, match="PULSE_SMTP_URL needs PULSE_PUBLIC_URL"):
        Settings.from_environ(NEEDED | {"PULSE_SMTP_URL": "smtp://mail.test"})


def test_repr_hides_the_password():
    assert "hunter2" not in repr(SmtpServer.from_url("smtp://u:hunter2@mail.test"))


@pytest.mark.parametrize(
    ("text", "address"),
    [("pulse@x.test", "pulse@x.test"), ("Pulse <pulse@x.test>", "Pulse <pulse@x.test>")],
)
def test_sender(text, address):
    assert str(sender_address(text)) == address


@pytest.mark.parametrize(
    "text",
    ["pulse", "a@x.test, b@x.test", "a@x.test\nBcc: b@x.test", "<>", "@x.test", "Pülse <p@x.test>", "a@"],
)
def test_invalid_sender(text):
    with pytest.raises(ValueError, match="must be an address"):
        sender_address(text)


def test_sender_follows_the_public_url():
    settings = Settings.from_environ(NEEDED | {"PULSE_PUBLIC_URL": "https://pulse.example.org:8443"})
    assert str(sender_of(settings)) == "Pulse <pulse@pulse.example.org>"


def test_back_off_doubles_up_to_an_hour():
    assert [retry_delay(n) for n in (1, 2, 3)] == [
        FIRST_RETRY_DELAY,
        2 * FIRST_RETRY_DELAY,
        4 * FIRST_RETRY_DELAY,
    ]
    assert retry_delay(1_000) == MAX_RETRY_DELAY


def test_header_is_one_short_line():
    assert one_line("a\r\nBcc: b\x00\u2028c") == "a Bcc: b c"
    assert len(one_line("x" * 500)) == 200
