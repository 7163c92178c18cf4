from __future__ import annotations

from pathlib import Path

from tests.unit.lock.samples import NEW, OLD, lock_of
from wisp.lock.views import difference
from wisp.platforms import bare
from wisp.specs.conda import CondaRequirement, CondaSpec
from wisp.specs.inputs import EnvironmentInputs


def shown(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def test_equal_locks_do_not_differ() -> None:
    found = difference(lock_of(*OLD), lock_of(*OLD))
    assert not found
    assert found.as_json() == {"version": 1, "environment": {}}


def test_json_tells_the_fields_that_differ_and_what_the_manifest_names() -> None:
    inputs = EnvironmentInputs(
        environment="default",
        platform=bare("linux-64"),
        root=Path("/nowhere"),
        dependencies=(CondaRequirement("python", CondaSpec()),),
    )
    found = difference(lock_of(*OLD[:2]), lock_of(*NEW[:1]), [inputs]).as_json()
    gone, python = found["environment"]["default"]["linux-64"]
    assert gone["after"] is None
    assert gone["before"]["version"] == "1.0"
    assert "explicit" not in gone
    assert python == {
        "name": "python",
        "before": {"conda": OLD[0].location, "version": "3.12.13", "build": "1"},
        "after": {"conda": NEW[0].location, "version": "3.14.7", "build": "100"},
        "type": "conda",
        "explicit": True,
    }


def test_a_first_lock_consists_of_additions() -> None:
    (changes,) = difference(None, lock_of(*NEW)).environments["default"].values()
    assert {change.before for change in changes} == {None}
