"""What tests share: real servers, the app, and the cast: Olivia owns, Mika is in, Vera views, Oscar is outside."""

# As in wsgi.py: before anything imports socket, time or threading.
from gevent import monkey

monkey.patch_all()

import secrets  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from uuid import UUID  # noqa: E402

import flask_migrate  # noqa: E402
import pytest  # noqa: E402
from acme import empty_tables  # noqa: E402
from empty_logs import new_workspace  # noqa: E402
from flask import Flask  # noqa: E402
from flask.testing import FlaskClient  # noqa: E402
from hypothesis import settings  # noqa: E402
from leaks import nothing_left  # noqa: E402
from live_side import LiveSide  # noqa: E402
from row_copies import RowCopies  # noqa: E402
from scripts import Clock, Script, keep_time  # noqa: E402
from sql_runner import sql_runner  # noqa: E402
from sqlalchemy import Engine, Row  # noqa: E402

from app import create_app  # noqa: E402
from app.auth import (  # noqa: E402
    passwords,
    sessions,
    tokens,
)
from app.auth.state import Auth  # noqa: E402
from app.extensions import component, db, register  # noqa: E402
from app.redis.link import connect  # noqa: E402
from app.redis.rate_counts import PREFIX  # noqa: E402
from app.settings.config import Settings  # noqa: E402
from app.workspaces.members import add_member  # noqa: E402
from app.workspaces.workspace import create_workspace, find_workspace  # noqa: E402
from launcher.postgres import Postgres  # noqa: E402
from launcher.valkey import Valkey  # noqa: E402

# No test asserts how long something takes, so neither do the examples that hypothesis makes.
settings.register_profile("pulse", deadline=None)
settings.load_profile("pulse")

PASSWORD = "correct horse battery"
CAST = {
    "olivia": ("acme", "owner"),
    "mika": ("acme", "member"),
    "vera": ("acme", "viewer"),
    "oscar": ("elsewhere", "owner"),
}


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("postgres"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database_url(postgres: Postgres) -> str:
    return postgres.url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    yield server.start()
    server.stop()


@pytest.fixture(scope="session")
def environ(database_url: str, redis_url: str) -> dict[str, str]:
    """The settings of the service under test; a test changes a copy."""
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PULSE_SECRET_KEY": secrets.token_hex(32),
        # Tests do in a second what takes people a day.
        "PULSE_RATE_LIMIT_LOGIN": "off",
        "PULSE_RATE_LIMIT_EVENTS": "off",
        "PULSE_RATE_LIMIT_BYTES": "off",
        "PULSE_RATE_LIMIT_STREAMS": "off",
        "PULSE_RATE_LIMIT_MAIL": "off",
        "PULSE_RATE_LIMIT_READS": "off",
        "PULSE_UPKEEP_INTERVAL": "0",  # drawn timelines lie in the past: upkeep would prune them
    }


@pytest.fixture(scope="session")
def migrated_app(environ: dict[str, str]) -> Iterator[Flask]:
    app = create_app(Settings.from_environ(environ))
    with app.app_context():
        flask_migrate.upgrade()
    app.extensions["pulse"].start()
    yield app
    app.extensions["pulse"].stop()


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The app on an empty database; afterwards it may hold nothing that it did not hold before."""
    empty_tables(_engine(migrated_app))
    with nothing_left(migrated_app):
        yield migrated_app


@pytest.fixture
def engine(app: Flask) -> Engine:
    return _engine(app)


@pytest.fixture
def make_app(app: Flask, environ: dict[str, str]) -> Iterator[Callable[..., Flask]]:
    """`make_app(PULSE_TRUSTED_PROXIES="1")`: another app on the same database, with other settings."""
    made: list[Flask] = []

    def make(**changes: str) -> Flask:
        made.append(create_app(Settings.from_environ(environ | changes)))
        return made[-1]

    yield make
    for other in made:
        other.extensions["pulse"].stop()
        component(Auth, other).last_use.join()
        assert _engine(other).pool.checkedout() == 0, "a database connection was not given back"
        _engine(other).dispose()


@pytest.fixture
def sql(app: Flask) -> Callable[..., list[Row]]:
    """`sql("SELECT … :name", name=…)`: run a statement, commit, and get its rows if it has any."""

    return sql_runner(_engine(app))


@pytest.fixture
def workspace(sql: Callable[..., list[Row]]) -> UUID:
    """A workspace without members, whose log is empty."""
    return new_workspace(sql)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A Valkey of the test's own, which it may freeze, fill and empty."""
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server
    server.thaw()
    server.stop()


@pytest.fixture
def make_side(make_app, cast, sql) -> Iterator[Callable[..., LiveSide]]:
    """`make_side(REDIS_URL=…)`: another worker with a live side on `acme`, which drains at once."""
    [workspace] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    sides: list[LiveSide] = []

    def make(**settings: str) -> LiveSide:
        app = make_app(**{"PULSE_DRAIN_SECONDS": "0.1"} | settings)
        sides.append(LiveSide(app, workspace.id, cast["mika"]))
        return sides[-1]

    yield make
    for side in sides:
        side.stop()


class Browser(FlaskClient):
    """A client with a cookie jar; once signed in, it knows whose it is."""

    user_id: UUID

    def sign_in(self, user_id: UUID) -> None:
        """Begin a real session without the wait for a password hash."""
        with self.application.app_context():
            token = sessions.start(user_id)
        with self.session_transaction() as session:
            session["_user_id"] = token
        self.user_id = user_id


