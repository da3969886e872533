"""Password reset: a one-time link, valid for an hour, sent by mail or handed over by an admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

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
from app.postgres.statements import AnyRow

LIFETIME = timedelta(hours=1)
MAIL = "password-reset"
SUBJECT = "Your new password for Pulse"
TEXT = """\
Somebody, hopefully you, asked for a new password for {email} at Pulse.

Set one here within an hour:

{link}

The link works once. If you did not ask for it, do nothing: your password stays as it is.
"""


def queue_mail(email: str) -> None:
    """Queue a mail with a link. What is done and stored is the same for an address without an account.

    The account is looked up when the mail leaves, so that the response tells nothing about it.
    """
    with db.engine.begin() as connection:
        queue.enqueue(connection, MAIL, email)
    security_log.note("password reset asked for", account=security_log.account(email))


def mail_composer(origin: str) -> Callable[[Connection, QueuedMail], MailContent | None]:
    """Composes the mail; the link is made as the mail leaves. Without an account there is no mail."""

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


def account_of(token: str) -> AnyRow:
    """`(id, email, name, password_hash)` of the link's user; raises NotFound for one that was used or expired."""
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
    """Set the new password, end the user's sessions and, unless kept, their API tokens.

    `password` has been validated. Raises NotFound, or InvalidInput if it is the present password.
    """
    account = account_of(token)  # before the slow hashes: the form is public
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


def _is_live(token: str) -> ColumnElement[bool]:
    return (PasswordReset.token_hash == link_tokens.key_of(token)) & (PasswordReset.expires_at > func.now())
