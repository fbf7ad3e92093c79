#!/bin/sh
# apprise 2.2.0: `notify()` refuses a message only if title, text and attachment are all missing.
#
# Seen: a title with an empty text passes that check, is posted nowhere and comes back as a failure; with one blank as text
# it is posted.
#
# Needs Python 3.9 or newer and a package index. Fails if the behaviour is another one. Writes into a temporary folder only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check 'apprise==2.2.0'

cat > "$folder/run.py" <<'END'
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from apprise import Apprise
from apprise.exception import AppriseImproperlyConfigured

titles = []


class Endpoint(BaseHTTPRequestHandler):
    def do_POST(self):
        titles.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["title"])
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()


def told(title, text):
    titles.clear()
    room = Apprise()
    room.add(f"json://127.0.0.1:{server.server_port}/hook")
    try:
        return bool(room.notify(title=title, body=text)), list(titles)
    except AppriseImproperlyConfigured:
        return "refused", list(titles)


seen = {"nothing": told("", ""), "a title alone": told("Title", ""), "a title and a blank": told("Title", " ")}
for what, how in seen.items():
    print(f"{what}: {how}")
nothing = seen["nothing"][0]
raise SystemExit(
    nothing is True or seen["a title alone"] != (False, []) or seen["a title and a blank"] != (True, ["Title"])
)
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: a title alone goes nowhere."
