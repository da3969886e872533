"""GET /api/docs: all of /api/openapi.json for people, from our own server alone."""

import html
import re

import pytest
from flask import template_rendered


@pytest.fixture
def document(client):
    return client.get("/api/openapi.json").get_json()


@pytest.fixture
def page(client):
    return client.get("/api/docs")


def schema_of(document, response):
    """Of a problem, by its reference."""
    reference = response["content"]["application/problem+json"]["schema"]["$ref"]
    return document["components"]["schemas"][reference.split("/")[-1]]


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", "", page.text))


def test_page_shows_every_operation(page, document):
    shown = re.findall(r'class="method"[^>]*>(\w+)</span>\s*<code class="path">(.*?)</code>', page.text)
    described = [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]
    assert sorted((method, path.replace("<wbr>", "")) for method, path in shown) == sorted(described)


def test_page_shows_fields_and_codes(page, document):
    text = text_of(page)
    parameters = {
        parameter["name"]
        for methods in document["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
    }
    codes = {
        code
        for response in document["components"]["responses"].values()
        for code in schema_of(document, response)["properties"]["code"]["enum"]
    }
    schemas = document["components"]["schemas"].values()
    fields = {name for schema in schemas for name in schema.get("properties", ())}
    of_problems = set(document["components"]["schemas"]["ProblemDocument"]["properties"])
    assert not {name for name in parameters | codes | (fields - of_problems) if name not in text}


def test_anchors_of_the_page_exist(page):
    ids = re.findall(r' id="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= set(ids)


def test_problem_type_links_to_its_line(client, page, document):
    lines = re.findall(r'class="line" id="([A-Z_]+)"', page.text)
    codes = {
        code
        for response in document["components"]["responses"].values()
        for code in schema_of(document, response)["properties"]["code"]["enum"]
    }
    assert {*codes, "METHOD_NOT_ALLOWED", "BAD_REQUEST"} <= set(lines)
    for answer in (client.get("/no/such/path"), client.get("/api/auth/me"), client.post("/api/docs")):
        kind, code = answer.get_json()["type"], answer.get_json()["code"]
        assert kind == f"/api/docs#{code}"
        assert code in lines


def test_page_has_no_inline_or_foreign_code(page):
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert not re.search(r"<style|<script(?![^>]* src=)| style=| on\w+=", page.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)


@pytest.mark.parametrize("path", ["/api/docs", "/api/openapi.json"])
def test_document_is_rendered_once_with_etag(client, olivia, path):
    first, second = client.get(path), olivia.get(path)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert client.get(path, headers={"If-None-Match": '"another"'}).data == first.data


def test_documents_are_rendered_once(client, app):
    rendered = []
    with template_rendered.connected_to(lambda *_, **__: rendered.append(1), app):
        for _ in range(3):
            assert client.get("/api/docs").status_code == 200
    assert len(rendered) <= 1
