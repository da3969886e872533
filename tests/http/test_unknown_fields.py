"""A field that no schema knows is refused by every route with a JSON body, under a name that is cut."""

import pytest
from role_matrix import METRIC, REQUESTS

from app.domain.strict_json import LONGEST_KEY

CUSTOM = "/api/workspaces/acme/analytics/custom-metrics"
BODIES = {row: request["json"] for row, request in REQUESTS.items() if "json" in request}


@pytest.mark.parametrize("row", BODIES, ids=" ".join)
def test_unknown_key_is_named_cut(row, olivia, tim):
    method, rule = row
    if "<name>" in rule:
        assert olivia.post(CUSTOM, json=METRIC).status_code == 201
    path = rule.replace("<workspace>", "acme").replace("<name>", METRIC["name"])
    path = path.replace("<uuid:user_id>", str(tim(True)))
    answer = olivia.open(path, method=method, json=BODIES[row] | {"k" * 2_000: 1})
    assert answer.status_code == 422, answer.text
    assert list(answer.get_json()["errors"]) == ["k" * LONGEST_KEY]
