"""Postfix and Exim of Debian in a house of their own: a port for each situation in which a mail may find itself."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from tests.pace import until
from tests.ports import free_ports

HERE = Path(__file__).parent
PACKAGES = "TRANSFERS_TEST_MAIL_SERVERS"
"""The environment variable that names the folder of Debian's packages; `.ci/run` sets it."""
SLOW = 6
"""Seconds that a slow server takes: more than we once waited for."""

SITUATIONS = {
    "PLAIN": "",
    "AS_IT_COMES": "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination",
    "CLOSED": "smtpd_delay_reject = no; smtpd_client_restrictions = reject",
    "HELO": "smtpd_helo_restrictions = reject",
    "SENDER": "smtpd_reject_unlisted_sender = yes",
    "GREY": "smtpd_recipient_restrictions = check_policy_service unix:private/greylist, reject_unauth_destination",
    "SLOW_GREETING": f"smtpd_delay_reject = no; smtpd_client_restrictions = sleep {SLOW}",
    "SLOW_REFUSAL": f"smtpd_recipient_restrictions = sleep {SLOW}, reject_unlisted_recipient, reject",
    "FILTER": "smtpd_end_of_data_restrictions = check_policy_service unix:private/filter",
    "SPAM": "smtpd_end_of_data_restrictions = reject",
    "SMALL": "message_size_limit = 20000",
    "AUTH_WRONG": "smtpd_sasl_auth_enable = yes; smtpd_sasl_path = private/signing-in-wrong",
    "AUTH_LATER": "smtpd_sasl_auth_enable = yes; smtpd_sasl_path = private/signing-in-later",
    "AUTH_OTHER": "smtpd_sasl_auth_enable = yes; smtpd_sasl_path = private/signing-in-other",
    "STARTTLS": "smtpd_tls_security_level = may",
    "TLS": "smtpd_tls_wrappermode = yes",
}
"""Each with what Postfix is told for it; `exim.conf` asks for the port."""

MASTER = """
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
SPAWNED = {
    "greylist": "policy.sh greylist 0",
    "filter": f"policy.sh filter {SLOW}",
    **{f"signing-in-{how}": f"signing_in.sh {how}" for how in ("wrong", "later", "other")},
}


@dataclass(frozen=True)
class House:
    """Both servers, and what they delivered."""

    shared: Path
    authority: Path
    """The certificate of the authority that vouches for them."""
    ports: dict[str, dict[str, int]] = field(default_factory=dict)

    def delivered(self, server: str, message_id: str) -> list[bytes]:
        """Every copy that lies in a mailbox."""
        found = (path.read_bytes() for path in (self.shared / f"{server}-mail").glob("*/new/*"))
        return [message for message in found if message_id.encode() in message]

    def forget_the_first_mail(self, server: str) -> None:
        """Who greylists knows nobody."""
        (self.shared / "flags" / f"{server}-grey").unlink(missing_ok=True)


@contextmanager
def house(packages: Path, folder: Path) -> Iterator[House]:
    """Both servers at work; when it ends, nothing is left of them."""
    numbers = free_ports(2 * len(SITUATIONS))
    ports = {
        "postfix": dict(zip(SITUATIONS, numbers[: len(SITUATIONS)], strict=True)),
        "exim": dict(zip(SITUATIONS, numbers[len(SITUATIONS) :], strict=True)),
    }
    authority = _vouched_for(folder)
    for name in ("start.sh", "main.cf", "policy.sh", "signing_in.sh"):
        (folder / name).write_text((HERE / name).read_text())
    (folder / "master.cf").write_text(_master(ports["postfix"]))
    (folder / "exim.conf").write_text(_exim(ports["exim"]))
    folder.chmod(0o755)
    alone = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [*alone, "sh", str(HERE / "house.sh"), str(packages), str(folder)],
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
        )
        try:
            built = House(folder, authority, ports)
            until(lambda: _all_listen(numbers) or process.poll() is not None, told=(folder / "said").read_text)
            if process.poll() is not None:
                raise AssertionError((folder / "said").read_text())
            yield built
        finally:
            process.kill()
            process.wait()


def _vouched_for(folder: Path) -> Path:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(folder / "authority.pem")
    certificate.private_key_pem.write_to_path(folder / "server.key")
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(folder / "server.pem", append=True)
    return folder / "authority.pem"


def _master(ports: dict[str, int]) -> str:
    lines = [MASTER]
    for situation, port in ports.items():
        told = [f"  -o {{ {one.strip()} }}" for one in SITUATIONS[situation].split(";") if one.strip()]
        lines += [f"127.0.0.1:{port} inet n - n - - smtpd", *told]
    for name, script in SPAWNED.items():
        lines += [f"{name} unix - n n - 0 spawn", f"  user=nobody argv=/bin/sh /shared/{script}"]
    return "\n".join(lines) + "\n"


def _exim(ports: dict[str, int]) -> str:
    text = (HERE / "exim.conf").read_text().replace("PORTS", " : ".join(map(str, ports.values())))
    text = text.replace("SLOWs", f"{SLOW}s")
    return re.sub(r"PORT_([A-Z_]+)", lambda named: str(ports[named[1]]), text)


def _all_listen(numbers: list[int]) -> bool:
    """By the kernel's table, as a connection would be a conversation."""
    heard = {int(line.split()[1].rpartition(":")[2], 16) for line in _table() if line.split()[3] == "0A"}
    return set(numbers) <= heard


def _table() -> list[str]:
    return Path("/proc/net/tcp").read_text().splitlines()[1:]


def why_not() -> str | None:
    """Why these servers cannot be had here, or None."""
    if os.geteuid() != 0 or PACKAGES not in os.environ:
        return f"real mail servers run where root says with {PACKAGES} where their packages are, as .ci/run does"
    apart = subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True)
    return None if apart.returncode == 0 else "this machine gives root no namespace of its own"
