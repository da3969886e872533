"""The page at /doctor: for every member, about a workspace of theirs."""

PAGE = "/doctor"


def test_default_is_the_first_workspace(vera, oscar):
    assert "· Acme ·" in vera.get(PAGE).text
    assert "· Elsewhere ·" in oscar.get(PAGE).text


def test_foreign_workspace_is_not_found(oscar):
    assert oscar.get(f"{PAGE}?workspace=acme").status_code == 404


def test_without_a_workspace_goes_home(mika, sql, cast):
    sql("DELETE FROM memberships WHERE user_id = :mika", mika=cast["mika"])
    assert mika.get(PAGE).location == "/"


def test_shows_the_servers_own_address(mika):
    assert '"seenAs": "http://localhost"' in mika.get(PAGE).text
    assert '"seenAs": "https://localhost"' in mika.get(PAGE, base_url="https://localhost").text
