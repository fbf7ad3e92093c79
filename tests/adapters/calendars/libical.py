"""A calendar on libical, which Evolution and KOrganizer read with; what a message is, its ``icalclassify`` says."""

import ctypes
import json
import sys
from datetime import datetime
from email.utils import parseaddr
from typing import Any

PUBLISHED, NEW, UPDATED, MOVED, CANCELLED, ANSWERED, ANSWERED_UNASKED = 11102, 11104, 11105, 11106, 11118, 11112, 11115
TAKEN = {PUBLISHED, NEW, UPDATED, MOVED}

ICAL, RULES = ctypes.CDLL("libical.so.3"), ctypes.CDLL("libicalss.so.3")
ICAL.icalparser_parse_string.restype = ctypes.c_void_p
ICAL.icalparser_parse_string.argtypes = [ctypes.c_char_p]
ICAL.icalcomponent_get_uid.restype = ctypes.c_char_p
ICAL.icalcomponent_get_uid.argtypes = [ctypes.c_void_p]
RULES.icalclassify.restype = ctypes.c_int
RULES.icalclassify.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p]
for asked in ("icalcomponent_get_first_real_component", "icalcomponent_get_inner", "icalcomponent_get_first_property"):
    getattr(ICAL, asked).restype = ctypes.c_void_p
ICAL.icalcomponent_get_first_real_component.argtypes = [ctypes.c_void_p]
ICAL.icalcomponent_get_first_property.argtypes = [ctypes.c_void_p, ctypes.c_int]
ICAL.icalproperty_string_to_kind.argtypes = [ctypes.c_char_p]
ICAL.icalproperty_get_value_as_string.restype = ctypes.c_char_p
ICAL.icalproperty_get_value_as_string.argtypes = [ctypes.c_void_p]
ICAL.icalproperty_get_parameter_as_string.restype = ctypes.c_char_p
ICAL.icalproperty_get_parameter_as_string.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
ICAL.icalcomponent_count_components.argtypes = [ctypes.c_void_p, ctypes.c_int]
ICAL.icalcomponent_string_to_kind.argtypes = [ctypes.c_char_p]


def parsed(text: str) -> int:
    return int(ICAL.icalparser_parse_string(text.encode()))


def property_of(calendar: int, name: bytes) -> int | None:
    event = ICAL.icalcomponent_get_first_real_component(calendar)
    found = ICAL.icalcomponent_get_first_property(event, ICAL.icalproperty_string_to_kind(name))
    return int(found) if found else None


def value(calendar: int, name: bytes) -> str:
    found = property_of(calendar, name)
    return ICAL.icalproperty_get_value_as_string(found).decode() if found else ""


def shown(calendar: int, answered: list[str]) -> dict[str, Any]:
    event = ICAL.icalcomponent_get_first_real_component(calendar)
    sent_by = ICAL.icalproperty_get_parameter_as_string(property_of(calendar, b"ORGANIZER"), b"SENT-BY")
    start = datetime.strptime(value(calendar, b"DTSTART"), "%Y%m%dT%H%M%SZ")  # noqa: DTZ007 (its Z is read)
    return {
        "uid": value(calendar, b"UID"),
        "start": start.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "place": value(calendar, b"LOCATION").replace("\\,", ","),
        "organiser": value(calendar, b"ORGANIZER"),
        "sent_by": sent_by.decode() if sent_by else None,
        "reminders": ICAL.icalcomponent_count_components(event, ICAL.icalcomponent_string_to_kind(b"VALARM")),
        "answered": answered,
    }


def main() -> None:
    held: dict[str, tuple[int, list[str]]] = {}
    after = []
    for mail in json.load(sys.stdin):
        read = parsed(mail["calendar"])
        uid = value(read, b"UID")
        known, answered = held.get(uid, (None, []))
        sort = RULES.icalclassify(read, known, f"mailto:{parseaddr(mail['to'])[1]}".encode())
        if sort in TAKEN:
            held[uid] = (read, answered)
        elif sort == CANCELLED:
            held.pop(uid, None)
        elif sort in {ANSWERED, ANSWERED_UNASKED}:
            answered.append(mail["from"])
        after.append([shown(*one) for one in held.values()])
    sys.stdout.write(json.dumps(after))


main()
