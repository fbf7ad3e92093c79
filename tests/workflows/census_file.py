"""A census file of children in need, as a council sends it: as much of it as speaks of a closing."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

REFERRED = timedelta(days=60)
"""So long before the closing a made-up child was referred."""
ASSESSED = timedelta(days=10)


@dataclass(frozen=True)
class Closing:
    """A child whose case was closed: when, why, and what there was since the referral."""

    child: str
    closed_on: date | None
    reason: str | None
    authorised_on: date | None = None
    """When its assessment was authorised; none where there was no assessment."""
    enquiry: bool = False
    plan_ended_on: date | None = None

    def but(self, **changes: Any) -> "Closing":
        """The same, with something else."""
        return replace(self, **changes)


def written(closings: list[Closing]) -> bytes:
    """The file."""
    message = ET.Element("Message")
    header = ET.SubElement(message, "Header")
    details = ET.SubElement(header, "CollectionDetails")
    _say(details, Collection="CIN", Year="2026", ReferenceDate="2026-03-31")
    _say(ET.SubElement(header, "Source"), SourceLevel="L", LEA="201", SoftwareCode="test", SerialNo="1")
    children = ET.SubElement(message, "Children")
    for closing in closings:
        _child(children, closing)
    return ET.tostring(message, encoding="utf-8", xml_declaration=True)


def _child(children: ET.Element, closing: Closing) -> None:
    child = ET.SubElement(children, "Child")
    _say(ET.SubElement(child, "ChildIdentifiers"), LAchildID=closing.child, PersonBirthDate="2018-05-01")
    _say(ET.SubElement(child, "ChildCharacteristics"), Ethnicity="WBRI")
    referred = (closing.closed_on or date(2026, 3, 1)) - REFERRED
    details = ET.SubElement(child, "CINdetails")
    _say(details, CINreferralDate=referred, PrimaryNeedCode="N5")
    _say(details, CINclosureDate=closing.closed_on, ReasonForClosure=closing.reason)
    if closing.authorised_on is not None:
        assessment = ET.SubElement(details, "Assessments")
        _say(assessment, AssessmentActualStartDate=referred, AssessmentAuthorisationDate=closing.authorised_on)
    if closing.plan_ended_on is not None:
        plan = ET.SubElement(details, "CINPlanDates")
        _say(plan, CINPlanStartDate=referred + timedelta(days=20), CINPlanEndDate=closing.plan_ended_on)
    if closing.enquiry:
        _say(ET.SubElement(details, "Section47"), S47ActualStartDate=referred, ICPCnotRequired="true")


def _say(element: ET.Element, **fields: object) -> None:
    for name, value in fields.items():
        if value is not None:
            ET.SubElement(element, name).text = str(value)
