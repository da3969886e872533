"""Prepared answers: a document that is the same for everybody is made once and served as bytes.

Anybody may ask for it, also without signing in. Rendered for each request it took 20 to 30 ms of the
processor, and twenty connections that asked held up every post.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from flask import Response, request


@dataclass(frozen=True)
class PreparedAnswer:
    """What `make` returns, made when it is first asked for; browsers ask with its ETag from then on."""

    make: Callable[[], str]
    mimetype: str

    @cached_property
    def _body(self) -> bytes:
        return self.make().encode()

    @cached_property
    def _etag(self) -> str:
        return hashlib.sha256(self._body).hexdigest()[:32]

    def response(self) -> Response:
        """The whole document, or 304 for who has it already."""
        if request.if_none_match.contains_weak(self._etag):
            response = Response(status=304)
        else:
            response = Response(self._body, mimetype=self.mimetype)
        response.set_etag(self._etag)
        response.headers["Cache-Control"] = "no-cache"
        return response
