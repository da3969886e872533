"""POST /api/auth/login: a right password begins a session; everything else gets the same refusal."""

from conftest import PASSWORD


def test_mika_signs_in_and_learns_where_he_belongs(client, cast, sql):
    answer = client.post("/api/auth/login", json={"email": "Mika@Acme.test ", "password": PASSWORD})
    assert answer.status_code == 200
    [acme] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    assert answer.get_json() == {
        "user": {"id": str(cast["mika"]), "email": "mika@acme.test", "name": "Mika"},
        "workspaces": [
            {"id": str(acme.id), "slug": "acme", "name": "Acme", "role": "member", "timezone": "UTC"}
        ],
    }
    assert client.get("/api/auth/me").get_json() == answer.get_json()
