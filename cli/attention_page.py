"""The page about attention: for each kind of item, who is asked, what to do step by step, and when it is over."""

from collections.abc import Iterator

from cli.effects_page import UNEXPECTED
from cli.screens import ways
from models.attention import DECLINED, PROBLEMS, UNACKNOWLEDGED, Resolution
from models.differences import OF_MOSAIC, DifferenceKind
from models.effects import EffectKind
from models.protocols import WAYS
from models.step_down.words import EFFECT_WORDS

INTRODUCTION = """\
# What needs attention, kind by kind

Made from `models/attention.py` and `cli/attention_page.py` by `python -m cli.generate`; do not edit. How an item is
seen and answered stands in [operations.md](operations.md#how-an-item-is-put-right). For each item, `transfers show ID`
says its number (`A1`) and which answers it takes. The name of a kind, as `locked`, stands
beside the number; a step may name the item by it instead.

In the steps below, *answer retry*, *answer done_by_hand* and *answer skip* mean the file of that name there, sent with
`transfers step ID FILE`. The file of any other step, as `change_service`, stands in [steps.md](steps.md). Who
somebody is: `transfers show ID` names social worker, team and team manager, and `transfers people list` has their
addresses."""

BY_AGREEMENT = (DECLINED, UNACKNOWLEDGED)
DIFFERENCES = frozenset(DifferenceKind)
WITHOUT_WORKFLOW = (DifferenceKind.NO_WORKFLOW, DifferenceKind.ENDED_BUT_OPEN)

SHARED_AGREEMENT = (
    (
        "Tell the team manager (`transfers show ID` names them). They talk with the Targeted Services Leader and "
        "record it: its file stands in [operations.md](operations.md#the-service-declines-a-child)."
    ),
    (
        "What they agreed is recorded by whom it concerns, and then the item ends: the service answers again "
        "(`acknowledge_transfer`, which corrects its first answer if it gave one), social work names another service "
        "(`change_service`), or decides the child anew (`decide_children` with `corrects`)."
    ),
    (
        "Another service, or decided anew: the child's case is opened again in Mosaic first, for which an item of its "
        "own comes (`reopen_by_hand`). Another service needs the family's consent anew, too."
    ),
)
RESTORED = (
    (
        "The transfer itself is whole, and `transfers show ID` shows it again. Tell the people who run the register "
        "that it may have been restored from an older copy, with the id of the transfer and the day: what was kept in "
        "the register alone since then, as certificates of due dates, may be missing."
    ),
)
RECORD_AGAIN = (
    (
        'In the Temporal UI, list the workflows with the query `WorkflowId = "step-down/ID"`: the run that is not '
        "`Running` is the one before. Its *Timeline* names every step that was recorded; a click on a name shows the "
        "whole step."
    ),
    (
        "`transfers show ID` lists those that the transfer still knows. Ask whoever recorded the others to record them "
        "again, with the time of then as `occurred_at`: otherwise an answer counts as given today. Mails and closings "
        "are not repeated: the system finds that they were done."
    ),
)

