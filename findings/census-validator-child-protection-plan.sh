#!/bin/sh
# csc-validator-be-cin 0.1.13 (ruleset cin2025_26), rule 8565: no activity may lie after the closing of a case.
#
# Seen: a Child Protection plan that ends a month after the case was closed passes. An initial conference on that same
# day is found, so the rule runs. The end of a plan is among the dates that the rule is said to compare.
#
# Needs Python 3.9 to 3.11 and a package index. Fails if the behaviour is another one. Writes into a temporary folder only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check 'csc-validator-be-cin==0.1.13' 'numpy==1.26.4'

cat > "$folder/run.py" <<'END'
import importlib
import xml.etree.ElementTree as ET

from cin_validator.cin_validator import CinValidator, convert_data, process_data

CHILD = """<Message>
<Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate>
</CollectionDetails><Source><SourceLevel>L</SourceLevel><LEA>201</LEA><SoftwareCode>x</SoftwareCode></Source></Header>
<Children><Child><ChildIdentifiers><LAchildID>A1</LAchildID><PersonBirthDate>2018-05-01</PersonBirthDate></ChildIdentifiers>
<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>
<CINdetails><CINreferralDate>2025-06-01</CINreferralDate><PrimaryNeedCode>N1</PrimaryNeedCode>
<CINclosureDate>2026-01-10</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure><DateOfInitialCPC>{conference}</DateOfInitialCPC>
<ChildProtectionPlans><CPPstartDate>2025-07-01</CPPstartDate><CPPendDate>{end}</CPPendDate></ChildProtectionPlans>
</CINdetails></Child></Children></Message>"""


def fires(conference: str, end: str) -> bool:
    registry = importlib.import_module("cin_validator.rules.cin2025_26").registry
    tables = process_data(convert_data(ET.fromstring(CHILD.format(conference=conference, end=end))))
    return bool(len(CinValidator(tables, registry, selected_rules=["8565"]).full_issue_df))


seen = {
    "plan and conference before the closing": fires("2025-07-01", "2026-01-09"),
    "conference after the closing": fires("2026-02-10", "2026-01-09"),
    "plan ends after the closing": fires("2025-07-01", "2026-02-10"),
}
for what, fired in seen.items():
    print(f"{what}: {'found' if fired else 'not found'}")
raise SystemExit(list(seen.values()) != [False, True, False])
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: the end of the plan is not compared."
