"""What exists in every journey: the kinds of effects, of clocks and of those who are told; closed, each once.

How each kind of effect is carried out stands in ``ways``, how long a clock runs in ``policy``.
"""

from enum import StrEnum

NOT_ANSWERING = "not_answering"
"""The problem that passes by itself; it is told because it lasts."""

UNCLEAR = "unclear"
"""The problem of a mail of which nobody knows whether it was sent."""


class JourneyKind(StrEnum):
    """The journeys there are, each as its workflow ids begin."""

    STEP_DOWN = "step-down"
    HELP_REQUEST = "help-request"
    STEP_UP = "step-up"

    @property
    def words(self) -> str:
        """The journey as people say it."""
        return {
            "step-down": "step-down",
            "help-request": "request for Early Help",
            "step-up": "referral to Children's Social Work",
        }[self.value]

    @property
    def noun(self) -> str:
        """What one is called where it is named by its number."""
        return {"step-down": "transfer", "help-request": "request", "step-up": "referral"}[self.value]

    @property
    def once_ended(self) -> str:
        """What is to do with what comes after the end of one; nothing where others know."""
        begin_anew = " If it ended wrongly, or more has come since, start a new one."
        return {"step-down": "", "help-request": begin_anew, "step-up": begin_anew}[self.value]


class EffectKind(StrEnum):
    """What can be done outside."""

    LOOK_AT_CHILDREN = "look_at_children"
    """What Mosaic holds of a child is read, so that nobody is closed on old knowledge."""
    SHARE_DOCUMENT = "share_document"
    MAIL_DOCUMENT = "mail_document"
    """To a service that does not use Mosaic."""
    REQUEST_CONVERSATION = "request_conversation"
    INVITE_TO_MEETING = "invite_to_meeting"
    CANCEL_INVITATION = "cancel_invitation"
    ENTER_MEETING = "enter_meeting"
    """Into the calendar of who organises it, where the answer of the service finds it."""
    REMOVE_MEETING = "remove_meeting"
    """Out of that calendar."""
    SEND_MEETING_OUTCOME = "send_meeting_outcome"
    SEND_PACK = "send_pack"
    CLOSE_CHILD = "close_child"
    REOPEN_CHILD = "reopen_child"
    """A closed child's case is reopened; a person does it in Mosaic, and the machine sees that it was done."""
    WRITE_CONTACT = "write_contact"
    """A request for Early Help, and what comes after it, is written into the Early Help Contact."""
    SEND_ADVICE_SUMMARY = "send_advice_summary"
    TELL_SAFETY = "tell_safety"
    """The practitioner is told what keeps people safe, where the summary does not, or after it changed."""
    TELL_PRACTITIONER = "tell_practitioner"
    """Who was written to about the family is told that something of it does not hold any more."""
    RECOMMEND_FAMILIES_FIRST = "recommend_families_first"
    SEND_LETTER = "send_letter"
    TELL_SERVICE = "tell_service"
    OPEN_JOURNEY = "open_journey"
    """What follows for the children in another service is opened, as a journey of its own."""
    TELL_JOURNEY = "tell_journey"
    """Another journey is told what was recorded in this one."""
    LOOK_UP_SERVICE = "look_up_service"
    LOOK_UP_PEOPLE = "look_up_people"
    RESERVE_CHILD = "reserve_child"
    CALCULATE_DUE_DATE = "calculate_due_date"
    MAIL_ALERT = "mail_alert"
    POST_ALERT = "post_alert"
    MAIL_DIGEST = "mail_digest"
    """Belongs to a day, and to no transfer."""


