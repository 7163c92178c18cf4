from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tests.unit.lock.samples import conda, lock_of, wheel
from wisp.api.views.dependency_tree import dependency_tree, dependents_tree
from wisp.console.package_tree import dependency_lines, dependent_lines
from wisp.errors import WispError
from wisp.lock.model import LockFile
from wisp.platforms import bare
from wisp.specs.conda import CondaRequirement, CondaSpec
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.pypi import PypiRequirement, PypiSpec

LOCK = lock_of(
    conda("app", "1.0", "0", "python >=3.12", "zlib", "__glibc >=2.17"),
    conda("other", "2.0", "0", "python", "not-locked"),
    conda("python", "3.12.1", "0", "zlib >=1.3,<2", "zlib"),
    conda("zlib", "1.3"),
)


def drawn(lock: LockFile, inputs: EnvironmentInputs, pattern: str | None = None) -> tuple[str, ...]:
    return tuple(dependency_lines(dependency_tree(lock, inputs, pattern)))


def drawn_inverted(lock: LockFile, inputs: EnvironmentInputs, pattern: str) -> tuple[str, ...]:
    return tuple(dependent_lines(dependents_tree(lock, inputs, pattern)))


def asking(*names: str, pypi: tuple[PypiRequirement, ...] = ()) -> EnvironmentInputs:
    return EnvironmentInputs(
        environment="default",
        platform=bare("linux-64"),
        root=Path("/nowhere"),
        dependencies=tuple(CondaRequirement(name, CondaSpec()) for name in names),
        pypi_dependencies=pypi,
    )


def test_a_package_is_followed_once_and_marked_after_that() -> None:
    assert drawn(LOCK, asking("other", "app")) == (
        "├── app 1.0 ",
        "│   ├── python 3.12.1 ",
        "│   │   └── zlib 1.3 ",
        "│   └── zlib 1.3  (*)",
        "└── other 2.0 ",
        "    └── python 3.12.1  (*)",
    )


def test_a_root_that_was_drawn_already_is_left_out() -> None:
    assert drawn(LOCK, asking("app", "zlib"))[0] == "├── app 1.0 "
    assert not any(line.startswith("└── ") for line in drawn(LOCK, asking("app", "zlib")))


def test_a_pattern_chooses_roots_and_falls_back_to_all_packages() -> None:
    assert drawn(LOCK, asking("app", "other"), "oth")[0] == "└── other 2.0 "
    assert drawn(LOCK, asking("app"), "zli") == ("└── zlib 1.3 ",)
    with pytest.raises(WispError, match="Couldn't print the dependency tree"):
        dependency_tree(LOCK, asking("app"), "nothing")


def test_the_inverted_tree_shows_who_needs_a_package() -> None:
    assert drawn_inverted(LOCK, asking("app", "other"), "^(zlib|other)$") == (
        "",
        "other 2.0 ",
        "",
        "zlib 1.3 ",
        "├── app 1.0 ",
        "└── python 3.12.1 ",
        "    ├── app 1.0  (*)",
        "    └── other 2.0  (*)",
    )
    with pytest.raises(WispError, match="Couldn't print the dependency tree"):
        dependents_tree(LOCK, asking("app"), "nothing")


def test_extras_markers_and_stand_ins_of_pypi_packages_are_followed() -> None:
    numpy = dataclasses.replace(conda("numpy", "2.0"), purls=("pkg:pypi/numpy?source=x",))
    lock: LockFile = lock_of(
        numpy,
        conda("python", "3.12.1"),
        wheel("tool", "1.0", "numpy>=1", "rest ; extra == 'more'", "never ; os_name == 'nt'"),
        wheel("rest"),
        wheel("never"),
    )
    tool = PypiRequirement("tool", PypiSpec(extras=("more",)))
    assert drawn(lock, asking(pypi=(tool,))) == (
        "└── tool 1.0 ",
        "    ├── numpy 2.0 ",
        "    └── rest 1.0 (extra: more)",
    )
