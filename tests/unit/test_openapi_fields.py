"""The lines in which a page shows a schema's fields."""

from app.openapi.fields import fields_of
from app.openapi.page import marked_up

DOCUMENT = {
    "components": {
        "schemas": {
            "User": {
                "type": "object",
                "properties": {"id": {"type": "string", "format": "uuid"}},
                "required": ["id"],
            },
            "Page": {
                "properties": {
                    "data": {"type": "array", "items": {"$ref": "#/components/schemas/User"}},
                    "actor": {"anyOf": [{"$ref": "#/components/schemas/User"}, {"type": "null"}]},
                    "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
                    "limit": {"type": ["integer", "null"], "minimum": 1, "maximum": 1000},
                    "by": {"enum": ["type", "user"], "description": "By what."},
                },
                "required": ["data"],
            },
        }
    }
}


def lines():
    found = fields_of({"$ref": "#/components/schemas/Page"}, DOCUMENT)
    return {line.name: line for line in found}


def test_fields_within_come_with_the_way_to_them():
    assert list(lines()) == ["data", "data[].id", "actor", "actor.id", "counts", "limit", "by"]


def test_what_has_to_be_there():
    assert [name for name, line in lines().items() if line.is_required] == ["data", "data[].id", "actor.id"]


def test_kinds_and_limits():
    told = {name: (line.kind, line.limits) for name, line in lines().items()}
    assert told["data[].id"] == ("uuid", "")
    assert told["actor"] == ("object or null", "")
    assert told["limit"] == ("integer or null", "1 to 1,000")
    assert told["by"] == ("type | user", "")


def test_text_is_never_markup():
    told = marked_up("**Bold**, `<code>` & <b>no more</b>")
    assert told == ("<strong>Bold</strong>, <code>&lt;code&gt;</code> &amp; &lt;b&gt;no more&lt;/b&gt;")
