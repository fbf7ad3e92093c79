"""What is wrong with the settings of a process is one line that names them."""

import pytest
from pydantic import ValidationError

from adapters.settings import settings_problem
from adapters.smtp import PostSettings
from worker.settings import WorkerSettings


@pytest.mark.parametrize("number", [-1, 70_000])
def test_a_port_that_no_machine_has_is_refused_by_the_name_of_its_setting(number: int) -> None:
    with pytest.raises(ValidationError) as worker:
        WorkerSettings(metrics_port=number)
    assert settings_problem(worker.value) == "settings missing or wrong: TRANSFERS_METRICS_PORT"
    with pytest.raises(ValidationError) as post:
        PostSettings(host="mail.example", sender="team@mail.example", port=number)
    assert settings_problem(post.value) == "settings missing or wrong: TRANSFERS_SMTP_PORT"
