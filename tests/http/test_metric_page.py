"""The pages at /w/<slug>/metrics: custom metrics made, changed, paused and removed by forms alone."""

import html
import re

import pytest
from pages import errors_of, value_of
from posting import post_batch
from servers import until
from sqlalchemy import text

from app.extensions import db

PAGE = "/w/acme/metrics"
NEW = f"{PAGE}/new"
CUSTOM = "/api/workspaces/acme/analytics/custom-metrics"
HOSTILE = '"><img src=x onerror=alert(1)></script>'
FORM = {
    "name": "bigOrders",
    "title": "Big orders",
    "unit": "orders",
    "aggregate": "count",
    "field": "",
    "types": "order.placed, order.paid",
    "window": "today",
    "where.0.field": "eventData.total",
    "where.0.op": "gte",
    "where.0.value": "100",
}
DEFINITION = {
    "name": "bigOrders",
    "title": "Big orders",
    "unit": "orders",
    "aggregate": "count",
    "field": None,
    "types": ["order.placed", "order.paid"],
    "where": [{"field": "eventData.total", "op": "gte", "value": 100}],
    "window": "today",
}


@pytest.fixture
def metric(olivia) -> str:
    """The path of a metric's pages."""
    assert olivia.post(CUSTOM, json=DEFINITION).status_code == 201
    return f"{PAGE}/bigOrders"


def stored(olivia) -> dict:
    [entry] = olivia.get(CUSTOM).get_json()["data"]
    return {name: entry[name] for name in DEFINITION}


def done(olivia, answer) -> str:
    """The notice of the page that a form leads to."""
    assert answer.status_code == 303
    [words] = re.findall(r'id="done".*?<span>(.*?)</span>', olivia.get(answer.location).text, re.DOTALL)
    return words


def test_list_has_meaning_and_figure(olivia, mika, metric):
    post_batch(mika, *({"eventType": "order.placed", "eventData": {"total": n}} for n in (50, 150, 1150)))
    page = olivia.get(PAGE).text
    assert "The number of events of type order.placed or order.paid" in page
    assert '<span class="metric-value">2</span> <span class="metric-unit quiet">orders</span>' in page
    assert "custom.bigOrders" in page


def test_empty_list_teaches(olivia):
    assert "No custom metrics yet" in olivia.get(PAGE).text


@pytest.fixture
def orders(mika) -> None:
    """Both types, and the field, were seen."""
    seen = (("order.placed", 50), ("order.placed", 150), ("order.paid", 150))
    post_batch(mika, *({"eventType": kind, "eventData": {"total": n}} for kind, n in seen))


def question(answer) -> str:
    """What was never seen, by the page that asks whether it is meant."""
    found = re.findall(r'name="confirmed" value="([^"]*)"', answer.text)
    assert bool(found) == ("Nothing of this kind was seen yet" in answer.text)
    return found[0] if found else ""


def test_form_creates_a_metric(olivia, orders):
    answer = olivia.post(NEW, data=FORM)
    assert answer.location == f"{PAGE}?done=created"
    assert done(olivia, answer).startswith("The metric is made. Its figure comes with the next ones")
    assert stored(olivia) == DEFINITION


def test_short_field_is_one_of_event_data(olivia, orders):
    short = FORM | {"aggregate": "sum", "field": "total", "where.0.field": " total "}
    assert value_of(olivia.post(NEW, data=short | {"act": "preview"}), "where.0.field") == "eventData.total"
    assert olivia.post(NEW, data=short).status_code == 303
    assert stored(olivia) == DEFINITION | {"aggregate": "sum", "field": "eventData.total"}


@pytest.mark.parametrize(
    ("typed", "unseen"),
    [
        ({"types": "order.placd"}, "type order.placd"),
        ({"types": "order.placd, order.placed"}, "type order.placd"),
        ({"where.0.field": "totl"}, "field eventData.totl"),
        ({"types": "order.placd, order.paid", "where.0.field": "totl"},
         "type order.placd, field eventData.totl"),
    ],
)  # fmt: skip
def test_what_was_never_seen_is_confirmed(olivia, orders, typed, unseen):
    asked = olivia.post(NEW, data=FORM | typed)
    assert (asked.status_code, question(asked)) == (200, unseen)
    assert re.search(r'id="question"[^>]* autofocus', asked.text)
    assert value_of(asked, "title") == "Big orders"
    another = olivia.post(NEW, data=FORM | typed | {"confirmed": "type order.palced"})
    assert question(another) == unseen
    assert olivia.get(CUSTOM).get_json() == {"data": []}
    assert olivia.post(NEW, data=FORM | typed | {"confirmed": unseen}).status_code == 303
    assert len(olivia.get(CUSTOM).get_json()["data"]) == 1


