"""OPTIONS says which methods there are, without a body: 204 (RFC 9110, section 9.3.7)."""

import pytest
from posting import EVENTS, REALTIME


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (REALTIME, {"GET", "HEAD", "POST", "DELETE", "OPTIONS"}),
        (f"{EVENTS}?nonsense=1", {"GET", "HEAD", "OPTIONS"}),
        ("/api/auth/login", {"POST", "OPTIONS"}),
        ("/login", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("/static/js/client/errors.js", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_options_lists_methods(client, path, methods):
    answer = client.options(path)
    assert (answer.status_code, answer.data, set(answer.allow)) == (204, b"", methods)
    assert not {"Content-Type", "Content-Length"} & set(answer.headers.keys())


def test_answer_without_a_body_has_no_type(olivia):
    answer = olivia.post("/api/auth/logout", json={})
    assert (answer.status_code, "Content-Type" in answer.headers) == (204, False)


def test_options_of_nothing_is_404(client):
    assert client.options("/no/such/path").status_code == 404
