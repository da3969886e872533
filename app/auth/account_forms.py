"""Fields that several forms of one's account have."""

from __future__ import annotations

from collections.abc import Mapping


def keeps_tokens(form: Mapping[str, str]) -> bool:
    """Whether the box that revokes API tokens was there and is unticked; a form without the box revokes them."""
    return "revokeTokensAsked" in form and "revokeTokens" not in form
