"""The role matrix: every route with every kind of caller. `test_role_matrix.py` walks it.

A new route needs a row: the method, the rule as Flask has it, and a word for each asker, in the order of ASKERS:

    ok   let in: any 2xx, or a redirect to anywhere but the sign-in page
    401  not signed in                        403  known, and not allowed
    404  not a member: the same as for a workspace that does not exist
    in   sent to the sign-in page; what was typed into a form stays on a page with 401

The four askers behind the bar show a token of the owner's, each with one scope. If a request needs a body or
a query, an entry in REQUESTS makes it one that succeeds. What stands in `<…>` of a rule is filled in from
`places` in the test.
"""

from __future__ import annotations

from typing import Any

from conftest import PASSWORD

ASKERS = [
    "owner",
    "admin",
    "member",
    "viewer",
    "outsider",
    "visitor",
    "write",
    "write-as",
    "read",
    "admin-token",
]

# In the order of ASKERS; behind the bar, tokens.
TABLE = """
GET    /healthz                                            ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
GET    /readyz                                             ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
GET    /metrics                                            ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
GET    /api/openapi.json                                   ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
GET    /api/docs                                           ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
GET    /static/<path:filename>                             ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
GET    /assets/<version>/<path:path>                       ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok

GET    /login                                              ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
POST   /login                                              ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
POST   /logout                                             in   in   in   in   in   in  |  in   in   in   in
GET    /setup                                              404  404  404  404  404  404 |  404  404  404  404
POST   /setup                                              404  404  404  404  404  404 |  404  404  404  404
GET    /forgot                                             ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
POST   /forgot                                             422  422  422  422  422  422 |  422  422  422  422
GET    /reset/<token>                                      404  404  404  404  404  404 |  404  404  404  404
POST   /reset/<token>                                      404  404  404  404  404  404 |  404  404  404  404
GET    /invite/<token>                                     ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
POST   /invite/<token>/accept                              ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
POST   /invite/<token>/create                              ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
POST   /invite/<token>/switch                              ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
GET    /                                                   ok   ok   ok   ok   ok   in  |  in   in   in   in
GET    /account                                            ok   ok   ok   ok   ok   in  |  in   in   in   in
GET    /doctor                                             ok   ok   ok   ok   ok   in  |  in   in   in   in
POST   /account/password                                   ok   ok   ok   ok   ok   in  |  in   in   in   in
POST   /account/sessions/<session_id>/end                  ok   ok   ok   ok   ok   in  |  in   in   in   in
POST   /account/sign-out-everywhere                        in   in   in   in   in   in  |  in   in   in   in
GET    /w/<slug>                                           ok   ok   ok   ok   404  in  |  403  403  403  in
GET    /w/<slug>/connections                               ok   ok   403  403  404  in  |  403  403  403  in
GET    /w/<slug>/connections/close                         ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/connections/close                         ok   ok   403  403  404  in  |  403  403  403  in
GET    /w/<slug>/connections/<connection_id>/close         ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/connections/<connection_id>/close         ok   ok   403  403  404  in  |  403  403  403  in
GET    /w/<slug>/members                                   ok   ok   403  403  404  in  |  403  403  403  in
GET    /w/<slug>/members/invite                            ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/members/invite                            ok   ok   403  403  404  401 |  403  403  403  in
GET    /w/<slug>/members/invitations/<uuid:invitation_id>/revoke ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/members/invitations/<uuid:invitation_id>/revoke ok   ok   403  403  404  in  |  403  403  403  in
GET    /w/<slug>/members/<uuid:user_id>/role               ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/members/<uuid:user_id>/role               ok   ok   403  403  404  401 |  403  403  403  in
GET    /w/<slug>/members/<uuid:user_id>/remove             ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/members/<uuid:user_id>/remove             ok   ok   403  403  404  in  |  403  403  403  in
GET    /w/<slug>/members/<uuid:user_id>/reset-link         ok   403  403  403  404  in  |  403  403  403  in
POST   /w/<slug>/members/<uuid:user_id>/reset-link         ok   403  403  403  404  in  |  403  403  403  in
GET    /w/<slug>/settings                                  ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/settings                                  ok   ok   403  403  404  401 |  403  403  403  in
GET    /w/<slug>/metrics                                   ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/metrics                                   ok   ok   403  403  404  in  |  403  403  403  in
GET    /w/<slug>/metrics/new                               ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/metrics/new                               ok   ok   403  403  404  401 |  403  403  403  in
GET    /w/<slug>/metrics/<name>/change                     ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/metrics/<name>/change                     ok   ok   403  403  404  401 |  403  403  403  in
GET    /w/<slug>/metrics/<name>/remove                     ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/metrics/<name>/remove                     ok   ok   403  403  404  in  |  403  403  403  in
GET    /w/<slug>/tokens                                    ok   ok   403  403  404  in  |  403  403  403  in
GET    /w/<slug>/tokens/new                                ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/tokens/new                                ok   ok   403  403  404  401 |  403  403  403  in
GET    /w/<slug>/tokens/<uuid:token_id>/revoke             ok   ok   403  403  404  in  |  403  403  403  in
POST   /w/<slug>/tokens/<uuid:token_id>/revoke             ok   ok   403  403  404  in  |  403  403  403  in
GET    /w/<slug>/audit                                     ok   403  403  403  404  in  |  403  403  403  in
GET    /w/<slug>/audit.csv                                 ok   403  403  403  404  in  |  403  403  403  in
GET    /w/<slug>/leave                                     ok   ok   ok   ok   404  in  |  403  403  403  in
POST   /w/<slug>/leave                                     409  ok   ok   ok   404  in  |  403  403  403  in

POST   /api/auth/login                                     ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
POST   /api/auth/logout                                    ok   ok   ok   ok   ok   ok  |  ok   ok   ok   ok
GET    /api/auth/me                                        ok   ok   ok   ok   ok   401 |  401  401  401  401
POST   /api/auth/password                                  ok   ok   ok   ok   ok   401 |  401  401  401  401
POST   /api/auth/reauthenticate                            ok   ok   ok   ok   ok   401 |  401  401  401  401
GET    /api/auth/sessions                                  ok   ok   ok   ok   ok   401 |  401  401  401  401
DELETE /api/auth/sessions                                  ok   ok   ok   ok   ok   401 |  401  401  401  401
DELETE /api/auth/sessions/<session_id>                     ok   ok   ok   ok   ok   401 |  401  401  401  401

GET    /api/workspaces/<workspace>/dashboard               ok   ok   ok   ok   404  401 |  403  403  ok   ok
PUT    /api/workspaces/<workspace>/dashboard               ok   ok   ok   ok   404  401 |  403  403  403  ok
GET    /api/workspaces/<workspace>/audit                   ok   403  403  403  404  401 |  403  403  403  ok
GET    /api/workspaces/<workspace>/settings                ok   ok   403  403  404  401 |  403  403  403  ok
PATCH  /api/workspaces/<workspace>/settings                ok   ok   403  403  404  401 |  403  403  403  ok
GET    /api/workspaces/<workspace>/members                 ok   ok   403  403  404  401 |  403  403  403  ok
POST   /api/workspaces/<workspace>/members                 ok   ok   403  403  404  401 |  403  403  403  ok
PATCH  /api/workspaces/<workspace>/members/<uuid:user_id>  ok   ok   403  403  404  401 |  403  403  403  ok
DELETE /api/workspaces/<workspace>/members/<uuid:user_id>  ok   ok   403  403  404  401 |  403  403  403  ok
DELETE /api/workspaces/<workspace>/members/me              409  ok   ok   ok   404  401 |  403  403  403  403
POST   /api/workspaces/<workspace>/members/<uuid:user_id>/reset-link  ok 403 403 403 404 401 | 403 403 403 403
GET    /api/workspaces/<workspace>/invitations             ok   ok   403  403  404  401 |  403  403  403  ok
POST   /api/workspaces/<workspace>/invitations             ok   ok   403  403  404  401 |  403  403  403  ok
DELETE /api/workspaces/<workspace>/invitations/<uuid:invitation_id>  ok ok 403 403 404 401 | 403 403 403 ok
GET    /api/workspaces/<workspace>/tokens                  ok   ok   403  403  404  401 |  403  403  403  ok
POST   /api/workspaces/<workspace>/tokens                  ok   ok   403  403  404  401 |  403  403  403  ok
DELETE /api/workspaces/<workspace>/tokens/<uuid:token_id>  ok   ok   403  403  404  401 |  403  403  403  ok

GET    /api/workspaces/<workspace>/analytics/realtime      ok   ok   ok   ok   404  401 |  403  403  ok   ok
POST   /api/workspaces/<workspace>/analytics/realtime      ok   ok   ok   403  404  401 |  ok   ok   403  ok
DELETE /api/workspaces/<workspace>/analytics/realtime      ok   ok   403  403  404  401 |  403  403  403  ok
POST   /api/workspaces/<workspace>/analytics/realtime/batch  ok  ok  ok   403  404  401 |  ok   ok   403  ok
GET    /api/workspaces/<workspace>/analytics/connections   ok   ok   403  403  404  401 |  403  403  403  ok
DELETE /api/workspaces/<workspace>/analytics/connections/<connection_id>  ok ok 403 403 404 401 | 403 403 403 ok
GET    /api/workspaces/<workspace>/analytics/event-types   ok   ok   ok   ok   404  401 |  403  403  ok   ok
GET    /api/workspaces/<workspace>/analytics/metrics       ok   ok   ok   ok   404  401 |  403  403  ok   ok
GET    /api/workspaces/<workspace>/analytics/history       ok   ok   ok   ok   404  401 |  403  403  ok   ok
GET    /api/workspaces/<workspace>/analytics/explain       ok   ok   ok   ok   404  401 |  403  403  ok   ok
GET    /api/workspaces/<workspace>/analytics/trends        ok   ok   ok   ok   404  401 |  403  403  ok   ok
GET    /api/workspaces/<workspace>/analytics/activity      ok   ok   ok   ok   404  401 |  403  403  ok   ok
GET    /api/workspaces/<workspace>/analytics/forecast      ok   ok   ok   ok   404  401 |  403  403  ok   ok
GET    /api/workspaces/<workspace>/analytics/presence      ok   ok   ok   ok   404  401 |  403  403  ok   ok
GET    /api/workspaces/<workspace>/analytics/breakdown     ok   ok   ok   ok   404  401 |  403  403  ok   ok
GET    /api/workspaces/<workspace>/analytics/changes       ok   ok   ok   ok   404  401 |  403  403  ok   ok
GET    /api/workspaces/<workspace>/analytics/custom-metrics  ok ok   ok   ok   404  401 |  403  403  ok   ok
POST   /api/workspaces/<workspace>/analytics/custom-metrics  ok ok   403  403  404  401 |  403  403  403  ok
POST   /api/workspaces/<workspace>/analytics/custom-metrics/preview   ok ok 403 403 404 401 | 403 403 403 ok
GET    /api/workspaces/<workspace>/analytics/custom-metrics/<name>    ok ok ok  ok  404 401 | 403 403 ok  ok
PATCH  /api/workspaces/<workspace>/analytics/custom-metrics/<name>    ok ok 403 403 404 401 | 403 403 403 ok
DELETE /api/workspaces/<workspace>/analytics/custom-metrics/<name>    ok ok 403 403 404 401 | 403 403 403 ok
GET    /api/workspaces/<workspace>/analytics/annotations   ok   ok   ok   ok   404  401 |  403  403  ok   ok
POST   /api/workspaces/<workspace>/analytics/annotations   ok   ok   ok   403  404  401 |  ok   ok   403  ok
PATCH  /api/workspaces/<workspace>/analytics/annotations/<uuid:annotation_id>  ok ok 403 403 404 401 | ok ok 403 ok
DELETE /api/workspaces/<workspace>/analytics/annotations/<uuid:annotation_id>  ok ok 403 403 404 401 | ok ok 403 ok
GET    /api/workspaces/<workspace>/analytics/fields        ok   ok   403  403  404  401 |  403  403  403  ok
GET    /api/workspaces/<workspace>/analytics/events        ok   ok   ok   ok   404  401 |  403  403  ok   ok
GET    /api/workspaces/<workspace>/analytics/events/export ok   ok   ok   ok   404  401 |  403  403  ok   ok
GET    /api/workspaces/<workspace>/analytics/events/<path:event_id>  ok ok 403 403 404 401 | 403 403 ok ok
"""

