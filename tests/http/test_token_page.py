"""The page at /w/<slug>/tokens as it leaves the server: safe, and without what is secret."""

import json
import re

import pytest
from scripts import TOKENS

PAGE = "/w/acme/tokens"
HOSTILE = "</script><script>alert(1)</script><!--\u2028&amp;"


def data_of(page) -> dict:
    (block,) = re.findall(
        r'<script type="application/json" id="page-data">(.*?)</script>', page.text, re.DOTALL
    )
    return json.loads(block)


def test_it_brings_the_list_as_the_api_tells_it(olivia, script):
    token = script("stats:read", of="vera", name="Wall screen")
    page = olivia.get(PAGE)
    assert data_of(page)["tokens"] == olivia.get(TOKENS).get_json()["data"]
    assert token.token not in page.text


def test_it_has_only_the_tokens_of_its_workspace(olivia, script):
    script("admin", of="oscar", workspace="elsewhere")
    assert data_of(olivia.get(PAGE)) == {"workspace": {"slug": "acme", "timezone": "UTC"}, "tokens": []}


def test_every_scope_is_offered_with_its_meaning(olivia):
    page = olivia.get(PAGE).text
    assert re.findall(r'<input type="checkbox" name="scopes" value="([^"]+)"', page) == [
        "events:write",
        "events:write-as",
        "stats:read",
        "admin",
    ]
    assert "Read figures and the live stream." in page


def test_nothing_keeps_a_copy(olivia):
    assert olivia.get(PAGE).headers["Cache-Control"] == "no-store"


def test_it_has_no_inline_script_style_or_handler(olivia):
    page = olivia.get(PAGE).text
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert all(
        "src=" in script or 'type="application/json"' in script
        for script in re.findall(r"<script[^>]*>", page)
    )


@pytest.mark.parametrize(
    "statement",
    ["UPDATE users SET name = :name", "UPDATE workspaces SET name = :name", "UPDATE tokens SET name = :name"],
)
def test_names_cannot_leave_their_place(olivia, script, sql, statement):
    script("stats:read")
    before = olivia.get(PAGE).text.count("<script")
    sql(statement, name=HOSTILE)
    page = olivia.get(PAGE)
    assert page.text.count("<script") == page.text.count("</script") == before
    assert "<!--" not in page.text
