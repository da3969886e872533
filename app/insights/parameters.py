"""Query parameters of insights: names of metrics, and a timezone."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import ValidationError, fields

from app.domain.instants import is_timezone


class MetricNamesField(fields.Field):
    """Names of metrics, joined by commas; whether they exist is for somebody else to say."""

    def __init__(self, most: int, **kwargs: Any):
        super().__init__(**kwargs)
        self._most = most
        self.json_schema = {"type": "string", "pattern": rf"^[^,]+(,[^,]+){{0,{most - 1}}}$"}

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(value.split(",")))
        if len(names) > self._most or not all(names):
            many = f"up to {self._most} metrics, such as onlineUsers,messagesToday"
            raise ValidationError(f"Must be {many if self._most > 1 else 'one metric, such as onlineUsers'}.")
        return names


class TimezoneField(fields.Field):
    """A timezone by its IANA name."""

    json_schema: ClassVar = {"type": "string", "examples": ["Europe/Berlin"]}

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not is_timezone(value):
            raise ValidationError("Must be a timezone such as Europe/Berlin.")
        return value
