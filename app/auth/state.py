"""A worker's state of authentication: caches of credentials and coalesced look-ups, made by `auth.init_app`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask
from sqlalchemy import Engine

from app.auth import credentials
from app.auth.credential_cache import CredentialCache
from app.auth.credentials import Claim
from app.auth.last_use import LastUse
from app.background.coalescing import Coalescer
from app.extensions import component, register
from app.postgres.statements import AnyRow

if TYPE_CHECKING:
    from app.auth.access import Access


@dataclass(frozen=True, slots=True)
class Auth:
    """Caches of tokens by key and of actors by workspace and name; last uses; coalesced look-ups."""

    tokens: CredentialCache[bytes, Access]
    actors: CredentialCache[tuple[UUID, str], UUID]
    last_use: LastUse
    sessions_by_claim: Coalescer[Claim, AnyRow | None]
    tokens_by_key: Coalescer[bytes, AnyRow | None]


def init_app(app: Flask, engine: Engine) -> None:
    """Begin with empty caches. Sessions are never cached: signing out must hold for the very next request."""
    register(
        app,
        Auth(
            tokens=CredentialCache(monotonic),
            actors=CredentialCache(monotonic),
            last_use=LastUse(engine),
            sessions_by_claim=Coalescer(partial(credentials.find_sessions, engine)),
            tokens_by_key=Coalescer(partial(credentials.find_tokens, engine)),
        ),
    )


def auth() -> Auth:
    """The current app's."""
    return component(Auth)
