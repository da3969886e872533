"""Collects the validation errors of all events of a request, to refuse it once with every one of them."""

from __future__ import annotations

from app.errors import Errors, InvalidEvent

MAX_NAMED = 200  # fields; a batch of nothing but mistakes must not earn an answer larger than itself


class ErrorCollector:
    """Errors by path: the field of a single event, `events.<index>.<field>` in a batch of `batch_size`."""

    def __init__(self, batch_size: int | None = None):
        self._batch_size = batch_size
        self._errors: Errors = {}
        self._invalid: set[int] = set()  # indices of events
        self._unlisted: set[int] = set()

    def add(self, index: int, errors: Errors) -> None:
        """Errors of one event by dotted field name; beyond a sensible number they are only counted."""
        self._invalid.add(index)
        for field, messages in errors.items():
            if len(self._errors) >= MAX_NAMED:
                self._unlisted.add(index)
                return
            self._errors[self._path(index, field)] = messages

    def raise_if_any(self) -> None:
        """Raise InvalidEvent if there are any."""
        if self._errors:
            raise InvalidEvent(self._summary(), errors=self._errors)

    def _path(self, index: int, field: str) -> str:
        if self._batch_size is None:
            return field
        return f"events.{index}" if field == "body" else f"events.{index}.{field}"

    def _summary(self) -> str:
        path, messages = next(iter(self._errors.items()))
        first = f"{path}: {messages[0]}"
        if self._batch_size is None:
            return first
        rest = f" The errors of {len(self._unlisted)} more are not listed." if self._unlisted else ""
        invalid = f"{len(self._invalid)} of {self._batch_size} events are not valid"
        return f"{invalid}, so none was stored. {first}{rest}"
