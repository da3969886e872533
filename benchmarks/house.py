"""Code size and coupling by room: lines, functions, small modules, single importers, import circles.

`make house` prints it. Used to compare the code before and after a redesign; asserts nothing.
"""

from __future__ import annotations

import ast
import statistics
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON_ROOTS = ("app", "launcher", "server", "demo")
SMALL_MODULE_LINES = 25


def tracked(*suffixes: str) -> list[Path]:
    names = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    return [Path(name) for name in names if name.endswith(suffixes) and (ROOT / name).is_file()]


def line_count(path: Path) -> int:
    return len((ROOT / path).read_text().splitlines())


def room(path: Path) -> str:
    """The directory below app/, static/ or tests/; else the directory at the top."""
    parts = path.parts
    if len(parts) == 1:
        return "(root)"
    deep = parts[0] in ("app", "static", "tests") and len(parts) > 2
    return (
        "/".join(parts[: 3 if parts[:2] == ("static", "js") and len(parts) > 3 else 2]) if deep else parts[0]
    )


def module_name(path: Path) -> str:
    name = ".".join(path.with_suffix("").parts)
    return name.removesuffix(".__init__")


def function_lengths(paths: list[Path]) -> list[tuple[int, str]]:
    lengths = []
    for path in paths:
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                lengths.append(((node.end_lineno or 0) - body[0].lineno + 1, f"{path}:{node.name}"))
    return sorted(lengths)


def imports(path: Path, known: frozenset[str]) -> Iterator[str]:
    """Modules of ours that are imported when `path` is: not those inside functions or TYPE_CHECKING."""
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                if submodule in known:
                    yield submodule
                elif node.module in known:
                    yield node.module


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Strongly connected components with more than one module (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in graph.get(node, ()):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            component = []
            while not component or component[-1] != node:
                component.append(stack.pop())
            if len(component) > 1:
                found.append(sorted(component))

    for node in graph:
        if node not in index:
            visit(node)
    return found


def type_names(paths: list[Path]) -> Counter[str]:
    """How often each public class name is defined at the top of a module."""
    return Counter(
        node.name
        for path in paths
        for node in ast.parse((ROOT / path).read_text()).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )


def main() -> None:
    files: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for path in tracked(".py", ".js", ".css", ".html", ".md"):
        files[room(path)] += 1
        lines[room(path)] += line_count(path)
    print(f"{'room':32} {'files':>6} {'lines':>7}")
    for name in sorted(lines):
        print(f"{name:32} {files[name]:6} {lines[name]:7}")

    ours = [path for path in tracked(".py") if path.parts[0] in PYTHON_ROOTS]
    known = frozenset(map(module_name, ours))
    graph = {module_name(path): set(imports(path, known)) - {module_name(path)} for path in ours}
    importers: defaultdict[str, set[str]] = defaultdict(set)
    for importer, targets in graph.items():
        for target in targets:
            importers[target].add(importer)
    modules = [path for path in ours if path.name != "__init__.py"]
    small = [path for path in modules if line_count(path) < SMALL_MODULE_LINES]
    single = [path for path in modules if len(importers[module_name(path)]) == 1]
    lengths = function_lengths(ours)
    script_lines = [line_count(path) for path in tracked(".js") if path.parts[:2] == ("static", "js")]
    names = type_names([path for path in ours if path.parts[0] == "app"])
    largest, where = lengths[-1]
    report = {
        "Python modules": len(modules),
        "loose modules in app/": len(list((ROOT / "app").glob("*.py"))),
        "functions": len(lengths),
        "median lines of a function": statistics.median(length for length, _ in lengths),
        "largest function": f"{largest} ({where})",
        f"modules below {SMALL_MODULE_LINES} lines": len(small),
        "modules with one importer": len(single),
        "both": len(set(small) & set(single)),
        "import circles": len(circles(graph)),
        "class names defined twice in app/": sum(count > 1 for count in names.values()),
        "modules of static/js": len(script_lines),
        f"of these below {SMALL_MODULE_LINES} lines": sum(n < SMALL_MODULE_LINES for n in script_lines),
    }
    print()
    for label, value in report.items():
        print(f"{label:36} {value}")


if __name__ == "__main__":
    main()