class ClockKind(StrEnum):
    """What is waited for."""

    CONVERSATION = "conversation"
    """The contact's answer to the request for a conversation (SD-34)."""
    ACKNOWLEDGEMENT = "acknowledgement"
    """The service's answer for a child that was passed on (SD-35)."""
    FIRST_CONTACT = "first_contact"
    """The service's word on who saw a child, from the agreed start (SD-37)."""
    HELP_REQUEST = "help_request"
    """The response to a request for Early Help, from its receipt (ER-06)."""
    HARM_READ = "harm_read"
    """The word that a request was read for a risk of significant harm; in real time (ER-14)."""
    COMPLETION = "completion"
    """What was missing from a request that was returned (ER-12)."""
    REDIRECTED = "redirected"
    """The redirection to Duty and Advice of a request in which a risk of significant harm was reported (ER-07)."""
    OFFERED_WAITING = "offered_waiting"
    """The review of a family that waits for support that was offered (ER-15)."""
    REFERRER_TOLD = "referrer_told"
    """The word that whoever asked has heard that the request is dealt with, or why they do not (ER-15)."""
    TAKEN_OVER = "taken_over"
    """The word of another team that it has a request that was given to it (ER-06)."""
    CONSENT_ASKED = "consent_asked"
    """A family's own word on support that was offered on somebody else's (SU-04)."""
    CONTACT_MADE = "contact_made"
    """The word that Duty and Advice was spoken to, where no significant harm is suspected (SU-01)."""
    CONTACT_OUTCOME = "contact_outcome"
    """What Duty and Advice say that a contact comes to for each child (SU-03)."""
    PARENTS_ASKED = "parents_asked"
    """The word whether agreement was sought, or why not, and whether parents may be told (SU-01a)."""
    ASSESSMENT = "assessment"
    """What an assessment comes to for each child (SU-06)."""
    NAMED_WORKER = "named_worker"
    """The word which social worker has taken over a child (SU-08)."""
    OUTCOME_TOLD = "outcome_told"
    """The word that whoever was worried has heard what came of it, or why they do not (SU-06)."""
    DISAGREEMENT = "disagreement"
    """The answer to somebody who disagrees (SU-08)."""
    CONSENT = "consent"
    SHARING = "sharing"
    CONVERSATION_HELD = "conversation_held"
    SCHEDULING = "scheduling"
    """A date for the final meeting (SD-18)."""
    MEETING_NEAR = "meeting_near"
    """The conversation, which has to come before the final meeting (SD-16)."""
    FINAL_MEETING = "final_meeting"
    """What the final meeting said (SD-19)."""
    MEETING_CONFIRMED = "meeting_confirmed"
    """The word of chair or team manager on a meeting that came before the conversation (SD-16)."""
    END_CONFIRMED = "end_confirmed"
    """The conference manager's word that a plan ended without a conference (SD-19a)."""
    LEAD_PRACTITIONER = "lead_practitioner"
    ALLOCATION = "allocation"
    """The practitioner who takes over from an interim contact (SD-28)."""
    MANAGEMENT_CONVERSATION = "management_conversation"
    """What team manager and Targeted Services Leader say of a child whom the service did not accept (SD-29)."""
    DECISION = "decision"
    AUTHORISED = "authorised"
    """The team manager's own act on what somebody else recorded (SD-23b)."""
    NOTICE = "notice"
    """The word of the authority where a child lives now that it has our written notice (SD-23a)."""
    LETTERS = "letters"
    DELIVERY = "delivery"
    """The word that a letter was posted or handed over (SD-33b)."""
    PART_GIVEN = "part_given"
    """The word that a practitioner was given their part of a document, which the system sends to none (SD-31)."""
    START = "start"
    """When support begins, where nobody could say it before (SD-13)."""
    NOT_SEEN = "not_seen"
    """What the team manager decides of a child who was not seen (SD-37)."""
    DECLINED = "declined"
    """What happens with a child whom the service did not accept (SD-35)."""
    FAMILIES_FIRST = "families_first"
    """The word that Families First was told (SD-26)."""
    SIGNIFICANT_HARM = "significant_harm"
    """The word that Duty and Advice was spoken to; in real time (SU-01)."""
    HARM_OUTCOME = "harm_outcome"
    """The word of what the contact about significant harm came to (SD-39)."""
    HARM_NOT_TAKEN = "harm_not_taken"
    """A report of significant harm, where one came that could not be taken; in real time (SU-01)."""
    PAUSED = "paused"
    """Another clock is paused."""
    HAS_LEFT = "has_left"
    """What is done about something that was sent before somebody was known not to be safe (SD-33a)."""
    NEWER_VERSION = "newer_version"
    """A newer version of a document than the family saw, which social work shares with it first (SD-11)."""
    ATTENTION = "attention"


BY_ROLE = (
    ClockKind.AUTHORISED,
    ClockKind.MEETING_CONFIRMED,
    ClockKind.END_CONFIRMED,
    ClockKind.MANAGEMENT_CONVERSATION,
    ClockKind.NOT_SEEN,
)
"""The clocks of what somebody does by their role, and who has it the directory of people says (SD-23b)."""

