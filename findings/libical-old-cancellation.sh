#!/bin/sh
# libical 3.0.16 (Debian 12, libical3 3.0.16-1+b1): `icalclassify` says what a message about a meeting is to the one that is known.
#
# Seen: a REQUEST with a lower SEQUENCE than the known meeting is OBSOLETE; a CANCEL with a lower one is CANCELEVENT all the
# same, as if it were the newest word. And a PUBLISH of a meeting that nobody knows is PUBLISHUPDATE, not PUBLISHNEW.
#
# Needs Debian 12 with apt, and Python 3. Fails if the behaviour is another one. Writes into a temporary folder only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq 'libical3=3.0.16-1+b1' 'libicu72' 2>/dev/null
for package in *.deb; do dpkg -x "$package" tree; done

cat > run.py <<'END'
import ctypes
import glob
import sys

for name in ("libicudata.so.72", "libicuuc.so.72", "libicui18n.so.72", "libical.so.3"):
    ICAL = ctypes.CDLL(glob.glob(f"tree/usr/lib/*/{name}")[0], mode=ctypes.RTLD_GLOBAL)
RULES = ctypes.CDLL(glob.glob("tree/usr/lib/*/libicalss.so.3")[0])
ICAL.icalparser_parse_string.restype = ctypes.c_void_p
RULES.icalclassify.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p]
NAMES = {11101: "PUBLISHNEW", 11102: "PUBLISHUPDATE", 11106: "REQUESTRESCHEDULE", 11118: "CANCELEVENT", 11125: "OBSOLETE"}
ATTENDEE = "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:guest@there.example\r\n"


def message(method, sequence, attendee=ATTENDEE):
    status = "CANCELLED" if method == "CANCEL" else "CONFIRMED"
    text = (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:one\r\n"
        f"SEQUENCE:{sequence}\r\nDTSTAMP:20260401T090000Z\r\nDTSTART:202604{10 + sequence:02}T090000Z\r\n"
        f"DTEND:202604{10 + sequence:02}T100000Z\r\nSUMMARY:Meeting\r\nORGANIZER:mailto:host@here.example\r\n"
        f"{attendee}STATUS:{status}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return ICAL.icalparser_parse_string(text.encode())


def sort(said, known, reader=b"mailto:guest@there.example"):
    return NAMES.get(RULES.icalclassify(said, known, reader), "another")


known = message("REQUEST", 5)
seen = {
    "newer request": sort(message("REQUEST", 6), known),
    "older request": sort(message("REQUEST", 4), known),
    "older cancellation": sort(message("CANCEL", 4), known),
    "published, not known": sort(message("PUBLISH", 5, ""), None, b"mailto:host@here.example"),
}
for what, how in seen.items():
    print(f"{what}: {how}")
sys.exit([*seen.values()] != ["REQUESTRESCHEDULE", "OBSOLETE", "CANCELEVENT", "PUBLISHUPDATE"])
END
"${PYTHON:-python3}" run.py
echo "As it was seen: a cancellation is never too old."
