"""Static files at addresses that change with their content: a browser keeps them for good, and never a stale one.

Ours, and of the packages that npm has installed the few that pages use.

One version stands for the whole tree and is a part of the path: what a module imports by a relative path is
then of the same version as the module itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from flask import Flask, Response, send_from_directory, url_for

FOR_GOOD = 365 * 24 * 3600  # seconds
IMPORT = re.compile(r"""^(?:import|export)\b[^'"(]*?['"](\.[^'"]+)['"]""", re.MULTILINE)


# Where pages find what npm installs. It may be missing: a page asks first.
PACKAGED = {"npm/uplot.js": "uplot/dist/uPlot.iife.min.js", "npm/uplot.css": "uplot/dist/uPlot.min.css"}


class Assets:
    """The static files of one folder, and those of `packages`, as they are at this start."""

    def __init__(self, root: Path, packages: Path | None = None):
        self.root = root
        self._packaged = {path: packages / file for path, file in PACKAGED.items()} if packages else {}
        self._packaged = {path: file for path, file in self._packaged.items() if file.is_file()}
        self.version = version_of(root, self._packaged)

    def has(self, path: str) -> bool:
        """Is this file of a package there?"""
        return path in self._packaged

    def url(self, path: str) -> str:
        """The address of a file, by its path in the folder."""
        return url_for("assets.serve", version=self.version, path=path)

    def modules(self, path: str) -> list[str]:
        """The addresses of all that a module needs, so that a browser need not find out one by one."""
        return [self.url(needed) for needed in imports_of(self.root, path)]

    def serve(self, version: str, path: str) -> Response:
        """The file; kept for good under its own version, asked for anew under any other."""
        is_current = version == self.version
        file = self._packaged.get(path)
        folder, name = (file.parent, file.name) if file else (self.root, path)
        response = send_from_directory(folder, name, max_age=FOR_GOOD if is_current else None)
        if is_current:
            response.cache_control.public = True
            response.cache_control.immutable = True
        return response


def init_app(app: Flask) -> None:
    """Serve the app's static folder, and let templates ask for addresses."""
    static = Path(app.static_folder or "")
    assets = Assets(static, static.parent / "node_modules")
    app.add_url_rule("/assets/<version>/<path:path>", "assets.serve", assets.serve)
    app.jinja_env.globals.update(asset=assets.url, asset_modules=assets.modules, has_package=assets.has)


def version_of(root: Path, others: Mapping[str, Path] = MappingProxyType({})) -> str:
    """Twelve hex digits that change when any file under `root` does, or any of the `others`."""
    ours = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    digest = hashlib.sha256()
    for name, file in sorted({**ours, **others}.items()):
        digest.update(f"{name}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def imports_of(root: Path, path: str) -> list[str]:
    """The paths that a module imports, directly or not, nearest first."""
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
