"""The families of the herd: one child each, with what a social worker records before the request goes out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cli.rehearsal.case import RehearsalFamily
from models.journey.steps import Step
from models.step_down.start import StepDownRequest
from models.step_down.steps.consent import RecordConsent, RecordExploration
from models.step_down.steps.sharing import RecordFamilySharing

SERVICE, TEAM = "east-hub", "EH-EAST"
WORKER = {"id": "sw-17", "role": "social_worker", "team": "north-2"}


@dataclass(frozen=True)
class Family:
    """One family; every reference of it is made from the id of its transfer."""

    transfer_id: str

    @property
    def child(self) -> str:
        """The child's number in Mosaic."""
        return f"{self.transfer_id}-child"

    @property
    def document(self) -> str:
        """The assessment in Mosaic."""
        return f"{self.transfer_id}-assessment"

    @property
    def in_mosaic(self) -> RehearsalFamily:
        """The family as Mosaic holds it before the transfer."""
        content = {
            "family_ref": f"{self.transfer_id}-family",
            "teams": [{"ref": TEAM, "name": "East Early Help Hub"}],
            "children": [{"ref": self.child, "name": "Sample Child"}],
            "documents": [
                {"ref": self.document, "kind": "assessment", "versions": [{"version": 1, "text": "An assessment."}]}
            ],
        }
        return RehearsalFamily.model_validate(content)

    @property
    def start(self) -> StepDownRequest:
        """The start of the transfer."""
        content = {
            "id": self.transfer_id,
            "route": "assessment",
            "children": [{"ref": self.child}],
            "family_ref": f"{self.transfer_id}-family",
            "service_ref": SERVICE,
            "social_work_team": "north-2",
            "social_worker": "sw-17",
            "team_manager": "tm-3",
            "documents": [{"kind": "assessment", "ref": self.document}],
            "criteria": {"no_further_role": True, "needs_early_help_can_meet": True, "response_required": True},
            "family": {
                "people": [{"ref": "mother", "called": "The mother", "relations": [self._of_the_mother]}],
                "children": [{"ref": self.child, "born_on": "2018-05-14"}],
            },
        }
        return StepDownRequest.model_validate(content)

    @property
    def _of_the_mother(self) -> dict[str, Any]:
        held = {"parental_responsibility": "birth", "lives_with": True}
        return {"child": self.child, "relation": "mother", **held}

    def exploration(self) -> Step:
        """What was explored (SD-05)."""
        return RecordExploration.model_validate(
            _said_now("explored", asked=["The mother"], needs="Somebody who helps with mornings.")
        )

    def consent(self) -> Step:
        """The family agrees (SD-09)."""
        holder = {"person": "mother", "answer": "agreed"}
        voice = {"kind": "views", "views": "Would like somebody to talk to."}
        said = _said_now(
            "agreed",
            service_ref=SERVICE,
            explained_by="The social worker",
            explained_how="At home",
            children=[
                {
                    "ref": self.child,
                    "holders": [holder],
                    "voice": voice,
                    "may_share": ["assessment", "advice_summary"],
                }
            ],
        )
        return RecordConsent.model_validate(said)

    def sharing(self) -> Step:
        """The family read the assessment; the machine then shares it and asks the contact (SD-10, SD-11)."""
        said = _said_now(
            "shared", document_ref=self.document, version=1, agreed_as_basis=True, cleared_of_third_parties=True
        )
        return RecordFamilySharing.model_validate(said)


def _said_now(step_id: str, **content: Any) -> dict[str, Any]:
    return {"step_id": step_id, "actor": WORKER, "occurred_at": datetime.now(UTC), **content}