def new_browser(app: Flask, user_id: UUID | None = None) -> Browser:
    """A client with a cookie jar of its own, signed in if a user is given."""
    browser = Browser(app, app.response_class, use_cookies=True)
    if user_id:
        browser.sign_in(user_id)
    return browser


@pytest.fixture
def client(app: Flask) -> Browser:
    """A client that has not signed in."""
    return new_browser(app)


@pytest.fixture(scope="session")
def copied_cast(migrated_app: Flask, password_hash: str) -> tuple[RowCopies, dict[str, UUID]]:
    """The cast as the app has made it, and their ids by first name."""
    engine = _engine(migrated_app)
    empty_tables(engine)
    sql = sql_runner(engine)
    ids: dict[str, UUID] = {}
    workspaces: dict[str, UUID] = {}
    with migrated_app.app_context():
        for name, (slug, role) in CAST.items():
            ids[name] = _store_user(sql, f"{name}@{slug}.test", name.capitalize(), password_hash)
            if slug in workspaces:
                add_member(workspaces[slug], ids[name], role)
            else:
                workspaces[slug] = create_workspace(slug, slug.capitalize(), "UTC", ids[name])
    return RowCopies(engine), ids


@pytest.fixture
def cast(app: Flask, copied_cast: tuple[RowCopies, dict[str, UUID]]) -> dict[str, UUID]:
    """The users by first name, in their workspaces `acme` and `elsewhere`; all have the password PASSWORD."""
    copies, ids = copied_cast
    new = copies.store(_engine(app))
    return {name: new[user_id] for name, user_id in ids.items()}


@pytest.fixture
def olivia(app: Flask, cast: dict[str, UUID]) -> Browser:
    return new_browser(app, cast["olivia"])


@pytest.fixture
def mika(app: Flask, cast: dict[str, UUID]) -> Browser:
    return new_browser(app, cast["mika"])


@pytest.fixture
def ada(mika: Browser, sql: Callable[..., list[Row]]) -> Browser:
    """Mika, promoted: an admin."""
    sql("UPDATE memberships SET role = 'admin' FROM users WHERE users.id = user_id AND name = 'Mika'")
    return mika


@pytest.fixture
def stale(sql: Callable[..., list[Row]]) -> Callable[[], object]:
    """`stale()`: no session has shown its password lately."""
    return lambda: sql("UPDATE sessions SET confirmed_at = NULL")


@pytest.fixture
def forget_rates(redis_url: str) -> Callable[[], None]:
    """`forget_rates()`: no rate has been counted in Redis."""

    def forget() -> None:
        with connect(redis_url) as client:
            for name in client.scan_iter(f"pulse:{PREFIX}*"):
                client.delete(name)

    return forget


@pytest.fixture
def no_rates(forget_rates: Callable[[], None]) -> None:
    forget_rates()


@pytest.fixture
def vera(app: Flask, cast: dict[str, UUID]) -> Browser:
    return new_browser(app, cast["vera"])


@pytest.fixture
def oscar(app: Flask, cast: dict[str, UUID]) -> Browser:
    return new_browser(app, cast["oscar"])


@pytest.fixture
def tim(cast: dict[str, UUID], sql: Callable[..., list[Row]], password_hash: str) -> Callable[[bool], UUID]:
    """Tim, to be added, changed and removed: `tim(True)` makes him a member of `acme`, or not; his id."""
    statement = """
        INSERT INTO users (id, email, name, password_hash)
        VALUES (gen_random_uuid(), 'tim@acme.test', 'Tim', :password_hash) RETURNING id
    """
    [(user_id,)] = sql(statement, password_hash=password_hash)

    def put(is_member: bool) -> UUID:
        sql("DELETE FROM memberships WHERE user_id = :user", user=user_id)
        if is_member:
            sql(
                "INSERT INTO memberships SELECT id, :user, 'member' FROM workspaces WHERE slug = 'acme'",
                user=user_id,
            )
        return user_id

    return put


@pytest.fixture
def script(app: Flask, cast: dict[str, UUID]) -> Callable[..., Script]:
    """`script("events:write", of="mika")`: a client with a new token of a member, for `acme` by default."""

    def make(*scopes: str, of: str = "olivia", workspace: str = "acme", **more: object) -> Script:
        client = Script(app, app.response_class, use_cookies=False)
        with app.app_context():
            workspace_id = find_workspace(workspace).id
            wanted = {"name": "Script", "scopes": scopes, "expires_at": None} | more
            token, entry = tokens.issue(workspace_id, cast[of], **wanted)
        client.token_id = entry.id
        return client.show(token)

    return make


@pytest.fixture
def clock(app: Flask) -> Iterator[Clock]:
    """By which the app remembers tokens and actors for half a second; it moves when the test says so."""
    usual = component(Auth, app)
    clock = Clock()
    keep_time(app, clock)
    yield clock
    register(app, usual)


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Of PASSWORD; made once, because it is slow on purpose."""
    return passwords.make_hash(PASSWORD)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's directory."""
    return Path(__file__).resolve().parent.parent


def _engine(app: Flask) -> Engine:
    # No context stays open for a test: Flask-Login keeps its user there, and requests would share it.
    with app.app_context():
        return db.engine


def _store_user(sql: Callable[..., list[Row]], email: str, name: str, password_hash: str) -> UUID:
    statement = """
        INSERT INTO users (id, email, name, password_hash)
        VALUES (gen_random_uuid(), :email, :name, :password_hash) RETURNING id
    """
    return sql(statement, email=email, name=name, password_hash=password_hash)[0].id
