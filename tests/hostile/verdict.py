"""What is wrong with an answer to something hostile, and with the log that was written meanwhile."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from hostile.exchange import Answer
from hostile.texts import FORGED, SCRIPT

NAME = "x-request-id"  # the app's own answers have one, gunicorn's have none
PROBLEM = "application/problem+json"
FIELDS = {"type", "title", "status", "code", "detail", "errors"}
LARGEST_REFUSAL = 64 << 10  # bytes
# The protocol's own words for what is not spoken here.
WORDS_OF_PROTOCOL = (501, 505)
# None, or a path: a host would be the one that the request names, whichever that is.
LOCAL = re.compile(r"/(?![/\\])|$")
LINE_FIELDS = {"timestamp", "level", "event", "logger"}


def faults_of(answer: Answer) -> Iterator[str]:
    """Everything that is wrong with an answer to a request for a host of ours."""
    if answer.status >= 500 and answer.status not in WORDS_OF_PROTOCOL and not _is_busy(answer):
        yield f"{answer.status}: {answer.body[:300]!r}"
    if any(FORGED in name for name in answer.headers) or f"{FORGED}=1" in answer.header("set-cookie"):
        yield f"a header was forged: {answer.headers}"
    if not LOCAL.match(answer.header("location")):
        yield f"it leads elsewhere: {answer.header('location')}"
    kind = answer.header("content-type")
    if kind.startswith("text/html") and SCRIPT in answer.body:
        yield "a script came back as one"
    if answer.status >= 400 and len(answer.body) > LARGEST_REFUSAL:
        yield f"a refusal of {len(answer.body)} bytes"
    if NAME in answer.headers and answer.status >= 400 and not kind.startswith("text/html"):
        yield from _faults_of_problem(answer, kind)


def _faults_of_problem(answer: Answer, kind: str) -> Iterator[str]:
    if kind != PROBLEM:
        yield f"{answer.status} as {kind}"
        return
    problem = json.loads(answer.body.decode("utf-8"), parse_constant=_refused)
    if problem["status"] != answer.status or not {"type", "title", "code"} <= problem.keys() <= FIELDS:
        yield f"a problem document that is none: {problem}"


def faults_of_log(text: bytes, answers: Iterable[Answer], unread: int) -> Iterator[str]:
    """Everything that is wrong with what was logged while these were answered; `unread` more were cut off."""
    answered = Counter(answer.header(NAME) for answer in answers if NAME in answer.headers)
    logged: Counter[str] = Counter()
    for line in text.removesuffix(b"\n").split(b"\n"):
        try:
            entry = json.loads(line, parse_constant=_refused)
        except ValueError:
            yield f"no JSON: {line[:300]!r}"
            continue
        if not isinstance(entry, dict) or not entry.keys() >= LINE_FIELDS or FORGED in entry:
            yield f"not one of ours: {line[:300]!r}"
        elif "exception" in entry:
            yield f"a stack trace: {entry['exception'][-1000:]}"
        elif entry["event"] == "request":
            logged[entry["request"]] += 1
    if answered - logged:
        yield f"answers without a line: {dict(answered - logged)}"
    if (logged - answered).total() > unread:
        yield f"lines without an answer: {dict(logged - answered)}, of which {unread} may be"


def _is_busy(answer: Answer) -> bool:
    """Is it the refusal of one export too many at a time?"""
    return answer.status == 503 and b"TOO_MANY_EXPORTS" in answer.body and bool(answer.header("retry-after"))


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
