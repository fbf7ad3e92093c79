"""What the guidance leaves open, as typed configuration; recorded with each transfer when it starts."""

from models.vocabulary import Frozen


class Policy(Frozen):
    """The deployment's choices for one transfer, fixed when it starts."""

    version: str = "2026-11"
    closure_needs_manager: bool = True
    """A team manager, who is not the one who records them, authorises the decisions for the children."""
