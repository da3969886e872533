"""The way of an event from POST to pixel is as docs/how-an-event-travels.md lists it."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

MAX_STOPS = 15
ROW = re.compile(r"\| (\d+) \| `([^`]+)` \| `([^`]+)` \|([^|]*)\|([^|]*)\|")
CODE = re.compile(r"`([^`]+)`")


class Stop(NamedTuple):
    """A row of the table: a function, what it calls, the name by which it hands on, and the seam that gave it."""

    number: int
    file: str
    function: str
    calls: list[str]
    hands_on_by: str
    seam: str

    @property
    def name(self) -> str:
        """The function's name without its class."""
        return self.function.rpartition(".")[2]


def stops_of(root: Path) -> list[Stop]:
    stops = []
    for row in ROW.finditer((root / "docs/how-an-event-travels.md").read_text()):
        number, file, function, calls, hands_on = row.groups()
        by, seam = [*CODE.findall(hands_on), "", ""][:2]
        stops.append(Stop(int(number), file, function, CODE.findall(calls), by, seam))
    return stops


def names_in(tree: ast.AST) -> set[str]:
    """All names that the code uses, those of attributes included."""
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return attributes | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def python_function(source: str, function: str) -> set[str]:
    """The names that a function uses, itself or through functions of its module; KeyError if there is none."""
    module = ast.parse(source)
    functions: dict[str, ast.AST] = {}
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            functions[node.name] = node
        elif isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            functions |= {f"{node.name}.{method.name}": method for method in methods}
    of_name = {name.rpartition(".")[2]: node for name, node in functions.items()}
    names, reached = names_in(functions[function]), {function.rpartition(".")[2]}
    while found := (names & of_name.keys()) - reached:
        reached |= found
        names |= set().union(*(names_in(of_name[name]) for name in found))
    return names


def javascript_function(source: str, function: str) -> str:
    """The text of a function, and of those methods of its module that it calls; KeyError if there is none."""
    text = body_of(source, function)
    if text is None:
        raise KeyError(function)
    read = {function}
    while called := set(re.findall(r"this\.(#\w+)\(", text)) - read:
        read |= called
        text += "".join(body_of(source, name) or "" for name in called)
    return text


def body_of(source: str, function: str) -> str | None:
    """The text of a method, or of a function that is a property, up to the brace at the same indentation."""
    start = re.search(rf"^( *){re.escape(function)}(?:\(|: \()", source, re.MULTILINE)
    if start is None:
        return None
    rest = source[start.start() :]
    end = re.search(rf"^{start[1]}\}}", rest, re.MULTILINE)
    return rest[: end.end()] if end else rest


def uses(root: Path, stop: Stop, name: str) -> bool:
    source = (root / stop.file).read_text()
    if stop.file.endswith(".py"):
        return name.rpartition(".")[2] in python_function(source, stop.function)
    return re.search(rf"{re.escape(name)}\b", javascript_function(source, stop.function)) is not None


@pytest.fixture
def stops(root) -> list[Stop]:
    return stops_of(root)


def test_path_has_at_most_15_stops(stops):
    assert [stop.number for stop in stops] == list(range(1, len(stops) + 1))
    assert 5 < len(stops) <= MAX_STOPS
    assert stops[0].function == "post_event"
    assert stops[-1].file.startswith("static/js/pages/")


def test_each_stop_calls_what_its_row_names(root, stops):
    wrong = [(stop.number, name) for stop in stops for name in stop.calls if not uses(root, stop, name)]
    assert wrong == []


def test_each_stop_hands_on_to_the_next(root, stops):
    """By the next one's name, or by a function that was given to it in the file of the seam."""
    wrong = []
    for stop, following in pairwise(stops):
        if not stop.hands_on_by:  # the network
            continue
        if not uses(root, stop, stop.hands_on_by):
            wrong.append((stop.number, stop.hands_on_by))
        if stop.seam:
            wiring = (root / stop.seam).read_text()
            given = stop.hands_on_by.lstrip("_")
            if not (given in wiring and following.name in wiring):
                wrong.append((stop.number, stop.seam))
        elif stop.hands_on_by != following.name:
            wrong.append((stop.number, following.name))
    assert wrong == []


def test_only_the_network_hands_on_without_a_name(stops):
    unnamed = [(stop.name, following.file) for stop, following in pairwise(stops) if not stop.hands_on_by]
    assert unnamed == [("push", "static/js/client/event-stream.js")]
