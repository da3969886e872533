"""Schemas that refuse unknown fields, in an answer that stays small however many there are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, missing
from marshmallow.validate import Length

from app.domain import strict_json
from app.domain.field_errors import flatten_errors
from app.errors import Errors, InvalidInput

MAX_UNKNOWN = 20  # fields; beyond, they are refused before marshmallow makes an error for each


class StrictSchema(Schema):
    """An object with no other fields than those named, so that a misspelt one is noticed.

    marshmallow makes an error for every unknown key: 100,000 of them would hold up the event loop for most of a
    second, and earn an answer four times as large as the body. So an object with too many keys is refused first.
    """

    class Meta:
        unknown = RAISE

    # Not a ClassVar: marshmallow declares it for instances.
    error_messages = {"unknown": "Unknown field.", "type": "Must be a JSON object."}  # noqa: RUF012

    def load(self, data: Any, **kwargs: Any) -> Any:
        """What the object says; raises ValidationError."""
        unknown = kwargs.get("unknown") or self.unknown
        if unknown == RAISE and (errors := self.excess(data)):
            raise ValidationError(errors)
        return super().load(data, **kwargs)

    def excess(self, data: object) -> dict[str, list[str]]:
        """The first unknown keys of an object that has far too many; else nothing."""
        if not isinstance(data, Mapping) or len(data) <= len(self.fields) + MAX_UNKNOWN:
            return {}
        known = {field.data_key or name for name, field in self.fields.items()}
        unknown = [key for key in data if key not in known]
        named = {str(key): [self.error_messages["unknown"]] for key in unknown[:MAX_UNKNOWN]}
        return named | {"_schema": [f"Has {len(unknown)} unknown fields; the first {MAX_UNKNOWN} are named."]}


class FlatSchema(StrictSchema):
    """A strict schema whose fields do not depend on each other, for what is loaded thousands of times a second.

    Each field loads its own value; marshmallow's `load` with its hooks takes five times as long. So it can have no
    `pre_load`, `post_load` or `validates` functions: rules belong to fields.
    """

    def load(self, data: object, **kwargs: Any) -> dict[str, Any]:
        """The object's values by the fields' names; raises ValidationError."""
        if not isinstance(data, dict):
            raise ValidationError({"_schema": [self.error_messages["type"]]})
        loaded: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        known = self._keys
        for key, (name, field) in known.items():
            if key not in data and not field.required:
                default = field.load_default
                loaded[name] = default() if callable(default) else default
                continue
            try:
                loaded[name] = field.deserialize(data.get(key, missing), key, data)
            except ValidationError as error:
                errors[key] = error.messages
        errors |= {key: [self.error_messages["unknown"]] for key in data if key not in known}
        if errors:
            raise ValidationError(errors)
        return loaded

    @cached_property
    def _keys(self) -> dict[str, tuple[str, fields.Field[Any]]]:
        """Each field and its name, by its key in JSON."""
        return {field.data_key or name: (name, field) for name, field in self.load_fields.items()}


class JsonObject(fields.Dict):
    """A parsed JSON object, whose keys are strings already: taken as it is."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        return value


class ShortList(fields.List[Any]):
    """A list whose length is checked before its items are: a long one must not earn an error for each item."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list):
            for check in self.validators:
                if isinstance(check, Length):
                    check(value)
        return super()._deserialize(value, attr, data, **kwargs)


def load_body(schema: type[Schema], body: object) -> dict[str, Any]:
    """The validated JSON object of a request's body; raises InvalidInput with messages by field."""
    return load_values(schema(), json_object(body))


def json_object(body: object) -> Mapping[str, Any]:
    """The body if it is a JSON object that can be stored; raises InvalidInput with messages by field."""
    if errors := strict_json.faults(body):
        raise InvalidInput(errors=errors)
    if not isinstance(body, Mapping):
        raise InvalidInput(errors={"body": [StrictSchema.error_messages["type"]]})
    return body


def load_values(schema: Schema, values: Mapping[str, object]) -> dict[str, Any]:
    """The validated values; raises InvalidInput with messages by field."""
    try:
        loaded: dict[str, Any] = schema.load(values)
    except ValidationError as error:
        raise InvalidInput(errors=by_field(error)) from None
    return loaded


def by_field(error: ValidationError) -> Errors:
    """The schema's messages by dotted field name."""
    messages: dict[str, object] = error.normalized_messages()  # type: ignore[no-untyped-call]  # marshmallow's
    return flatten_errors(messages)
