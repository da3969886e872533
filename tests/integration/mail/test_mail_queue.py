"""The queue of outbound mail: sent once, tried again with back-off, given up in the end."""

import gevent
import pytest

from app.mail.message import MailContent

NOTE = {"subject": "Hello", "text": "A line.\nAnother."}
ROWS = "SELECT state, attempts, error FROM outbound_mails ORDER BY id"
DUE = "UPDATE outbound_mails SET due_at = now()"


def test_sent_mail_is_marked_sent(sink, mailer, put, sql):
    put(**NOTE)
    mailer().send_due()
    [mail] = sink.mails
    assert mail.recipients == ["nina@acme.test"]
    assert mail.message["From"] == "Pulse <pulse@pulse.test>"
    assert (mail.message["To"], mail.message["Subject"]) == ("nina@acme.test", "Hello")
    assert mail.message.get_content().splitlines() == ["A line.", "Another."]
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert sql(ROWS) == [("sent", 1, None)]
    mailer().send_due()
    assert len(sink.mails) == 1


def test_two_workers_send_each_mail_once(sink, mailer, put):
    people = [f"person{number}@acme.test" for number in range(40)]
    for person in people:
        put(person, **NOTE)
    rounds = [gevent.spawn(worker.send_due) for worker in (mailer(), mailer()) for _ in range(4)]
    gevent.joinall(rounds, raise_error=True)
    assert sorted(sink.recipients()) == sorted(people)


def test_unreachable_server_is_retried(sink, mailer, put, sql):
    put(**NOTE)
    mailer("smtp://127.0.0.1:1").send_due()
    [(state, attempts, error)] = sql(ROWS)
    assert (state, attempts) == ("retrying", 1)
    assert "ConnectionRefusedError" in error
    mailer().send_due()
    assert sink.mails == []  # not due yet
    sql(DUE)
    mailer().send_due()
    assert len(sink.mails) == 1
    assert sql(ROWS)[0][:2] == ("sent", 2)


@pytest.mark.parametrize(
    ("answer", "state"), [(b"450 try later", "retrying"), (b"550 no such mailbox", "dead")]
)
def test_5xx_is_final_and_4xx_is_retried(sink, mailer, put, sql, answer, state):
    sink.refusals.append(answer)
    put("gone@acme.test", **NOTE)
    put("nina@acme.test", **NOTE)
    mailer().send_due()
    assert sql(ROWS) == [(state, 1, answer.decode()), ("sent", 1, None)]
    assert sink.recipients() == ["nina@acme.test"]


def test_retries_end_after_a_day(sink, mailer, put, sql):
    put(**NOTE)
    sql("UPDATE outbound_mails SET created_at = now() - interval '25 hours'")
    mailer("smtp://127.0.0.1:1").send_due()
    assert sql(ROWS)[0].state == "dead"
    sql(DUE)
    mailer().send_due()
    assert sink.mails == []


def test_expired_claim_is_taken_over(app, sink, mailer, put, sql):
    def die(_connection, _mail):
        raise SystemError("killed")

    put(**NOTE)
    with pytest.raises(SystemError):
        mailer(note=die).send_due()
    mailer().send_due()
    assert sink.mails == []  # it may be at it still
    sql(DUE)  # as five minutes later
    mailer().send_due()
    assert sink.recipients() == ["nina@acme.test"]


def test_mail_without_content_is_deleted(sink, mailer, put, sql):
    put()
    mailer().send_due()
    assert (sink.mails, sql(ROWS)) == ([], [])


def test_unknown_kind_of_mail_waits(sink, mailer, put, sql):
    put(kind="alert", **NOTE)
    mailer().send_due()
    assert sql(ROWS)[0].state == "retrying"
    sql(DUE)
    mailer(alert=lambda _connection, _mail: MailContent("Alert", "text")).send_due()
    assert [mail.message["Subject"] for mail in sink.mails] == ["Alert"]


def test_old_mails_are_deleted(mailer, put, sql):
    put(**NOTE)
    mailer().send_due()
    sql("UPDATE outbound_mails SET ended_at = now() - interval '8 days'")
    put("other@acme.test", **NOTE)
    assert sql("SELECT recipient FROM outbound_mails") == [("other@acme.test",)]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\0"])
def test_subject_cannot_add_a_header(sink, mailer, put, end):
    text = "text" if end != "\0" else "nul"
    subject = f"Join Acme{end}Bcc: eve@evil.test{end}{end}<b>body"
    mailer(note=lambda _connection, _mail: MailContent(subject, text))
    put(subject="x", text=text)
    mailer(note=lambda _connection, _mail: MailContent(subject, text)).send_due()
    [mail] = sink.mails
    assert mail.message["Bcc"] is None
    assert mail.recipients == ["nina@acme.test"]
    assert mail.message["Subject"] == "Join Acme Bcc: eve@evil.test <b>body"
    assert mail.message.get_content().strip() == text


def test_stop_releases_unsent_mails(sink, mailer, put, sql):
    for number in range(3):
        put(f"person{number}@acme.test", **NOTE)

    def stop(_connection, mail):
        gevent.spawn(worker.stop, 5)
        gevent.sleep(0)
        return MailContent(**mail.data)

    worker = mailer(note=stop)
    worker.send_due()
    assert len(sink.mails) == 1
    assert sorted(sql(ROWS)) == [("sent", 1, None), ("waiting", 0, None), ("waiting", 0, None)]
    mailer().send_due()
    assert len(sink.mails) == 3
