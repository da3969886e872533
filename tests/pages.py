"""What a server-rendered page shows: the errors beside its fields, and what is filled in."""

from __future__ import annotations

import html
import re

from werkzeug.test import TestResponse

ERROR = re.compile(r'<p class="field-error" id="([\w.-]+)-error">(.*?)</p>', re.DOTALL)
WHOLE = re.compile(r'<p class="field-error" role="alert"[^>]*>(.*?)</p>', re.DOTALL)


def errors_of(page: TestResponse) -> dict[str, str]:
    """The errors by field; that of the whole form as `form`."""
    found = ERROR.findall(page.text) + [("form", words) for words in WHOLE.findall(page.text)]
    return {field: html.unescape(words) for field, words in found}


def value_of(page: TestResponse, field: str) -> str:
    """What an input holds."""
    [value] = re.findall(rf'<input [^>]*name="{field}"[^>]* value="([^"]*)"', page.text)
    return html.unescape(value)
