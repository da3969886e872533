"""docs/api.md is true: its examples work as shown, and it lists every route and every error."""

import re

import pytest
from api_document import examples, shape
from conftest import PASSWORD, Browser

from app import errors


@pytest.fixture
def document(root):
    return root / "docs" / "api.md"


@pytest.fixture
def run(app, cast, client, script):
    """Sends an example's request, with the cookies of the jar if it names the jar."""

    def send(example):
        browser = client if example.uses_jar else Browser(app, app.response_class, use_cookies=False)
        return browser.open(example.url, method=example.method, headers=example.headers, data=example.body)

    return send


def test_examples_of_api_md_work(document, run, script):
    variables = {"PULSE": "", "PASSWORD": PASSWORD, "TOKEN": script("admin").token}
    shown = 0
    for example in examples(document, variables):
        with run(example) as answer:
            assert answer.status_code in (200, 201), f"{example}: {answer.text}"
            if example.answer is not None:
                assert shape(answer.get_json()) == shape(example.answer), str(example)
                shown += 1
    assert shown >= 10


def test_api_md_lists_exactly_the_routes(document, app):
    rows = re.findall(r"^\| (`(?:GET|POST|PUT|PATCH|DELETE) .*?`) \|", document.read_text(), re.MULTILINE)
    documented = {tuple(route.split()) for row in rows for route in re.findall(r"`([^`]+)`", row)}
    there = {
        (method, re.sub("<[^>]*>", "<>", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api/", "/healthz", "/readyz", "/metrics"))
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(method, re.sub("<[^>]*>", "<>", path)) for method, path in documented} == there


def test_api_md_names_every_error(document):
    rows = re.findall(r"^\| ([\d, ]+) \| `([A-Z_]+)` \|", document.read_text(), re.MULTILINE)
    documented = {(int(status), code) for statuses, code in rows for status in statuses.split(", ")}
    ours = {(kind.status, kind.code) for kind in _kinds(errors.Problem)}
    theirs = {(status, code) for status, code in errors.HTTP_CODES.items() if code != "BAD_REQUEST"}
    assert documented == ours | theirs


def _kinds(kind):
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)
