"""Rate limits: too often is 429 with a time to wait; with Redis away each worker counts alone."""

from time import time

import pytest
from conftest import PASSWORD, new_browser
from goodbyes import goodbye
from scripts import EVENT, REALTIME, Script

from app.domain.rate import Rate
from app.errors import RateLimited
from app.extensions import component
from app.redis.link import RedisLink, connect
from app.redis.rate_counts import PREFIX, Slot, WindowCounts
from app.redis.rate_limits import RateLimits

pytestmark = pytest.mark.usefixtures("no_rates")


LOGIN = "/api/auth/login"
MIKA = {"email": "mika@acme.test", "password": PASSWORD}
WRONG = MIKA | {"password": "a guess"}
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def visit(make_app, cast):
    """`visit(PULSE_RATE_LIMIT_LOGIN="2/minute")`: visitors of one app with these limits, or members by name."""

    def make(**limits):
        app = make_app(**limits)
        return lambda name=None: new_browser(app, name and cast[name])

    return make


def refusal(answer, name, limit):
    assert answer.status_code == 429
    assert answer.get_json()["code"] == "RATE_LIMITED"
    wait = int(answer.headers["Retry-After"])
    assert 1 <= wait <= 120
    assert answer.headers["RateLimit-Policy"] == f'"{name}";q={limit};w=60'
    assert answer.headers["RateLimit"] == f'"{name}";r=0;t={wait}'
    return True


def test_failed_sign_ins_are_limited(visit):
    visitor = visit(PULSE_RATE_LIMIT_LOGIN="2/minute")()
    assert [visitor.post(LOGIN, json=WRONG).status_code for _ in range(2)] == [401, 401]
    assert refusal(visitor.post(LOGIN, json=MIKA), "login", 2)


def test_limit_is_per_account_and_address(visit):
    visitor = visit(PULSE_RATE_LIMIT_LOGIN="2/minute")()
    for _ in range(3):
        visitor.post(LOGIN, json=WRONG)
    assert visitor.post(LOGIN, json=MIKA | {"email": "vera@acme.test"}).status_code == 200
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert visitor.post(LOGIN, json=MIKA, environ_overrides=elsewhere).status_code == 200


def test_one_address_cannot_try_all_accounts(visit):
    visitor = visit(PULSE_RATE_LIMIT_LOGIN="1/minute")()
    codes = [
        visitor.post(LOGIN, json={"email": f"{n}@x.test", "password": "a"}).status_code for n in range(11)
    ]
    assert codes == [401] * 10 + [429]


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_clients_are_told_apart_by_network(visit, proxies):
    """Of which unit/test_sender.py has all spellings."""
    visitor = visit(PULSE_RATE_LIMIT_LOGIN="1/minute", PULSE_TRUSTED_PROXIES=proxies)()
    tries = {
        "::ffff:203.0.113.7": 401,
        "198.51.100.9:4711": 401,
        "203.0.113.7:51235": 429,
        "[2001:db8::1]:1": 401,
        "2001:db8::2": 429,
        "2001:db8:0:1::2": 401,
    }
    how = "headers", "X-Forwarded-For"
    if proxies == "0":
        how = "environ_overrides", "REMOTE_ADDR"
    found = {one: visitor.post(LOGIN, json=WRONG, **{how[0]: {how[1]: one}}).status_code for one in tries}
    assert found == tries


def test_successful_sign_ins_do_not_count(visit):
    visitor = visit(PULSE_RATE_LIMIT_LOGIN="1/minute")()
    assert [visitor.post(LOGIN, json=MIKA).status_code for _ in range(3)] == [200] * 3


def test_form_shows_when_to_try_again(visit):
    visitor = visit(PULSE_RATE_LIMIT_LOGIN="1/minute")()
    pages = [visitor.post("/login", data=WRONG) for _ in range(2)]
    assert [page.status_code for page in pages] == [401, 429]
    assert "Try again in 2 minutes." in pages[1].text or "Try again in a minute." in pages[1].text
    assert pages[1].headers["Retry-After"]


