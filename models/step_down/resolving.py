"""What a person may not say when they put a machine step right, and what follows from what they say."""

from models.attention import NOT_ANSWERING, Resolution
from models.effects import Effect, EffectKind, Ended, Intent
from models.protocols import by_machine_alone
from models.step_down.clocks import left_unanswered
from models.step_down.facts import Facts
from models.step_down.ladder import wanted
from models.step_down.steps import ResolveAttention

MUST_BE = (
    EffectKind.SHARE_DOCUMENT,
    EffectKind.MAIL_DOCUMENT,
    EffectKind.SEND_PACK,
    EffectKind.CLOSE_CHILD,
    EffectKind.REOPEN_CHILD,
    EffectKind.LOOK_UP_SERVICE,
)
"""Effects that, while they are wanted, a person may do by hand but nobody may skip."""


def _waits_and_is_wanted(facts: Facts, attention_id: str) -> Effect | None:
    waiting = {item.effect for item in facts.open_attention if item.id == attention_id}
    return next((effect for effect in wanted(facts) if effect.id in waiting), None)


def _must_be(facts: Facts, effect: Effect) -> bool:
    return effect.kind in MUST_BE or left_unanswered(effect, facts)


def leaves_out_what_must_be(facts: Facts, step: ResolveAttention) -> bool:
    """Somebody skips what must be done."""
    effect = _waits_and_is_wanted(facts, step.attention_id)
    return step.resolution is Resolution.SKIP and effect is not None and _must_be(facts, effect)


def tries_what_is_not_wanted(facts: Facts, step: ResolveAttention) -> bool:
    """Somebody orders another try of what the facts no longer ask for."""
    waits = any(item.id == step.attention_id and item.effect is not None for item in facts.open_attention)
    return step.resolution is Resolution.RETRY and waits and _waits_and_is_wanted(facts, step.attention_id) is None


def tries_what_cannot_be_tried(facts: Facts, step: ResolveAttention) -> bool:
    """Somebody orders another try of what was recorded, or of what is being tried all the time."""
    items = (item for item in facts.open_attention if item.id == step.attention_id)
    nothing_to_try = any(item.effect is None or item.problem == NOT_ANSWERING for item in items)
    return step.resolution is Resolution.RETRY and nothing_to_try


def puts_right_what_people_agree(facts: Facts, step: ResolveAttention) -> bool:
    """Somebody ends an item about a child of whom managers and service have to agree what becomes."""
    return any(item.id == step.attention_id and item.child is not None for item in facts.open_attention)


def does_by_hand_what_only_the_machine_does(facts: Facts, step: ResolveAttention) -> bool:
    """Somebody says to have done by hand what is done in our own register."""
    effect = _waits_and_is_wanted(facts, step.attention_id)
    return step.resolution is Resolution.DONE_BY_HAND and effect is not None and by_machine_alone(effect.kind)


def left_out(intent: Intent) -> Ended:
    """How an effect ends that a person skipped: for good, or until it is wanted again.

    What must be done is skipped only while it is not wanted, and may be wanted again a moment later.
    """
    return Ended.STOPPED if intent.only_look or intent.effect.kind in MUST_BE else Ended.SKIPPED
