"""The rows of a request for Early Help."""

from models.help_request.facts import HelpFacts
from models.journey import rows
from models.vocabulary import Role

Rule = rows.Rule[HelpFacts]
Need = rows.Need[HelpFacts]
Doing = rows.Doing[HelpFacts]
Row = rows.Row[HelpFacts]

HUB = Role.EARLY_HELP_SERVICE

CANCELLED = "The request was cancelled."
ANSWERED = "The request has been answered."
