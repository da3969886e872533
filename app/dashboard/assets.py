"""Static files at addresses that change with their content: a browser keeps them for good, and never a stale one.

One version stands for the whole tree and is a part of the path: what a module imports by a relative path is
then of the same version as the module itself.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from flask import Flask, Response, send_from_directory, url_for

FOR_GOOD = 365 * 24 * 3600  # seconds
IMPORT = re.compile(r"""^(?:import|export)\b[^'"(]*?['"](\.[^'"]+)['"]""", re.MULTILINE)


class Assets:
    """The static files of one folder as they are at this start."""

    def __init__(self, root: Path):
        self.root = root
        self.version = version_of(root)

    def url(self, path: str) -> str:
        """The address of a file, by its path in the folder."""
        return url_for("assets.serve", version=self.version, path=path)

    def modules(self, path: str) -> list[str]:
        """The addresses of all that a module needs, so that a browser need not find out one by one."""
        return [self.url(needed) for needed in imports_of(self.root, path)]

    def serve(self, version: str, path: str) -> Response:
        """The file; kept for good under its own version, asked for anew under any other."""
        is_current = version == self.version
        response = send_from_directory(self.root, path, max_age=FOR_GOOD if is_current else None)
        if is_current:
            response.cache_control.public = True
            response.cache_control.immutable = True
        return response


def init_app(app: Flask) -> None:
    """Serve the app's static folder, and let templates ask for addresses."""
    assets = Assets(Path(app.static_folder or ""))
    app.add_url_rule("/assets/<version>/<path:path>", "assets.serve", assets.serve)
    app.jinja_env.globals.update(asset=assets.url, asset_modules=assets.modules)


def version_of(root: Path) -> str:
    """Twelve hex digits that change when any file under `root` does."""
    digest = hashlib.sha256()
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(root).as_posix()}\0{file.stat().st_size}\0".encode())
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
