"""What becomes of a child's plan: as a meeting here says it, and as Mosaic holds it."""

from enum import StrEnum


class PlanOutcome(StrEnum):
    """What becomes of a child's plan, whatever becomes of the transfer (SD-19a)."""

    ENDS = "ends"
    STEPS_DOWN_TO_CHILD_IN_NEED = "steps_down_to_child_in_need"
    STEPS_DOWN_TO_FAMILY_HELP = "steps_down_to_family_help"
    GOES_ON = "goes_on"
    ADJOURNED = "adjourned"
    MOVES = "moves"
    PRE_PROCEEDINGS = "pre_proceedings"
    LOOKED_AFTER = "looked_after"

    @property
    def words(self) -> str:
        """What becomes of the plan, as people say it."""
        return {
            "ends": "the plan ends",
            "steps_down_to_child_in_need": "Child Protection ends, Child in Need goes on",
            "steps_down_to_family_help": "the plan ends, Family Help goes on",
            "goes_on": "the plan goes on",
            "adjourned": "the plan is adjourned",
        }.get(self.value, "the plan does not end here")

    @property
    def words_for_few(self) -> str:
        """The same, for the few who may read what it says of the child, or of the courts."""
        return {
            "moves": "the plan moves to another council",
            "pre_proceedings": "pre-proceedings begin",
            "looked_after": "the child becomes looked after",
        }.get(self.value, self.words)

    @property
    def is_end(self) -> bool:
        """This plan is over, whether or not another one follows in social work."""
        return self in {
            PlanOutcome.ENDS,
            PlanOutcome.STEPS_DOWN_TO_CHILD_IN_NEED,
            PlanOutcome.STEPS_DOWN_TO_FAMILY_HELP,
        }

    @property
    def of_few(self) -> bool:
        """It says where the child is, or speaks of the courts: only few read it, and why."""
        return self in {PlanOutcome.MOVES, PlanOutcome.PRE_PROCEEDINGS, PlanOutcome.LOOKED_AFTER}
