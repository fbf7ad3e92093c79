"""Attention: a machine step that only a person can put right, in plain words."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from models.kinds import NOT_ANSWERING, UNCLEAR, EffectKind
from models.mosaic import DocumentVersion
from models.vocabulary import Frozen, Role


class Resolution(StrEnum):
    """How a person ends an attention item."""

    RETRY = "retry"
    DONE_BY_HAND = "done_by_hand"
    SKIP = "skip"

    @property
    def words(self) -> str:
        """The resolution as people say it."""
        return {"retry": "try again", "done_by_hand": "done by hand", "skip": "skipped"}[self.value]


class Problem(NamedTuple):
    """What went wrong, and what the person who puts it right should do."""

    happened: str
    advice: str
    who: Role = Role.OPERATIONS
    """Who is asked."""


DECLINED, UNACKNOWLEDGED = "declined", "unacknowledged"
"""The problems of a child between two services; they end when people have agreed what becomes of it."""

CALENDAR_ENDS = "calendar_ends"

MAIL_SETUP = "mail_setup"
"""The problem that concerns all mail: one item asks about it, whichever mail meets it first."""

NEWER_VERSION = "newer_version"

KEPT_OPEN = "kept_open"
"""The problem of a child whom Mosaic keeps open, whatever was decided; it ends when the child is decided anew."""

PLAN_GOES_ON = "plan_goes_on"
"""The problem of a child whose plan, as the conference manager says, has not ended."""

DECIDED_ANEW = frozenset({KEPT_OPEN, PLAN_GOES_ON})
"""What ends when the child is decided anew, and takes no other answer."""

HAS_LEFT = "has_left"
"""The problem of what was sent before somebody was known not to be safe (SD-33a)."""

REJECTED_STEP = "rejected_step"
"""The problem of a message that is no step, or not one that may be recorded."""

HARM_NOT_TAKEN = "harm_not_taken"
"""The problem that people are told of in real time (SU-01); it ends when a report of significant harm is taken."""

CHILD_NOT_HERE = "child_not_here"
"""The problem of a report of significant harm that names, beside a child of the transfer, one who is not in it."""

GIVEN_BACK = (
    "You are responsible for the child until a service has accepted the child or social work's case is open again. "
    "Look at what the transfer waits for: it shows what you can record now, with the command for each."
)
"""What the manager of the closing team is told of a child between two services (SD-36)."""

PROBLEMS = {
    DECLINED: Problem(
        "The service declines a child whose case social work has closed, or gives the child back.",
        GIVEN_BACK,
        Role.TEAM_MANAGER,
    ),
    UNACKNOWLEDGED: Problem(
        "The service has not answered for a child whose case social work has closed, and everybody has been told.",
        GIVEN_BACK,
        Role.TEAM_MANAGER,
    ),
    KEPT_OPEN: Problem(
        "Mosaic holds something that keeps this child's case open, though it was decided to close it. It is not "
        "closed.",
        "See what it is (`transfers show ID --in-mosaic`), and speak with the team manager. Once it is over there, "
        "decide again for the child: Mosaic is then asked again. Or decide that the child stays with social work.",
        Role.SOCIAL_WORKER,
    ),
    PLAN_GOES_ON: Problem(
        "The conference manager has not confirmed that the Child Protection plan of this child ended without a "
        "conference: the plan goes on, the decision to close the child's case does not count, and nothing was closed.",
        "The timeline says why. Speak with the conference manager, and decide again for the child: the child stays "
        "with social work; or the case is closed once a conference has ended the plan, or the conference manager "
        "confirms the end.",
        Role.SOCIAL_WORKER,
    ),
    NOT_ANSWERING: Problem(
        "For some time now, the other system has not done what it was asked to do. It is still being asked.",
        "Tell the people who run it. This item ends by itself once it is done; or do it by hand and record that here.",
    ),
    CALENDAR_ENDS: Problem(
        "A due date cannot be counted: it needs a day that the working calendar does not know.",
        "See from which day it counts. If that is right, bring the calendar up to date in the settings of the worker, "
        "then retry. If it was mistyped, no deadline runs here: ring who has to answer; it is started anew with "
        "the right day, and this one cancelled as opened in error.",
    ),
    "no_address": Problem(
        "There is no e-mail address for the person or office that has to be told.",
        "Add it with `transfers people import`, then retry. Or tell them yourself, and record that here.",
    ),
    "unknown_channel": Problem(
        "The policy names an alert channel that the worker's settings do not know.",
        "Add the channel to the settings of the worker, then retry.",
    ),
    REJECTED_STEP: Problem(
        "A message came that could not be taken as a step.",
        "Tell whoever sent it what was wrong, so that they record it again. Then say here what came of it.",
    ),
    HARM_NOT_TAKEN: Problem(
        "A report of significant harm came that could not be taken. Nothing was stopped because of it.",
        "Ring Duty and Advice now (out of hours, the emergency duty team). Find out what was meant, and record it as "
        "a report of significant harm: this item then ends by itself. If it was not a report about this family, have "
        "this item skipped, with the reason.",
        Role.SOCIAL_WORKER,
    ),
    CHILD_NOT_HERE: Problem(
        "A report of significant harm names, beside a child of this transfer, somebody who is not in it. The report "
        "was taken, and everything is stopped.",
        "Ask who reported it which child is meant; the timeline has the report. If it was mistyped, have the report "
        "sent again, as a correction, with the right child: this item then ends by itself. If it is a child of others, "
        "ring Duty and Advice about that child, too, and have it reported where the child is; then have this item "
        "recorded as done by hand.",
        Role.SOCIAL_WORKER,
    ),
    "in_clear": Problem(
        "A step came without encryption. It was taken.",
        "Tell the people who run the sending system to use our client with its key.",
    ),
    NEWER_VERSION: Problem(
        "Mosaic holds a newer version of this document than the one that the family saw. Only the version that the "
        "family saw is sent.",
        "Share the newer one with the family, and record that as a correction: this item then ends by itself, and the "
        "newer one, if they agree to it, goes to the service. If the family need not see it, have this item skipped, "
        "with the reason.",
        Role.SOCIAL_WORKER,
    ),
    "late_correction": Problem(
        "Something was corrected after it had been acted on. What was done has not been changed.",
        "Compare the two with the social worker, put right by hand what was done, and record that here.",
    ),
    "withdrawn_too_late": Problem(
        "While a child's case was being closed, or afterwards, it was recorded that consent had been withdrawn or had "
        "never been given. The transfer shows whether the case is closed.",
        "Have the social worker ring the practitioner now: the system only asks them by e-mail to speak with the "
        "social worker. Then agree with the social worker, the team manager and the service what happens, and record "
        "that here.",
    ),
    HAS_LEFT: Problem(
        "Something was sent, or may have been, that would not be sent as the family is recorded now: to somebody who "
        "is unsafe to contact, under an order or must not know of it, or to where such a person reads it.",
        "Ring the social worker and the team manager now; they and whoever is on duty are also alerted. They find out "
        "what was sent and to whom, warn anybody who may be at risk, and ring Duty and Advice (out of hours, the "
        "emergency duty team) if a child may be at risk. When they tell you what was done, record it here.",
    ),
    "unknown_manager": Problem(
        "The directory of people does not have the team manager named for this transfer, or not as the manager of its "
        "team today: whatever needs the team manager cannot be done yet.",
        "Put the person into the directory with `transfers people import`, with the role team manager and the team, "
        "then retry. Or the social worker names the right team manager (`reassign`).",
    ),
    "unknown_service": Problem(
        "The service directory does not know the service.",
        "Put the service into the directory, then retry. Or whoever named it names another one.",
    ),
    "child_elsewhere": Problem(
        "The child who was added is in another open transfer.",
        "Retry when that one has ended. Or skip the child here, with the reason.",
    ),
    "unexpected": Problem(
        "Something went wrong for which this system has no rule.",
        "Tell the people who run this system. The step can be done by hand and recorded.",
    ),
    UNCLEAR: Problem(
        "The e-mail may or may not have been sent: the worker stopped while sending, or the mail server took all of it "
        "and never said what became of it.",
        "Ask the recipient or look at the mail server. Arrived: record it as done by hand. Not arrived: retry.",
    ),
    "refused_address": Problem(
        "The mail server refused the address.",
        "Find the right address. Send the message by hand and record that, or skip it with a reason.",
    ),
    MAIL_SETUP: Problem(
        "The mail server does not take mail from this system, or does not pass it on: its certificate, our login, our "
        "sender or our leave to write to others through it is not right. Other mail that it refuses so waits with this "
        "item.",
        "Tell the people who run the mail server and this system, with the code, then retry: all other mail goes out "
        "by itself. Where other people's mail goes out, it is this recipient's side that does not take it from us: "
        "reach them in another way, and record that here.",
    ),
    "no_open_step": Problem(
        "Mosaic has no open closing step for the child; the newest one belongs to an earlier case.",
        "Ask the social worker to start the closing step in Mosaic, then retry.",
    ),
    "reopen_by_hand": Problem(
        "The service gave the child back, or the decision was changed: social work's case for the child has to be "
        "opened again in Mosaic. This system cannot do that.",
        "Ask the social worker to open it there, with a new closing step, and to close the transfer that is waiting "
        "there with the first service. Then retry, or record the evidence that it was done by hand.",
    ),
    "refused_message": Problem(
        "The mail server refused the message itself.",
        "Tell the people who run the mail server. The message can be sent by hand and recorded.",
    ),
    "locked": Problem(
        "The record is locked in Mosaic: somebody has it open.",
        "Ask them to save and close it, then retry.",
    ),
    "mandatory_missing": Problem(
        "Mosaic says that a part of the record that has to be filled in is empty.",
        "Ask the social worker to complete the record in Mosaic, then retry.",
    ),
    "restricted_record": Problem(
        "The record is restricted in Mosaic, and the receiving team may not see it.",
        "Ask the team manager to open the record to the team, then retry.",
    ),
    "unknown_team": Problem(
        "Mosaic does not know the team of the Early Help service.",
        "Ask the Mosaic administrators to put the team right, then retry.",
    ),
    "early_help_open": Problem(
        "An Early Help workflow is open already for this child in Mosaic.",
        "Ask the Early Help service to use or close it. Then retry, or record what was done by hand.",
    ),
    "contact_elsewhere": Problem(
        "The number that the referrer gave is not that of an Early Help workflow that is open for the lead child in "
        "Mosaic: nothing was written into it.",
        "Ask the referrer which record they started. If it is the lead child's, and was closed, have it opened again, "
        "then retry. If the number was wrong, have the Early Help service write the request into the right record, "
        "and record that as done by hand.",
    ),
    "contact_closed": Problem(
        "The Early Help Contact is closed in Mosaic, and no other Early Help workflow is open for the lead child: what "
        "has come since could not be added.",
        "Ask the Early Help service. If the contact was closed by mistake, have it opened again, then retry. Or have "
        "it written down there by hand and record that, or skip it with the reason.",
    ),
    "already_completed": Problem(
        "The closing step in Mosaic was completed by somebody else, with other next actions or another reason for "
        "closure than was decided here.",
        "Compare it with the decision, put it right in Mosaic, and record it as done by hand.",
    ),
    "step_cancelled": Problem(
        "The closing step was cancelled in Mosaic.",
        "Ask the social worker to start the closing step again, then retry.",
    ),
    "not_found": Problem(
        "Mosaic does not hold the record.",
        "Check the reference in Mosaic. Retry when the record is there, or do the step by hand and record it.",
    ),
    "no_workflow": Problem(
        "The register shows this transfer as open, but nothing is working on it any more.",
        "In the Temporal UI, reset it to its last good point. Then run `transfers reconcile` again. Where Temporal "
        "does not hold it any more, have the social worker start it again under its old id.",
    ),
    "not_in_register": Problem(
        "The register had lost this transfer. It holds it again, but evidence may be missing.",
        "Tell the people who run the register; it may have been restored from an older copy.",
    ),
    "closed_but_runs": Problem(
        "The register showed this transfer as closed, but it runs again: somebody reset it in the Temporal UI.",
        "Have the steps that are missing now recorded again, then say so here. The run before it, in the Temporal UI, "
        "shows what they said.",
    ),
    "ended_but_open": Problem(
        "This transfer has ended, but the register showed it as open, and its children as reserved.",
        "The comparison puts that right. Tell the people who run the register; it may have been restored from an "
        "older copy.",
    ),
    "register_ahead": Problem(
        "Somebody reset this transfer in the Temporal UI: steps that were recorded after that point are missing in it.",
        "Have them recorded again, then say so here. The run before it, in the Temporal UI, shows what they said.",
    ),
    "register_behind": Problem(
        "The register had lost how this transfer stands. It shows it again, but evidence may be missing.",
        "Tell the people who run the register; it may have been restored from an older copy.",
    ),
    "child_open": Problem(
        "Social work had closed this child's case in Mosaic, but the closing step is open there again.",
        "Ask the social worker who opened it and why, and have it put right in Mosaic. If it is meant to stay so, "
        "skip this item with the reason.",
    ),
    "child_closed_otherwise": Problem(
        "The closing step of this child in Mosaic is no longer as it was: it is gone, something else follows it, or it "
        "gives another reason for closure.",
        "Compare the two with the social worker, and have it put right in Mosaic. If it is meant to stay so, skip "
        "this item with the reason.",
    ),
    "child_closed_by_others": Problem(
        "This child's case was closed in Mosaic, and it was not this transfer that closed it.",
        "Ask the social worker and the team manager. If it was closed by mistake, have it opened again. If it was "
        "right, skip this item with the reason.",
    ),
    "document_not_shared": Problem(
        "The document that was shared with the service is no longer open to its team in Mosaic.",
        "Ask the social worker why. Have it shared again in Mosaic; or, if it is meant to stay so, skip this item "
        "with the reason.",
    ),
    "invalid_request": Problem(
        "The other system did not accept what was sent.",
        "Tell the people who run this system. The step can be done by hand and recorded.",
    ),
}


class Attention(Frozen):
    """One item that waits for ``resolve_attention``."""

    id: str
    effect: str | None
    """The effect it belongs to: the id of an ``Effect``; None where it is about something that was recorded."""
    what: str
    """What it is about, in plain words."""
    problem: str
    since: datetime
    detail: str | None = None
    """What is known beyond the problem: a reason, a sender."""
    goes_to: str | None = None
    """Name and address of whom the message goes to; not shown in the Temporal UI."""
    resolution: Resolution | None = None
    note: str | None = None
    """The evidence, or the reason, that the person gave."""
    child: str | None = None
    """The child about whom people have to agree: nothing that is put right here."""
    kind: EffectKind | None = None
    """The kind of that effect."""
    document: DocumentVersion | None = None
    """The version that it is about, where it is about one."""
    needed: bool = True
    """False once it ended without a person, as it was no longer wanted."""
    in_register: bool = False
    """The register alone shows it, as no workflow could: it ends when a comparison does not find it any more."""

    @property
    def open(self) -> bool:
        """Whether it still waits for a person."""
        return self.resolution is None and self.needed

    @property
    def words(self) -> Problem:
        """What happened and what to do, in plain words."""
        return PROBLEMS[self.problem]

    @property
    def explained(self) -> str:
        """What happened, what is known beyond that, and what to do."""
        return " ".join(filter(None, (self.words.happened, self.known_beyond, self.words.advice)))

    @property
    def known_beyond(self) -> str:
        """What is known beyond the problem, in sentences; empty where nothing is."""
        return " ".join(filter(None, (self.known, f"It goes to {self.goes_to}." if self.goes_to else "")))

    @property
    def known(self) -> str:
        """The same without name and address of anybody."""
        return f"{self.detail[0].upper()}{self.detail[1:].rstrip('.')}." if self.detail else ""

    @property
    def who(self) -> Role:
        """Who is asked to put it right."""
        return self.words.who
