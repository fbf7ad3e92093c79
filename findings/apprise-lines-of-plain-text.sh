#!/bin/sh
# apprise 2.2.0: plain text for a service that speaks Markdown is said to be escaped so that it renders literally.
#
# Seen: of `convert_between(TEXT, MARKDOWN, ...)` each point and hyphen comes with a backslash, and the line breaks stay single:
# rendered as CommonMark, the lines of the text run together into one paragraph.
#
# Needs Python 3.9 or newer and a package index. Fails if the behaviour is another one. Writes into a temporary folder only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check 'apprise==2.2.0' 'markdown-it-py==3.0.0'

cat > "$folder/run.py" <<'END'
from apprise import NotifyFormat
from apprise.conversion.format import convert_between
from markdown_it import MarkdownIt

said = convert_between(NotifyFormat.TEXT, NotifyFormat.MARKDOWN, "Order t-1 is late.\nAsk the desk.")
shown = MarkdownIt("commonmark").render(said)
print(repr(said))
print(repr(shown))
raise SystemExit(
    said != "Order t\\-1 is late\\.\nAsk the desk\\." or shown != "<p>Order t-1 is late.\nAsk the desk.</p>\n"
)
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: what was two lines is one paragraph."
