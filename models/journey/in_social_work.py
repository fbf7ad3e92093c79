"""What a journey knows for which a team of social work is responsible."""

from models.journey.facts import Facts
from models.journey.start import StartInSocialWork
from models.journey.steps import Reassign


class FactsInSocialWork(Facts):
    """Everything that such a journey knows."""

    request: StartInSocialWork

    @property
    def social_worker(self) -> str:
        """The social worker responsible now."""
        return self._responsible("social_worker")

    @property
    def team_manager(self) -> str:
        """The team manager responsible now."""
        return self._responsible("team_manager")

    @property
    def social_work_team(self) -> str:
        """The social work team responsible now."""
        return self._responsible("social_work_team")

    def _responsible(self, role: str) -> str:
        named = [name for step in self.all_of(Reassign) if (name := getattr(step, role)) is not None]
        return str([getattr(self.request, role), *named][-1])
