"""Where the project's own files lie."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
EXAMPLES = ROOT / "examples"
"""Case files, and the directories and settings of the rehearsal."""
