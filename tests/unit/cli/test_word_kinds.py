"""Which placeholders of usage lines stand for names, held to what commands declare."""

from __future__ import annotations

from tests.unit.cli.test_declarations import ALL
from wisp.api.known_names import Names
from wisp.cli.declare import declared
from wisp.cli.known_words import KINDS
from wisp.cli.word_kinds import _BY_COMMAND, _BY_PLACEHOLDER, kind_of

PLACEHOLDERS = {
    path: {one.metavar for part in declared(command.values) for one in part}
    for path, command in ALL.items()
}


def test_every_placeholder_is_declared_somewhere() -> None:
    assert set().union(*PLACEHOLDERS.values()) >= _BY_PLACEHOLDER.keys()


def test_every_exception_is_declared_where_it_says() -> None:
    for path, placeholder in _BY_COMMAND:
        below = [own for name, own in PLACEHOLDERS.items() if f"{name} ".startswith(f"{path} ")]
        assert any(placeholder in own for own in below), (path, placeholder)


def test_kinds_are_known() -> None:
    names = {name for name in dir(Names) if not name.startswith("_")} - {"choices", "lock"}
    kinds = {*_BY_PLACEHOLDER.values(), *_BY_COMMAND.values()}
    assert kinds - {"", "files", "subdirs", "workspaces"} <= names | {*KINDS}
    assert kinds >= {*KINDS}


def test_a_command_outweighs_its_group_and_that_the_placeholder() -> None:
    assert kind_of("update", "PACKAGES") == "packages"
    assert kind_of("upgrade", "PACKAGES") == "requested"
    assert kind_of("global install", "PACKAGE") == ""
    assert kind_of("add", "SPEC") == ""
