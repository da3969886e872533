"""The bundle that `make bundle` writes: minified, compressed, hashed files in place of modules and style sheets.

It is used only while its sources are the files that are here, so that a bundle of an earlier version never runs
beside newer templates and modules.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask import Response, request, send_from_directory
from werkzeug.exceptions import NotFound

from app.http.compression import accepts_gzip

FOLDER = "static/dist"  # in the root of the project
ONE_YEAR = 365 * 24 * 3600  # seconds
HASHED = re.compile(r"[\w.-]+-[A-Z0-9]{8}\.(?:js|css)(?:\.map)?", re.ASCII)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bundle:
    """`files`: the name in `folder` of each entry point, by its path in the project; none: modules are served."""

    folder: Path
    files: Mapping[str, str] = field(default_factory=dict)

    def serve(self, name: str) -> Response:
        """A hashed file: immutable, and as `make bundle` compressed it where the client accepts gzip."""
        if not HASHED.fullmatch(name):
            raise NotFound
        is_compressed = (self.folder / f"{name}.gz").is_file()
        sends_gzip = is_compressed and accepts_gzip(request.accept_encodings)
        response = send_from_directory(self.folder, f"{name}.gz" if sends_gzip else name, max_age=ONE_YEAR)
        response.mimetype = "text/css" if name.endswith(".css") else "text/javascript"
        response.cache_control.public = True
        response.cache_control.immutable = True
        if is_compressed:
            response.vary.add("Accept-Encoding")
        if sends_gzip:
            response.headers["Content-Encoding"] = "gzip"
        return response


def load_bundle(root: Path, folder: Path | None = None) -> Bundle:
    """The bundle of the project in `root`; without files if there is none, or if a source of it has changed."""
    folder = folder or root / FOLDER
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        return Bundle(folder)
    try:
        files, sources = _read(manifest)
        changed = next((path for path, digest in sources.items() if _sha256(root / path) != digest), None)
    except (OSError, ValueError, LookupError, TypeError) as error:
        log.warning("%s cannot be read (%s): pages load the modules; run `make bundle`", manifest, error)
        return Bundle(folder)
    if changed:
        log.warning(
            "%s has changed since `make bundle`: pages load the modules instead of the bundle", changed
        )
        return Bundle(folder)
    return Bundle(folder, files)


def _read(manifest: Path) -> tuple[dict[str, str], dict[str, str]]:
    content = json.loads(manifest.read_text())
    return dict(content["files"]), dict(content["sources"])


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
