"""Two workers behave as one: what is posted to either reaches the streams of both, and counts are of both."""


def test_an_event_posted_to_one_worker_reaches_the_streams_of_both(server, visit):
    first, second = server.worker_pids()
    here, there = visit("mika", worker=first), visit("vera", worker=second)
    streams = [here.listen(), there.listen()]
    assert [server.worker_of(stream.local_port) for stream in streams] == [first, second]
    for stream in streams:
        stream.until("stats")

    answer = here.track("message.sent", {"messageId": "m-1"})

    assert answer["notified"] == 2
    for stream in streams:
        assert stream.until("event").json["eventId"] == answer["eventId"]
