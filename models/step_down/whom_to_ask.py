"""Whom colleagues in other services ask about a transfer."""

from models.step_down.facts import StepDownFacts


def whom_to_ask(facts: StepDownFacts) -> str:
    """The social worker by name and telephone, as the directory of people has them, and the team."""
    known = next((person for person in facts.people if person.ref == facts.social_worker), None)
    named = filter(None, (known.name, known.telephone)) if known is not None else ()
    return ", ".join([*named, f"team {facts.social_work_team}"])
