"""The compose file, as Compose itself reads it: it runs nothing, and needs no engine."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.containers.engine import ROOT
from workflows.journey.visibility import SEARCH_ATTRIBUTES

FILE = ROOT / "docker" / "compose.yaml"


@cache
def config(*profiles: str) -> Any:
    chosen = [word for name in profiles for word in ("--profile", name)]
    compose = Path(sys.executable).parent / "docker-compose"
    said = subprocess.run(
        [compose, "-f", FILE, *chosen, "config", "--format", "json"],
        env={**os.environ, "TRANSFERS_PRODUCTION_ENV": "production.env.example"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def services() -> list[Any]:
    return [pytest.param(name, said, id=name) for name, said in config("*")["services"].items()]


def test_without_a_profile_nothing_is_started():
    assert not config()["services"]


def test_every_port_is_published_to_this_machine_alone():
    published = [port for said in config("*")["services"].values() for port in said.get("ports", [])]
    assert published
    assert {port.get("host_ip") for port in published} == {"127.0.0.1"}


@pytest.mark.parametrize(("name", "said"), services())
def test_every_container_can_do_and_take_only_what_it_needs(name: str, said: Any):
    assert said["read_only"] is True
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert int(said["mem_limit"]) <= 4 * 1024**3
    assert said["pids_limit"]
    assert said["logging"]["options"] == {"max-size": "10m", "max-file": "3"}
    assert not said.get("privileged")
    assert not said.get("cap_add")


@pytest.mark.parametrize(("name", "said"), services())
def test_what_stays_is_started_again_and_what_runs_once_is_not(name: str, said: Any):
    if said["restart"] == "no":
        assert said.get("healthcheck", {"disable": True}) == {"disable": True}
    else:
        assert said["restart"] == "unless-stopped"


@pytest.mark.parametrize(("name", "said"), services())
def test_what_stays_is_asked_whether_it_is_well(name: str, said: Any):
    ours = said["image"].startswith("early-help-transfers")
    own = said.get("healthcheck", {"test": "as the image says"} if ours else {})
    assert said["restart"] == "no" or own["test"]


@pytest.mark.parametrize(("name", "said"), services())
def test_no_secret_stands_in_the_file(name: str, said: Any):
    secret = re.compile(r"(KEYS|PASSWORD|PWD|SECRET|TOKEN)$")
    assert not [setting for setting, value in said.get("environment", {}).items() if secret.search(setting) and value]


@pytest.mark.parametrize(("profile", "service"), [("trial", "temporal"), ("production", "temporal-namespace")])
def test_temporal_is_told_the_search_attributes_of_the_product(profile: str, service: str):
    command = " ".join(config(profile)["services"][service]["command"])
    kinds = "|".join(set(SEARCH_ATTRIBUTES.values()))
    assert dict(re.findall(rf"\b([A-Z]\w+)=({kinds})\b", command)) == SEARCH_ATTRIBUTES


def test_a_worker_has_longer_to_end_than_what_runs_in_it():
    workers = {name: said for name, said in config("*")["services"].items() if name.endswith("worker")}
    assert {said["stop_grace_period"] for said in workers.values()} == {"30s"}
    drain = {float(said["environment"].get("TRANSFERS_DRAIN_SECONDS", 15)) for said in workers.values()}
    assert max(drain) < 30


def test_a_role_of_production_is_given_no_secret_but_those_that_it_reads():
    given = {
        name: {secret["source"] for secret in said.get("secrets", [])}
        for name, said in config("production")["services"].items()
    }
    register = {"database_authority", "transfers_register_url"}
    reads = register | {"authorities", "transfers_keys"}
    assert given["production-register"] == register
    assert given["production-codec"] == reads | {"codec_certificate", "codec_certificate_key"}
    sends = {"transfers_smtp_password", "transfers_alert_channels", "transfers_signed_in_keys"}
    to_temporal = {"authority", "client_certificate", "client_certificate_key"}
    assert given["production-worker"] == reads | sends | to_temporal
    own = {"gateway_certificate", "gateway_certificate_key"}
    assert given["production-gateway"] == reads | to_temporal | own | {"transfers_signing_key"}


@pytest.mark.parametrize(
    "service", ["production-register", "production-codec", "production-gateway", "production-worker"]
)
def test_a_setting_names_no_file_that_is_not_there(service: str):
    said = config("production")["services"][service]
    there = {f"/run/secrets/{secret['source']}" for secret in said["secrets"]}
    assert {value for value in said["environment"].values() if str(value).startswith("/run/secrets/")} <= there
