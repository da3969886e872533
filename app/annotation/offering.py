"""The seam to live: how a note that was made, changed or removed gets to open streams.

Without it, open pages would show it only when they reload.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class AnnotationChange(StrEnum):
    """What happened to an annotation."""

    CREATED = "created"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class AnnotationOffering:
    """A component: `offer` is called after the commit, with the annotation as the API has it."""

    offer: Callable[[UUID, AnnotationChange, Mapping[str, Any]], None]
