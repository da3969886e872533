"""Device cookie: proves that this browser has signed in to an account before, so that its attempts count apart.

Without it, an attacker who fails often enough with a user's e-mail address, or from the same network, locks that
user out. It grants no access; it only selects a rate-limit bucket of its own for failed sign-ins.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer

from app.redis.rate_limits import fingerprint

NAME = "pulse_browser"
SALT = "pulse.browser"
LIFETIME = 365 * 24 * 3600  # seconds
MAX_ACCOUNTS = 4  # that one browser remembers; the ones used last


@dataclass(frozen=True, slots=True)
class DeviceCookie:
    """The cookie's content: a random id of the browser, and fingerprints of accounts that signed in with it."""

    browser: str
    accounts: tuple[str, ...] = ()

    def knows(self, account: str) -> bool:
        """Whether this browser has signed in to the account before."""
        return self._mark(account) in self.accounts

    def with_account(self, account: str) -> DeviceCookie:
        """The same browser after it has signed in to the account."""
        mark = self._mark(account)
        others = [one for one in self.accounts if one != mark]
        return DeviceCookie(self.browser, (mark, *others)[:MAX_ACCOUNTS])

    def _mark(self, account: str) -> str:
        return fingerprint(f"{self.browser}:{account}")


def presented() -> DeviceCookie | None:
    """This request's cookie, if we have signed it."""
    try:
        content = _signer(current_app).loads(request.cookies.get(_name(current_app), ""))
        return DeviceCookie(str(content["browser"]), tuple(map(str, content["accounts"])))
    except (BadData, KeyError, TypeError):
        return None


def remember(account: str) -> None:
    """Add the account to the device cookie that this request's response sets."""
    g.device_cookie = (presented() or DeviceCookie(secrets.token_hex(16))).with_account(account)


def write(app: Flask, response: Response, secure: bool) -> None:
    """Set the cookie, if this request is to remember an account; after the session's, which scripts take first."""
    cookie: DeviceCookie | None = g.pop("device_cookie", None)
    if cookie:
        value = _signer(app).dumps({"browser": cookie.browser, "accounts": cookie.accounts})
        response.set_cookie(_name(app), value, max_age=LIFETIME, secure=secure, httponly=True, samesite="Lax")


def _name(app: Flask) -> str:
    # With the prefix, no neighbour on another subdomain or port can plant one of its own.
    return f"__Host-{NAME}" if app.config["PULSE"].only_https else NAME


def _signer(app: Flask) -> URLSafeSerializer:
    # Without the time, as the session's: clocks of machines may differ. The newest key is the last one.
    keys = [*(app.config["SECRET_KEY_FALLBACKS"] or ()), app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt=SALT)