RESPONSES = (ClockKind.CONVERSATION, ClockKind.ACKNOWLEDGEMENT, ClockKind.FIRST_CONTACT, ClockKind.HELP_REQUEST)
"""The clocks of those who must answer us; the others are waits of our own people."""

OF_HARM = (ClockKind.SIGNIFICANT_HARM, ClockKind.HARM_NOT_TAKEN)
"""The clocks of reports of significant harm."""

REAL_TIME = (*OF_HARM, ClockKind.HARM_READ)
"""The clocks that no night and no weekend stops."""


IN_OFFICE_HOURS = frozenset({EffectKind.SEND_LETTER})
"""What leaves in office hours alone (SD-33b); who has to act, or may be in danger, is told at any hour."""


class Audience(StrEnum):
    """Who is told."""

    EARLY_HELP_CONTACT = "early_help_contact"
    SOCIAL_WORKER = "social_worker"
    TEAM_MANAGER = "team_manager"
    """Of social work."""
    CHAIR = "chair"
    CONFERENCE_MANAGER = "conference_manager"
    OWNER = "owner"
    """Who answers for a family that waits for support."""
    EARLY_HELP_MANAGER = "early_help_manager"
    TARGETED_SERVICES_LEADER = "targeted_services_leader"
    HEAD_OF_SERVICE = "head_of_service"
    """Of social work."""
    OPERATIONS = "operations"
    DUTY_AND_ADVICE = "duty_and_advice"
    EMERGENCY_DUTY_TEAM = "emergency_duty_team"
    ON_DUTY = "on_duty"
    """Whoever is there at this hour: Duty and Advice within working hours, else the emergency duty team."""

    @property
    def words(self) -> str:
        """The audience as people say it."""
        return {
            "early_help_contact": "the Early Help contact",
            "social_worker": "the social worker",
            "team_manager": "the social work team manager",
            "chair": "the chair of the meeting",
            "conference_manager": "the conference manager",
            "owner": "who answers for the family that waits",
            "early_help_manager": "the manager of the Early Help service",
            "targeted_services_leader": "the Targeted Services Leader",
            "head_of_service": "the head of service",
            "operations": "operations",
            "duty_and_advice": "Duty and Advice",
            "emergency_duty_team": "the emergency duty team",
            "on_duty": "whoever is on duty",
        }[self.value]


NAMED = frozenset(
    {
        Audience.EARLY_HELP_CONTACT,
        Audience.SOCIAL_WORKER,
        Audience.TEAM_MANAGER,
        Audience.CHAIR,
        Audience.CONFERENCE_MANAGER,
        Audience.OWNER,
        Audience.HEAD_OF_SERVICE,
        Audience.DUTY_AND_ADVICE,
        Audience.EMERGENCY_DUTY_TEAM,
        Audience.ON_DUTY,
    }
)
"""Who may be told of a restricted family; for anybody else, its team manager is told."""

OFFICES = {
    Audience.TARGETED_SERVICES_LEADER: "targeted-services-leader",
    Audience.HEAD_OF_SERVICE: "head-of-service",
    Audience.OPERATIONS: "operations",
    Audience.DUTY_AND_ADVICE: "duty-and-advice",
    Audience.EMERGENCY_DUTY_TEAM: "emergency-duty-team",
}
"""Under which reference the directory of people knows an office."""


class RungKind(StrEnum):
    """What an alert is."""

    NEWS = "news"
    """It is waited for from now on."""
    REMINDER = "reminder"
    """What is waited for is still to come."""
    ALARM = "alarm"
    """A danger that waits for nobody; told day and night."""
    BREACH = "breach"
    """The time that a service had to answer is over."""
    ESCALATION = "escalation"
    """Somebody higher up is told."""
    LIFTED = "lifted"
    """What was told to be overdue was answered in time, as has been recorded since; no step of a ladder."""
    END = "end"
    """The wait is over: a person must decide how it goes on. Nothing ends by time alone."""


SAYS_IT_IS_OVER = frozenset({RungKind.BREACH, RungKind.END})
"""What says that the time is over; it is always told, and never before it is so."""
