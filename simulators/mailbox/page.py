"""The mailbox's pages for people; every part of a message is escaped."""

from html import escape

from simulators.mailbox.store import Envelope, Letter

PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1d1d1d; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid #b1b4b6; }}
a {{ color: #1a5a96; }}
dt {{ font-weight: 600; }}
dd {{ margin: 0 0 .5rem; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; border-top: 1px solid #b1b4b6; padding-top: 1rem; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""


def list_page(envelopes: list[Envelope]) -> str:
    """Every message, newest first."""
    if not envelopes:
        return PAGE.format(title="Mailbox", content="<p>No messages yet.</p>")
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Subject", "To", "From", "Received"))
    rows = "\n".join(map(_row, reversed(envelopes)))
    table = f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    return PAGE.format(title="Mailbox", content=f'<div class="wide">\n{table}\n</div>')


def letter_page(letter: Letter) -> str:
    """One message."""
    fields = {"To": ", ".join(letter.to), "From": letter.sender, "Received": _when(letter)}
    if letter.attachments:
        fields["Attachments"] = ", ".join(letter.attachments)
    terms = "\n".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in fields.items())
    back = '<p><a href="/">All messages</a></p>'
    raw = f'<p><a href="/messages/{escape(letter.id)}.eml">The message as it was received</a></p>'
    content = f"{back}\n<dl>\n{terms}\n</dl>\n<pre>{escape(letter.text)}</pre>\n{raw}"
    return PAGE.format(title=escape(_subject(letter)), content=content)


def _row(envelope: Envelope) -> str:
    link = f'<a href="/letters/{escape(envelope.id)}">{escape(_subject(envelope))}</a>'
    cells = (link, escape(", ".join(envelope.to)), escape(envelope.sender), _when(envelope))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _subject(envelope: Envelope) -> str:
    return envelope.subject or "(no subject)"


def _when(envelope: Envelope) -> str:
    return f"{envelope.received_at:%d %B %Y, %H:%M:%S} UTC"
