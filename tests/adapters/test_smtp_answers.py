"""What a mail server's answers mean, moment by moment: nothing left, refused by whom, or nobody knows."""

from time import monotonic
from typing import Any

import pytest

from models.attention import PROBLEMS
from models.errors import LastingError, NothingHappenedError, UnclearError
from tests.adapters.posting import GOOD, Answer, mail, post_at, send, server_that
from tests.pace import patient

SIGNS_IN = b"250-ok\r\n250 AUTH LOGIN PLAIN\r\n"
SOON = 1.0
"""Seconds after which an attempt ends."""
WITH_PASSWORD = {"user": "transfers", "password": "secret"}


def fails(answers: dict[str, Answer], **settings: Any) -> Exception:
    """How a mail fails at a server that answers so."""
    with (
        server_that({**GOOD, **answers}.get) as server,
        pytest.raises((LastingError, NothingHappenedError, UnclearError)) as error,
    ):
        send(post_at(server.port, **settings), mail())
    return error.value


@pytest.mark.parametrize(
    "answers",
    [
        {"GREETING": None},
        {"GREETING": b"421 busy\r\n"},
        {"GREETING": b"SSH-2.0\r\n"},
        {"EHLO": None},
        {"EHLO": b"421 busy\r\n", "HELO": b"421 busy\r\n"},
        {"MAIL": b"421 busy\r\n"},
        {"MAIL": None},
        {"RCPT": b"450 4.2.0 Greylisted\r\n"},
        {"RCPT": None},
        {"DATA": b"451 later\r\n"},
        {"DATA": None},
        {"TEXT": b"451 later\r\n"},
        {"TEXT": b"421 4.3.0 shutting down\r\n"},
    ],
    ids=str,
)
def test_what_may_pass_left_nothing_behind(answers: dict[str, Answer]) -> None:
    assert isinstance(fails(answers), NothingHappenedError)


@pytest.mark.parametrize(
    "text", [None, b"garbage\r\n", b"354 more\r\n", b"2" * 9000 + b"\r\n"], ids=["gone", "garbage", "354", "long"]
)
def test_only_a_missing_last_answer_is_unclear(text: bytes | None) -> None:
    error = fails({"TEXT": text})
    assert isinstance(error, UnclearError)
    assert "home.example" not in str(error)


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"GREETING": b"554 5.7.1 Client host rejected\r\n"}, "mail_setup"),
        ({"GREETING": b"554 no SMTP service here\r\n"}, "mail_setup"),
        ({"EHLO": b"550 no\r\n", "HELO": b"550 no\r\n"}, "mail_setup"),
        ({"MAIL": b"550 no\r\n"}, "mail_setup"),
        ({"MAIL": b"530 5.7.0 Authentication required\r\n"}, "mail_setup"),
        ({"MAIL": b"552 5.3.4 Message too big\r\n"}, "refused_message"),
        ({"MAIL": b"552 too big\r\n"}, "refused_message"),
        ({"RCPT": b"550 unknown\r\n"}, "refused_address"),
        ({"RCPT": b"550 5.1.1 User unknown\r\n"}, "refused_address"),
        ({"RCPT": b"550-5.1.1 The account\r\n550 5.1.1 does not exist\r\n"}, "refused_address"),
        ({"RCPT": b"550 5.1.10 Recipient not found\r\n"}, "refused_address"),
        ({"RCPT": b"550 5.4.1 Recipient address rejected: Access denied\r\n"}, "refused_address"),
        ({"RCPT": b"552 5.2.2 Mailbox full\r\n"}, "refused_address"),
        ({"RCPT": b"554 5.7.1 <family@home.example>: Relay access denied\r\n"}, "mail_setup"),
        ({"RCPT": b"553 5.7.1 Sender address rejected: not owned by user\r\n"}, "mail_setup"),
        ({"RCPT": b"550 5.1.0 Sender address rejected: User unknown\r\n"}, "mail_setup"),
        ({"RCPT": b"553 5.1.7 Bad sender\r\n"}, "mail_setup"),
        ({"RCPT": b"550 5.1.8 Bad sender's system address\r\n"}, "mail_setup"),
        ({"RCPT": b"504 5.5.2 <host>: Helo command rejected\r\n"}, "mail_setup"),
        ({"RCPT": b"530 authenticate first\r\n"}, "mail_setup"),
        ({"RCPT": b"550 relay not permitted\r\n"}, "mail_setup"),
        ({"RCPT": b"550 Sender verify failed\r\n"}, "mail_setup"),
        ({"RCPT": b"550 <relay@home.example> unknown user\r\n"}, "refused_address"),
        ({"DATA": b"554 no\r\n"}, "refused_message"),
        ({"TEXT": b"554 no\r\n"}, "refused_message"),
        ({"TEXT": b"554 5.7.1 looks like spam\r\n"}, "refused_message"),
        ({"TEXT": b"552 5.3.4 too big\r\n"}, "refused_message"),
        ({"TEXT": b"550 5.7.26 neither SPF nor DKIM passed\r\n"}, "mail_setup"),
        ({"TEXT": b"550 5.1.8 bad sender\r\n"}, "mail_setup"),
    ],
    ids=lambda each: None if isinstance(each, str) else str(each),
)
def test_the_code_says_whether_an_address_a_message_or_our_settings_are_refused(
    answers: dict[str, Answer], problem: str
) -> None:
    error = fails(answers)
    assert isinstance(error, LastingError)
    assert (error.problem, problem in PROBLEMS) == (problem, True)


