"""No public type name is defined twice, in app/ or in the browser's modules: a name means one thing."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator


def test_public_type_names_are_unique(root):
    defined: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "app").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                defined[node.name].append(str(path.relative_to(root)))
    assert {name: paths for name, paths in defined.items() if len(paths) > 1} == {}
    assert len(defined) > 200


CLASS = re.compile(r"^(?:export )?class (\w+)", re.MULTILINE)
TYPEDEF = re.compile(r"@(?:typedef|callback) ")
ANY = re.compile(r"\bany\b")
TYPED = re.compile(r"@(?:type|typedef|param|property|returns|template|this) ")
ALIAS = re.compile(r"import\('[^']+'\)\.(\w+)")


def types_in(module: str) -> Iterator[str]:
    """The classes and JSDoc types that a module defines; one that it only imports is defined elsewhere."""
    yield from CLASS.findall(module)
    for tag in TYPEDEF.finditer(module):
        definition, end = braces_at(module, tag.end())
        name = re.compile(r"[\s*]*(\w+)").match(module, end)
        alias = ALIAS.fullmatch(definition)
        if name and not (alias and alias[1] == name[1]):
            yield name[1]


def braces_at(text: str, start: int) -> tuple[str, int]:
    """The inside of the braces that open at `start`, and where they end; nothing if none open there."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[start + 1 : at], at + 1 if at > start else start
    return "", start


def test_types_of_a_module_are_found():
    module = """
        /** @typedef {{a: {b: string}}} One  and its meaning */
        /**
         * @typedef {object} Two
         * @property {string} name
         * @typedef {'a'
         *   | 'b'} Three
         * @callback Four
         * @typedef {import('./x.js').Five} Five
         * @typedef {import('./x.js').Six[]} Seven
         */"""
    classes = "\nexport class Eight {}\nclass Nine extends Eight {}\n"
    found = set(types_in(module + classes))
    assert found == {"One", "Two", "Three", "Four", "Seven", "Eight", "Nine"}


def test_no_javascript_type_name_is_used_twice(root):
    places = defaultdict(list)
    for path in sorted((root / "static" / "js").rglob("*.js")):
        for name in types_in(path.read_text()):
            places[name].append(path.relative_to(root).as_posix())
    assert len(places) > 50
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_javascript_type_is_any(root):
    found = [
        f"{path.relative_to(root)}: {definition}"
        for path in sorted((root / "static" / "js").rglob("*.js"))
        for module in [path.read_text()]
        for tag in TYPED.finditer(module)
        for definition, _ in [braces_at(module, tag.end())]
        if ANY.search(definition)
    ]
    assert found == []
