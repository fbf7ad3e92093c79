"""How clocks and alerts are said to people: what is waited for, since when, who must act."""

from datetime import datetime, timedelta
from typing import NamedTuple

from models.kinds import ClockKind, RungKind
from models.vocabulary import LONDON

PUNCTUAL = timedelta(minutes=5)
"""An alert that comes so soon after its time is not called late."""


class ClockWords(NamedTuple):
    """One kind of clock, in plain words."""

    name: str
    """What is waited for."""
    silent: str
    """The sentence that says that it has not come."""
    act: str
    """Who must do what."""
    source: str
    """Where the time comes from, truthfully."""
    ahead: str | None = None
    """What is said while that from which it counts is still to come."""
    since: str = "Waiting since"
    """What the moment is from which it counts."""


OWN_RULE = "The time is this council's own rule; the guidance sets none"

CLOCK_WORDS = {
    ClockKind.CONVERSATION: ClockWords(
        "response to the request for a conversation",
        "The Early Help contact has not answered the request for a conversation.",
        "The Early Help contact: offer a date for the conversation, or say that it is not for this service.",
        f"{OWN_RULE} (SD-34).",
    ),
    ClockKind.ACKNOWLEDGEMENT: ClockWords(
        "response of the service for a child that was passed on",
        "The Early Help service has not acknowledged a child that was passed on to it.",
        "The Early Help service: acknowledge the child, or say why you cannot.",
        f"{OWN_RULE} (SD-35).",
    ),
    ClockKind.FIRST_CONTACT: ClockWords(
        "first contact with a child who was passed on",
        "The day on which support was to begin has passed, and nobody has said that the child was seen.",
        "The Early Help service: see the child, and record who saw it; or say why not. The team manager: decide what "
        "becomes of a child who is not seen.",
        "The day is the start that was agreed with the service (SD-37).",
        ahead="A child who was passed on is to be seen by the agreed start.",
        since="Agreed start:",
    ),
    ClockKind.HELP_REQUEST: ClockWords(
        "response to a request for Early Help",
        "A request for Early Help is waiting for a response.",
        "The team that answers requests: read it for a risk of significant harm first; then respond to it, or return "
        "it with what is missing.",
        "The 3 working days are those of the Leeds procedure (ER-06).",
        since="Received:",
    ),
    ClockKind.HARM_READ: ClockWords(
        "word that a request was read for a risk of significant harm",
        "Nobody has recorded that the whole request, with all that came since, was read for a risk of significant "
        "harm.",
        "The team that answers requests: read it now, and record that; or ring Duty and Advice, and report it.",
        f"{OWN_RULE} (ER-14).",
        since="Recorded here:",
    ),
    ClockKind.COMPLETION: ClockWords(
        "what was missing from a request",
        "A request was returned as incomplete, and what was missing has not come.",
        "The team that answers requests: ask the referrer again; or consider what that means, and respond to it.",
        f"{OWN_RULE} (ER-12).",
    ),
    ClockKind.REDIRECTED: ClockWords(
        "redirection of a request to Duty and Advice",
        "A risk of significant harm was reported in a request, and the request has not been redirected to Duty and "
        "Advice.",
        "The team that answers requests: ring Duty and Advice, and respond to the request as redirected to them, with "
        "who was spoken to.",
        f"{OWN_RULE} (ER-07).",
        since="Reported:",
    ),
    ClockKind.OFFERED_WAITING: ClockWords(
        "review of a family that waits for support",
        "The day has come on which a family that waits for support is looked at again.",
        "The team that answers requests: see how they are, in the way that is safe for them, and record what becomes "
        "of the request.",
        "The day was set when support was offered (ER-15).",
        ahead="A family that waits for support is to be looked at again.",
        since="Review:",
    ),
    ClockKind.REFERRER_TOLD: ClockWords(
        "word that the referrer was told",
        "Whoever asked for help has not heard that the request was dealt with.",
        "The team that answers requests: tell them, in words that name nobody else, and after a report of harm only if "
        "Duty and Advice say that it is safe; then record it. Or record why they are not told.",
        f"{OWN_RULE} (ER-15).",
    ),
    ClockKind.TAKEN_OVER: ClockWords(
        "word of another team that it has a request",
        "A request for Early Help was given to another team, which has not said that it has it.",
        "The team to which it was given: see what it waits for and until when, and record that you have taken it over.",
        f"{OWN_RULE} (ER-06).",
        since="Given:",
    ),
    ClockKind.CONSENT_ASKED: ClockWords(
        "family's own word on support",
        "Support was offered to a family, and it is not recorded whether they agree to it themselves.",
        "The team that answers requests: ask them at the first contact, in the way that is safe for them, and record "
        "what they say.",
        f"{OWN_RULE} (SU-04).",
    ),
    ClockKind.CONTACT_MADE: ClockWords(
        "word that Duty and Advice was spoken to",
        "Somebody is worried about children, and nobody has said that Duty and Advice was spoken to.",
        "The Early Help service: speak to Duty and Advice, and record who it was, and when.",
        f"{OWN_RULE} (SU-01).",
    ),
    ClockKind.CONTACT_OUTCOME: ClockWords(
        "word on what a contact comes to",
        "Duty and Advice have not said for each child what the contact comes to.",
        "Duty and Advice: decide for each child, and record it.",
        "The working day is this council's policy, as the statutory guidance has it (SU-03).",
        since="Spoken to:",
    ),
    ClockKind.PARENTS_ASKED: ClockWords(
        "word whether agreement was sought",
        "Nobody has said whether agreement was sought for a referral, or why not, and whether the parents may be told.",
        "The Early Help service: find it out, and record it with who was spoken to. Nothing waits for it.",
        f"{OWN_RULE} (SU-01a).",
    ),
    ClockKind.ASSESSMENT: ClockWords(
        "outcome of an assessment",
        "It is not recorded what an assessment came to for each child.",
        "The social worker: finish the assessment, and record what it came to.",
        "The 45 working days are this council's policy, as the statutory guidance has them (SU-06).",
        since="Decided:",
    ),
    ClockKind.NAMED_WORKER: ClockWords(
        "named social worker",
        "Social work goes on with children whom no named social worker has taken over; Early Help stays with them.",
        "The team manager: allocate a social worker, and record who has the children, and from when.",
        f"{OWN_RULE} (SU-08).",
    ),
    ClockKind.OUTCOME_TOLD: ClockWords(
        "word that whoever was worried was told",
        "Whoever was worried has not heard what was decided.",
        "Duty and Advice: tell them, and nothing about other people, where that is safe; then record it. Or record why "
        "they are not told.",
        f"{OWN_RULE} (SU-06).",
    ),
    ClockKind.DISAGREEMENT: ClockWords(
        "answer to a disagreement",
        "Somebody disagrees with what was decided about children, and has no answer.",
        "The team manager, and above them the head of service: talk with them, and record the answer.",
        f"{OWN_RULE} (SU-08).",
    ),
    ClockKind.CONSENT: ClockWords(
        "consent",
        "The family's answer on consent is not recorded.",
        "The social worker: ask the family, and record the answer, child by child.",
        f"{OWN_RULE}.",
    ),
    ClockKind.SHARING: ClockWords(
        "sharing with the family",
        "It is not recorded that the family has seen the assessment and agrees to it as the basis.",
        "The social worker: share the assessment with the family, and record what they say.",
        f"{OWN_RULE}.",
    ),
    ClockKind.CONVERSATION_HELD: ClockWords(
        "conversation",
        "The conversation that was offered is not recorded.",
        "The social worker: hold the conversation with the Early Help contact, and record it.",
        f"{OWN_RULE}.",
    ),
    ClockKind.SCHEDULING: ClockWords(
        "date of the final meeting",
        "There is no date for the final meeting about the plan.",
        "The social worker: set a date for the final meeting; the service is invited to it.",
        f"{OWN_RULE}.",
    ),
    ClockKind.MEETING_NEAR: ClockWords(
        "conversation before the final meeting",
        "The day of the final meeting has come, and the conversation with the Early Help contact is not recorded.",
        "The social worker: hold the conversation before the meeting, or move the meeting. If it was held before the "
        "conversation, the chair or the team manager confirms what it agreed.",
        "The conversation comes before the final meeting (SD-16).",
        ahead="The final meeting is near, and the conversation with the Early Help contact is not recorded.",
        since="Final meeting:",
    ),
    ClockKind.FINAL_MEETING: ClockWords(
        "final meeting and its record",
        "It is not recorded what the final meeting agreed.",
        "The social worker: hold the final meeting, and record what it says of each child.",
        f"{OWN_RULE}.",
        ahead="The final meeting about the plan is near.",
        since="Final meeting:",
    ),
    ClockKind.MEETING_CONFIRMED: ClockWords(
        "confirmation of what the final meeting agreed",
        "What the final meeting said waits for the word of its chair, or of the team manager, and nobody has "
        "confirmed it.",
        "The chair of the meeting, or at a Child in Need review the team manager: confirm it. The social worker: have "
        "it confirmed, or hold another meeting.",
        f"{OWN_RULE}.",
    ),
    ClockKind.END_CONFIRMED: ClockWords(
        "confirmation that a plan ended without a conference",
        "A plan is said to have ended without a conference, and the conference manager has not confirmed it.",
        "The conference manager: confirm it. The social worker: have it confirmed, or decide again for the child.",
        f"{OWN_RULE}.",
    ),
    ClockKind.LEAD_PRACTITIONER: ClockWords(
        "practitioner who takes over",
        "No practitioner who takes over is named.",
        "The social worker: name the practitioner.",
        f"{OWN_RULE}.",
    ),
    ClockKind.ALLOCATION: ClockWords(
        "practitioner who takes over from the interim contact",
        "Only an interim contact is named; the practitioner who takes over is not.",
        "The social worker: name the practitioner whom the service has allocated.",
        f"{OWN_RULE}.",
    ),
    ClockKind.MANAGEMENT_CONVERSATION: ClockWords(
        "conversation with the Targeted Services Leader",
        "The service has not accepted a child, or gave the child back, and the managers have not talked about it.",
        "The team manager, who is responsible for the child until a service has accepted the child or social work's "
        "case is open again: talk with the Targeted Services Leader, and record what you agree.",
        f"{OWN_RULE} (SD-36).",
    ),
    ClockKind.DECISION: ClockWords(
        "decision for the children",
        "The decision for the children is not recorded.",
        "The social worker: record the advice and the decision for each child; the team manager authorises it.",
        f"{OWN_RULE}.",
    ),
    ClockKind.AUTHORISED: ClockWords(
        "authorisation by the team manager",
        "What was recorded waits for the team manager, who has neither authorised it nor said why not.",
        "The team manager, or whoever is named as cover: authorise it, or say why not.",
        f"{OWN_RULE}.",
    ),
    ClockKind.NOTICE: ClockWords(
        "answer of another authority to our notice",
        "The authority where a child lives now has not confirmed our written notice.",
        "The social worker: ask them again. The team manager: take it further there.",
        f"{OWN_RULE} (SD-23a).",
        since="Notice sent:",
    ),
    ClockKind.LETTERS: ClockWords(
        "letters",
        "The letters that tell the family what happens next are not approved.",
        "The social worker: approve the letters.",
        f"{OWN_RULE}.",
    ),
    ClockKind.DELIVERY: ClockWords(
        "word that a letter was posted or handed over",
        "A letter that goes by post or by hand may be sent, and it is not recorded that it was.",
        "The social worker: print it, post it or hand it over, and record that.",
        f"{OWN_RULE}.",
    ),
    ClockKind.PART_GIVEN: ClockWords(
        "practitioner's part of a document",
        "It is not recorded that a practitioner was given their part of a document that tells of another one's child.",
        "The social worker: give them their part, and record that; or record why not.",
        f"{OWN_RULE}.",
    ),
    ClockKind.START: ClockWords(
        "day on which support begins",
        "A child was passed on, and nobody has said when support begins.",
        "The Early Help service: say from which day on support is there.",
        f"{OWN_RULE} (SD-37).",
    ),
    ClockKind.NOT_SEEN: ClockWords(
        "decision about a child who was not seen",
        "A child who was passed on has not been seen, and waits for the team manager's decision.",
        "The team manager: accept it, with the day on which you look again; take the child back into social work; or "
        "go to Duty and Advice.",
        f"{OWN_RULE} (SD-37).",
        ahead="A child who was passed on and not seen is looked at again on the day that the team manager named.",
        since="To be decided from:",
    ),
    ClockKind.DECLINED: ClockWords(
        "decision about a child whom the service did not accept",
        "The service has not accepted a child, or gave the child back, and nobody has recorded yet what becomes of "
        "the child.",
        "The team manager, who is responsible for the child until a service has accepted the child or social work's "
        "case is open again: make sure that somebody records what becomes of the child. The transfer shows what can be "
        "recorded now.",
        f"{OWN_RULE} (SD-36).",
    ),
    ClockKind.FAMILIES_FIRST: ClockWords(
        "word that Families First was told",
        "It is not confirmed that Families First was told of the support.",
        "The Early Help service: say that it was done, or why not.",
        f"{OWN_RULE} (SD-26).",
    ),
    ClockKind.SIGNIFICANT_HARM: ClockWords(
        "word with Duty and Advice",
        "Somebody reported that a child suffers, or is likely to suffer, significant harm.",
        "Whoever is responsible; if they are not there, their manager: ring Duty and Advice at once (out of hours, the "
        "emergency duty team), and record who was spoken to and when.",
        "The contact is made immediately (SU-01).",
        since="Reported:",
    ),
    ClockKind.HARM_OUTCOME: ClockWords(
        "word of what a contact about significant harm came to",
        "Somebody was spoken to about a risk of significant harm, and nobody has said what it came to.",
        "Ask Duty and Advice, and record for each child what it came to; or decide that the child stays with social "
        "work.",
        f"{OWN_RULE}.",
    ),
    ClockKind.HARM_NOT_TAKEN: ClockWords(
        "report of significant harm that can be taken",
        "A report of significant harm came that could not be taken as it was sent. The timeline says what could be "
        "read of it; nothing was stopped because of it.",
        "Whoever is responsible; if they are not there, their manager: ring Duty and Advice at once (out of hours, the "
        "emergency duty team), ask the sender what was meant, and record the report.",
        "The contact is made immediately (SU-01).",
        since="Came:",
    ),
    ClockKind.PAUSED: ClockWords(
        "end of a clock's pause",
        "A clock is paused, so nobody is told when an answer is overdue.",
        "The team manager: start the clock again, or make sure that it still has to be paused.",
        f"{OWN_RULE}.",
    ),
    ClockKind.HAS_LEFT: ClockWords(
        "word of what was done about something that was sent",
        "Something was sent, or may have been, to somebody who should not have it, as the family is recorded now. The "
        "transfer shows what was sent.",
        "The social worker and the team manager: do not wait for the morning. See what was sent and to whom, warn "
        "anybody who may be at risk, and ring Duty and Advice (out of hours, the emergency duty team) if a child may "
        "be at risk. Then have operations record what was done.",
        f"{OWN_RULE} (SD-33a).",
        since="Known:",
    ),
    ClockKind.NEWER_VERSION: ClockWords(
        "newer version for the family",
        "Mosaic holds a newer version of a document than the one that the family saw.",
        "The social worker: share it with the family and record that, or have the item skipped, with the reason.",
        f"{OWN_RULE} (SD-11).",
    ),
    ClockKind.ATTENTION: ClockWords(
        "item that needs attention",
        "Something that the system could not do still waits for a person.",
        "Operations: put it right; what and how is said there.",
        f"{OWN_RULE}.",
    ),
}

