"""After `flask events restored` clients with an older cursor are reset, and numbers go on."""

from posting import REALTIME

STREAM = {"Accept": "text/event-stream"}


def last_event_id(browser):
    return browser.get(REALTIME).get_json()["meta"]["lastEventId"]


def first_frames(browser, cursor):
    with browser.get(REALTIME, headers=STREAM | {"Last-Event-ID": cursor}, buffered=False) as stream:
        return b"".join(next(stream.response) for _ in range(1)).decode()


def test_old_epoch_gets_reset(app, mika, sql):
    for _ in range(3):
        mika.post(REALTIME, json={"eventType": "deploy.finished"})
    seen = last_event_id(mika)
    # The backup was made before the third.
    sql("DELETE FROM events WHERE seq = 3")
    sql("SET LOCAL pulse.delete_event_ids = 'on'; DELETE FROM event_ids WHERE seq = 3")
    sql("UPDATE event_heads SET last_seq = 2 WHERE last_seq = 3")
    done = app.test_cli_runner().invoke(args=["events", "restored"])
    assert done.output == "2 workspaces have a new epoch: their clients will reload.\n"
    frames = first_frames(mika, seen)
    assert "event: reset" in frames
    epoch, number = last_event_id(mika).split("-")
    assert (epoch != seen.split("-")[0], number) == (True, "2")
    assert f"id: {epoch}-2" in frames
    assert mika.post(REALTIME, json={"eventType": "deploy.finished"}).get_json()["seq"] == 3