def test_current_password_is_limited(visit):
    visitor = visit(PULSE_RATE_LIMIT_LOGIN="1/minute")("mika")
    guess = {"currentPassword": "a guess", "newPassword": "a longer horse"}
    assert visitor.post("/api/auth/password", json=guess).status_code == 422
    assert refusal(visitor.post("/api/auth/password", json=guess | {"currentPassword": PASSWORD}), "login", 1)
    page = visitor.post("/account/password", data=guess)
    assert (page.status_code, "Too many tries." in page.text) == (429, True)


def test_posts_are_limited_by_who_posts(visit, sql):
    browser = visit(PULSE_RATE_LIMIT_EVENTS="6/minute")
    mika, olivia = browser("mika"), browser("olivia")
    assert mika.post(REALTIME, json=EVENT).status_code == 200
    assert mika.post(f"{REALTIME}/batch", json={"events": [EVENT] * 5}).status_code == 200
    assert refusal(mika.post(REALTIME, json=EVENT), "events", 6)
    assert olivia.post(REALTIME, json=EVENT).status_code == 200
    assert sql("SELECT count(*) FROM events")[0][0] == 7  # nothing of what was refused is stored


def test_large_batch_fits_an_empty_bucket(visit):
    mika = visit(PULSE_RATE_LIMIT_EVENTS="2/minute")("mika")
    batch = {"events": [EVENT] * 5}
    assert mika.post(f"{REALTIME}/batch", json=batch).status_code == 200
    assert refusal(mika.post(f"{REALTIME}/batch", json=batch), "events", 2)


def test_invalid_batch_counts_as_one_event(visit):
    mika = visit(PULSE_RATE_LIMIT_EVENTS="3/minute")("mika")
    for body, kind in (
        (b"{", "application/json"),
        (b"", "text/plain"),
        (b'{"events":[]}', "application/json"),
    ):
        assert mika.post(f"{REALTIME}/batch", data=body, content_type=kind).status_code in (400, 415, 422)
    assert refusal(mika.post(f"{REALTIME}/batch", data=b"{", content_type="application/json"), "events", 3)


@pytest.mark.parametrize("path", [REALTIME, f"{REALTIME}/batch"])
def test_bytes_of_bodies_are_limited(visit, path):
    mika = visit(PULSE_RATE_LIMIT_BYTES="1000/minute")("mika")
    event = EVENT | {"eventData": {"text": "x" * 500}}
    body = event if path == REALTIME else {"events": [event]}
    assert mika.post(path, json=body).status_code == 200
    assert refusal(mika.post(path, json=body), "bytes", 1000)
    assert mika.post(REALTIME, json=EVENT).status_code == 200


def test_limits_of_token_and_workspace(make_app, script, app):
    limited = make_app(PULSE_RATE_LIMIT_EVENTS="1/minute")
    codes = []
    for _ in range(11):
        client = Script(limited, limited.response_class, use_cookies=False)
        codes.append(client.show(script("events:write").token).post_event().status_code)
    assert codes == [200] * 10 + [429]


def test_stream_openings_are_limited(visit):
    mika = visit(PULSE_RATE_LIMIT_STREAMS="1/minute")("mika")
    with mika.get(REALTIME, headers=STREAM, buffered=False) as stream:
        assert stream.status_code == 200
    reason, seconds = goodbye(mika.get(REALTIME, headers=STREAM))
    assert reason == "limit"
    assert 5 <= seconds <= 125, "until the sliding window has room, and the spread"
    assert mika.get(REALTIME).status_code == 200


def test_off_is_off(visit):
    visitor = visit(PULSE_RATE_LIMIT_LOGIN="off")()
    assert {visitor.post(LOGIN, json=WRONG).status_code for _ in range(12)} == {401}


@pytest.fixture
def two(redis_url):
    """The counts of two workers."""
    clients = [connect(redis_url) for _ in range(2)]
    yield [WindowCounts(RedisLink(client)) for client in clients]
    for client in clients:
        client.close()


SLOT = Slot("events:a-user", Rate(4, 60))


def test_workers_learn_of_one_another(two):
    now = 6_000.0
    for counts in two:
        for _ in range(2):
            counts.charge("events", [SLOT], now)
    for counts in (*two, two[0]):
        counts.add([SLOT], now, 0)  # asking for a key announces it
        counts.sync(now)
    for counts in two:
        with pytest.raises(RateLimited):
            counts.charge("events", [SLOT], now)


