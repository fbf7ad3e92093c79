"""How the herd's alerts are counted: what is missing, and what came twice, is seen."""

from datetime import UTC, datetime

import pytest

from benchmarks.herd.books import AlertSeen, Count, MailSeen, alert_message, count

AT = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
HERD = ("herd-1", "herd-2")


def alert(transfer: str, number: int = 1) -> AlertSeen:
    return AlertSeen(transfer, number, "breach", at=AT, raised_at=AT)


def mail(transfer: str, number: int = 1) -> MailSeen:
    subject = f"Overdue: the contact's answer (transfer {transfer}, alert {number})"
    return MailSeen(alert_message(transfer, number), AT, "lead@east-hub.example", subject)


REQUEST = MailSeen("<request@early-help-transfers>", AT, "lead@east-hub.example", "Request for a conversation")

ALERTS = [alert("herd-1"), alert("herd-2")]
MAILS = [mail("herd-1"), mail("herd-2"), REQUEST]


def test_one_alert_and_one_mail_for_each_is_right() -> None:
    counted = count(HERD, ALERTS, MAILS)
    assert counted == Count(2, 2, 0, 0, 2, 0, 0, 0)
    assert counted.is_right


@pytest.mark.parametrize(
    ("alerts", "mails", "wrong"),
    [
        (ALERTS[:1], MAILS, "missing_in_register"),
        ([*ALERTS, alert("herd-2", 2)], MAILS, "doubled_in_register"),
        (ALERTS, MAILS[1:], "missing_in_mailbox"),
    ],
)
def test_what_is_missing_or_raised_twice_is_not_right(
    alerts: list[AlertSeen], mails: list[MailSeen], wrong: str
) -> None:
    counted = count(HERD, alerts, mails)
    assert getattr(counted, wrong) == 1
    assert not counted.is_right


def test_a_mail_that_comes_twice_under_its_message_id_is_told_and_is_right() -> None:
    counted = count(HERD, ALERTS, [*MAILS, mail("herd-1")])
    assert counted.doubled_in_mailbox == 1
    assert counted.is_right


def test_a_mail_about_no_alert_of_the_register_is_told_and_is_not_right() -> None:
    counted = count(HERD, ALERTS, [*MAILS, mail("herd-1", 2)])
    assert counted.never_raised_but_mailed == 1
    assert not counted.is_right
