"""How what people wrote speaks of significant harm, though it may be no more than half right (SU-01)."""

import re

from models.journey.steps import FOR_HARM, NEW_HARM, ReportSignificantHarm, step_name

HARM_IN_START = re.compile(
    r"\bharm[\"']?\s*:(?!\s*null\b)|\bsignificant_harm[\"']?\s*:(?!\s*[\"']?(false|no|off|null)\b)", re.IGNORECASE
)
"""How a file that may be no more than half right says that there is such a risk."""
ASKS_FOR_HARM = re.compile(r"\bsignificant_harm\b|\bstep-up\b")
"""How the file of a journey does that begins with a call (SU-01)."""
FOUND_HARM = r"\bfound[\"']?\s*:\s*[\"']?reported"
SPEAKS_OF_HARM = re.compile("|".join((step_name(ReportSignificantHarm), NEW_HARM, FOR_HARM, FOUND_HARM)))
"""How the file of a step does."""
