"""How a journey starts: whose it is, for which service, and who is responsible."""

from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from models.journey.side import SOCIAL_WORK, Side
from models.journey.steps import CLOCK_SKEW, ReportSignificantHarm, SpokenTo, Step
from models.kinds import JourneyKind
from models.vocabulary import MOST_ENTRIES, Actor, ChildRef, Concern, Frozen, Listed, Message, NonEmpty, Ref, Role

MOST_CHILDREN = 20

IN_THE_REQUEST = "in-the-request"
"""The id of the report of harm that stands in a start itself."""


LONG_AGO = timedelta(days=3650)
"""Before that, nothing was received that is only started now."""


class HarmSeen(Frozen):
    """A risk of significant harm that stands in a start, of whichever child (SU-01, ER-07, ER-14)."""

    children: NonEmpty[ChildRef]
    concern: Concern
    spoken_to: SpokenTo | None = None


class Linked(Frozen):
    """Another journey, by its kind and id."""

    kind: JourneyKind
    id: Ref
    step: Ref | None = None
    """The step that led to it, by ``step_id``, in the journey out of which the other was opened."""
    opened_for: Ref | None = None
    """The step for which that journey opened the other by itself; None where a person says out of which they start."""
    earlier: Listed[Ref] = ()
    """Of what something was opened out of: the journeys out of which that came itself, by id, the oldest first."""

    @property
    def words(self) -> str:
        """Which one it is, as people read it."""
        return f"{self.kind.words} {self.id}"


class Start(Message):
    """What the start of every journey says."""

    kind: ClassVar[JourneyKind]
    """Of which journey, as its workflow ids begin."""
    side: ClassVar[Side]
    """Which side answers for it."""
    held_by: ClassVar[frozenset[JourneyKind]]
    """In which journeys, while they are open, a child is looked for before this one takes it."""
    begins_anyhow: ClassVar[bool] = False
    """Whatever is known of its children, it begins: it takes those whom no other journey holds, now and later.

    Otherwise it begins with all of them or not at all.
    """
    id: Ref
    """Opaque; says nothing about a person."""
    children: Annotated[tuple[ChildRef, ...], Field(min_length=1, max_length=MOST_CHILDREN)]
    family_ref: Ref
    service_ref: Ref
    restricted: bool = False
    """The family's records are for named people only."""
    out_of: Linked | None = None
    """The journey out of which it was opened; what that one holds itself is free for this one."""

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return "restricted" if self.restricted else "plain"

    @property
    def frees(self) -> str | None:
        """The journey whose children are free for it, by id; of its own kind none is, as a kind holds a child once."""
        return self.out_of.id if self.out_of is not None and self.out_of.kind is not self.kind else None

    @property
    def line(self) -> tuple[str, ...]:
        """The journeys out of which it came, by id, the oldest first, and itself; of very many the newest."""
        origin = self.out_of
        return (*origin.earlier, origin.id, self.id)[-MOST_ENTRIES:] if origin is not None else (self.id,)

    @property
    def opened_by(self) -> str:
        """Who is noted as having opened it: a person, by reference, or an office."""
        raise NotImplementedError

    @property
    def rests_on(self) -> str:
        """By which clauses it may begin."""
        raise NotImplementedError

    @property
    def team(self) -> str | None:
        """The team whose people the directory is asked for; None where the service answers for it."""
        return None

    @property
    def colleagues(self) -> tuple[str, ...]:
        """Who is named there, by reference."""
        return ()

    @property
    def harm_seen(self) -> HarmSeen | None:
        """The risk of significant harm that stands in it (SU-01)."""
        return None

    @property
    def says_harm(self) -> bool:
        """A risk of significant harm stands in it (SU-01)."""
        return self.harm_seen is not None

    @property
    def came_at(self) -> datetime:
        """When that came in which there is such a risk."""
        raise NotImplementedError

    def born_after(self, day: date) -> str | None:  # noqa: ARG002 (a start that knows days of birth asks)
        """A day of birth that has not come by then, as its field is named; None where there is none."""
        return None

    def mistyped_moment(self, at: datetime) -> str | None:  # noqa: ARG002 (a start that says when it was received asks)
        """When it was received, where that cannot be right at this time, as its field is named; else None."""
        return None

    def harm_report(self, at: datetime, step_id: str) -> Step | None:
        """SU-01, ER-14: what stands in it of harm, as the report of who opened it, under this id; or None.

        It came at this time, at the latest. A call that is still to come is no call.
        """
        seen = self.harm_seen
        if seen is None:
            return None
        role, call = Role(self.opened_by), seen.spoken_to
        return ReportSignificantHarm(
            step_id=step_id,
            actor=Actor(id=role.value, role=role),
            occurred_at=min(self.came_at, at),
            children=seen.children,
            concern=seen.concern,
            spoken_to=call if call is not None and call.at <= at + CLOCK_SKEW else None,
        )

    @property
    def own_words(self) -> str | None:
        """What a person added in their own words, where it has to be read with the start."""
        return None

    @model_validator(mode="after")
    def _names_each_once(self) -> "Start":
        refs = [child.ref for child in self.children]
        if len(set(refs)) != len(refs):
            raise ValueError("children: each child is named once")
        return self


class StartInSocialWork(Start):
    """A start for which a team of social work is responsible."""

    side: ClassVar[Side] = SOCIAL_WORK
    social_work_team: Ref
    social_worker: Ref
    team_manager: Ref

    @property
    def opened_by(self) -> str:
        """The social worker."""
        return self.social_worker

    @property
    def team(self) -> str | None:
        """That of social work."""
        return self.social_work_team

    @property
    def colleagues(self) -> tuple[str, ...]:
        """The social worker and the team manager."""
        return (self.social_worker, self.team_manager)
