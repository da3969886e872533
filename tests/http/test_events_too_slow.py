"""A reading that takes the database too long is stopped, and the answer says what would help."""

import pytest
from posting import EVENTS
from sqlalchemy import event, text

from app.auth.heavy_reads import HeavyReads
from app.extensions import component


@pytest.fixture
def impatient(app):
    """The app's queries are given a tenth of a second, and the log is locked meanwhile."""
    engine = component(HeavyReads, app).engine

    def hurry(connection) -> None:
        connection.exec_driver_sql("SET LOCAL statement_timeout = '100ms'")

    with engine.connect() as holder:
        holder.execute(text("LOCK TABLE events IN ACCESS EXCLUSIVE MODE"))
        event.listen(engine, "begin", hurry)
        yield
        event.remove(engine, "begin", hurry)


@pytest.mark.parametrize("path", [f"{EVENTS}?type=message.sent", f"{EVENTS}/export"])
def test_slow_query_is_503_with_advice(vera, impatient, path):
    answer = vera.get(path)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.get_json() == {
        "type": "/api/docs#TOOK_TOO_LONG",
        "title": "The database took too long over this, and was stopped",
        "status": 503,
        "code": "TOOK_TOO_LONG",
        "detail": "Asking for less may help: a shorter stretch of time.",
    }
    assert answer.headers["Retry-After"] == "5"
