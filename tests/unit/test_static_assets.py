"""The version of the static files, which modules a module needs, and when a bundle takes their place."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from app.dashboard.assets import Assets, content_version, imported_sheets, transitive_imports
from app.dashboard.bundle import Bundle, load_bundle


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


def test_version_ignores_the_bundle(tree):
    before = content_version(tree)
    (tree / "dist").mkdir()
    (tree / "dist/page-ABCDEFGH.js").write_text("built")
    assert content_version(tree) == before


def test_imported_sheets_keep_their_order(tree):
    write_page(tree)
    assert imported_sheets(tree, "css/pages/page.css") == ["css/b.css", "css/a.css", UPLOT]


@pytest.mark.parametrize("is_installed", [True, False])
def test_sheet_of_a_package_is_linked_where_it_is_installed(app, tree, is_installed):
    write_page(tree)
    if is_installed:
        (tree / "packages" / UPLOT).parent.mkdir(parents=True)
        (tree / "packages" / UPLOT).touch()
    with app.test_request_context():
        sheets = Assets(tree, tree / "packages").sheets("css/pages/page.css")
    names = [sheet.split("/", 3)[3] for sheet in sheets]
    assert names == ["css/b.css", "css/a.css", *(["npm/uplot.css"] if is_installed else [])]


def write_page(tree: Path) -> None:
    (tree / "css/pages").mkdir(parents=True)
    imports = [f'@import "{path}";' for path in ("../b.css", "../a.css", UPLOT)]
    (tree / "css/pages/page.css").write_text("\n".join(['/* @import "../no.css"; */', *imports]))


def test_every_sheet_is_linked(root):
    static = root / "static"
    sheets = {path.relative_to(static).as_posix() for path in (static / "css").glob("*.css")}
    pages = [path.relative_to(static).as_posix() for path in (static / "css/pages").glob("*.css")]
    imported = {sheet for page in pages for sheet in imported_sheets(static, page)}
    templates = "".join(path.read_text() for path in (root / "templates").rglob("*.html"))
    assert {page for page in pages if f'"{page}"' not in templates} == set()
    named = {f"css/{name}.css" for name in re.findall(r'"(?:css/)?([\w-]+)(?:\.css)?"', templates)}
    assert sheets - imported - named == set()


UPLOT = "uplot/dist/uPlot.min.css"
SOURCE = "static/js/page.js"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one module and its bundle."""
    source = tmp_path / SOURCE
    source.parent.mkdir(parents=True)
    source.write_text("export const a = 1;\n")
    write_manifest(tmp_path, {SOURCE: hashlib.sha256(source.read_bytes()).hexdigest()})
    return tmp_path


def write_manifest(project: Path, sources: object) -> None:
    (project / "static/dist").mkdir(exist_ok=True)
    manifest = {"files": {SOURCE: "page-ABCDEFGH.js"}, "sources": sources}
    (project / "static/dist/manifest.json").write_text(json.dumps(manifest))


def test_bundle_of_these_sources_is_used(project):
    assert load_bundle(project).files == {SOURCE: "page-ABCDEFGH.js"}


@pytest.mark.parametrize("change", ["changed", "removed"])
def test_stale_bundle_is_ignored_and_logged(project, caplog, change):
    """Of a source that has changed, the bundle holds what it was before."""
    source = project / SOURCE
    source.unlink() if change == "removed" else source.write_text("export const a = 2;\n")
    assert load_bundle(project).files == {}
    assert f"{SOURCE} has changed since `make bundle`" in caplog.text


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"files": 1, "sources": {}}', '{"files": {}, "sources": 1}', "\0"]
)
def test_broken_manifest_is_ignored_and_logged(project, caplog, text):
    (project / "static/dist/manifest.json").write_text(text)
    assert load_bundle(project).files == {}
    assert "cannot be read" in caplog.text


def test_missing_bundle_is_no_fault(tmp_path, caplog):
    assert (load_bundle(tmp_path).files, caplog.text) == ({}, "")


def test_bundled_entry_needs_no_other_module(app, tree):
    with app.test_request_context():
        modules = Assets(tree)
        bundled = Assets(tree, bundle=Bundle(tree / "dist", {"static/js/page.js": "page-ABCDEFGH.js"}))
        assert modules.url("js/page.js") == f"/assets/{modules.version}/js/page.js"
        assert len(modules.modules("js/page.js")) == 2
        assert bundled.url("js/page.js") == "/assets/dist/page-ABCDEFGH.js"
        assert bundled.modules("js/page.js") == []
        assert bundled.url("js/b.js") == f"/assets/{bundled.version}/js/b.js"