def test_refund_reaches_all_workers(two):
    now = 6_000.0
    first, second = two
    for _ in range(4):
        first.charge("events", [SLOT], now)
    first.sync(now)
    first.add([SLOT], now, -2)
    first.sync(now)
    second.add([SLOT], now, 0)
    second.sync(now)
    second.charge("events", [SLOT], now)


def test_without_redis_limits_are_local():
    counts = WindowCounts(RedisLink(connect("unix:///nowhere")))
    for _ in range(4):
        counts.charge("events", [SLOT], 6_000.0)
        counts.sync(6_000.0)
    with pytest.raises(RateLimited):
        counts.charge("events", [SLOT], 6_000.0)


def test_local_counts_reach_redis_later(two, redis_url):
    now = 6_000.0
    away = WindowCounts(RedisLink(connect("unix:///nowhere")))
    for _ in range(4):
        away.charge("events", [SLOT], now)
    away.sync(now)
    away._link = two[0]._link
    away.sync(now)
    two[1].add([SLOT], now, 0)
    two[1].sync(now)
    with pytest.raises(RateLimited):
        two[1].charge("events", [SLOT], now)


def test_past_windows_are_deleted():
    counts = WindowCounts(RedisLink(connect("unix:///nowhere")))
    counts.charge("events", [SLOT], 6_000.0)
    counts.sync(6_100.0)
    assert counts._windows
    counts.sync(6_200.0)
    assert not counts._windows


def names(redis_url):
    with connect(redis_url) as client:
        return len(list(client.scan_iter(f"pulse:{PREFIX}*")))


def kept_by_refusals(app, redis_url):
    """The windows here and in Redis after 20, 40 and 60 sign-ins; None if a minute began meanwhile."""
    began = time() // 60
    visitor, counts = app.test_client(), component(RateLimits, app).counts
    kept = []
    for start in (0, 20, 40):
        for n in range(start, start + 20):
            visitor.post(LOGIN, json={"email": f"{n}@x.test", "password": "a"})
        counts.sync(time())
        kept.append((len(counts), names(redis_url)))
    return kept if time() // 60 == began else None


def test_refused_sign_ins_leave_nothing_behind(make_app, cast, redis_url, forget_rates):
    while (kept := kept_by_refusals(make_app(PULSE_RATE_LIMIT_LOGIN="1/minute"), redis_url)) is None:
        forget_rates()
    assert kept == [kept[0]] * 3
    assert (
        kept[0][0] == kept[0][1] == 21
    )  # the address; for ten attempts an account, and it from this address


def test_reading_a_key_writes_nothing(two, redis_url):
    slot = Slot("login:a-user", Rate(1, 60))
    two[0].charge("login", [slot], 6_000.0)
    two[0].sync(6_000.0)
    with pytest.raises(RateLimited):
        two[0].charge("login", [slot], 6_060.0)  # in the next window, in which nothing has been counted
    two[0].sync(6_060.0)
    assert names(redis_url) == 1


def test_windows_and_names_are_bounded(redis_url):
    with connect(redis_url) as client:
        counts = WindowCounts(RedisLink(client), max_windows=50, max_keys=20)
        for n in range(200):
            counts.charge("login", [Slot(f"login:{n}", Rate(1, 60))], 6_000.0)
        counts.sync(6_000.0)
        assert (len(counts), names(redis_url)) == (50, 20)
        for n in range(150, 200):  # whether Redis has it or not
            with pytest.raises(RateLimited):
                counts.charge("login", [Slot(f"login:{n}", Rate(1, 60))], 6_000.0)


def test_expired_windows_are_dropped():
    counts = WindowCounts(RedisLink(connect("unix:///nowhere")), max_windows=10)
    for n in range(100):
        counts.charge("login", [Slot(f"login:{n}", Rate(1, 60))], 6_000.0)
        counts.sync(6_000.0)
    assert len(counts._used) <= 10


def test_late_refund_is_ignored(two):
    charge = two[0].charge("login", [SLOT], 6_059.0)
    two[0].add([SLOT], 6_060.0, 4)
    two[0].refund(charge)
    with pytest.raises(RateLimited):
        two[0].charge("login", [SLOT], 6_119.9)
