"""How the code is laid out: every file says what it is for and stays short, and nothing happens at import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path for package in ("app", "demo", "launcher") for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
DOMAIN = sorted((ROOT / "app" / "domain").glob("*.py"))

LONGEST_MODULE = 250  # lines
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


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def keywords_of(path: Path) -> set[str]:
    """The names by which a file gives arguments."""
    return {node.arg for node in ast.walk(tree_of(path)) if isinstance(node, ast.keyword) and node.arg}


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports; `from app import domain` counts as app.domain."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=name_of)
def test_a_file_opens_with_a_sentence_of_purpose(path):
    tree = tree_of(path)
    if tree.body:
        first = (ast.get_docstring(tree) or "").split("\n\n")[0]
        assert first.endswith((".", ":", "?")), first


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_file_is_one_noun_and_short(path):
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_function_does_one_thing(path):
    functions = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)]
    long = {node.name for node in functions if node.end_lineno - node.lineno >= LONGEST_FUNCTION}
    assert not long


@pytest.mark.parametrize("path", DOMAIN, ids=name_of)
def test_the_domain_needs_the_standard_library_alone_and_of_that_nothing_that_changes(path):
    imported = {name.split(".")[0] for name in imports_of(path) if not name.startswith("app.domain.")}
    assert imported <= sys.stdlib_module_names
    assert imported.isdisjoint({"time", "random", "secrets", "os", "socket", "threading", "asyncio"})


@pytest.mark.parametrize("path", DOMAIN, ids=name_of)
def test_the_domain_is_told_the_time(path):
    calls = [node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    called = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    assert called.isdisjoint({"now", "utcnow", "today", "uuid1", "uuid4"})


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_connection_is_given_back_as_it_was_taken(path):
    """An isolation level that SQLAlchemy puts back costs commits on that connection a round trip, ever after."""
    assert "isolation_level" not in keywords_of(path)


def test_nothing_happens_at_import():
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING], cwd=ROOT, env={"PATH": ""}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 50
