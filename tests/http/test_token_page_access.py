"""Who gets to the page of API tokens, and who is shown the way."""

import pytest

PAGE = "/w/acme/tokens"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
LINK = 'href="/w/acme/tokens"'


@pytest.fixture
def admin(mika, sql):
    """Mika, promoted."""
    sql("UPDATE memberships SET role = 'admin' FROM users WHERE users.id = user_id AND name = 'Mika'")
    return mika


@pytest.mark.parametrize("name", ["olivia", "admin"])
def test_owners_and_admins_see_it_and_the_way_to_it(request, name):
    person = request.getfixturevalue(name)
    page = person.get(PAGE, headers=BROWSER)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "<h1>API tokens</h1>" in page.text
    assert LINK in person.get("/w/acme").text


@pytest.mark.parametrize("name", ["mika", "vera"])
def test_members_and_viewers_are_told_that_it_is_not_for_them(request, name):
    person = request.getfixturevalue(name)
    page = person.get(PAGE, headers=BROWSER)
    assert (page.status_code, page.mimetype) == (403, "text/html")
    assert "This is not for you" in page.text
    assert LINK not in person.get("/w/acme").text


def test_a_stranger_learns_nothing(oscar):
    theirs, nowhere = (oscar.get(f"/w/{slug}/tokens", headers=BROWSER) for slug in ("acme", "x"))
    assert theirs.status_code == nowhere.status_code == 404
    assert theirs.text == nowhere.text


def test_a_visitor_goes_to_the_form_and_from_there_back(client, cast):
    answer = client.get(PAGE)
    assert (answer.status_code, answer.location) == (303, "/login?next=%2Fw%2Facme%2Ftokens")


def test_a_token_is_no_person(script):
    assert script("admin").get(PAGE).location == "/login?next=%2Fw%2Facme%2Ftokens"


def test_a_demotion_holds_at_once(olivia, sql):
    sql("UPDATE memberships SET role = 'member' FROM users WHERE users.id = user_id AND name = 'Olivia'")
    assert olivia.get(PAGE, headers=BROWSER).status_code == 403