RUNG_WORDS = {
    RungKind.NEWS: "New",
    RungKind.REMINDER: "Reminder",
    RungKind.ALARM: "Act now",
    RungKind.BREACH: "Overdue",
    RungKind.ESCALATION: "Escalation",
    RungKind.LIFTED: "Not overdue any more",
    RungKind.END: "Time is up",
}


def day_and_time(moment: datetime) -> str:
    """A moment in these weeks: ``Thursday 9 April 17:00``, London time."""
    at = moment.astimezone(LONDON)
    return f"{at:%A} {at.day} {at:%B %H:%M}"


RESPONSE_OF = {
    ClockKind.CONVERSATION: "response of the contact",
    ClockKind.ACKNOWLEDGEMENT: "response of the service",
}
"""Whose answer is due, in few words."""


def due_words(kind: ClockKind, due: datetime) -> str:
    """What is due when, as the Temporal UI shows it at a timer: ``consent due Thursday 9 April 17:00``."""
    if kind is ClockKind.SIGNIFICANT_HARM:
        return f"risk of significant harm reported {day_and_time(due)}"
    if kind is ClockKind.HARM_READ:
        return f"request not read for a risk of significant harm, recorded {day_and_time(due)}"
    if kind is ClockKind.HARM_NOT_TAKEN:
        return f"report of significant harm that could not be taken, {day_and_time(due)}"
    return f"{RESPONSE_OF.get(kind, CLOCK_WORDS[kind].name)} due {day_and_time(due)}"


def rung_words(kind: ClockKind, due: datetime, what: RungKind, at: datetime) -> str:
    """The next moment of a ladder, with what it is about."""
    if at == due:
        return due_words(kind, due)
    return f"{due_words(kind, due)}; {RUNG_WORDS[what].lower()} {day_and_time(at)}"


def alert_words(kind: ClockKind, what: RungKind, due: datetime) -> str:
    """What an alert says, in a line."""
    return f"{RUNG_WORDS[what]}: {due_words(kind, due)}"
