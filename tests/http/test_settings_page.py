"""The page at /w/<slug>/settings: a form that saves all or nothing, and the event types seen lately."""

import re

from conftest import new_browser
from pages import errors_of, value_of
from posting import REALTIME, post_batch

PAGE = "/w/acme/settings"
SETTINGS = "/api/workspaces/acme/settings"
USUAL = {
    "slug": "acme",
    "name": "Acme",
    "timezone": "UTC",
    "strict": False,
    "addresses": "off",
    "markTypes": [],
}
CHANGED = {"name": " Acme & Co ", "timezone": "Asia/Kathmandu", "strict": "on", "addresses": "truncated"}


def test_form_holds_the_settings(olivia):
    page = olivia.get(PAGE)
    assert (value_of(page, "name"), value_of(page, "timezone")) == ("Acme", "UTC")
    assert '<option value="off" selected>' in page.text
    assert not re.search('name="strict"[^>]* checked', page.text)
    assert re.search(r"There it is \d\d:\d\d now, [A-Z][a-z]+day\.", page.text)


def test_form_saves_all_settings(olivia):
    answer = olivia.post(PAGE, data=CHANGED)
    assert (answer.status_code, answer.location) == (303, f"{PAGE}?done=saved")
    assert olivia.get(SETTINGS).get_json() == USUAL | CHANGED | {"name": "Acme & Co", "strict": True}
    page = olivia.get(answer.location)
    assert "Saved." in page.text
    assert re.search('name="strict"[^>]* checked', page.text)
    assert value_of(page, "name") == "Acme & Co"


def test_errors_are_beside_their_fields(olivia):
    answer = olivia.post(PAGE, data=CHANGED | {"timezone": "Berlin", "addresses": "some"})
    assert answer.status_code == 422
    assert errors_of(answer) == {
        "timezone": "Not an IANA time zone. Did you mean Europe/Berlin?",
        "addresses": "Must be one of: off, truncated, full.",
    }
    assert (value_of(answer, "name"), value_of(answer, "timezone")) == (" Acme & Co ", "Berlin")
    assert re.search('name="strict"[^>]* checked', answer.text)
    assert re.search('id="timezone"[^>]* aria-invalid="true" autofocus', answer.text)
    assert "A name such as Europe/Berlin." in answer.text
    assert olivia.get(SETTINGS).get_json() == USUAL


def test_event_types_by_frequency(olivia, mika):
    post_batch(mika, *[{"eventType": "backup.made"}] * 2, {"eventType": "deploy.finished"})
    post_batch(mika, *[{"eventType": "message.sent"}] * 2)
    page = olivia.get(PAGE).text
    assert re.findall(r'type-name">([^<]+)', page) == ["backup.made", "message.sent", "deploy.finished"]
    assert re.findall(r'type-count"[^>]*>([^<]+)', page) == ["2", "2", "1"]
    assert "The workspace’s own" in page
    assert re.search(r"\d+ known types were not seen", page)


def test_no_events_yet(olivia):
    page = olivia.get(PAGE).text
    assert "None yet." in page
    assert "refused from then on" not in page


def test_strict_warning_names_types(olivia, mika):
    post_batch(mika, *({"eventType": name} for name in ("a.a", "b.b", "c.c", "d.d", "message.sent")))
    warning = "Seen in the last 7 days, and refused from then on: a.a, b.b, c.c and 1 more."
    assert warning in olivia.get(PAGE).text
    olivia.post(PAGE, data=CHANGED)
    assert warning not in olivia.get(PAGE).text
    assert mika.post(REALTIME, json={"eventType": "a.a"}).status_code == 422


def test_limited_reads_leave_out_types(make_app, cast):
    app = make_app(PULSE_RATE_LIMIT_READS="1/hour")
    olivia = new_browser(app, cast["olivia"])
    assert "None yet." in olivia.get(PAGE).text
    page = olivia.get(PAGE)
    assert page.status_code == 200
    assert "They cannot be counted right now. At most 1 in 3600 seconds" in page.text
    assert olivia.post(PAGE, data=CHANGED).status_code == 303
