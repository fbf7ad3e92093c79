"""Run by the validator's own Python: which of the rules fire in a census file, for which child; JSON on the last line.

It imports nothing of ours, and stands beside none of our packages.
"""

import importlib
import json
import sys
import xml.etree.ElementTree as ET

from cin_validator.cin_validator import CinValidator, convert_data, process_data

path, ruleset, *rules = sys.argv[1:]
registry = importlib.import_module(f"cin_validator.rules.{ruleset}").registry
missing = sorted(set(rules) - {str(rule.code) for rule in registry.values()})
tables = process_data(convert_data(ET.parse(path).getroot()))  # noqa: S314 (the test wrote it)
found = CinValidator(tables, registry, selected_rules=rules).full_issue_df
fired = {(str(row.rule_code), str(row.child_id)) for row in found.itertuples()}
print(json.dumps({"missing": missing, "fired": sorted(fired)}))  # noqa: T201
