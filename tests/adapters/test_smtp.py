"""Mail over SMTP: what certainly was not sent, what was refused and what is unclear are three things."""

from email import message_from_bytes
from email.policy import default
from typing import Any

import httpx
import pytest

from adapters.smtp import Encryption
from models.errors import LastingError, NothingHappenedError, UnclearError
from models.mail import Attachment, Calendar, Mail
from tests.adapters.conftest import http_of
from tests.adapters.posting import SENDER, mail, post_at, send
from tests.pace import patient
from tests.simulators.conftest import FOR_GOOD, Server


class Mailbox:
    """What the mailbox has of a message."""

    def __init__(self, server: Server) -> None:
        self.http: httpx.Client = http_of(server)
        self.post = post_at(server.ports[1])

    def kept(self, sent: Mail) -> list[dict[str, Any]]:
        return [each for each in self.http.get("/messages").json() if each["subject"] == sent.subject]

    def raw(self, sent: Mail) -> bytes:
        [kept] = self.kept(sent)
        return self.http.get(f"/messages/{kept['id']}.eml").content

    def plan(self, when: str, action: str, **fault: Any) -> None:
        self.http.post("/rehearsal/faults", json={"when": when, "action": action, **fault}).raise_for_status()


@pytest.fixture
def mailbox(mailbox_server: Server) -> Mailbox:
    return Mailbox(mailbox_server)


def test_a_message_reaches_its_one_recipient(mailbox: Mailbox) -> None:
    sent = mail(text="Grüße an Zoë.\n")
    evidence = send(mailbox.post, sent)
    [kept] = mailbox.kept(sent)
    assert (kept["from"], kept["to"]) == (SENDER, ["family@home.example"])
    assert mailbox.http.get(f"/messages/{kept['id']}").json()["text"] == "Grüße an Zoë.\n"
    assert evidence.startswith("accepted by the mail server, message ")
    assert evidence.rpartition(" ")[2] in kept["message_id"]


def test_the_same_message_has_the_same_id_however_often_it_is_sent(mailbox: Mailbox) -> None:
    sent = mail()
    first, second = (send(mailbox.post, sent) for _ in range(2))
    assert first == second
    assert len({kept["message_id"] for kept in mailbox.kept(sent)}) == 1
    assert send(mailbox.post, mail()) != first


def test_messages_of_one_transfer_belong_together(mailbox: Mailbox) -> None:
    one = mail()
    other = mail(transfer_id=one.transfer_id)
    for sent in (one, other):
        send(mailbox.post, sent)
    references = {mailbox.kept(sent)[0]["headers"]["References"] for sent in (one, other)}
    assert len(references) == 1


@pytest.mark.clause("SD-33b")
def test_answers_go_where_the_council_says(mailbox: Mailbox) -> None:
    sent = mail()
    send(post_at(mailbox.post.settings.port, reply_to="answers@council.example"), sent)
    assert mailbox.kept(sent)[0]["headers"]["Reply-To"] == "answers@council.example"


def test_answers_to_one_mail_go_where_it_says(mailbox: Mailbox) -> None:
    sent = mail(calendar=INVITATION, reply_to="organiser@council.example")
    send(post_at(mailbox.post.settings.port, reply_to="answers@council.example"), sent)
    assert mailbox.kept(sent)[0]["headers"]["Reply-To"] == "organiser@council.example"


def test_every_mail_says_where_answers_go(mailbox: Mailbox) -> None:
    sent = mail()
    send(mailbox.post, sent)
    assert mailbox.kept(sent)[0]["headers"]["Reply-To"] == SENDER


@pytest.mark.clause("SD-33a")
def test_of_two_letters_nobody_can_tell_that_they_belong_together(mailbox: Mailbox) -> None:
    sent = mail(transfer_id=None)
    send(mailbox.post, sent)
    assert "References" not in mailbox.kept(sent)[0]["headers"]


def test_headers_name_nobody_but_the_recipient(mailbox: Mailbox) -> None:
    sent = mail()
    send(mailbox.post, sent)
    headers = mailbox.raw(sent).partition(b"\r\n\r\n")[0].decode()
    beside_to = [line for line in headers.splitlines() if not line.startswith(("To:", "Delivered-To:"))]
    for personal in ("family@home.example", "Example", "Ada", sent.key, "letter-1"):
        assert personal not in "\n".join(beside_to)
    assert "Auto-Submitted: auto-generated" in headers


