"""The page of the settings says what the classes say: every field, its type, its unit, its default, who must set it."""

import re

import pytest
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from adapters.emergency import EmergencySettings, phones
from cli.pages.settings import ASKED_FOR_IN_PRODUCTION, READ_IN_PRODUCTION, SECTIONS, blocks, settings_classes
from cli.project import ROOT

CLASSES, PAGE = settings_classes(), blocks()["settings"]
FIELDS = [(kind, name) for kind in CLASSES for name in kind.model_fields]
PACKAGES = [init.parent for init in ROOT.glob("*/__init__.py") if init.parent.name != "tests"]
CLASS = re.compile(r"^class (\w+)\((?:Base)?Settings\):", re.MULTILINE)
WITHOUT_DEFAULT = {
    "issuer": "https://login.example",
    "url": "https://mosaic.example",
    "ui_url": "https://temporal.example",
    "ui_origins": ["https://temporal.example"],
    "names": ["codec.example"],
}
"""What a class needs, so that its other fields can be tried; whatever is not here takes any text."""


def variable(kind: type[BaseSettings], name: str) -> str:
    return f"{kind.model_config['env_prefix']}{name}".upper()


def row(kind: type[BaseSettings], name: str) -> list[str]:
    """What the page says of a field: what for, type, default."""
    [found] = re.findall(rf"^\| `{variable(kind, name)}` \| (.*) \|$", PAGE, re.MULTILINE)
    what, words, default = found.split(" | ")
    return [what, words, default]


def test_every_settings_class_of_the_product_has_its_section() -> None:
    ours = [path for package in PACKAGES for path in package.rglob("*.py")]
    written = [name for path in ours for name in CLASS.findall(path.read_text(encoding="utf-8"))]
    assert sorted(kind.__name__ for kind in CLASSES) == sorted(written)
    assert set(written) == set(SECTIONS)


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_every_setting_stands_on_the_page_once_and_says_what_it_is_for(kind: type[BaseSettings], name: str) -> None:
    assert row(kind, name)[0].endswith(".")


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_number_has_its_unit_unless_it_is_a_port(kind: type[BaseSettings], name: str) -> None:
    words = row(kind, name)[1]
    counts = words.startswith(("number", "whole number")) and not name.endswith("port")
    choices = words.startswith("`")
    assert choices or (", " in words) is counts


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_what_must_be_set_is_called_required(kind: type[BaseSettings], name: str) -> None:
    default, missing = row(kind, name)[2], kind.model_fields[name].is_required()
    in_production = variable(kind, name) in ASKED_FOR_IN_PRODUCTION or (missing and kind.__name__ in READ_IN_PRODUCTION)
    assert ("required" in default) is (missing or in_production)
    assert ("in production" in default) is in_production


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_who_sets_what_the_page_calls_the_default_changes_nothing(
    kind: type[BaseSettings], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, expected = re.findall(r"`([^`]*)`", row(kind, name)[2]), kind.model_fields[name].get_default()
    if isinstance(expected, frozenset):
        assert frozenset(said) == expected
    elif said:
        monkeypatch.setenv(variable(kind, name), said[0])
        needed = {field: WITHOUT_DEFAULT.get(field, "x") for field, of in kind.model_fields.items() if of.is_required()}
        assert getattr(kind(**needed), name) == expected
    else:
        assert not expected or "required" in row(kind, name)[2]


@pytest.mark.parametrize("missing", sorted(one for one in ASKED_FOR_IN_PRODUCTION if one.endswith("_PHONE")))
def test_a_number_to_ring_is_required_in_production_and_not_in_the_rehearsal(missing: str) -> None:
    numbers = dict.fromkeys(("duty_and_advice_phone", "out_of_hours_phone"), "0113 496 0101")
    numbers.pop(missing.removeprefix("TRANSFERS_").lower())
    with pytest.raises(ValueError, match=missing):
        phones(EmergencySettings(mode="production", **numbers))
    phones(EmergencySettings(mode="local", **numbers))


@pytest.mark.parametrize("name", sorted(READ_IN_PRODUCTION))
def test_what_the_codec_server_needs_in_production_has_no_default(name: str) -> None:
    [kind] = [kind for kind in CLASSES if kind.__name__ == name]
    with pytest.raises(ValidationError):
        kind()
