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


def test_dashboard_imports_exist(root):
    needed = transitive_imports(root / "static", "js/pages/dashboard/main.js")
    assert "js/client/realtime-analytics.js" in needed
    assert "js/ui/clock.js" in needed
    assert all((root / "static" / path).is_file() for path in needed)
    parts = {path.name for path in (root / "static/js/pages/dashboard").glob("*.js")} - {"main.js"}
    assert parts <= {Path(path).name for path in needed}