def test_every_line_ends_as_smtp_says(mailbox: Mailbox) -> None:
    sent = mail(text="one\ntwo\n.three\n")
    send(mailbox.post, sent)
    assert b"\n" not in mailbox.raw(sent).replace(b"\r\n", b"")
    [kept] = mailbox.kept(sent)
    assert mailbox.http.get(f"/messages/{kept['id']}").json()["text"] == "one\ntwo\n.three\n"


def test_a_long_text_in_one_line_arrives_whole(mailbox: Mailbox) -> None:
    sent = mail(text="x" * 8000 + "\n")
    send(mailbox.post, sent)
    [kept] = mailbox.kept(sent)
    assert mailbox.http.get(f"/messages/{kept['id']}").json()["text"] == sent.text


WRITTEN = "Grüße an Zoë.\n\n.A line that begins with a dot\nFrom a line that begins so\n" + "x" * 3000 + "\n"


def parts_of(message: bytes) -> tuple[str, list[tuple[str | None, str]]]:
    parsed = message_from_bytes(message, policy=default)
    body = parsed.get_body()
    assert body is not None
    attached = [(part.get_filename(), part.get_content().replace("\r\n", "\n")) for part in parsed.iter_attachments()]
    return body.get_content().replace("\r\n", "\n"), attached


@pytest.mark.clause("SD-25")
def test_attachments_arrive_whole_beside_the_text_under_their_names(mailbox: Mailbox) -> None:
    first, second = Attachment("assessment-version-2.txt", WRITTEN), Attachment("plan-version-1.txt", "As agreed.\n")
    sent = mail(attachments=(first, second))
    send(mailbox.post, sent)
    text, attached = parts_of(mailbox.raw(sent))
    assert text == sent.text
    assert attached == [(first.name, WRITTEN), (second.name, "As agreed.\n")]


@pytest.mark.clause("SD-25")
def test_an_attachment_is_a_text_file_whose_every_line_a_mail_server_takes(mailbox: Mailbox) -> None:
    sent = mail(attachments=(Attachment("assessment-version-2.txt", WRITTEN),))
    send(mailbox.post, sent)
    raw = mailbox.raw(sent)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    [part] = message_from_bytes(raw, policy=default).iter_attachments()
    assert (part.get_content_type(), part.get_content_charset()) == ("text/plain", "utf-8")


def test_a_message_without_attachments_is_its_text_alone(mailbox: Mailbox) -> None:
    sent = mail()
    send(mailbox.post, sent)
    parsed = message_from_bytes(mailbox.raw(sent), policy=default)
    assert not parsed.is_multipart()


def test_what_is_attached_shows_in_no_header_and_in_no_representation(mailbox: Mailbox) -> None:
    sent = mail(attachments=(Attachment("assessment-version-2.txt", "Ada Example lives here."),))
    evidence = send(mailbox.post, sent)
    headers = mailbox.raw(sent).partition(b"\r\n\r\n")[0].decode()
    for place in (headers, evidence, repr(sent.attachments)):
        assert "Ada" not in place


INVITATION = Calendar(
    "REQUEST", "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nX-NOTE:Grüße an Zoë \r\n und Ada\r\nEND:VCALENDAR\r\n"
)
CANCELLATION = Calendar("CANCEL", "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n")


def shape_of(part: Any) -> Any:
    """The types of a message's parts, as nested lists."""
    kind = part.get_content_type()
    return [kind, *map(shape_of, part.iter_parts())] if part.is_multipart() else kind


def part_of(message: bytes, kind: str) -> Any:
    [part] = (part for part in message_from_bytes(message, policy=default).walk() if part.get_content_type() == kind)
    return part


def test_an_invitation_stands_beside_the_text_and_is_a_file_too(mailbox: Mailbox) -> None:
    sent = mail(calendar=INVITATION)
    send(mailbox.post, sent)
    parsed = message_from_bytes(mailbox.raw(sent), policy=default)
    assert shape_of(parsed) == [
        "multipart/mixed",
        ["multipart/alternative", "text/plain", "text/calendar"],
        "application/ics",
    ]
    assert part_of(mailbox.raw(sent), "text/plain").get_content().replace("\r\n", "\n") == sent.text
    assert part_of(mailbox.raw(sent), "application/ics").get_filename() == "invitation.ics"


