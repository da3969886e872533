"""No public class of app/ shares its name with another one: a name in a traceback or a search means one thing."""

from __future__ import annotations

import ast
from collections import defaultdict


def test_public_type_names_are_unique(root):
    defined: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "app").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                defined[node.name].append(str(path.relative_to(root)))
    assert {name: paths for name, paths in defined.items() if len(paths) > 1} == {}
    assert len(defined) > 200