@pytest.mark.parametrize(
    ("answers", "known"),
    [
        (
            {"RCPT": b"554 5.7.1 <family@home.example>: no\r\n"},
            "The mail server answered 554 5.7.1 to the recipient's address.",
        ),
        ({"MAIL": b"550 no family@home.example\r\n"}, "The mail server answered 550 to our sender."),
        ({"RCPT": b"450 4.7.1 later\r\n"}, "The mail server answered 450 4.7.1 to the recipient's address."),
    ],
    ids=["lasts", "no enhanced code", "passes"],
)
def test_whoever_is_asked_reads_the_code_and_to_what_it_came_and_nothing_of_a_person(
    answers: dict[str, Answer], known: str
) -> None:
    error = fails(answers)
    assert isinstance(error, LastingError | NothingHappenedError)
    assert error.known == known
    assert "home.example" not in str(error)


@pytest.mark.parametrize(
    "answer", [b"454 4.7.0 Temporary authentication failure\r\n", b"435 Unable to authenticate at present\r\n"]
)
def test_a_login_that_cannot_be_judged_now_is_tried_again(answer: bytes) -> None:
    assert isinstance(fails({"EHLO": SIGNS_IN, "AUTH": answer}, **WITH_PASSWORD), NothingHappenedError)


@pytest.mark.parametrize(
    "answers",
    [
        {"EHLO": SIGNS_IN, "AUTH": b"535 5.7.8 wrong\r\n"},
        {"EHLO": b"250-ok\r\n250 AUTH GSSAPI\r\n"},
        {"EHLO": b"250 ok\r\n"},
    ],
    ids=["refused", "no common way to sign in", "none at all"],
)
def test_a_login_that_is_refused_or_not_offered_is_our_setup(answers: dict[str, Answer]) -> None:
    error = fails(answers, **WITH_PASSWORD)
    assert isinstance(error, LastingError)
    assert error.problem == "mail_setup"


@pytest.mark.parametrize("stage", ["GREETING", "RCPT", "TEXT"])
def test_an_attempt_ends_in_time_though_the_server_goes_on_saying_something(stage: str) -> None:
    began = monotonic()
    fails({stage: (b"250-wait\r\n",) * 60}, timeout=SOON)
    assert monotonic() - began < patient(5)


def test_the_last_answer_may_take_longer_than_everything_before() -> None:
    slow = (b"2", b"50", b" ", b"ok\r\n")
    with server_that({**GOOD, "TEXT": slow}.get) as server:
        assert send(post_at(server.port, timeout=patient(2.0)), mail())


def test_a_server_that_hangs_up_in_the_middle_of_a_long_message_has_nothing_to_deliver() -> None:
    with server_that({**GOOD, "DATA": b"354 go\r\n", "MAIL": b"250 ok\r\n"}.get) as server:
        server.hangs_up_in_the_text = True
        with pytest.raises(NothingHappenedError, match="in the middle"):
            send(post_at(server.port), mail(text=f"{'x' * 70}\n" * 100_000))


EIGHT_BIT = "Grüße an Zoë.\n"


@pytest.mark.parametrize(
    "settings", [{**WITH_PASSWORD, "password": "geheim-ä"}, {"sender": "hilfe-für@council.example"}]
)
def test_a_setting_that_no_mail_server_can_be_told_is_our_setup_and_leaves_nothing(settings: dict[str, Any]) -> None:
    error = fails({"EHLO": SIGNS_IN}, **settings)
    assert isinstance(error, LastingError)
    assert error.problem == "mail_setup"


def test_text_beyond_ascii_is_announced_where_the_server_takes_it_so() -> None:
    with server_that({**GOOD, "EHLO": b"250-ok\r\n250-SIZE 1000000\r\n250 8BITMIME\r\n"}.get) as server:
        send(post_at(server.port), mail(text=EIGHT_BIT))
    [said] = [line for line in server.heard if line.startswith(b"mail")]
    assert said.rstrip().endswith(b"BODY=8BITMIME")
    assert EIGHT_BIT.encode().rstrip() in server.text
    assert f"SIZE={len(server.text)}".encode() in said.upper()


@pytest.mark.parametrize("text", [EIGHT_BIT, "Dear Ms Example\n"])
def test_a_server_that_takes_ascii_alone_gets_nothing_else(text: str) -> None:
    with server_that(GOOD.get) as server:
        send(post_at(server.port), mail(text=text))
    assert server.text.isascii()
    assert not [line for line in server.heard if b"BODY" in line]


def test_a_server_that_takes_everything_takes_the_message() -> None:
    with server_that(GOOD.get) as server:
        assert send(post_at(server.port), mail(text=".one\n..two\n.\nend\n"))
    assert server.text.endswith(b"\r\n..one\r\n...two\r\n..\r\nend\r\n")
