"""Content-addressed static files: browsers cache them for a year, and never use a stale one.

Our own, and those few of the packages installed by npm that pages use. Where there is a bundle (see bundle.py),
the addresses of entry points are those of its files, and nothing else is loaded.

One version, a hash of the whole tree, is a part of the path, so that a module's relative imports get the same
version as the module itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from flask import Flask, Response, send_from_directory, url_for

from app.dashboard.bundle import ONE_YEAR, Bundle, load_bundle

BUILT = "dist"  # the folder of the bundle
SHEET_IMPORT = re.compile(r"""^@import "([^"]+)";""", re.MULTILINE)
IMPORT = re.compile(r"""^(?:import|export)\b[^'"(]*?['"](\.[^'"]+)['"]""", re.MULTILINE)


# The path of each npm file in a page → its path in node_modules. It may be missing: see `has`.
PACKAGED = {"npm/uplot.js": "uplot/dist/uPlot.iife.min.js", "npm/uplot.css": "uplot/dist/uPlot.min.css"}
PACKAGED_AS = {file: path for path, file in PACKAGED.items()}


class Assets:
    """The static files of `root` and of `packages` (node_modules), with the version that they have at start."""

    def __init__(self, root: Path, packages: Path | None = None, bundle: Bundle | None = None):
        self.root = root
        self._bundle = bundle or Bundle(root / BUILT)
        self._packaged = {path: packages / file for path, file in PACKAGED.items()} if packages else {}
        self._packaged = {path: file for path, file in self._packaged.items() if file.is_file()}
        self.version = content_version(root, self._packaged)

    def has(self, path: str) -> bool:
        """Whether this file of a package is installed."""
        return path in self._packaged

    def url(self, path: str) -> str:
        """The URL of a file, by its path in the folder: that of its bundle, if there is one."""
        if bundled := self._bundled_name(path):
            return url_for("assets.serve", version=BUILT, path=bundled)
        return url_for("assets.serve", version=self.version, path=path)

    def modules(self, path: str) -> list[str]:
        """The URLs of a module's transitive imports, to be preloaded in parallel; none if they are bundled."""
        if self._bundled_name(path):
            return []
        return [self.url(needed) for needed in transitive_imports(self.root, path)]

    def sheets(self, path: str) -> list[str]:
        """The URLs of the style sheets to link for one that only imports others: one, if they are bundled."""
        if self._bundled_name(path):
            return [self.url(path)]
        served = [PACKAGED_AS.get(needed, needed) for needed in imported_sheets(self.root, path)]
        return [self.url(needed) for needed in served if needed not in PACKAGED or self.has(needed)]

    def serve(self, version: str, path: str) -> Response:
        """The file: immutable in the bundle and under the current version, revalidated under any other."""
        if version == BUILT:
            return self._bundle.serve(path)
        is_current = version == self.version
        file = self._packaged.get(path)
        folder, name = (file.parent, file.name) if file else (self.root, path)
        response = send_from_directory(folder, name, max_age=ONE_YEAR if is_current else None)
        if is_current:
            response.cache_control.public = True
            response.cache_control.immutable = True
        return response

    def _bundled_name(self, path: str) -> str | None:
        package = PACKAGED.get(path)
        return self._bundle.files.get(f"node_modules/{package}" if package else f"static/{path}")


def init_app(app: Flask) -> None:
    """Serve the app's static folder and its bundle, and add the functions that templates name files by."""
    static = Path(app.static_folder or "")
    assets = Assets(static, static.parent / "node_modules", load_bundle(static.parent))
    app.add_url_rule("/assets/<version>/<path:path>", "assets.serve", assets.serve)
    app.jinja_env.globals.update(
        asset=assets.url, asset_modules=assets.modules, asset_sheets=assets.sheets, has_package=assets.has
    )


def content_version(root: Path, others: Mapping[str, Path] = MappingProxyType({})) -> str:
    """Twelve hex digits of the hash of all source files under `root` and of the `others`."""
    paths = (path for path in root.rglob("*") if path.is_file() and path.parent != root / BUILT)
    ours = {path.relative_to(root).as_posix(): path for path in paths}
    digest = hashlib.sha256()
    for name, file in sorted({**ours, **others}.items()):
        digest.update(f"{name}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def transitive_imports(root: Path, path: str) -> list[str]:
    """The paths that a module imports, directly or indirectly, breadth first."""
    found: dict[str, None] = {}
    waiting = [path]
    while waiting:
        module = waiting.pop(0)
        for target in IMPORT.findall((root / module).read_text()):
            needed = (root / module).parent.joinpath(target).resolve().relative_to(root.resolve()).as_posix()
            if needed not in found and needed != path:
                found[needed] = None
                waiting.append(needed)
    return list(found)


def imported_sheets(root: Path, path: str) -> list[str]:
    """The paths that a style sheet imports, in its order, which decides between equal rules.

    As in JavaScript, what does not begin with a dot is a package's, and its path is that in node_modules.
    """
    folder = (root / path).parent
    targets = SHEET_IMPORT.findall((root / path).read_text())
    return [
        folder.joinpath(target).resolve().relative_to(root.resolve()).as_posix()
        if target.startswith(".")
        else target
        for target in targets
    ]