STEPS: dict[str, tuple[str, ...]] = {
    "declined": SHARED_AGREEMENT,
    "unacknowledged": SHARED_AGREEMENT,
    "not_answering": (
        (
            "The item says what was asked of whom: Mosaic, the mail server, or an alert channel. See whether others "
            "have the same: the view *Needs attention*. Many at once mean that the other system is down."
        ),
        (
            "Tell the people who run that system, once. Nothing has to be sent again: it is tried on by itself, with "
            "pauses of up to a minute, and the item ends by itself."
        ),
        "Where it cannot wait, have the step done by hand by whoever may, and answer done_by_hand with the evidence.",
    ),
    "calendar_ends": (
        (
            "Tell the people who run this system: in the file of `TRANSFERS_POLICY_FILE`, `calendar: known_until` "
            "moves on to the last day for which the bank holidays are published, and the worker is started again."
        ),
        "Answer retry. What is not waited for any more needs no answer: its item ends by itself.",
    ),
    "no_address": (
        (
            "The item says who was to be told; `transfers show ID` has the reference of a person or team (`sw-17`). "
            "The offices are `targeted-services-leader` and `operations`."
        ),
        (
            "A person, team or office of the council: write a file `people.csv` with the line `ref,email` and below "
            "it a line such as `sw-17,social.worker.17@council.example`, then `transfers people import people.csv`. "
            "The contact or manager of a service: the same with `transfers services import`, whose columns "
            "`transfers services import --help` names."
        ),
        "Answer retry. Cannot be found: tell them yourself, and answer done_by_hand with how and when.",
    ),
    "unknown_channel": (
        (
            "Tell the people who run this system: the channel that the item names is added to "
            "`TRANSFERS_ALERT_CHANNELS`, and the worker is started again."
        ),
        "Answer retry. Where the alert has been told in another way, answer skip with the reason.",
    ),
    "rejected_step": (
        (
            "The item says which step came, from whom, and why it was not taken. Tell the sender that reason: it was "
            "not recorded. Where the sender is unknown, tell the social worker."
        ),
        "They record it again when it may come, through their own system. What came is not taken later by itself.",
        "Answer done_by_hand when they know it; in the note, say who was told.",
    ),
    "harm_not_taken": (
        (
            "Do not wait: ring the social worker and the team manager (`transfers show ID` names them, and "
            "the numbers of Duty and Advice). The timeline says what could be read of the report, and who "
            "sent it, where that is known."
        ),
        (
            "They ring Duty and Advice, find out from the sender what was meant, and record "
            "[`report_significant_harm`](steps.md#report_significant_harm) with `spoken_to` and without `corrects`; "
            "the item then ends by itself."
        ),
        (
            "It was no report about this family: answer skip with that reason and the name of who found it out. It was "
            "dealt with, and cannot be recorded here: answer done_by_hand with who was rung, and when."
        ),
    ),
    "in_clear": (
        (
            "Nothing is lost: the step was taken. But it could be read on its way. Tell the people who run the "
            "sending system to use our client and its key (README, *Try it by hand*)."
        ),
        "Answer done_by_hand with whom you told.",
    ),
    "newer_version": (
        (
            "Tell the social worker: the family has seen an older version than Mosaic holds now. They share the newer "
            "one with the family and record `record_family_sharing` with `corrects`; the item then ends by itself. "
            "What it corrects is the `step_id` under which the family saw the document before; the timeline of "
            "`transfers show ID --json` has it. Its file: [record_family_sharing](steps.md#record_family_sharing)."
        ),
        (
            "Where the family need not see it, the social worker says so, and you answer skip with that reason and "
            "their name. Where the service was given the newer version in another way, answer done_by_hand."
        ),
    ),
    "late_correction": (
        (
            "`transfers show ID` lists both: what was recorded first, and its correction. Compare them with the "
            "social worker."
        ),
        "What was done outside already (mails, a closing in Mosaic) is put right there by hand by whoever may.",
        (
            "Answer done_by_hand with what was changed, or that nothing had to be. The transfer itself goes on as it "
            "had been acted on. Is a child who was closed to stay with social work after all? Then have the service "
            "answer that it does not take the child (`acknowledge_transfer`), and go on at `declined`."
        ),
    ),
    "withdrawn_too_late": (
        "Tell social worker and team manager at once: the timeline of `transfers show ID` lists what had left.",
        "They agree with the service what happens to what it has got, and with the family.",
        "Answer done_by_hand with what was agreed.",
    ),
    "unknown_service": (
        (
            "`transfers services list` shows the services. Missing: write a file `services.csv` with the columns "
            "`ref,name,contact_email,contact_kind,manager_email,mosaic_team`, and one line for the service. The "
            "`contact_kind` is `allocates` (a manager who allocates the work) or `practitioner`."
        ),
        "`transfers services import services.csv`, then answer retry.",
        "A mistake in the name: tell the social worker, who names another one (`change_service`).",
    ),
    "child_elsewhere": (
        "Ask the social worker: is the other transfer the right one for this child?",
        (
            "Yes: answer skip with that reason; the child stays out of this transfer. No: social work brings the other "
            "transfer, which the item names, to its end (`cancel`, then `decide_children` for its children and "
            "`approve_letters`). When `transfers show` says that it has ended, answer retry here."
        ),
    ),
    "unexpected": (
        (
            "Tell the people who run this system, with the id of the transfer and the number of the item. Their log "
            "has the place of the error, under that id."
        ),
        (
            "When they say that it is put right, answer retry. Where it cannot wait, have it done by hand and answer "
            "done_by_hand with the evidence."
        ),
    ),
    "unclear": (
        "Never answer retry before you know: the mail is about a person and might arrive twice.",
        (
            "Ask the recipient, whom the item names, or the people who run the mail server, whether it came; the item "
            "says since when it is unclear."
        ),
        "Arrived: answer done_by_hand and say who confirmed it. Not arrived: answer retry.",
    ),
    "refused_address": (
        (
            "The item says what was to be sent, to whom, and at which address. An alert looks its address up each "
            "time: put it right with `transfers people import` or, for a service, `transfers services import`, and "
            "answer retry."
        ),
        (
            "Whatever else is sent keeps the address that was recorded in the transfer. Ask the social worker for the "
            "right one; they send it by hand, as they know what it says, and you answer done_by_hand with where it "
            "went. Put the directory right, too, for the transfers to come."
        ),
        "Not to be sent at all: answer skip with who said so.",
    ),
    "mail_setup": (
        (
            "Tell the people who run this system and those who run the mail server: it refuses us, not the message. "
            "They check certificate, login and sender (`TRANSFERS_SMTP_...`)."
        ),
        "When a mail goes through again, answer retry for each of these items.",
    ),
    "no_open_step": (
        "Ask the social worker to start the closing step of this case in Mosaic.",
        "They say that it is there: answer retry.",
    ),
    "reopen_by_hand": (
        (
            "Ask the social worker to open the child's case again in Mosaic, with a new closing step, and to have the "
            "transfer closed that waits there with the first service."
        ),
        (
            "Answer retry: the system looks whether the step is open. Only if it says no again although it is: answer "
            "done_by_hand with what Mosaic shows."
        ),
    ),
    "refused_message": (
        (
            "Tell the people who run the mail server, with day and time: it refused the message, not the address. "
            "Often it is too large, or taken for unwanted mail."
        ),
        "Put right: answer retry. Otherwise have it sent by hand, and answer done_by_hand with how.",
    ),
    "locked": (
        "Mosaic shows who has the record open. Ask them to save and close it.",
        "Answer retry. Locked again: ask once more; nothing is lost by waiting.",
    ),
    "mandatory_missing": (
        (
            "Ask the social worker to open the closing step, which the item names, in Mosaic, and to fill in what "
            "Mosaic marks there as missing."
        ),
        "They say that it is saved: answer retry.",
    ),
    "restricted_record": (
        (
            "Tell the team manager: the receiving team may not see the record. They decide whether it is opened to "
            "that team."
        ),
        (
            "Opened in Mosaic: answer retry. Not to be opened: the team manager decides with the social worker how "
            "the family is passed on; until then the item waits."
        ),
    ),
    "unknown_team": (
        (
            "`transfers services list` shows the Mosaic team of the service. Ask the Mosaic administrators for it. "
            "Missing there: they add it; then answer retry."
        ),
        (
            "Has it another name now? Put that right with `transfers services import`, for the transfers to come. "
            "This one keeps the team with which it began: ask the administrators to let that name be found again, "
            "and answer retry; or have it done by hand in Mosaic, and answer done_by_hand with the evidence."
        ),
    ),
    "early_help_open": (
        "Ask the Early Help service: is the workflow that is open in Mosaic theirs, and still needed?",
        (
            "They close it: answer retry. They use it: close the child by hand in Mosaic as decided, and answer "
            "done_by_hand."
        ),
    ),
    "already_completed": (
        (
            "Compare with the social worker what Mosaic shows with what was decided (`transfers show ID`, the table "
            "of children)."
        ),
        "Have it put right in Mosaic: what was decided and is missing there is done by hand.",
        "Answer done_by_hand with what Mosaic shows now.",
    ),
    "step_cancelled": (
        "Ask the social worker to start the closing step again in Mosaic.",
        "They say that it is there: answer retry.",
    ),
    "not_found": (
        (
            "Ask the Mosaic administrators for the reference that the item names: moved, put together with another, "
            "or gone?"
        ),
        "There again: answer retry. Otherwise have the step done by hand and answer done_by_hand with the evidence.",
    ),
    "no_workflow": (
        (
            "Somebody pressed *Terminate*. In the Temporal UI open `step-down/ID` and press *Reset*. As the event "
            "choose the last line of the list, a `WorkflowTaskCompleted` with the highest number; leave both boxes "
            "empty; *Confirm*."
        ),
        "Run `transfers reconcile`. It no longer finds this; if it finds `register_ahead` instead, go on there.",
        (
            "Temporal does not hold it any more (*In Temporal it is gone*): the social worker starts it again with "
            "`transfers start FILE`, in whose file `id` is the old id, and records its steps again, with the time of "
            "then as `occurred_at`. What was sent or closed is found done, and not done twice. Then run "
            "`transfers reconcile`, and put right what it finds about it."
        ),
    ),
    "not_in_register": (
        *RESTORED,
        "Answer done_by_hand when they say what is missing, or that nothing is.",
    ),
    "ended_but_open": (
        "`transfers reconcile` says *the register shows it again*, how it ended: its children are free for another.",
        *RESTORED,
    ),
    "closed_but_runs": (
        "Somebody reset a transfer that had ended. Find out who, and why.",
        *RECORD_AGAIN,
        "Answer done_by_hand with what was recorded again.",
    ),
    "register_ahead": (
        "Somebody reset the transfer. What was recorded after that point is missing in it.",
        *RECORD_AGAIN,
        "Answer done_by_hand with what was recorded again.",
    ),
    "register_behind": (
        *RESTORED,
        "Answer done_by_hand when they say what is missing, or that nothing is.",
    ),
    "child_open": (
        "Ask the social worker who opened the case again in Mosaic, and why.",
        "By mistake: they close it there; answer done_by_hand. To stay open: answer skip with the reason.",
    ),
    "child_closed_otherwise": (
        "The item says what each side has. Compare it with the social worker.",
        "They put it right in Mosaic: answer done_by_hand. It is to stay so: answer skip with the reason.",
    ),
    "child_closed_by_others": (
        "Tell social worker and team manager: the child was closed in Mosaic before this transfer said so.",
        "By mistake: they open the case again; answer done_by_hand. Rightly: answer skip with the reason.",
    ),
    "document_not_shared": (
        "Ask the social worker why the document was taken away from the team of the service.",
        (
            "By mistake: they share it again in Mosaic; answer done_by_hand. It is to stay so: answer skip with the "
            "reason."
        ),
    ),
    "invalid_request": (
        (
            "Tell the people who run this system, with the id of the transfer and the number of the item: the two "
            "systems do not understand each other, and others will meet the same."
        ),
        (
            "Put right: answer retry. Where it cannot wait, have it done by hand and answer done_by_hand with the "
            "evidence."
        ),
    ),
}
"""What to do about each problem, step by step."""


