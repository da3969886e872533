"""GET /api/auth/me: who is signed in, and where they belong."""


def test_visitor_gets_401(client):
    answer = client.get("/api/auth/me")
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.get_json() == {
        "type": "/api/docs#AUTH_REQUIRED",
        "title": "Sign in first",
        "status": 401,
        "code": "AUTH_REQUIRED",
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_own_workspaces_by_slug(olivia, sql):
    sql("""
        INSERT INTO memberships (workspace_id, user_id, role)
        SELECT workspaces.id, users.id, 'viewer' FROM workspaces, users
        WHERE slug = 'elsewhere' AND users.name = 'Olivia'
    """)
    workspaces = olivia.get("/api/auth/me").get_json()["workspaces"]
    assert [(each["slug"], each["role"]) for each in workspaces] == [
        ("acme", "owner"),
        ("elsewhere", "viewer"),
    ]
