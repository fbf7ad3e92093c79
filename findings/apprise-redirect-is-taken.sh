#!/bin/sh
# apprise 2.2.0, `json://`: a webhook that answers a POST with 302.
#
# Seen: the redirect is followed as a GET without the message, and the 200 of the page it leads to (a sign-in page, say) counts
# as delivered. With `http_redirects=False` the same endpoint counts as failed.
#
# Needs Python 3.9 or newer and a package index. Fails if the behaviour is another one. Writes into a temporary folder only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check 'apprise==2.2.0'

cat > "$folder/run.py" <<'END'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from apprise import Apprise, AppriseAsset

requests = []


class Endpoint(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        requests.append(("POST", self.path, b"Line" in body))
        self.send_response(302)
        self.send_header("Location", "/sign-in")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        requests.append(("GET", self.path, False))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()


def told(**settings):
    requests.clear()
    room = Apprise(asset=AppriseAsset(**settings))
    room.add(f"json://127.0.0.1:{server.server_port}/hook")
    return bool(room.notify(title="Title", body="Line")), list(requests)


followed, refused = told(), told(http_redirects=False)
print("as it comes:", followed)
print("http_redirects=False:", refused)
post = ("POST", "/hook", True)
raise SystemExit(followed != (True, [post, ("GET", "/sign-in", False)]) or refused != (False, [post]))
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: who is sent to another page counts as told."
