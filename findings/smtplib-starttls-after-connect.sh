#!/bin/sh
# smtplib of Python 3.11: SMTP(), then connect(host), then starttls(), as the documentation has it.
#
# Seen: a ValueError, "check_hostname requires server_hostname", after the server was told to begin with encryption. The
# name of the host counts only where it was given to SMTP() itself: connect() does not keep it for the certificate.
#
# Needs Python 3.11 and a package index. Fails if the behaviour is another one. Writes into a temporary folder only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check 'aiosmtpd==1.4.6' 'trustme==1.2.1'

cat > "$folder/run.py" <<'END'
import smtplib
import socket
import ssl
import sys

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

authority = trustme.CA()
of_the_server, of_the_client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
authority.issue_cert("localhost").configure_cert(of_the_server)
authority.configure_trust(of_the_client)
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
server = Controller(Sink(), hostname="127.0.0.1", port=port, tls_context=of_the_server)
server.start()


def connected_later():
    client = smtplib.SMTP()
    client.connect("localhost", port)
    return client


def starttls(client):
    try:
        return str(client.starttls(context=of_the_client)[0])
    except ValueError as error:
        return f"ValueError: {error}"
    finally:
        client.close()


at_once, later = starttls(smtplib.SMTP("localhost", port)), starttls(connected_later())
server.stop()
print(sys.version)
print("host given to SMTP():", at_once)
print("host given to connect():", later)
raise SystemExit((at_once, later.partition(":")[0]) != ("220", "ValueError"))
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: connect() does not keep the name that STARTTLS needs."
