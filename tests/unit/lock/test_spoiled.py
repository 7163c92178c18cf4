"""Locks in which one value is another: each failure of the reader names the spot."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from wisp.errors import LockFileError
from wisp.lock.read import read

#: Locks that say all that their version has words for.
COMPLETE = Path(__file__).parents[2] / "cases" / "lock" / "complete"
MISSING = object()
#: What stands in place of a value, by what it is.
ODD: Mapping[str, Any] = {
    "missing": MISSING,
    "nothing": None,
    "a truth": True,
    "a negative number": -1,
    "a number of 65 bits": 2**64,
    "no text": "",
    "a text": "odd",
    "a control character": "a\x01b",
    "a list of a number": [1],
    "a list of a table": [{"odd": "x"}],
    "a table of a text": {"odd": "x"},
}
Keys = tuple[str | int, ...]


#: Those of libyaml where they are there, since they are quicker.
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def paths(value: Any, at: Keys = ()) -> Iterator[Keys]:
    """Yield where values stand; of items that are alike the first is enough."""
    if at:
        yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*at, key))
    elif isinstance(value, list):
        tables = value and isinstance(value[0], dict)
        for index, inner in enumerate(value if tables else value[:1]):
            yield from paths(inner, (*at, index))


def spoiled(document: Any, path: Keys, value: Any) -> str:
    """Return the text of a lock that has something else at a place."""
    document = copy.deepcopy(document)
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    if value is MISSING:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return yaml.dump(document, Dumper=DUMPER, sort_keys=False, width=10**6)


def spots(node: yaml.Node, at: Keys = (), shown: yaml.Mark | None = None) -> Iterator[Any]:
    """Yield each path with the line and column that a reader of YAML says."""
    mark = shown or node.start_mark
    yield at, (mark.line + 1, mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from spots(value, (*at, key.value), key.start_mark)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from spots(value, (*at, index))


def blamed(text: str) -> tuple[Keys, ...] | None:
    """Return the paths that a failure points to; None where the lock is read."""
    try:
        read(text, "pixi.lock")
    except LockFileError as error:
        place = error.place
    else:
        return None
    assert place is not None
    assert place.line
    node = yaml.compose(text, Loader=LOADER)
    assert node is not None
    at = (place.line, place.column)
    return tuple(path for path, spot in spots(node) if spot == at)


def is_near(path: Keys, told: Keys) -> bool:
    """Tell whether a place is that of a value, inside of it, or what has lost it.

    Who refers to what is not there any more has lost it, too.
    """
    refers = path[0] in ("packages", "platforms") and (
        told[:1] == ("environments",) or told[2:3] in (("build_packages",), ("host_packages",))
    )
    return told in (path, path[:-1]) or told[: len(path)] == path or refers


@pytest.mark.parametrize("file", sorted(COMPLETE.iterdir()), ids=lambda file: file.stem)
def test_each_failure_names_the_spot_of_the_value_or_of_what_lacks_it(file: Path) -> None:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    astray, refused = [], 0
    for path in paths(document):
        for kind, value in ODD.items():
            found = blamed(spoiled(document, path, value))
            refused += found is not None
            if found is not None and not any(is_near(path, one) for one in found):
                astray.append((path, kind, found))
    assert astray == []
    assert refused > 250
