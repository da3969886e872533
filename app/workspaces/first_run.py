"""First-run setup: while there is no user, the code from the log lets its holder make the first owner, once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import ProgrammingError

from app.audit import audit_log, security_log
from app.auth import passwords
from app.errors import DATABASE_AWAY, Errors, InvalidInput, NotFound
from app.extensions import db
from app.models import User
from app.postgres.advisory_locks import AdvisoryLock, lock_until_commit
from app.settings.config import Settings
from app.workspaces.schema import NewUser, NewWorkspace, checked
from app.workspaces.workspace import insert_workspace

log = logging.getLogger(__name__)

PURPOSE = b"pulse: the code of the first run"


def setup_code(settings: Settings) -> str:
    """The code for /setup: derived from the secret key, so that all workers have the same without storing it."""
    digest = hmac.digest(settings.secret_key.encode(), PURPOSE, hashlib.sha256)
    letters = base64.b32encode(digest[:10]).decode()  # 80 bits
    return "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))


def is_first_run(connection: Connection) -> bool:
    """Whether there is no user yet."""
    return connection.execute(select(User.id).limit(1)).one_or_none() is None


def log_setup_code(engine: Engine, settings: Settings) -> None:
    """Log the code while there is no user."""
    try:
        with engine.connect() as connection:
            if not is_first_run(connection):
                return
    except (ProgrammingError, *DATABASE_AWAY):  # no tables yet, or away: other lines say so
        return
    log.warning("no user yet: make the first owner at /setup with the code %s", setup_code(settings))


class FirstOwner(NamedTuple):
    """The user that the first run has made."""

    id: UUID
    email: str
    name: str


def set_up(settings: Settings, given: Mapping[str, str]) -> FirstOwner:
    """Store the first user and workspace, and return the user.

    `given` has `code`, `name`, `email`, `password`, `workspace`, `slug` and `timezone`. Raises NotFound once a
    user is there, or InvalidInput with messages by field.
    """
    with db.engine.connect() as connection:
        if not is_first_run(connection):
            raise NotFound
    user, workspace = _checked(settings, given)
    owner = FirstOwner(uuid4(), user["email"], user["name"])
    password_hash = passwords.make_hash(user["password"])
    with db.engine.begin() as connection:
        # Of two who send the form at once, the second finds a user.
        lock_until_commit(connection, AdvisoryLock.FIRST_RUN)
        if not is_first_run(connection):
            raise NotFound
        connection.execute(insert(User).values(**owner._asdict(), password_hash=password_hash))
        audit_log.act_as(owner.id, "session")
        insert_workspace(connection, workspace, owner.id)
    security_log.note("set up", user=owner.id)
    return owner


def _checked(settings: Settings, given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    errors: Errors = {}
    if not _is_code(settings, given.get("code", "")):
        # The only error: without the code, nothing else is validated for a visitor.
        raise InvalidInput(errors={"code": ["This is not the code in the server's log."]})
    values: list[dict[str, Any]] = []
    account = {name: given.get(name, "") for name in ("email", "name", "password")}
    place = {"slug": given.get("slug", ""), "name": given.get("workspace", "")}
    place["timezone"] = given.get("timezone") or "UTC"
    for schema, fields, renamed in ((NewUser, account, "name"), (NewWorkspace, place, "workspace")):
        try:
            values.append(checked(schema, **fields))
        except InvalidInput as wrong:
            errors |= {
                renamed if name == "name" else name: texts for name, texts in (wrong.errors or {}).items()
            }
    if errors:
        raise InvalidInput(errors=errors)
    return values[0], values[1]


def _is_code(settings: Settings, given: str) -> bool:
    plain = given.upper().replace("-", "").replace(" ", "").strip()
    return hmac.compare_digest(plain.encode(), setup_code(settings).replace("-", "").encode())
