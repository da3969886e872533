"""When a socket takes only a part of some events, exactly the rest of the event that was cut has to follow."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain import sse


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=6), st.data())
def test_cut_event_is_completed(payloads, data):
    chunks = [sse.chunk(payload) for payload in payloads]
    whole = b"".join(chunks)
    sent = data.draw(st.integers(0, len(whole)))
    begun, rest = sse.split_sent(whole, sent)
    assert whole[:sent] + rest == b"".join(chunks[:begun])
    assert whole[:sent] + rest + b"".join(chunks[begun:]) == whole
    assert len(rest) < max(map(len, chunks))
