"""What is wrong with the events of a request, gathered until everything has been looked at, then said at once."""

from __future__ import annotations

from app.errors import Errors, InvalidEvent

MOST_NAMED = 200  # fields; a batch of nothing but mistakes must not earn an answer larger than itself


class Faults:
    """Faults by place: the field of a single event, `events.<index>.<field>` in a batch of `batch_size`."""

    def __init__(self, batch_size: int | None = None):
        self._batch_size = batch_size
        self._named: Errors = {}
        self._bad: set[int] = set()  # events
        self._unnamed: set[int] = set()

    def add(self, index: int, errors: Errors) -> None:
        """Errors of one event by dotted field name; beyond a sensible number they are only counted."""
        self._bad.add(index)
        for field, messages in errors.items():
            if len(self._named) >= MOST_NAMED:
                self._unnamed.add(index)
                return
            self._named[self._place(index, field)] = messages

    def refuse(self) -> None:
        """Raise InvalidEvent if there are any."""
        if self._named:
            raise InvalidEvent(self._summary(), errors=self._named)

    def _place(self, index: int, field: str) -> str:
        if self._batch_size is None:
            return field
        return f"events.{index}" if field == "body" else f"events.{index}.{field}"

    def _summary(self) -> str:
        place, messages = next(iter(self._named.items()))
        first = f"{place}: {messages[0]}"
        if self._batch_size is None:
            return first
        rest = f" The errors of {len(self._unnamed)} more are not listed." if self._unnamed else ""
        return (
            f"{len(self._bad)} of {self._batch_size} events are not valid, so none was stored. {first}{rest}"
        )
