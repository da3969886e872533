"""Fields of query parameters: metric names and a timezone."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import ValidationError, fields

from app.domain.instants import is_timezone


class MetricNamesField(fields.Field[tuple[str, ...]]):
    """Metric names, joined by commas; `find_series` checks that they exist."""

    def __init__(self, max_names: int, **kwargs: Any):
        super().__init__(**kwargs)
        self._max_names = max_names
        self.json_schema = {"type": "string", "pattern": rf"^[^,]+(,[^,]+){{0,{max_names - 1}}}$"}

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(value.split(",")))
        if len(names) > self._max_names or not all(names):
            many = f"up to {self._max_names} metrics, such as onlineUsers,messagesToday"
            raise ValidationError(
                f"Must be {many if self._max_names > 1 else 'one metric, such as onlineUsers'}."
            )
        return names


class TimezoneField(fields.Field[str]):
    """A timezone by its IANA name."""

    json_schema: ClassVar = {"type": "string", "examples": ["Europe/Berlin"]}

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not is_timezone(value):
            raise ValidationError("Must be a timezone such as Europe/Berlin.")
        return value
