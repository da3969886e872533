"""Signing in and out: from a password to a session in this browser's cookie, and back to nothing."""

from __future__ import annotations

from uuid import UUID

from flask import request
from sqlalchemy import select, update

from app.audit import security_log
from app.auth import device_cookie, login_manager, passwords, sessions
from app.auth.login_manager import Person
from app.domain.browser import in_words
from app.domain.client_address import client_network
from app.domain.email_and_slug import normal_email
from app.errors import BadCredentials
from app.extensions import db
from app.models import User
from app.postgres.statements import AnyRow
from app.redis.rate_counts import Charge
from app.redis.rate_limits import fingerprint, rate_limits


def sign_in(email: str, password: str) -> Person:
    """Check the password and begin a fresh session in this response's cookie; raises BadCredentials, RateLimited.

    An unknown address, an inactive user and a wrong password get the same answer after the same time.
    """
    attempt = _count(email)  # before the slow check, so that many at once are not let in at once
    account = _account(email)
    right = passwords.matches(account.password_hash if account else None, password)
    if not account or not account.is_active or not right:
        security_log.note("sign-in failed", account=security_log.account(email))
        raise BadCredentials
    rate_limits().login.refund(attempt)
    checked = account.password_hash
    if passwords.is_outdated(checked):
        checked = _store_hash(account, passwords.make_hash(password))
    return begin_session(account.id, account.email, account.name, checked)


def _count(email: str) -> Charge:
    account = _account_key(email)
    address = fingerprint(client_network(request.remote_addr))
    login, known = rate_limits().login, device_cookie.presented()
    if known and known.knows(account):  # what others do counts for others
        return login.charge(own=[f"browser:{known.browser}:{account}"])
    return login.charge_slowed(
        own=[f"{account}:{address}"], shared=[f"address:{address}"], slowing=f"account:{account}"
    )


def _account_key(email: str) -> str:
    return fingerprint(normal_email(email) or email)


def sign_out() -> None:
    """End this request's session, if it has one, on the server and in the cookie."""
    if user_id := sessions.end(login_manager.current_token()):
        security_log.note("signed out", user=user_id)
    login_manager.end()


def begin_session(id: UUID, email: str, name: str, checked: str | None = None) -> Person:
    """Begin a fresh session of an authenticated user, in this response's cookie.

    Raises BadCredentials if `checked`, the hash of the password that they showed, was replaced meanwhile.
    """
    sessions.end(login_manager.current_token())  # of the user who was signed in in this browser before
    login_manager.end()
    browser = in_words(request.headers.get("User-Agent", ""))
    token = sessions.start(id, browser, checked)
    if token is None:
        raise BadCredentials
    person = Person(id, email, name, token=token)
    login_manager.begin(person)
    device_cookie.remember(_account_key(email))
    security_log.note("signed in", user=id, browser=browser)
    return person


def _account(email: str) -> AnyRow | None:
    query = select(User.id, User.email, User.name, User.password_hash, User.is_active)
    with db.engine.connect() as connection:  # given back before the slow hash
        return connection.execute(query.where(User.email == (normal_email(email) or ""))).one_or_none()


def _store_hash(account: AnyRow, password_hash: str) -> str:
    # Only over the hash that was checked: a password changed meanwhile must not be undone.
    same = (User.id == account.id) & (User.password_hash == account.password_hash)
    with db.engine.begin() as connection:
        is_stored = connection.execute(update(User).where(same).values(password_hash=password_hash)).rowcount
    return password_hash if is_stored else account.password_hash
