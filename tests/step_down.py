"""The machinery of journeys with the tables of a step-down, as the tests of its rules ask it."""

from functools import partial

from models.journey import clocks, corrections, ladder, missing, recording, refusing
from models.journey import status as statuses
from models.operations import differences
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.stage import Outcome

stage = partial(missing.stage, STEP_DOWN)
missing_rows = partial(missing.missing, STEP_DOWN)
next_steps = partial(missing.next_steps, STEP_DOWN)
waiting_for = partial(missing.waiting_for, STEP_DOWN)
wanted = partial(missing.wanted, STEP_DOWN)
due_now = partial(missing.due, STEP_DOWN)
to_begin = partial(ladder.to_begin, STEP_DOWN)
everything_wanted = partial(ladder.everything_wanted, STEP_DOWN)
raise_alerts = partial(ladder.raise_alerts, STEP_DOWN)
refusal = partial(refusing.refusal, STEP_DOWN)
record_step = partial(recording.record, STEP_DOWN)
reject = partial(recording.reject, STEP_DOWN)
status = partial(statuses.status, STEP_DOWN)
update_clocks = partial(clocks.update_clocks, STEP_DOWN)
clock_state = partial(clocks.state, STEP_DOWN)
is_needless = partial(clocks.is_needless, STEP_DOWN)
is_late = partial(corrections.is_late, STEP_DOWN.corrections)
replaced_by = partial(corrections.replaced_by, STEP_DOWN.corrections)
raise_difference = partial(differences.raise_difference, STEP_DOWN)


def outcome(facts: StepDownFacts) -> Outcome | None:
    """How it ended; None while it is open."""
    ended = STEP_DOWN.outcome(facts) if missing.is_closed(STEP_DOWN, facts) else None
    return Outcome(ended) if ended is not None else None
