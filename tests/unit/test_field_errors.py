"""marshmallow's nested messages become dotted paths."""

import pytest
from marshmallow import Schema, ValidationError, fields

from app.domain.field_errors import flatten_errors


class Inner(Schema):
    count = fields.Integer(required=True)


class Outer(Schema):
    name = fields.String(required=True)
    items = fields.List(fields.Nested(Inner))
    tags = fields.Dict(values=fields.String())


@pytest.mark.parametrize(
    ("value", "errors"),
    [
        ({}, {"name": ["Missing data for required field."]}),
        ({"name": 1, "x": 2}, {"name": ["Not a valid string."], "x": ["Unknown field."]}),
        (
            {"name": "a", "items": [{"count": 1}, {"count": "many"}, 3]},
            {"items.1.count": ["Not a valid integer."], "items.2": ["Invalid input type."]},
        ),
        ({"name": "a", "tags": {"k": 1}}, {"tags.k.value": ["Not a valid string."]}),
        ([], {"body": ["Invalid input type."]}),
        ({"name": "a", "k" * 2_000: 1}, {"k" * 64: ["Unknown field."]}),
        ({"name": "a", "\ud800": 1}, {"\ufffd": ["Unknown field."]}),
    ],
)
def test_errors_are_keyed_by_dotted_path(value, errors):
    with pytest.raises(ValidationError) as refused:
        Outer().load(value)
    assert flatten_errors(refused.value.messages) == errors