def attention_page() -> str:
    """The whole page, in Markdown."""
    return "\n".join(
        [
            INTRODUCTION,
            "",
            "| kind | what happened | who is asked | answers |",
            "|---|---|---|---|",
            *(f"| [{name}](#{name}) | {said.happened} | {said.who.words} | {_short(name)} |" for name, said in ROWS),
            "",
            *(line for name, _ in ROWS for line in _section(name)),
        ]
    )


ROWS = tuple(PROBLEMS.items())


def _section(problem: str) -> Iterator[str]:
    said = PROBLEMS[problem]
    yield f"## {problem}"
    yield ""
    yield f"*{said.happened}* {said.who.words[0].upper()}{said.who.words[1:]}: {said.advice}"
    yield ""
    yield from (f"{number}. {step}" for number, step in enumerate(STEPS[problem], start=1))
    yield ""
    yield from _answers(problem)
    yield ""


def _answers(problem: str) -> Iterator[str]:
    """Which answers the item takes, where that differs by what it is about; and when it is over."""
    if problem in BY_AGREEMENT:
        yield "- It takes no answer. It is over when the service takes the child, or the child is decided otherwise."
        return
    if problem not in WITHOUT_WORKFLOW:
        yield f"- It takes {'; '.join(_taken(problem))}."
        again = ", and `transfers reconcile` does not ask about it anew" if problem in DIFFERENCES else ""
        yield f"- It is over when `transfers show ID` does not show it any more under *Needs attention*{again}."
    if problem in {*OF_MOSAIC, *WITHOUT_WORKFLOW}:
        takes = "`skip` alone" if problem in OF_MOSAIC else "no answer"
        yield (
            f"- With a number that begins with R (the transfer does not run any more) it takes {takes}. It is over "
            "when `transfers reconcile` does not find it any more."
        )


def _taken(problem: str) -> Iterator[str]:
    """Each answer, and what it is not taken for."""
    kinds = _kinds(problem)
    for answer in Resolution:
        takes = [kind for kind in kinds if answer in ways(problem, kind)]
        others = "; ".join(EFFECT_WORDS[kind] for kind in kinds if kind is not None and kind not in takes)
        if takes:
            yield f"`{answer}`{f' (but not where it is to {others})' if others else ''}"


def _kinds(problem: str) -> list[EffectKind | None]:
    """The effects that the problem comes of; None alone where it is about something recorded."""
    # What belongs to no transfer is no item of one: it is told again the next morning.
    kinds = [kind for kind in EffectKind if kind is not EffectKind.MAIL_DIGEST]
    return [kind for kind in kinds if problem == UNEXPECTED or problem in WAYS[kind].problems] or [None]


def _short(problem: str) -> str:
    if problem in BY_AGREEMENT or problem in WITHOUT_WORKFLOW:
        return "none"
    found = [set(ways(problem, kind)) for kind in _kinds(problem)]
    always = set.intersection(*found)
    return ", ".join(
        f"`{one}`{'' if one in always else ' (not always)'}" for one in Resolution if one in set.union(*found)
    )
