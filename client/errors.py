"""What keeps something from being started or sent, in words for whoever asked for it."""

from models.errors import OutsideError


class InputError(Exception):
    """What a person gave us cannot be used; the text names the field and the rule, and nothing was started."""


class NotKnownError(Exception):
    """No answer came; the step may have been taken or not, and can be sent again under its ``step_id``."""


class NotComparedError(OutsideError):
    """The comparison could not be made."""
