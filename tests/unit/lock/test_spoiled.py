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


def paths(value: Any, at: Keys = (), shape: Keys = ()) -> Iterator[tuple[Keys, Keys]]:
    """Yield where values stand, and the shape of that: of an item in a list what kind it is."""
    if at:
        yield at, shape
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*at, key), (*shape, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*at, index), (*shape, kind_of(inner)))


def kind_of(item: Any) -> str:
    """Tell an item from others of its list: by its first key, and if that has an address."""
    if not isinstance(item, dict):
        return "a value"
    key, value = next(iter(item.items()))
    return f"{key} of the web" if "://" in str(value) else key


def different(document: Any) -> list[Keys]:
    """Return where values stand, of those of one shape the first."""
    first: dict[Keys, Keys] = {}
    for path, shape in paths(document):
        first.setdefault(shape, path)
    return list(first.values())


def alone(document: Any, path: Keys) -> tuple[Any, Keys]:
    """Return a lock with no more packages than the one that a path leads into has to do with."""
    if path[0] != "packages" or len(path) < 2 or "conda" not in kinds(document["packages"]):
        return document, path
    package = document["packages"][path[1]]
    built_with = [row for key in BUILT_WITH for row in package.get(key, ())]
    rows = [row_of(package), *built_with]
    environments = copy.deepcopy(document["environments"])
    for environment in environments.values():
        for name, listed in environment["packages"].items():
            environment["packages"][name] = [row for row in listed if row in rows]
    others = [one for one in document["packages"] if row_of(one) in built_with]
    small = {**document, "environments": environments, "packages": [package, *others]}
    return small, ("packages", 0, *path[2:])


BUILT_WITH = ("build_packages", "host_packages")


def kinds(packages: Any) -> set[str]:
    """Return the first keys of packages."""
    return {next(iter(package)) for package in packages}


def row_of(package: Any) -> Any:
    """Return what an environment names a package by."""
    return dict([next(iter(package.items()))])


def spoiled(document: Any, path: Keys, value: Any) -> str:
    """Return the text of a lock that has something else at a place."""
    document = holder = copy.copy(document)
    for key in path[:-1]:
        holder[key] = copy.copy(holder[key])
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
    # What comes later is not needed to know what stands there.
    node = yaml.compose("".join(text.splitlines(keepends=True)[: place.line]), Loader=LOADER)
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
    for whole in different(document):
        small, path = alone(document, whole)
        for kind, value in ODD.items():
            found = blamed(spoiled(small, path, value))
            refused += found is not None
            if found is not None and not any(is_near(path, one) for one in found):
                astray.append((whole, kind, found))
    assert astray == []
    assert refused > 250
