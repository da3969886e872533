"""Forgotten passwords: a one-time link of an hour, by mail or handed over, that sets a new one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from app.audit import audit_log, security_log
from app.auth import link_tokens, passwords
from app.auth.ended_access import EndedAccess, end_access
from app.auth.signals import RevocationCause
from app.errors import InvalidInput, NotFound
from app.extensions import db
from app.mail import queue
from app.mail.message import MailContent
from app.mail.queue import QueuedMail
from app.models import PasswordReset, User

LIFETIME = timedelta(hours=1)
MAIL = "password-reset"
SUBJECT = "Your new password for Pulse"
TEXT = """\
Somebody, hopefully you, asked for a new password for {email} at Pulse.

Set one here within an hour:

{link}

The link works once. If you did not ask for it, do nothing: your password stays as it is.
"""


def ask_for_mail(email: str) -> None:
    """Queue a mail with a link. What is done and stored is the same for an address without an account.

    Whether there is one is looked up when the mail leaves, out of the asker's sight.
    """
    with db.engine.begin() as connection:
        queue.enqueue(connection, MAIL, email)
    security_log.note("password reset asked for", account=security_log.account(email))


def mail_composer(origin: str) -> Callable[[Connection, QueuedMail], MailContent | None]:
    """What writes the mail: the link is made as the mail leaves, and nothing for who has no account."""

    def compose(connection: Connection, mail: QueuedMail) -> MailContent | None:
        query = select(User.id).where(User.email == mail.recipient, User.is_active)
        user_id = connection.execute(query).scalar_one_or_none()
        if user_id is None:
            return None
        link = f"{origin}{make_link(connection, user_id)}"
        return MailContent(SUBJECT, TEXT.format(email=mail.recipient, link=link))

    return compose


def make_link(connection: Connection, user_id: UUID) -> str:
    """The path of a new link. Does not commit."""
    token = link_tokens.new()
    connection.execute(delete(PasswordReset).where(PasswordReset.expires_at <= func.now()))
    values = {"token_hash": token.key, "user_id": user_id, "expires_at": func.now() + LIFETIME}
    connection.execute(insert(PasswordReset).values(values))
    return f"/reset/{token.text}"


def account_of(token: str) -> Row:
    """`(id, email, name, password_hash)` of whom the link is for; raises NotFound for one that is over."""
    query = (
        select(User.id, User.email, User.name, User.password_hash)
        .join(PasswordReset, PasswordReset.user_id == User.id)
        .where(_is_live(token), User.is_active)
    )
    with db.engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("This link was used already, or it is over. Ask for another one.")
    return row


def reset(token: str, password: str, keep_tokens: bool) -> EndedAccess:
    """Set the password that the link's holder chose, end their sessions and, unless kept, their API tokens.

    `password` has been checked. Raises NotFound, or InvalidInput for the password of before.
    """
    account = account_of(token)  # before the slow hashes: anybody can send a form
    if passwords.matches(account.password_hash, password):
        raise InvalidInput(errors={"newPassword": ["This is your password already: choose another one."]})
    password_hash = passwords.make_hash(password)
    used = delete(PasswordReset).where(_is_live(token)).returning(PasswordReset.user_id)
    with db.engine.begin() as connection:
        if connection.execute(used).scalar_one_or_none() is None:
            raise NotFound("This link was used already, or it is over. Ask for another one.")
        audit_log.act_as(account.id, "link")
        connection.execute(update(User).where(User.id == account.id).values(password_hash=password_hash))
        ended = end_access(connection, account.id, keep_tokens=keep_tokens)
    security_log.note("password reset", user=account.id)
    ended.announce(RevocationCause.PASSWORD)
    return ended


def _is_live(token: str):
    return (PasswordReset.token_hash == link_tokens.key_of(token)) & (PasswordReset.expires_at > func.now())
