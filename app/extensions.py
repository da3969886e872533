"""Flask extensions, created empty, and the registry of the application's own components.

`create_app` binds the extensions to an app; each room's `init_app` registers what its routes use. The registry is
keyed by type: `component(Live)` is a `Live` for the type checker, and cannot be misspelt as a string key can.
"""

from __future__ import annotations

from typing import TypeVar

from flask import Flask, current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Base of all models; the naming convention lets migrations name every constraint."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)
migrate = Migrate()

COMPONENTS = "pulse.components"
Component = TypeVar("Component")


def register(app: Flask, *components: object) -> None:
    """Make these components of `app`, one of each type; a later one replaces an earlier one of its type."""
    app.extensions.setdefault(COMPONENTS, {}).update({type(each): each for each in components})


def component(kind: type[Component], app: Flask | None = None) -> Component:
    """The component of this type, of `app` or else of the current app; KeyError where none is registered."""
    found: Component = (app or current_app).extensions[COMPONENTS][kind]
    return found
