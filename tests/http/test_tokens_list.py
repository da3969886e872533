"""GET /api/workspaces/<ws>/tokens: an admin sees whose tokens there are, and what for; never a token."""

import pytest
from scripts import TOKENS


def test_the_newest_comes_first_with_all_but_the_token(olivia, script, cast):
    reader = script("stats:read", of="vera", name="Wall screen")
    made = olivia.post(TOKENS, json={"name": "Build server", "scopes": ["events:write"]}).get_json()
    answer = olivia.get(TOKENS)
    assert answer.status_code == 200
    [newest, oldest] = answer.get_json()["data"]
    assert newest == {key: value for key, value in made.items() if key != "token"}
    assert (oldest["id"], oldest["name"], oldest["prefix"], oldest["scopes"]) == (
        str(reader.token_id),
        "Wall screen",
        reader.token[:14],
        ["stats:read"],
    )
    assert oldest["user"] == {"id": str(cast["vera"]), "email": "vera@acme.test", "name": "Vera"}
    assert made["token"] not in answer.text
    assert reader.token not in answer.text


def test_every_workspace_has_its_own(olivia, oscar, script):
    script("admin", of="oscar", workspace="elsewhere")
    assert olivia.get(TOKENS).get_json() == {"data": []}
    [token] = oscar.get("/api/workspaces/elsewhere/tokens").get_json()["data"]
    assert token["user"]["name"] == "Oscar"


@pytest.mark.parametrize(("name", "status"), [("mika", 403), ("vera", 403), ("oscar", 404), ("client", 401)])
def test_it_is_for_admins(request, cast, name, status):
    assert request.getfixturevalue(name).get(TOKENS).status_code == status
