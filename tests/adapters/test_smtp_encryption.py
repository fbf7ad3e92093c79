"""Under encryption: a server whose certificate nobody vouches for is told nothing; one of a council's own is."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP, Envelope, Session

from adapters.smtp import Encryption
from models.errors import LastingError
from tests.adapters.posting import mail, post_at, send
from tests.ports import free_port

Begin = Callable[[Encryption], int]


class Kept(Sink):
    """What arrived."""

    def __init__(self) -> None:
        self.arrived = 0
        super().__init__()

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self.arrived += 1
        return "250 OK"


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def begin(kept: Kept, authority: trustme.CA) -> Iterator[Begin]:
    """A mail server on a port of its own, whose certificate the authority issued for 127.0.0.1."""
    running: list[Controller] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def begun(encryption: Encryption) -> int:
        port, at_once = free_port(), encryption is Encryption.TLS
        how = {"ssl_context": context} if at_once else {"tls_context": context, "require_starttls": True}
        server = Controller(kept, hostname="127.0.0.1", port=port, **how)
        server.start()
        running.append(server)
        return port

    yield begun
    for server in running:
        server.stop()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts the authority, as a council's own is made known to it."""
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


ENCRYPTED = pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])


@ENCRYPTED
def test_a_server_for_whose_certificate_nobody_vouches_is_told_nothing_and_a_person_is_asked(
    begin: Begin, kept: Kept, encryption: Encryption
) -> None:
    with pytest.raises(LastingError) as error:
        send(post_at(begin(encryption), encryption=encryption), mail())
    assert (error.value.problem, kept.arrived) == ("mail_setup", 0)
    assert "certificate" in error.value.known


@ENCRYPTED
@pytest.mark.usefixtures("trusted")
def test_an_authority_of_the_councils_own_vouches_for_its_mail_server(
    begin: Begin, kept: Kept, encryption: Encryption
) -> None:
    send(post_at(begin(encryption), encryption=encryption), mail())
    assert kept.arrived == 1


@ENCRYPTED
@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_is_not_trusted(begin: Begin, kept: Kept, encryption: Encryption) -> None:
    with pytest.raises(LastingError) as error:
        send(post_at(begin(encryption), host="localhost", encryption=encryption), mail())
    assert (error.value.problem, kept.arrived) == ("mail_setup", 0)


@pytest.mark.usefixtures("trusted")
def test_a_server_that_turns_to_encryption_later_is_our_setup_where_it_is_asked_for_at_once(begin: Begin) -> None:
    with pytest.raises(LastingError) as error:
        send(post_at(begin(Encryption.STARTTLS), encryption=Encryption.TLS), mail())
    assert error.value.problem == "mail_setup"
