"""Failed sign-ins by others neither lock an account nor concern a browser that signed in before."""

from time import time

import pytest
from conftest import PASSWORD, new_browser
from itsdangerous import URLSafeSerializer

from app.auth.device_cookie import NAME, SALT
from app.domain.rate import Rate
from app.extensions import component
from app.redis.rate_counts import Slot
from app.redis.rate_limits import RateLimits, fingerprint

pytestmark = pytest.mark.usefixtures("no_rates")


LOGIN = "/api/auth/login"
MIKA = {"email": "mika@acme.test", "password": PASSWORD}
WRONG = MIKA | {"password": "a guess"}


@pytest.fixture
def visitor(make_app, cast):
    """`visitor()`: another browser, at an app that allows one failure a minute."""
    app = make_app(PULSE_RATE_LIMIT_LOGIN="1/minute")
    return lambda: new_browser(app)


def status(browser, body, address="127.0.0.1"):
    return browser.post(LOGIN, json=body, environ_overrides={"REMOTE_ADDR": address}).status_code


def fail_from_everywhere(visitor):
    statuses = [status(visitor(), WRONG, f"192.0.2.{n}") for n in range(12)]
    assert statuses == [401] * 12  # ten fill the account's bucket; then each address has one a minute


@pytest.fixture
def attacked(visitor):
    fail_from_everywhere(visitor)


def test_attacked_account_is_slowed(visitor, attacked):
    assert status(visitor(), MIKA, "198.51.100.9") == 200


def test_slowed_account_has_a_tenth_each(make_app, cast):
    app = make_app(PULSE_RATE_LIMIT_LOGIN="20/minute")
    browser = new_browser(app)
    assert [status(browser, WRONG, "198.51.100.9") for _ in range(3)] == [401] * 3
    account = Slot(f"login:account:{fingerprint(MIKA['email'])}", Rate(200, 60))
    component(RateLimits, app).counts.add([account], time(), 300)  # as many failures from elsewhere
    assert status(browser, WRONG, "198.51.100.9") == 429
    assert [status(browser, WRONG, "198.51.100.10") for _ in range(3)] == [401, 401, 429]


def test_known_browser_ignores_network_limit(visitor):
    known = visitor()
    assert status(known, MIKA) == 200
    for n in range(10):
        assert status(visitor(), {"email": f"{n}@x.test", "password": "a"}) == 401
    assert status(visitor(), MIKA) == 429
    assert status(known, MIKA) == 200


def test_known_browser_has_own_bucket(visitor):
    known = visitor()
    assert status(known, MIKA) == 200
    assert [status(known, WRONG), status(known, WRONG), status(known, MIKA)] == [401, 429, 429]
    assert status(visitor(), MIKA) == 200


def test_device_cookie_is_per_account(visitor):
    known = visitor()
    assert status(known, MIKA) == 200
    olivia = {"email": "olivia@acme.test", "password": "a guess"}
    assert [status(known, olivia), status(visitor(), olivia)] == [401, 429]  # one bucket, of the address


def test_forged_cookie_is_no_cookie(visitor):
    forger, value = visitor(), {"browser": "b", "accounts": ["a"]}
    for signed in ("", "x.y", URLSafeSerializer("another key", salt=SALT).dumps(value)):
        forger.set_cookie(NAME, signed)
        status(forger, WRONG, "203.0.113.5")
        assert status(visitor(), MIKA, "203.0.113.5") == 429
