import select
import signal
import smtplib
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from simulators.mailbox.page import list_page
from simulators.mailbox.rooms import Said
from tests.pace import patient, until
from tests.simulators.conftest import FOR_GOOD, Server, start_mailbox


class Mail:
    """Sends messages to the mailbox, and reads what it kept."""

    def __init__(self, server: Server) -> None:
        assert server.http is not None
        self.http = server.http
        self.smtp_port = server.ports[1]

    def send(self, subject: str, to: str = "eh@north.example", text: str = "Hello.\n") -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=patient(30)) as post:
            post.send_message(self.message(subject, to, text))

    def give_up(self, subject: str, stage: str = "message") -> None:
        """Send it as somebody who waits only a moment for the answer at this stage."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=patient(30)) as post:
            post.ehlo()
            stages: dict[str, Callable[[], Any]] = {
                "sender": lambda: post.mail("transfers@council.example"),
                "recipient": lambda: post.rcpt("eh@north.example"),
                "message": lambda: post.data(self.message(subject).as_bytes()),
            }
            for name, told in stages.items():
                post.sock.settimeout(0.2 if name == stage else patient(30))
                told()

    def message(self, subject: str, to: str = "eh@north.example", text: str = "Hello.\n") -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = subject
        message["From"] = "transfers@council.example"
        message["To"] = to
        message["Message-ID"] = "<key@council.example>"
        message.set_content(text)
        message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
        return message

    def send_calendar(self, subject: str, calendar: str, **params: str) -> None:
        message = self.message(subject)
        message.clear_content()
        message.set_content("Please come.\n")
        message.add_alternative(calendar.encode(), maintype="text", subtype="calendar", params=params)
        message.add_attachment(calendar.encode(), maintype="application", subtype="ics", filename="invitation.ics")
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=patient(30)) as post:
            post.send_message(message)

    def kept(self, subject: str) -> list[dict[str, Any]]:
        return [each for each in self.http.get("/messages").json() if each["subject"] == subject]

    def read(self, subject: str) -> Any:
        [listed] = self.kept(subject)
        return self.http.get(f"/messages/{listed['id']}").json()

    def page(self, subject: str) -> str:
        [listed] = self.kept(subject)
        return self.http.get(f"/letters/{listed['id']}").text

    def tally(self) -> tuple[int, list[tuple[Any, ...]]]:
        body = self.http.get("/rehearsal/faults").json()
        return body["planned"], [tuple(each.values()) for each in body["struck"]]

    def plan(self, when: str, action: str, **fault: Any) -> None:
        body = {"when": when, "action": action, **fault}
        self.http.post("/rehearsal/faults", json=body).raise_for_status()


@pytest.fixture
def mail(mailbox_server: Server) -> Mail:
    mail = Mail(mailbox_server)
    mail.http.delete("/rehearsal/faults", params={"counts": True}).raise_for_status()
    return mail


def test_a_subject_that_was_broken_at_its_beginning_is_listed_without_the_break(mail: Mail) -> None:
    subject = "Overdue: response of the contact due Friday 27 November 17:00 (transfer t-12345678, alert 3)"
    mail.send(subject)
    assert len(mail.kept(subject)) == 1


def test_an_accepted_message_is_listed_and_read(mail: Mail) -> None:
    mail.send("plain", text="Grüße.\n")
    [listed] = mail.kept("plain")
    assert listed["from"] == "transfers@council.example"
    assert listed["to"] == ["eh@north.example"]
    assert listed["message_id"] == "<key@council.example>"
    read = mail.http.get(f"/messages/{listed['id']}").json()
    assert (read["text"], read["attachments"]) == ("Grüße.\n", ["plan.pdf"])
    raw = mail.http.get(f"/messages/{listed['id']}.eml")
    assert raw.headers["content-type"] == "message/rfc822"
    assert b"Message-ID: <key@council.example>" in raw.content
    assert mail.http.get("/health").json() == {"status": "ok"}


def test_a_message_that_is_not_there_is_not_found(mail: Mail) -> None:
    for path in ("/messages/none", "/messages/none.eml", "/messages/..%2f..%2fetc%2fpasswd.eml", "/letters/none"):
        assert mail.http.get(path).status_code == 404


def test_the_pages_say_when_a_message_came_in_the_time_of_the_country() -> None:
    at = datetime(2026, 7, 3, 16, 30, tzinfo=UTC)
    page = list_page(
        [], {"operations": [Said(id="1", room="operations", title="Alert", message="Now", type="info", received_at=at)]}
    )
    assert "Friday 3 July 2026, 17:30, UK time" in page


def test_a_malformed_message_is_listed_like_any_other(mail: Mail) -> None:
    raw = b"Message-ID: <<script>@x>\r\nFrom: <<\r\nDate: soon\r\nSubject: malformed\r\n\r\n\xff\r\n"
    with smtplib.SMTP("127.0.0.1", mail.smtp_port, timeout=patient(30)) as post:
        post.sendmail("a@council.example", ["b@north.example"], raw)
    [listed] = mail.kept("malformed")
    assert listed["message_id"] == "<<script>@x>"
    assert mail.http.get(f"/letters/{listed['id']}").status_code == 200


def test_a_recipient_at_the_refused_domain_is_refused(mail: Mail) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        mail.send("refused", to="someone@Refused.example")
    assert refusal.value.recipients == {"someone@Refused.example": (550, b"mailbox unavailable")}
    assert mail.kept("refused") == []


@pytest.mark.parametrize(("when", "copies"), [("before", 0), ("after", 1)])
def test_an_error_strikes_before_or_after_the_storing(mail: Mail, when: str, copies: int) -> None:
    mail.plan(when, "error")
    with pytest.raises(smtplib.SMTPDataError, match="451"):
        mail.send(f"error-{when}")
    assert len(mail.kept(f"error-{when}")) == copies
    mail.send(f"error-{when}")
    assert len(mail.kept(f"error-{when}")) == copies + 1


@pytest.mark.parametrize(("when", "copies"), [("before", 0), ("after", 1)])
def test_a_drop_breaks_the_connection_before_or_after_the_storing(mail: Mail, when: str, copies: int) -> None:
    mail.plan(when, "drop")
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        mail.send(f"drop-{when}")
    assert len(mail.kept(f"drop-{when}")) == copies


def test_a_hang_after_the_storing_leaves_the_message_and_holds_up_nobody_else(mail: Mail) -> None:
    mail.plan("after", "hang", seconds=FOR_GOOD)
    hung = smtplib.SMTP("127.0.0.1", mail.smtp_port, timeout=patient(30))
    hung.helo()
    hung.mail("a@council.example")
    hung.rcpt("b@north.example")
    assert hung.docmd("DATA")[0] == 354
    hung.send(b"Subject: hung\r\n\r\n.\r\n")
    assert len(until(lambda: mail.kept("hung"))) == 1
    mail.send("meanwhile")
    assert len(mail.kept("meanwhile")) == 1
    assert select.select([hung.sock], [], [], 0)[0] == [], "it has no answer yet"
    hung.close()


def test_a_sender_who_gives_up_during_a_hang_before_the_storing_leaves_nothing(mail: Mail) -> None:
    mail.plan("before", "hang", seconds=0.4, times=2)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        mail.give_up("given-up")
    mail.send("hangs as long and began later, so that the first hang has ended")
    assert mail.kept("given-up") == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("stage", "error"),
    [
        ("sender", smtplib.SMTPSenderRefused),
        ("recipient", smtplib.SMTPRecipientsRefused),
        ("message", smtplib.SMTPDataError),
    ],
)
def test_a_refusal_strikes_at_its_stage(mail: Mail, when: str, stage: str, error: type[Exception]) -> None:
    mail.plan(when, "error", stage=stage, code="452 no room left")
    with pytest.raises(error, match="no room left"):
        mail.send(f"refused-{stage}-{when}")
    assert len(mail.kept(f"refused-{stage}-{when}")) == ((stage, when) == ("message", "after"))
    assert mail.tally() == (0, [(stage, when, "error", "452 no room left", 1)])
    mail.send("passes")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("stage", ["sender", "recipient"])
def test_a_drop_breaks_the_connection_at_its_stage(mail: Mail, when: str, stage: str) -> None:
    mail.plan(when, "drop", stage=stage)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        mail.send(f"drop-{stage}-{when}")
    assert mail.kept(f"drop-{stage}-{when}") == []
    assert mail.tally() == (0, [(stage, when, "drop", None, 1)])


@pytest.mark.parametrize("stage", ["sender", "recipient"])
def test_a_hang_holds_the_answer_at_its_stage_and_nothing_is_refused(mail: Mail, stage: str) -> None:
    mail.plan("before", "hang", stage=stage, seconds=FOR_GOOD)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        mail.give_up(f"hung-{stage}", stage)
    assert mail.kept(f"hung-{stage}") == []
    mail.plan("before", "hang", stage=stage, seconds=0.1)
    mail.send(f"held-{stage}")
    assert len(mail.kept(f"held-{stage}")) == 1


@pytest.mark.parametrize("stage", ["recipient", "message"])
def test_a_fault_about_one_recipient_leaves_the_others_alone(mail: Mail, stage: str) -> None:
    mail.plan("before", "error", stage=stage, target="South@eh.example")
    mail.send(f"{stage}-north", to="north@eh.example")
    with pytest.raises((smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)):
        mail.send(f"{stage}-south", to="SOUTH@eh.example")
    assert (len(mail.kept(f"{stage}-north")), mail.kept(f"{stage}-south")) == (1, [])


def test_one_of_two_recipients_is_refused_and_the_other_has_the_message(mail: Mail) -> None:
    mail.plan("before", "error", stage="recipient", target="south@eh.example")
    mail.send("two", to="north@eh.example, south@eh.example")
    assert mail.read("two")["to"] == ["north@eh.example"]


def test_a_fault_at_the_senders_stage_knows_no_recipient(mail: Mail) -> None:
    body = {"when": "before", "action": "drop", "stage": "sender", "target": "south@eh.example"}
    assert mail.http.post("/rehearsal/faults", json=body).status_code == 422


def test_a_script_says_what_each_of_the_next_messages_suffers(mail: Mail) -> None:
    calls = [None, {"when": "before", "action": "error", "code": "554 no"}, {"when": "after", "action": "error"}]
    body = {"target": "south@eh.example", "calls": calls}
    mail.http.post("/rehearsal/faults/script", json=body).raise_for_status()
    mail.send("scripted-elsewhere")
    mail.send("scripted-1", to="south@eh.example")
    for subject, code in (("scripted-2", "554"), ("scripted-3", "451")):
        with pytest.raises(smtplib.SMTPDataError, match=code):
            mail.send(subject, to="south@eh.example")
    mail.send("scripted-4", to="south@eh.example")
    kept = [len(mail.kept(f"scripted-{number}")) for number in (1, 2, 3, 4)]
    assert kept == [1, 0, 1, 1]
    assert mail.tally() == (
        0,
        [("message", "before", "error", "554 no", 1), ("message", "after", "error", "451 try again later", 1)],
    )


def test_the_texts_of_attachments_are_read_and_shown_escaped(mail: Mail) -> None:
    message = mail.message("attached")
    message.add_attachment("Name: <b>Zoë</b>\n", filename="<i>assessment.txt")
    with smtplib.SMTP("127.0.0.1", mail.smtp_port, timeout=patient(30)) as post:
        post.send_message(message)
    read = mail.read("attached")
    assert read["attachments"] == ["plan.pdf", "<i>assessment.txt"]
    assert read["attachment_texts"] == [{"name": "<i>assessment.txt", "text": "Name: <b>Zoë</b>\n"}]
    page = mail.page("attached")
    assert "plan.pdf, &lt;i&gt;assessment.txt" in page
    assert "<h2>Attachment: &lt;i&gt;assessment.txt</h2>\n<pre>Name: &lt;b&gt;Zoë&lt;/b&gt;\n</pre>" in page
    assert "<b>" not in page


def calendar(*properties: str) -> str:
    said = ("DTSTART:20260409T090000Z", "DTEND:20260409T103000Z", *properties)
    return "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *said, "END:VEVENT", "END:VCALENDAR", ""])


@pytest.mark.parametrize(("method", "words"), [("REQUEST", "Invitation"), ("CANCEL", "Cancelled meeting")])
def test_an_invitation_or_its_cancellation_is_listed_and_shown_with_when_and_where(
    mail: Mail, method: str, words: str
) -> None:
    subject, text = f"calendar-{method}", calendar("LOCATION:Room <2>\\, Café")
    mail.send_calendar(subject, text, method=method, charset="utf-8")
    told = {
        "method": method,
        "text": text,
        "meeting": {"starts": "2026-04-09T09:00:00Z", "ends": "2026-04-09T10:30:00Z", "place": "Room <2>, Café"},
    }
    [listed] = mail.kept(subject)
    read = mail.read(subject)
    assert (listed["calendar"], read["calendar"]) == (told, told)
    assert (read["text"], read["attachments"]) == ("Please come.\n", ["invitation.ics"])
    page = mail.page(subject)
    assert f"<h2>{words}</h2>" in page
    assert "<dt>When</dt><dd>Thursday 9 April 2026, 10:00 to 11:30, UK time</dd>" in page
    assert "<dt>Where</dt><dd>Room &lt;2&gt;, Café</dd>" in page
    assert "Please come." in page


def test_a_meeting_over_midnight_without_a_place_is_shown_with_both_its_days(mail: Mail) -> None:
    text = calendar().replace("DTSTART:20260409T090000Z", "DTSTART;TZID=Europe/London:20260408T230000")
    mail.send_calendar("calendar-night", text, method="REQUEST")
    page = mail.page("calendar-night")
    assert "<dd>Wednesday 8 April 2026, 23:00 to Thursday 9 April 2026, 11:30, UK time</dd>" in page
    assert "Where" not in page


def test_a_message_without_an_invitation_has_none(mail: Mail) -> None:
    mail.send("calendar-none")
    assert mail.read("calendar-none")["calendar"] is None
    assert "When" not in mail.page("calendar-none")


def test_a_calendar_that_is_attached_only_is_a_file_and_no_invitation(mail: Mail) -> None:
    message = mail.message("calendar-file")
    message.add_attachment(calendar(), subtype="calendar", filename="meeting.ics")
    with smtplib.SMTP("127.0.0.1", mail.smtp_port, timeout=patient(30)) as post:
        post.send_message(message)
    read = mail.read("calendar-file")
    assert (read["calendar"], read["attachments"]) == (None, ["plan.pdf", "meeting.ics"])


def test_a_calendar_whose_headers_do_not_say_what_it_wants_is_none_that_asks_for_an_answer(mail: Mail) -> None:
    mail.send_calendar("calendar-silent", calendar().replace("BEGIN:VEVENT", "METHOD:REQUEST\r\nBEGIN:VEVENT"))
    assert mail.read("calendar-silent")["calendar"]["method"] is None
    assert "<h2>Calendar entry</h2>" in mail.page("calendar-silent")


UNREADABLE = {
    "empty": "",
    "text": "no calendar at all",
    "no-event": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    "no-calendar": "BEGIN:VEVENT\r\nEND:VEVENT\r\n",
    "no-times": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "no-moment": calendar().replace("T090000Z", "Tnine"),
    "no-zone": calendar().replace("T090000Z", "T090000"),
    "all-day": calendar().replace("DTSTART:20260409T090000Z", "DTSTART;VALUE=DATE:20260409"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_calendar_that_cannot_be_read_is_listed_and_shown_as_that(mail: Mail, name: str) -> None:
    subject, text = f"calendar-{name}", UNREADABLE[name]
    mail.send_calendar(subject, text, method="REQUEST")
    assert mail.read(subject)["calendar"] == {"method": "REQUEST", "text": text, "meeting": None}
    assert "The mailbox cannot read when and where." in mail.page(subject)


def test_a_text_in_a_charset_that_nobody_knows_is_shown_as_far_as_it_goes(mail: Mail) -> None:
    raw = b"Subject: odd\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=odd\r\n\r\nHello \xff\r\n"
    with smtplib.SMTP("127.0.0.1", mail.smtp_port, timeout=patient(30)) as post:
        post.sendmail("a@council.example", ["b@north.example"], raw)
    assert mail.read("odd")["text"] == "Hello \ufffd\n"


def test_cleared_faults_do_not_strike(mail: Mail) -> None:
    mail.plan("before", "error", code="554 no")
    assert mail.http.delete("/rehearsal/faults").status_code == 204
    mail.send("cleared")
    assert len(mail.kept("cleared")) == 1


def test_the_pages_escape_what_a_message_says(mail: Mail) -> None:
    mail.send("<script>alert(1)</script>", text="<b>bold</b>")
    page = mail.http.get("/").text
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    [listed] = mail.kept("<script>alert(1)</script>")
    assert f'href="/letters/{listed["id"]}"' in page
    letter = mail.http.get(f"/letters/{listed['id']}").text
    assert "<b>" not in letter
    assert "<script>" not in letter
    assert "&lt;b&gt;bold&lt;/b&gt;" in letter


def test_messages_are_on_disk_before_they_are_accepted_and_survive_a_kill(tmp_path: Path) -> None:
    first = start_mailbox(tmp_path)
    Mail(first).send("kept")
    [file] = tmp_path.iterdir()
    assert file.suffix == ".eml"
    assert "north" not in file.name
    first.end(signal.SIGKILL)
    second = start_mailbox(tmp_path)
    mail = Mail(second)
    mail.send("later")
    assert [each["subject"] for each in mail.http.get("/messages").json()] == ["kept", "later"]
    assert second.end() == (0, "")


def test_a_taken_port_is_one_line_and_exit_code_1(mailbox_server: Server, tmp_path: Path) -> None:
    port = mailbox_server.ports[1]
    code, said = start_mailbox(tmp_path, smtp_port=port).end()
    assert (code, said) == (1, f"Cannot listen on 127.0.0.1 port {port}: Address already in use.\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_hung_message_does_not_hold_up_a_clean_stop(tmp_path: Path, number: signal.Signals) -> None:
    server = start_mailbox(tmp_path)
    mail = Mail(server)
    mail.plan("after", "hang", seconds=FOR_GOOD)
    post = smtplib.SMTP("127.0.0.1", mail.smtp_port, timeout=patient(30))
    post.helo()
    post.mail("a@council.example")
    post.rcpt("b@north.example")
    post.sock.settimeout(0.3)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        post.data(b"Subject: hung\r\n\r\n")
    idle = smtplib.SMTP("127.0.0.1", mail.smtp_port, timeout=patient(30))
    assert server.end(number) == (0, "")
    idle.close()


@pytest.mark.parametrize(
    ("host", "status"),
    [("evil.example", 400), ("evil.example:8025", 400), ("", 400), ("LOCALHOST:1", 200), ("[::1]:8025", 200)],
)
def test_it_answers_to_the_names_of_this_machine_alone(mailbox_server: Server, host: str, status: int) -> None:
    assert mailbox_server.http is not None
    assert mailbox_server.http.get("/health", headers={"host": host}).status_code == status
