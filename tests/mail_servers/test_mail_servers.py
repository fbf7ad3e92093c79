"""What we say of a mail is true: against Postfix and Exim 4 as Debian has them, and our own mailbox.

Each situation says what we said and how often the mail was delivered. Real servers run as root in ``.ci/run`` alone.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapters.smtp import Encryption, SmtpPost, message_id
from models.errors import LastingError, NothingHappenedError, UnclearError
from models.mail import Mail
from tests.adapters.posting import mail, post_at, send
from tests.adapters.test_smtp import Mailbox
from tests.mail_servers.house import PACKAGES, SLOW, House, house, why_not
from tests.pace import patient, until
from tests.simulators.conftest import Server, start_mailbox

REAL = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
TIMES = {"accepted": {1}, "unclear": {0, 1}}
"""How often a mail may be delivered of which we say so; everything else that we say means never."""
SIGNS_IN = {"user": "transfers", "password": "secret"}
TRUSTED = {"host": "localhost", "encryption": Encryption.STARTTLS}
TLS = {"host": "localhost", "encryption": Encryption.TLS}
NOBODY = {"to": "nobody@home.example"}


@dataclass(frozen=True)
class Case:
    """One situation, and what we are to say."""

    port: str
    said: str
    delivered: int = 0
    mail: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    exim: int | None = None
    """How often it is delivered, where Exim does otherwise."""

    def times(self, server: str) -> int:
        """How often it is delivered."""
        return self.delivered if server == "postfix" or self.exim is None else self.exim


CASES = {
    "delivered": Case("PLAIN", "accepted", 1),
    "8-bit text and lines of dots": Case("PLAIN", "accepted", 1, {"text": "Grüße an Zoë.\n.\n..\nFrom here\n"}),
    "unknown recipient": Case("PLAIN", "refused_address", mail=NOBODY),
    "relay denied": Case("PLAIN", "mail_setup", mail={"to": "somebody@elsewhere.example"}),
    "sender refused": Case("SENDER", "mail_setup", settings={"sender": "nobody@council.example"}),
    "no service for us": Case("CLOSED", "mail_setup"),
    "HELO refused": Case("HELO", "mail_setup"),
    "slow greeting": Case("SLOW_GREETING", "accepted", 1),
    "slow refusal": Case("SLOW_REFUSAL", "refused_address", mail=NOBODY),
    "a filter takes its time": Case("FILTER", "accepted", 1),
    "a filter takes too long": Case("FILTER", "unclear", 1, settings={"timeout": SLOW / 2}, exim=0),
    "a filter says no": Case("SPAM", "refused_message"),
    "too large": Case("SMALL", "refused_message", mail={"text": "Much to say.\n" * 4000}),
    "wrong password": Case("AUTH_WRONG", "mail_setup", settings=SIGNS_IN),
    "passwords cannot be looked up now": Case("AUTH_LATER", "put off", settings=SIGNS_IN),
    "no common way to sign in": Case("AUTH_OTHER", "mail_setup", settings=SIGNS_IN),
    "no way to sign in": Case("PLAIN", "mail_setup", settings=SIGNS_IN),
    "STARTTLS": Case("STARTTLS", "accepted", 1, settings=TRUSTED),
    "STARTTLS under another name": Case("STARTTLS", "mail_setup", settings={**TRUSTED, "host": "127.0.0.1"}),
    "port 465": Case("TLS", "accepted", 1, settings=TLS),
    "port 465 under another name": Case("TLS", "mail_setup", settings={**TLS, "host": "127.0.0.1"}),
}


def say(post: SmtpPost, sent: Mail) -> str:
    """What we say became of it."""
    try:
        send(post, sent)
    except LastingError as error:
        return error.problem
    except NothingHappenedError:
        return "put off"
    except UnclearError:
        return "unclear"
    return "accepted"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(Path(os.environ[PACKAGES]), tmp_path_factory.mktemp("mail-servers")) as built:
        yield built


@pytest.fixture
def trusted(servers: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The machine trusts the authority of these servers."""
    monkeypatch.setenv("SSL_CERT_FILE", str(servers.authority))
    return servers


