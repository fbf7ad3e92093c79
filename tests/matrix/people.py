"""What people do by hand around a transfer: how a problem comes about, and how it is put right."""

from collections.abc import Callable
from datetime import date
from typing import Any

from models.kinds import EffectKind
from models.people import Person
from simulators.mosaic.contract import CASE_CLOSED, EARLY_HELP_CONTACT, TRANSFER_TO_EARLY_HELP
from tests import builders
from tests.colleagues import chair, manager
from tests.matrix.outside import World

CLOSING_STEP, CLOSING_STEP_OF_A_PLAN = "Case Closure from Assessment", "Child Case Closure"


class ByHand:
    """The acts around one family; its references are its own."""

    def __init__(self, world: World, name: str, *, in_mosaic: bool = True, on_a_plan: bool = False) -> None:
        self.world, self.name = world, name
        self.child, self.sibling, self.added = f"{name}-a", f"{name}-b", f"{name}-c"
        self.document, self.plan, self.family = f"{name}-assessment", f"{name}-plan", f"{name}-family"
        self.service, self.other_service = f"{name}-service", f"{name}-other"
        self.team, self.other_team = f"{name}-team", f"{name}-other-team"
        self.social_worker, self.manager, self.room = f"{name}-sw", f"{name}-tm", f"{name}-room"
        self._in_mosaic, self._on_a_plan = in_mosaic, on_a_plan
        self._closing_step = CLOSING_STEP_OF_A_PLAN if on_a_plan else CLOSING_STEP
        self._opened: str | None = None
        self.newer_versions = 0

    def stage(self) -> None:
        """The family in Mosaic, the service and the people in the directory."""
        self.world.in_mosaic(
            "families",
            family_ref=self.family,
            teams=[{"ref": ref, "name": "A team"} for ref in (self.team, self.other_team)],
            children=[{"ref": ref, "name": f"Name of {ref}"} for ref in (self.child, self.sibling, self.added)],
            documents=[{**paper, "versions": [{"version": 1, "text": "Text."}]} for paper in self.papers],
            closing_step=self._closing_step,
        )
        self.know_service(self.service, self.team)
        others = ("operations", "targeted-services-leader", "duty-and-advice", "emergency-duty-team")
        self.world.register.put_people([Person(ref=ref, email=f"{ref}@council.example") for ref in others])
        self.world.register.put_people([manager(), chair()])
        self.know_manager()

    def know_service(self, ref: str, team: str) -> None:
        uses = team if self._in_mosaic else None
        self.world.register.put_services(
            [builders.service(ref=ref, mosaic_team=uses, contact_email=f"contact@{ref}.example")]
        )

    @property
    def answers_as(self) -> str:
        """The team under which the service answers."""
        return self.team if self._in_mosaic else self.service

    def know_manager(self) -> None:
        self.world.register.put_people([manager(ref=self.manager)])

    def know_social_worker(self) -> None:
        self.world.register.put_people([Person(ref=self.social_worker, email=f"{self.social_worker}@council.example")])

    @property
    def papers(self) -> tuple[dict[str, str], ...]:
        """The documents of the transfer."""
        plan = ({"kind": "plan", "ref": self.plan},) if self._on_a_plan else ()
        return (*plan, {"kind": "assessment", "ref": self.document})

    @property
    def steps(self) -> list[Any]:
        """The closing steps of the child, the newest last."""
        found = self.world.books(self.family)["steps"]
        return [step for step in found if step["person_ref"] == self.child and step["type"] == self._closing_step]

    @property
    def step(self) -> str:
        return str(self.steps[-1]["id"])

    def open_closing_step(self) -> None:
        self.world.in_mosaic("steps", person_ref=self.child, type=self._closing_step)

    def act(self, kind: EffectKind, problem: str) -> None:
        """Let the problem come about."""
        self._acts(kind)[problem][0]()

    def mend(self, kind: EffectKind, problem: str) -> None:
        """Put it right."""
        self._acts(kind)[problem][1]()

    def _acts(self, kind: EffectKind) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
        say = self.world.in_mosaic
        if kind is EffectKind.SHARE_DOCUMENT:
            version = {"ref": self.document, "version": 1, "text": "Text."}
            return {
                "unknown_team": self._team_gone(),
                "not_found": (
                    lambda: self.world.forget_in_mosaic(f"documents/{self.document}/versions/1"),
                    lambda: say("documents", **version),
                ),
            }
        if kind is EffectKind.REOPEN_CHILD:
            return {
                "reopen_by_hand": (lambda: None, self.open_closing_step),
                "step_cancelled": (self._cancel, self.open_closing_step),
            }
        if kind is EffectKind.WRITE_CONTACT:
            shut, reopen = lambda: self._set_contact("Completed"), lambda: self._set_contact("Started")
            return {
                "contact_closed": (shut, reopen),
                "contact_elsewhere": (shut, reopen),
                "locked": (
                    lambda: say("locks", step_id=self.contact, locked=True),
                    lambda: say("locks", step_id=self.contact, locked=False),
                ),
                "restricted_record": self._restricted(),
                "unknown_team": self._team_gone(),
            }
        return {
            "no_open_step": (lambda: None, self.open_closing_step),
            "locked": (
                lambda: say("locks", step_id=self.step, locked=True),
                lambda: say("locks", step_id=self.step, locked=False),
            ),
            "mandatory_missing": (
                lambda: say("parts", step_id=self.step, missing=True),
                lambda: say("parts", step_id=self.step, missing=False),
            ),
            "restricted_record": self._restricted(),
            "unknown_team": self._team_gone(),
            "early_help_open": (self._open_early_help, self._end_early_help),
            "step_cancelled": (self._cancel, self.open_closing_step),
            "already_completed": (self.close_otherwise, self._reopen),
            "no_address": (lambda: self.world.forget_person(self.social_worker), self.know_social_worker),
            "unknown_channel": (lambda: None, lambda: self.world.rooms.add(self.room)),
            "unknown_manager": (lambda: self.world.forget_person(self.manager), self.know_manager),
            "unknown_service": (lambda: None, lambda: self.know_service(self.other_service, self.other_team)),
            "child_elsewhere": (self._hold_child, lambda: self.world.release_child(self.added)),
            "calendar_ends": (lambda: None, self._bring_the_calendar_up_to_date),
        }

    def close_otherwise(self) -> None:
        self._complete("RC8", {"type": CASE_CLOSED})

    def close_as_decided(self) -> None:
        self._complete("RC9", {"type": CASE_CLOSED}, {"type": TRANSFER_TO_EARLY_HELP, "assigned_to": self.team})

    def _complete(self, reason: str, *actions: dict[str, str]) -> None:
        body = {"next_actions": list(actions), "closure_reason": reason}
        self.world.in_mosaic("completions", step_id=self.step, **body)

    def write_anew(self) -> None:
        """There is a newer version of the document than the family saw."""
        self.newer_versions += 1
        self.world.in_mosaic("documents", ref=self.document, version=1 + self.newer_versions, text="Newer text.")

    def share(self) -> None:
        """A person shares the document in Mosaic, which is what the contract's own call does."""
        assert self.world.mosaic.http is not None
        said = {"version": 1, "team": self.team, "reference": "by hand"}
        self.world.mosaic.http.post(f"/documents/{self.document}/shares", json=said).raise_for_status()

    @property
    def contact(self) -> str:
        """The child's Early Help Contact."""
        found = (step for step in self.world.books(self.family)["steps"] if step["type"] == EARLY_HELP_CONTACT)
        return str(next(step["id"] for step in found if step["person_ref"] == self.child))

    def open_contact(self) -> str:
        """A referrer starts it; returns its number."""
        return str(self.world.in_mosaic("steps", person_ref=self.child, type=EARLY_HELP_CONTACT)["id"])

    def _set_contact(self, status: str) -> None:
        self.world.in_mosaic("step-status", step_id=self.contact, status=status)

    def _restricted(self) -> tuple[Callable[[], Any], Callable[[], Any]]:
        return (
            lambda: self.world.in_mosaic("restrictions", person_ref=self.child, restricted=True),
            lambda: self.world.in_mosaic("restrictions", person_ref=self.child, restricted=False),
        )

    def _team_gone(self) -> tuple[Callable[[], Any], Callable[[], Any]]:
        return (
            lambda: self.world.forget_in_mosaic(f"teams/{self.team}"),
            lambda: self.world.in_mosaic("teams", ref=self.team, name="A team"),
        )

    def _cancel(self) -> None:
        self.world.in_mosaic("step-status", step_id=self.step, status="Cancelled")

    def _reopen(self) -> None:
        self.world.in_mosaic("step-status", step_id=self.step, status="Reopened")

    def _open_early_help(self) -> None:
        self._opened = self.world.in_mosaic("steps", person_ref=self.child, type=TRANSFER_TO_EARLY_HELP)["id"]

    def _end_early_help(self) -> None:
        self.world.in_mosaic("step-status", step_id=self._opened, status="Cancelled")

    def _hold_child(self) -> None:
        other = builders.request(self.added, id=f"{self.name}-elsewhere", service_ref=self.service)
        self.world.register.opened(other, builders.NOW)

    def _bring_the_calendar_up_to_date(self) -> None:
        self.world.calendars.calendar = builders.calendar(known_until=date(2070, 12, 31))
