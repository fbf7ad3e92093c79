"""How letters are headed and signed, as the settings say (SD-33b)."""

import pytest

from adapters.letters import LetterSettings, writing
from models.policy import Writing

pytestmark = pytest.mark.clause("SD-33b")


def test_without_settings_the_team_signs_below_the_worker() -> None:
    assert writing(LetterSettings.model_validate({})) == Writing()


def test_what_a_council_sets_is_how_its_letters_are_written() -> None:
    said = {"head": "Example Council", "signed_by": "Children's Services", "names_worker": False}
    assert writing(LetterSettings.model_validate(said)) == Writing.model_validate(said)