def delivered(servers: House, server: str, sent: Mail, times: int) -> list[bytes]:
    """Every copy, once as many are there as are to be, and whatever was handed over before has been delivered."""
    last = mail()
    send(post_at(servers.ports[server]["PLAIN"]), last)
    until(lambda: servers.delivered(server, message_id(last.key)), patient(20))
    until(lambda: len(servers.delivered(server, message_id(sent.key))) >= times, patient(20))
    return servers.delivered(server, message_id(sent.key))


@REAL
@pytest.mark.long
@pytest.mark.timeout(100)
@pytest.mark.parametrize("server", ["postfix", "exim"])
@pytest.mark.parametrize("name", CASES)
def test_what_we_say_of_a_mail_is_true(trusted: House, server: str, name: str) -> None:
    case = CASES[name]
    sent = mail(**case.mail)
    said = say(post_at(trusted.ports[server][case.port], **{"timeout": 40.0, **case.settings}), sent)
    copies = delivered(trusted, server, sent, case.times(server))
    assert (said, len(copies)) == (case.said, case.times(server))
    assert len(copies) in TIMES.get(said, {0})
    for copy in copies:
        assert sent.text.encode() in copy.replace(b"\r\n", b"\n").replace(b">From", b"From")


@REAL
@pytest.mark.long
@pytest.mark.parametrize("server", ["postfix", "exim"])
def test_a_greylisted_mail_is_put_off_and_then_taken_once(trusted: House, server: str) -> None:
    trusted.forget_the_first_mail(server)
    sent, post = mail(), post_at(trusted.ports[server]["GREY"])
    assert [say(post, sent), say(post, sent)] == ["put off", "accepted"]
    assert len(delivered(trusted, server, sent, 1)) == 1


@REAL
@pytest.mark.long
def test_postfix_as_it_comes_denies_relaying_for_now_and_what_lasts_is_told_with_its_code(trusted: House) -> None:
    with pytest.raises(NothingHappenedError) as error:
        send(post_at(trusted.ports["postfix"]["AS_IT_COMES"]), mail(to="somebody@elsewhere.example"))
    assert error.value.known == "The mail server answered 454 4.7.1 to the recipient's address."


@REAL
@pytest.mark.long
@pytest.mark.parametrize("server", ["postfix", "exim"])
def test_a_repeated_mail_is_the_same_to_the_last_byte_of_its_own(trusted: House, server: str) -> None:
    sent = mail()
    for _ in range(2):
        send(post_at(trusted.ports[server]["PLAIN"]), sent)
    copies = delivered(trusted, server, sent, 2)
    assert len({copy.partition(b"From: ")[2] for copy in copies}) == 1


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = start_mailbox(tmp_path_factory.mktemp("own"))
    yield server
    server.end()


IN_OUR_MAILBOX: dict[str, tuple[str, int, dict[str, Any], dict[str, Any]]] = {
    "delivered": ("accepted", 1, {}, {}),
    "unknown recipient": ("refused_address", 0, {"to": "nobody@refused.example"}, {}),
    "relay denied": ("mail_setup", 0, {}, {"stage": "recipient", "action": "error", "code": "554 5.7.1 Relay denied"}),
    "sender refused": ("mail_setup", 0, {}, {"stage": "sender", "action": "error", "code": "550 5.1.0 Who is that"}),
    "greylisted": ("put off", 0, {}, {"stage": "recipient", "action": "error", "code": "450 4.2.0 Greylisted"}),
    "a filter takes its time": ("accepted", 1, {}, {"action": "hang", "when": "before", "seconds": SLOW}),
    "a filter says no": ("refused_message", 0, {}, {"action": "error", "code": "554 5.7.1 Looks like spam"}),
    "gone before it is kept": ("unclear", 0, {}, {"action": "drop", "when": "before"}),
    "gone when it was kept": ("unclear", 1, {}, {"action": "drop", "when": "after"}),
}
"""What we are to say, how often it is delivered, the mail, and what the mailbox suffers."""


@pytest.mark.long
@pytest.mark.parametrize("name", IN_OUR_MAILBOX)
def test_what_we_say_of_a_mail_to_our_own_mailbox_is_true(own: Server, name: str) -> None:
    said, times, changes, fault = IN_OUR_MAILBOX[name]
    box, sent = Mailbox(own), mail(**changes)
    if fault:
        box.plan(**{"when": "before", **fault})
    assert (say(box.post, sent), len(box.kept(sent))) == (said, times)