def test_only_a_new_definition_is_questioned(olivia, metric):
    renamed = olivia.post(f"{metric}/change", data=FORM | {"title": "Orders over 100"})
    assert done(olivia, renamed) == "The metric is changed."
    assert question(olivia.post(f"{metric}/change", data=FORM | {"window": "1h"})).startswith("type order")


def test_preview_shows_figure_and_day(olivia, orders):
    page = olivia.post(NEW, data=FORM | {"act": "preview", "name": ""})
    assert page.status_code == 200
    assert errors_of(page) == {}
    assert '<span class="metric-value">2</span> <span class="metric-unit quiet">orders</span>' in page.text
    assert "whose eventData.total is at least 100, since local midnight" in page.text
    assert "The last 24 hours: lowest 2, highest 2, now 2." in page.text
    assert len(re.findall(r"<rect [^>]*><title>\d\d:\d\d: 2</title>", page.text)) in (1, 2)
    assert "Each time it reads 3 events: less than 1 % of what a metric may cost." in page.text
    assert re.search(r'id="preview"[^>]* autofocus', page.text)
    assert not re.search(r"<style|\sstyle=", page.text)
    assert question(page) == ""
    assert question(olivia.post(NEW, data=FORM | {"act": "preview", "types": "a.b"})) == "type a.b"
    assert olivia.get(CUSTOM).get_json() == {"data": []}


def test_preview_of_a_wrong_definition(olivia):
    page = olivia.post(NEW, data=FORM | {"act": "preview", "where.0.value": "many"})
    assert (page.status_code, list(errors_of(page))) == (422, ["where.0.value"])
    assert 'id="preview"' not in page.text


def suggested(page, kind: str) -> list[str]:
    [options] = re.findall(rf'<datalist id="define-{kind}">(.*?)</datalist>', page.text)
    return re.findall('value="([^"]*)"', options)


def test_what_was_seen_is_suggested(olivia, mika, orders):
    post_batch(mika, {"eventType": "search.done", "eventData": {"deep": {"words": 3}, "list": [1]}})
    page = olivia.get(NEW)
    assert suggested(page, "types") == ["order.placed", "order.paid", "search.done"]
    assert suggested(page, "fields") == ["eventData.total", "eventData.deep.words", "userId", "sessionId"]
    searches = olivia.post(NEW, data=FORM | {"types": "search.done, \0", "edit": "add"})
    assert suggested(searches, "fields") == ["eventData.deep.words", "userId", "sessionId"]


def test_list_says_how_far_the_past_is_counted(olivia, metric, sql):
    until(
        lambda: olivia.get(f"{CUSTOM}/bigOrders").get_json()["data"]["backfill"]["state"] == "done", "it is"
    )
    assert "past" not in re.findall(r'<ul class="metric-list".*?</ul>', olivia.get(PAGE).text, re.DOTALL)[0]
    sql(
        "UPDATE custom_metrics SET redefined = true, backfill_from = defined_at - interval '100 hours',"
        " paused_at = now(), backfill_to = defined_at - interval '42 hours', backfill_state = 'running'"
    )
    page = olivia.get(PAGE).text
    assert "Its past is being counted: 42 %." in page
    assert "It has meant this since" in page
    sql("UPDATE custom_metrics SET backfill_state = 'failed', backfill_error = 'Too slow.'")
    assert "Its past could not be counted. Too slow." in olivia.get(PAGE).text


def test_errors_are_beside_their_fields(olivia):
    second = {"where.1.field": "eventData.total", "where.1.op": "lt", "where.1.value": "many"}
    answer = olivia.post(NEW, data=FORM | second | {"name": "Big Orders", "where.0.field": "to tal"})
    assert answer.status_code == 422
    errors = errors_of(answer)
    assert list(errors) == ["name", "where.0.field", "where.1.value"]
    assert errors["where.1.value"] == "Write a number, such as 100."
    assert errors["name"].endswith("such as bigOrders.")
    assert (value_of(answer, "name"), value_of(answer, "where.1.value")) == ("Big Orders", "many")
    assert re.search('id="name"[^>]* aria-invalid="true" autofocus', answer.text)
    assert answer.text.count(" autofocus") == 1
    assert olivia.get(CUSTOM).get_json() == {"data": []}


