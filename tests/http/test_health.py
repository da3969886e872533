"""GET /healthz and /readyz: alive is not ready, and what is wrong is named."""

import pytest

from launcher.postgres import Postgres


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.get_json()


@pytest.fixture
def empty_database(postgres: Postgres):
    postgres.create_database("no_tables")
    return postgres.url_of("no_tables")


ALL_WELL = {"database": "ok", "migrations": "ok", "bus": "ok"}


def test_all_is_well(client):
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert ready(client) == (200, {"status": "ready", "checks": ALL_WELL})


def test_without_redis_it_is_ready_but_degraded(make_app):
    client = make_app(REDIS_URL="unix:///nowhere").test_client()
    bus = "Redis is not answering: PostgreSQL is polled"
    assert ready(client) == (200, {"status": "degraded", "checks": ALL_WELL | {"bus": bus}})


def test_without_postgresql_it_is_alive_and_not_ready(make_app):
    client = make_app(DATABASE_URL="postgresql:///x?host=/nowhere").test_client()
    assert client.get("/healthz").status_code == 200
    status, found = ready(client)
    assert (status, found["status"]) == (503, "not ready")
    assert found["checks"]["database"] == "PostgreSQL is not answering"
    assert found["checks"]["migrations"] == "not known while the database is away"


def test_without_tables_it_says_what_to_run(make_app, empty_database):
    status, found = ready(make_app(DATABASE_URL=empty_database).test_client())
    assert (status, found["checks"]["database"]) == (503, "ok")
    assert found["checks"]["migrations"] == "there are no tables: run `flask --app wsgi db upgrade`"


def test_an_older_database_is_named_with_what_is_needed(make_app, sql):
    client = make_app().test_client()  # whose readiness has not been looked at a moment ago
    [row] = sql("SELECT version_num FROM alembic_version")
    sql("UPDATE alembic_version SET version_num = '0001'")
    try:
        status, found = ready(client)
    finally:
        sql("UPDATE alembic_version SET version_num = :number", number=row.version_num)
    assert status == 503
    assert found["checks"]["migrations"] == (
        f"at 0001, this version needs {row.version_num}: run `flask --app wsgi db upgrade`"
    )


def test_readiness_is_cached(make_app, sql):
    client = make_app().test_client()
    assert ready(client)[0] == 200
    [row] = sql("SELECT version_num FROM alembic_version")
    sql("UPDATE alembic_version SET version_num = '0001'")
    try:
        assert [ready(client)[0] for _ in range(3)] == [200] * 3
    finally:
        sql("UPDATE alembic_version SET version_num = :number", number=row.version_num)
