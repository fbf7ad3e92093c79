"""Until when the certificate holds by which Temporal knows this process."""

from datetime import datetime

from cryptography import x509
from temporalio.envconfig import ClientConfig
from temporalio.service import TLSConfig


def client_certificate_until() -> datetime | None:
    """When our own certificate ends, that of ``TEMPORAL_TLS_CLIENT_CERT_PATH`` and its like; None where there is none.

    Raises:
        ValueError: what is named there is no certificate.
    """
    tls = ClientConfig.load_client_connect_config().get("tls")
    if not isinstance(tls, TLSConfig) or tls.client_cert is None:
        return None
    # A file holds a chain, and what was signed by something that ended does not hold either.
    return min(one.not_valid_after_utc for one in x509.load_pem_x509_certificates(tls.client_cert))