def test_field_is_required_unless_it_counts(olivia, orders):
    assert list(errors_of(olivia.post(NEW, data=FORM | {"aggregate": "sum"}))) == ["field"]
    assert olivia.post(NEW, data=FORM | {"field": "left over"}).status_code == 303
    assert stored(olivia)["field"] is None


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"name": "bigOrders"}, 409, "There is a custom metric called bigOrders already."),
        ({f"where.{n}.op": "exists" for n in range(6)}, 422, "Must be at most 5 conditions."),
    ],
)
def test_other_refusals(olivia, metric, orders, fields, status, words):
    answer = olivia.post(NEW, data=FORM | {"name": "another"} | fields)
    assert (answer.status_code, list(errors_of(answer).values())) == (status, [words])
    assert value_of(answer, "title") == "Big orders"


def test_buttons_add_and_remove_conditions(olivia):
    more = olivia.post(NEW, data=FORM | {"edit": "add"})
    assert more.status_code == 200
    assert value_of(more, "where.0.field") == "eventData.total"
    assert re.search(r'id="where\.1\.field"[^>]* autofocus', more.text)
    assert value_of(more, "title") == "Big orders"
    second = {"where.1.field": "eventData.city", "where.1.op": "eq", "where.1.value": "Rome"}
    less = olivia.post(NEW, data=FORM | second | {"edit": "remove-0"})
    assert value_of(less, "where.0.field") == "eventData.city"
    assert 'name="where.1.field"' not in less.text
    five = {f"where.{n}.{part}": "x" for n in range(5) for part in ("field", "op", "value")}
    assert 'value="add"' not in olivia.post(NEW, data=FORM | five | {"edit": "add"}).text
    assert olivia.get(CUSTOM).get_json() == {"data": []}


def test_form_changes_a_metric(olivia, metric, orders):
    page = olivia.get(f"{metric}/change")
    assert re.search('id="name"[^>]* readonly', page.text)
    assert (value_of(page, "where.0.value"), value_of(page, "types")) == ("100", FORM["types"])
    changed = FORM | {"aggregate": "sum", "field": "eventData.total", "where.0.op": "absent"}
    assert done(olivia, olivia.post(f"{metric}/change", data=changed)).startswith("The metric is changed.")
    absent = [{"field": "eventData.total", "op": "exists", "value": False}]
    assert stored(olivia) == DEFINITION | {"aggregate": "sum", "field": "eventData.total", "where": absent}
    assert list(errors_of(olivia.post(f"{metric}/change", data=FORM | {"name": "other"}))) == ["name"]


def test_pause_and_resume(olivia, metric):
    assert (
        done(olivia, olivia.post(PAGE, data={"name": "bigOrders", "paused": "yes"}))
        == "The metric is paused."
    )
    page = olivia.get(PAGE).text
    assert "Paused. An admin paused it." in page
    assert '<span class="metric-value">–</span>' in page
    done(olivia, olivia.post(PAGE, data={"name": "bigOrders", "paused": "no"}))
    assert "Paused." not in olivia.get(PAGE).text
    gone = olivia.post(PAGE, data={"name": "nothing", "paused": "yes"})
    assert done(olivia, gone) == "That metric was removed already."


def test_removal_is_confirmed_first(olivia, metric):
    page = olivia.get(f"{metric}/remove").text
    assert "Remove “Big orders”?" in page
    assert len(olivia.get(CUSTOM).get_json()["data"]) == 1
    for _ in range(2):  # a second press of the button does no harm
        assert done(olivia, olivia.post(f"{metric}/remove")) == "The metric is removed."
    assert olivia.get(CUSTOM).get_json() == {"data": []}
    assert olivia.get(f"{metric}/remove").location == f"{PAGE}?done=gone"


def test_costly_metric_cannot_be_resumed(olivia, metric, sql, app):
    olivia.post(PAGE, data={"name": "bigOrders", "paused": "yes"})
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("LOCK TABLE events IN ACCESS EXCLUSIVE MODE"))
        answer = olivia.post(PAGE, data={"name": "bigOrders", "paused": "no"})
    assert answer.status_code == 422
    assert errors_of(answer)["form"].startswith("Its query was stopped after 2 seconds.")
    assert "Paused." in answer.text


def test_titles_are_escaped(olivia, metric):
    assert olivia.patch(f"{CUSTOM}/bigOrders", json={"title": HOSTILE}).status_code == 200
    for path in (PAGE, f"{metric}/change", f"{metric}/remove"):
        page = olivia.get(path).text
        assert "<img" not in page
        assert html.escape(HOSTILE, quote=False).replace('"', "&#34;") in page
        assert not re.search(r"<style|\sstyle=|\son(?!error=alert)\w+=", page)
