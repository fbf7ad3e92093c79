"""The floor: as many alert mails, handed to the same mailbox by as many threads, with nothing in between."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from adapters.smtp import PostSettings, SmtpPost
from models.mail import Mail
from worker.lanes import LANE_THREADS

TO = "lead@east-hub.example"
SUBJECT = "Reference: as long as the subject of an alert, which names the transfer and its number"
TEXT = "Reference: as long as the text of an alert.\n" * 18


def straight_to_the_mailbox(mails: int) -> float:
    """Send them by the product's own SMTP adapter; returns the seconds until the last was taken."""
    post = SmtpPost(PostSettings())
    orders = [Mail(f"reference-{number}", "reference", TO, SUBJECT, TEXT) for number in range(mails)]
    now, began = datetime.now(UTC), time.monotonic()
    with ThreadPoolExecutor(LANE_THREADS) as threads:
        list(threads.map(lambda order: post.send(order, now), orders))
    return time.monotonic() - began
