"""The version of the static files, and which modules a module needs."""

from pathlib import Path

import pytest

from app.dashboard.assets import content_version, transitive_imports


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "js").mkdir()
    (tmp_path / "js/page.js").write_text(
        "import { a } from './parts/a.js';\nimport './b.js';\nimport('./late.js');\n"
    )
    (tmp_path / "js/b.js").write_text("export * from \"./page.js\";\nconst text = 'import nothing';\n")
    (tmp_path / "js/late.js").write_text("")
    (tmp_path / "js/parts").mkdir()
    (tmp_path / "js/parts/a.js").write_text("import {\n  b,\n} from '../b.js';\n// from './comment.js'\n")
    return tmp_path


def test_version_is_stable(tree):
    assert content_version(tree) == content_version(tree)
    assert len(content_version(tree)) == 12


@pytest.mark.parametrize("change", ["content", "new file", "renamed", "moved between files"])
def test_version_changes_with_any_file(tree, change):
    before = content_version(tree)
    file = tree / "js/b.js"
    if change == "content":
        file.write_text(file.read_text() + " ")
    elif change == "new file":
        (tree / "new.css").touch()
    elif change == "renamed":
        file.rename(tree / "js/c.js")
    else:
        (tree / "js/late.js").write_text(file.read_text())
        file.write_text("")
    assert content_version(tree) != before


def test_transitive_imports(tree):
    assert transitive_imports(tree, "js/page.js") == ["js/parts/a.js", "js/b.js"]


def test_every_module_is_loaded(root):
    static = root / "static"
    modules = {path.relative_to(static).as_posix() for path in (static / "js").rglob("*.js")}
    public = {f"js/{name}.js" for name in ("realtime-analytics", "realtime-analytics-polling", "react")}
    pages = {path for path in modules if path.endswith("/main.js")}
    templates = "".join(path.read_text() for path in (root / "templates").rglob("*.html"))
    assert {page for page in pages if page not in templates} == set()
    loaded = {path for entry in pages | public for path in transitive_imports(static, entry)}
    only_types, classic_script = "js/client/transport.js", "js/ui/first-paint.js"
    assert modules - loaded - pages - public == {only_types, classic_script}
    assert loaded <= modules


def test_dashboard_needs_client_and_ui(root):
    needed = transitive_imports(root / "static", "js/pages/dashboard/main.js")
    assert {"js/client/realtime-analytics.js", "js/ui/clock.js", "js/pages/dashboard/feed-row.js"} <= set(
        needed
    )
