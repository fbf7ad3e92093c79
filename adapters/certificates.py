"""Until when the certificate holds by which Temporal knows this process."""

from datetime import datetime

from cryptography import x509
from temporalio.service import TLSConfig

from adapters.temporal_client import said_of_temporal


def client_certificate_until() -> datetime | None:
    """When our own certificate ends, that of ``TEMPORAL_TLS_CLIENT_CERT_PATH`` and its like; None where there is none.

    Raises:
        ValueError: what is named there is no certificate.
    """
    tls = said_of_temporal().get("tls")
    if not isinstance(tls, TLSConfig) or tls.client_cert is None:
        return None
    # A file holds a chain, and what was signed by something that ended does not hold either.
    try:
        return min(one.not_valid_after_utc for one in x509.load_pem_x509_certificates(tls.client_cert))
    except ValueError:
        raise ValueError("TEMPORAL_TLS_CLIENT_CERT_PATH: names no certificate in PEM") from None
