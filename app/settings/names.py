"""Setting names: the table for the documentation, and the detection of unknown names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches

from app.settings.config import Settings
from app.settings.values import LAUNCHER, SERVER, Setting

PREFIX = "PULSE_"
OTHERS = ("PULSE_PASSWORD", "PULSE_LAUNCHED_AS")


def settings_known() -> list[Setting]:
    """Every setting, including those of gunicorn.conf.py and of `make run`."""
    return [*(Setting(**row.metadata) for row in fields(Settings)), *SERVER, *LAUNCHER]


def unknown_names(environ: Mapping[str, str]) -> dict[str, str]:
    """The unknown PULSE_… names, each with a remedy: a misspelt one would silently mean the default."""
    known = [*(setting.name for setting in settings_known()), *OTHERS]
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return {name: _remedy(name, known) for name in unknown}


def _remedy(name: str, known: list[str]) -> str:
    # Without the prefix, which makes all names similar.
    by_rest = {setting.removeprefix(PREFIX): setting for setting in known}
    near = get_close_matches(name.removeprefix(PREFIX), by_rest, 1)
    return f"did you mean {by_rest[near[0]]}?" if near else "remove it"


def document() -> str:
    """Every setting as a row of a Markdown table."""
    lines = [f"| `{row.name}` | {_default(row.default)} | {row.about} |" for row in settings_known()]
    return "\n".join(["| setting | default | what it is |", "|---|---|---|", *lines, ""])


def _default(text: str | None) -> str:
    return "required" if text is None else f"`{text}`" if text else ""
