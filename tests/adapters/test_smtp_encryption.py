"""A mail server whose certificate nobody vouches for is told nothing."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.smtp import PostSettings, SmtpPost
from models.errors import LastingError
from models.mail import Mail
from tests.builders import NOW
from tests.ports import free_port


def self_made(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
    ).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "server.pem"
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_a_server_with_a_certificate_of_its_own_making_is_told_nothing_and_a_person_is_asked(tmp_path: Path) -> None:
    port = free_port()
    server = Controller(Sink(), hostname="127.0.0.1", port=port, tls_context=self_made(tmp_path))
    server.start()
    try:
        settings = PostSettings(host="127.0.0.1", port=port, sender="transfers@council.example")
        with pytest.raises(LastingError) as error:
            SmtpPost(settings).send(Mail("key", "transfer-1", "lead@north.example", "subject", "text"), NOW)
    finally:
        server.stop()
    assert error.value.problem == "mail_setup"
