"""Files that people write: JSON is read as JSON, nothing is said twice, and nothing unfolds without end."""

import pytest
import yaml

from adapters.written import MOST_VALUES, read_written


@pytest.mark.parametrize(
    "text",
    [
        "mother: no\nmother: yes",
        "{mother: no, mother: yes}",
        '{"mother": "no", "mother": "yes"}',
        "children:\n- {ref: a, agreed: true, agreed: false}",
        '[{"a": 1, "a": 2}]',
    ],
)
def test_a_field_that_is_said_twice_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError, match="is said twice"):
        read_written(text)


def test_what_a_merge_brings_stands_back_behind_what_is_said_itself() -> None:
    said = read_written("usual: &usual {a: 1, b: 2}\nthis: {<<: *usual, b: 3}")
    assert said["this"] == {"a": 1, "b": 3}


def test_a_merge_of_what_itself_merges_is_taken_wherever_it_is_named_first() -> None:
    text = "list: [{base: &base {a: 1, inner: &inner {<<: &deep {b: 1}, b: 2}}}, {<<: *inner, c: 3}, {<<: *base, a: 4}]"
    assert read_written(text)["list"][1:] == [{"b": 2, "c": 3}, {"a": 4, "inner": {"b": 2}}]


def test_json_that_a_program_wrote_is_read_as_json() -> None:
    assert read_written('{"said": "\\ud83d\\ude42", "no": "no", "on": 1}') == {
        "said": "\U0001f642",
        "no": "no",
        "on": 1,
    }


def test_yaml_in_brackets_is_read_as_yaml() -> None:
    assert read_written("{step: cancel, children: [a]}") == {"step": "cancel", "children": ["a"]}


def test_parts_that_are_named_again_are_taken_until_they_unfold_into_too_much() -> None:
    assert read_written("a: &a [1, 2]\nb: *a") == {"a": [1, 2], "b": [1, 2]}
    ten = ", ".join(["1"] * 10)
    lines = [f"a0: &a0 [{ten}]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 5))]
    with pytest.raises(yaml.YAMLError, match=f"more than {MOST_VALUES} values"):
        read_written("\n".join(lines))


def test_a_part_that_holds_itself_is_refused() -> None:
    with pytest.raises(yaml.YAMLError, match="holds itself"):
        read_written("a: &a [*a]")
