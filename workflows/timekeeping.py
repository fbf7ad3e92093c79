"""The ladder of every clock, beside everything else: an outage holds no alert back (SD-34, SD-35)."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.step_down.clock_words import rung_words
    from models.step_down.ladder import NextRung, next_rung, raise_alerts
    from workflows.known import Known


async def keep_clocks(known: Known) -> None:
    """Raise each alert at its instant, or as soon as something runs again, and then once."""
    while True:
        await workflow.wait_condition(lambda: not known.moving_on and next_rung(known.facts) is not None)
        coming = next_rung(known.facts)
        if coming is not None and await _comes(known, coming):
            known.know(raise_alerts(known.facts, workflow.now()))


async def _comes(known: Known, coming: NextRung) -> bool:
    """Wait for the instant; False where something else comes first."""
    wait = coming.at - workflow.now()
    if wait.total_seconds() <= 0:
        return True
    try:
        await workflow.wait_condition(
            lambda: known.moving_on or next_rung(known.facts) != coming,
            timeout=wait,
            timeout_summary=rung_words(coming.kind, coming.due, coming.what, coming.at),
        )
    except TimeoutError:
        return True
    return False
