"""GET /healthz and /readyz: alive is not ready, and what is wrong is named."""

import pytest

from app import __version__
from launcher.postgres import Postgres


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.get_json()


@pytest.fixture
def empty_database(postgres: Postgres):
    postgres.create_database("no_tables")
    return postgres.url_of("no_tables")


ALL_WELL = {"database": "ok", "migrations": "ok", "writes": "ok", "bus": "ok", "maintenance": "ok"}


def test_ready_service_is_200(client):
    assert client.get("/healthz").get_json() == {"status": "ok", "version": __version__}
    assert ready(client) == (200, {"status": "ready", "checks": ALL_WELL})


def test_degraded_without_redis(make_app):
    client = make_app(REDIS_URL="unix:///nowhere").test_client()
    bus = "Redis is not answering: PostgreSQL is polled"
    assert ready(client) == (200, {"status": "degraded", "checks": ALL_WELL | {"bus": bus}})


def test_not_ready_without_postgresql(make_app):
    client = make_app(DATABASE_URL="postgresql:///x?host=/nowhere").test_client()
    assert client.get("/healthz").status_code == 200
    status, found = ready(client)
    assert (status, found["status"]) == (503, "not ready")
    assert found["checks"]["database"] == "PostgreSQL is not answering: No such file or directory"
    assert found["checks"]["migrations"] == "not known while the database is away"


def test_missing_tables_name_the_command(make_app, empty_database):
    status, found = ready(make_app(DATABASE_URL=empty_database).test_client())
    assert (status, found["checks"]["database"]) == (503, "ok")
    assert found["checks"]["migrations"] == "there are no tables: run `flask --app wsgi db upgrade`"


@pytest.fixture
def at_revision(sql):
    """`at_revision("0001")`: the database says that it is at this revision, until the test ends."""
    [row] = sql("SELECT version_num FROM alembic_version")

    def put(number):
        sql("UPDATE alembic_version SET version_num = :number", number=number)
        return row.version_num

    yield put
    put(row.version_num)


def test_old_schema_is_named(make_app, at_revision):
    usual = at_revision("0001")
    status, found = ready(make_app().test_client())  # whose readiness has not been looked at a moment ago
    assert status == 503
    assert found["checks"]["migrations"] == (
        f"at 0001, this version needs {usual}: run `flask --app wsgi db upgrade`"
    )


def test_newer_schema_is_ready(make_app, at_revision):
    usual = at_revision("9999")
    words = f"at 9999, newer than this version's {usual}, which is fine"
    assert ready(make_app().test_client()) == (
        200,
        {"status": "ready", "checks": ALL_WELL | {"migrations": words}},
    )


def test_readiness_is_cached(make_app, at_revision):
    client = make_app().test_client()
    assert ready(client)[0] == 200
    at_revision("0001")
    assert [ready(client)[0] for _ in range(3)] == [200] * 3