@pytest.mark.parametrize("calendar", [INVITATION, CANCELLATION], ids=["invitation", "cancellation"])
def test_mail_programs_are_told_what_the_calendar_wants_and_get_it_byte_for_byte(
    mailbox: Mailbox, calendar: Calendar
) -> None:
    sent = mail(calendar=calendar)
    send(mailbox.post, sent)
    raw = mailbox.raw(sent)
    shown, attached = part_of(raw, "text/calendar"), part_of(raw, "application/ics")
    assert (shown.get_param("method"), shown.get_content_charset()) == (calendar.method, "utf-8")
    assert not shown.is_attachment(), "mail programs read what is attached as a file, not as an invitation"
    assert attached.is_attachment()
    for part in (shown, attached):
        assert part.get_payload(decode=True) == calendar.text.encode()
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_attachments_arrive_beside_an_invitation_as_without_one(mailbox: Mailbox) -> None:
    file = Attachment("assessment-version-2.txt", WRITTEN)
    sent = mail(calendar=INVITATION, attachments=(file,))
    send(mailbox.post, sent)
    parsed = message_from_bytes(mailbox.raw(sent), policy=default)
    assert shape_of(parsed)[1] == ["multipart/alternative", "text/plain", "text/calendar"]
    attached = {part.get_filename(): part for part in parsed.iter_attachments()}
    assert list(attached) == ["invitation.ics", file.name]
    assert attached[file.name].get_content().replace("\r\n", "\n") == WRITTEN


def test_an_invitation_changes_nothing_about_the_message_that_carries_it(mailbox: Mailbox) -> None:
    plain = mail()
    invited = mail(key=plain.key, transfer_id=plain.transfer_id, calendar=INVITATION)
    assert send(mailbox.post, plain) == send(mailbox.post, invited)
    [first], [second] = mailbox.kept(plain), mailbox.kept(invited)
    assert first["message_id"] == second["message_id"]
    assert {**first["headers"], "Date": ""} == {**second["headers"], "Date": ""}


def test_what_an_invitation_says_shows_in_no_header_and_in_no_representation(mailbox: Mailbox) -> None:
    sent = mail(calendar=INVITATION)
    evidence = send(mailbox.post, sent)
    headers = mailbox.raw(sent).partition(b"\r\n\r\n")[0].decode()
    for place in (headers, evidence, repr(sent.calendar)):
        assert "Ada" not in place


def test_a_refused_address_lasts(mailbox: Mailbox) -> None:
    sent = mail(to="somebody@refused.example")
    with pytest.raises(LastingError) as error:
        send(mailbox.post, sent)
    assert error.value.problem == "refused_address"
    assert "somebody" not in str(error.value)
    assert mailbox.kept(sent) == []


@pytest.mark.parametrize(
    ("code", "kind"), [("451 try again later", NothingHappenedError), ("554 no", LastingError)], ids=["451", "554"]
)
def test_a_message_that_the_server_did_not_take_did_not_leave(
    mailbox: Mailbox, code: str, kind: type[Exception]
) -> None:
    mailbox.plan("before", "error", code=code)
    sent = mail()
    with pytest.raises(kind) as error:
        send(mailbox.post, sent)
    assert mailbox.kept(sent) == []
    assert getattr(error.value, "problem", "refused_message") == "refused_message"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_server_that_breaks_off_after_the_text_leaves_it_unclear(mailbox: Mailbox, when: str) -> None:
    mailbox.plan(when, "drop")
    sent = mail()
    with pytest.raises(UnclearError) as error:
        send(mailbox.post, sent)
    assert len(mailbox.kept(sent)) == (1 if when == "after" else 0), "which is why nobody can tell"
    assert "home.example" not in str(error.value)


def test_a_server_that_falls_silent_after_the_text_leaves_it_unclear(mailbox: Mailbox, mailbox_server: Server) -> None:
    mailbox.plan("after", "hang", seconds=FOR_GOOD)
    with pytest.raises(UnclearError):
        send(post_at(mailbox_server.ports[1], timeout=patient(0.5)), mail())


def test_where_nobody_listens_nothing_happened() -> None:
    with pytest.raises(NothingHappenedError):
        send(post_at(1), mail())


def test_a_server_without_encryption_is_not_told_anything_where_encryption_is_asked_for(
    mailbox: Mailbox, mailbox_server: Server
) -> None:
    sent = mail()
    with pytest.raises(LastingError) as error:
        send(post_at(mailbox_server.ports[1], encryption=Encryption.STARTTLS), sent)
    assert error.value.problem == "mail_setup"
    assert mailbox.kept(sent) == []


def test_an_address_that_the_server_cannot_be_told_is_refused_and_not_unclear(mailbox: Mailbox) -> None:
    with pytest.raises(LastingError) as error:
        send(mailbox.post, mail(to="zoë@home.example"))
    assert error.value.problem == "refused_address"


def test_a_subject_cannot_smuggle_a_header(mailbox: Mailbox) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        send(mailbox.post, mail(subject="Hello\r\nBcc: other@home.example"))
