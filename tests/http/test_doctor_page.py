"""The page at /doctor: for every member, about a workspace of theirs."""

import pytest

PAGE = "/doctor"


@pytest.mark.usefixtures("cast")
def test_a_visitor_signs_in_and_comes_back(client):
    answer = client.get(f"{PAGE}?workspace=acme")
    assert (answer.status_code, answer.location) == (303, "/login?next=%2Fdoctor%3Fworkspace%3Dacme")


def test_it_is_about_the_first_of_ones_own(vera, oscar):
    assert "· Acme ·" in vera.get(PAGE).text
    assert "· Elsewhere ·" in oscar.get(PAGE).text


def test_a_strangers_workspace_is_none(oscar):
    assert oscar.get(f"{PAGE}?workspace=acme").status_code == 404


def test_somebody_without_a_workspace_is_told_so_at_home(mika, sql, cast):
    sql("DELETE FROM memberships WHERE user_id = :mika", mika=cast["mika"])
    assert mika.get(PAGE).location == "/"


def test_it_says_where_the_server_believes_to_be(mika):
    assert '"seenAs": "http://localhost"' in mika.get(PAGE).text
    assert '"seenAs": "https://localhost"' in mika.get(PAGE, base_url="https://localhost").text
