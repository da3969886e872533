"""Rules about the source itself: docstrings, the length of functions, a pure domain, no effect at import."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION = 40  # lines

# Imports every module of the app and fails at whatever reaches out of the process meanwhile.
IMPORT_EVERYTHING = """
import sys

FORBIDDEN = {"socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.fork", "os.system"}

def refuse(event, arguments):
    if event in FORBIDDEN:
        raise AssertionError(f"{event}{arguments} at import")

import gevent, sqlalchemy, flask, redis, psycopg2  # what they do at import is their own matter
sys.addaudithook(refuse)
import importlib, pkgutil
import app
names = [module.name for module in pkgutil.walk_packages(app.__path__, "app.")]
for name in names:
    importlib.import_module(name)
import gc
running = [thing for thing in gc.get_objects() if isinstance(thing, gevent.Greenlet)]
assert not running, running
print(len(names))
"""


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """(path, syntax tree) of every Python file below these folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def imports_of(tree: ast.Module) -> set[str]:
    """The modules that a file imports; `from app import domain` counts as app.domain."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_modules_open_with_a_docstring():
    without = [
        path
        for path, tree in sources("app", "demo", "launcher", "server", "tests")
        if tree.body and not (ast.get_docstring(tree) or "").split("\n\n")[0].endswith((".", ":", "?"))
    ]
    assert without == []


def test_functions_are_short():
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources("app", "demo", "launcher", "server")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_domain_is_pure():
    """Standard library only, without the modules that do I/O or are random; the clock is an argument."""
    for path, tree in sources("app/domain"):
        imported = {name.split(".")[0] for name in imports_of(tree) if not name.startswith("app.domain.")}
        assert imported <= sys.stdlib_module_names, path
        assert imported.isdisjoint({"time", "random", "secrets", "os", "socket", "threading", "asyncio"}), (
            path
        )
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        called = {call.attr for call in calls if isinstance(call, ast.Attribute)}
        assert called.isdisjoint({"now", "utcnow", "today", "uuid1", "uuid4"}), path


def test_isolation_levels_are_not_switched():
    """An isolation level that SQLAlchemy puts back costs commits on that connection a round trip, ever after."""
    for path, tree in sources("app", "demo", "launcher", "server"):
        keywords = {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)}
        assert "isolation_level" not in keywords, path


def test_import_has_no_effect():
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING], cwd=ROOT, env={"PATH": ""}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 50
