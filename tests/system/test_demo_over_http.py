"""The demo plays a case through the gateway, as caseworker systems do, and the other side's books come out the same."""

from tests.system.conftest import EXAMPLES, MAIN_CASE, Rehearsal, Typed

[TWO_STEPS] = EXAMPLES.glob("07-*.yaml")


def test_a_case_goes_over_http_after_the_others_in_the_same_house(rehearsal: Rehearsal, typed: Typed):
    played = typed("demo", str(TWO_STEPS), "--over-http", str(MAIN_CASE))

    assert played.returncode == 0, played.stdout + played.stderr
    assert "All 2 cases went as their files say." in played.stdout
    shown = [line for line in played.stdout.splitlines() if " of 2 " in line]
    assert [", over HTTP)" in line for line in shown] == [False, True]
    who_read = (rehearsal.local.folder / "logs" / "gateway.log").read_text()
    assert "sw-17" not in who_read


def test_alone_it_is_the_only_one_that_is_played(typed: Typed, tmp_path):
    refused = typed("demo", "--over-http", str(tmp_path / "none.yaml"))

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == f"{tmp_path / 'none.yaml'}: there is no such file or folder\n"


def test_in_a_trial_nothing_is_played_over_http(typed: Typed):
    refused = typed("demo", "--server", "temporal:7233", "--over-http", str(MAIN_CASE))

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "--over-http: only on this machine, not in the trial of --server\n"