CREDENTIALS = {"email": "vera@acme.test", "password": PASSWORD}
NEW_PASSWORD = {"currentPassword": PASSWORD, "newPassword": "another long password"}
EVENT = {"eventType": "deploy.finished"}
REALTIME = "/api/workspaces/<workspace>/analytics/realtime"

METRIC = {"name": "deploys", "aggregate": "count", "types": ["deploy.finished"], "window": "1h"}
NOTE = {"text": "Release 7"}
ANNOTATIONS = "/api/workspaces/<workspace>/analytics/annotations"
CUSTOM = "/api/workspaces/<workspace>/analytics/custom-metrics"

# By method and rule: what the test client takes beside them.
REQUESTS: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/login"): {"data": CREDENTIALS},
    ("POST", "/account/password"): {"data": NEW_PASSWORD},
    ("POST", "/forgot"): {"data": CREDENTIALS},
    ("POST", "/w/<slug>/members/invite"): {"data": {"email": "tim@acme.test", "role": "viewer"}},
    ("POST", "/w/<slug>/members/<uuid:user_id>/role"): {"data": {"role": "viewer"}},
    ("POST", "/w/<slug>/tokens/new"): {"data": {"name": "Build", "scopes": "stats:read", "lifetime": "30"}},
    ("POST", "/w/<slug>/settings"): {"data": {"name": "Acme", "timezone": "UTC", "addresses": "off"}},
    ("POST", "/w/<slug>/metrics/new"): {"data": METRIC | {"types": "deploy.finished"}},
    ("POST", "/w/<slug>/metrics/<name>/change"): {"data": METRIC | {"types": "deploy.finished"}},
    ("POST", "/reset/<token>"): {"data": {"newPassword": "another long password"}},
    ("POST", "/invite/<token>/create"): {"data": {"name": "Nina", "password": PASSWORD}},
    ("POST", "/api/auth/login"): {"json": CREDENTIALS},
    ("POST", "/api/auth/reauthenticate"): {"json": {"password": PASSWORD}},
    ("POST", "/api/workspaces/<workspace>/invitations"): {"json": {"email": "tim@acme.test"}},
    ("POST", "/api/auth/password"): {"json": NEW_PASSWORD},
    ("POST", "/api/workspaces/<workspace>/members"): {"json": {"email": "tim@acme.test", "role": "viewer"}},
    ("PATCH", "/api/workspaces/<workspace>/settings"): {
        "json": {"name": "Acme", "timezone": "UTC", "strict": False, "addresses": "off"}
    },
    ("PATCH", "/api/workspaces/<workspace>/members/<uuid:user_id>"): {"json": {"role": "viewer"}},
    ("POST", "/api/workspaces/<workspace>/tokens"): {"json": {"name": "Build", "scopes": ["events:write"]}},
    ("POST", REALTIME): {"json": EVENT},
    ("GET", "/api/workspaces/<workspace>/analytics/history"): {"query_string": {"metric": "onlineUsers"}},
    ("GET", "/api/workspaces/<workspace>/analytics/explain"): {"query_string": {"metric": "onlineUsers"}},
    ("GET", "/api/workspaces/<workspace>/analytics/trends"): {"query_string": {"metric": "messagesToday"}},
    ("GET", "/api/workspaces/<workspace>/analytics/activity"): {"query_string": {"of": "messages"}},
    ("GET", "/api/workspaces/<workspace>/analytics/forecast"): {"query_string": {"metric": "messagesToday"}},
    ("GET", "/api/workspaces/<workspace>/analytics/breakdown"): {
        "query_string": {"by": "channel", "metric": "messages"}
    },
    ("PUT", "/api/workspaces/<workspace>/dashboard"): {"json": {"cards": ["onlineUsers"]}},
    ("POST", CUSTOM): {"json": METRIC},
    ("POST", ANNOTATIONS): {"json": NOTE},
    ("PATCH", f"{ANNOTATIONS}/<uuid:annotation_id>"): {"json": {"tags": ["web"]}},
    ("GET", "/api/workspaces/<workspace>/analytics/fields"): {"query_string": {"type": "message.sent"}},
    ("POST", f"{CUSTOM}/preview"): {"json": METRIC},
    ("PATCH", f"{CUSTOM}/<name>"): {"json": {"title": "Deploys"}},
    ("POST", f"{REALTIME}/batch"): {"json": {"events": [EVENT]}},
}


def rows() -> dict[tuple[str, str], dict[str, str]]:
    """The word for each caller, by method and rule."""
    found = {}
    for line in filter(None, TABLE.splitlines()):
        method, rule, *words = line.replace("|", "").split()
        assert (method, rule) not in found, f"two rows for {method} {rule}"
        found[method, rule] = dict(zip(ASKERS, words, strict=True))
    return found
