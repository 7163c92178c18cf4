"""What has to be done to exposed names, by what is there."""

from __future__ import annotations

from wisp.toolbox.launcher import Launch, program
from wisp.toolbox.shims import Present, Step, Steps, steps

ONE = Launch(exe="/envs/a/bin/one", path_diff="/envs/a/bin", env={"CONDA_PREFIX": "/envs/a"})
MADE = Present(ONE.text().encode(), program())
NOTHING = Present(None, None)
BINARY = b"\x7fELF of Pixi"


def test_the_configuration_is_written_before_the_program_that_reads_it() -> None:
    assert steps({"one": ONE}, {}, None, ()).steps == (
        Step("launcher"),
        Step("configure", "one", ONE),
        Step("link", "one"),
    )


def test_what_is_as_it_should_be_is_left_alone() -> None:
    assert steps({"one": ONE}, {"one": MADE}, program(), ("one",)) == Steps()


def test_what_pixi_has_written_is_accepted_and_used_for_new_names() -> None:
    there = {"one": Present(ONE.text().encode().replace(b"  ", b" "), BINARY)}
    assert steps({"one": ONE}, there, BINARY, ("one",)) == Steps()
    two = Launch(exe="/envs/a/bin/two", path_diff="", env={})
    assert steps({"two": two}, {}, BINARY, ()).steps == (
        Step("configure", "two", two),
        Step("link", "two"),
    )


def test_a_damaged_launcher_is_written_again_under_all_names() -> None:
    broken = program()[:200]
    there = {"one": Present(MADE.configuration, broken)}
    assert steps({"one": ONE}, there, broken, ("one",)).steps == (
        Step("launcher"),
        Step("link", "one"),
    )


def test_a_damaged_configuration_or_program_is_written_again() -> None:
    stale = Present(b"{", program())
    assert steps({"one": ONE}, {"one": stale}, program(), ()).steps == (
        Step("configure", "one", ONE),
    )
    emptied = Present(MADE.configuration, b"")
    assert steps({"one": ONE}, {"one": emptied}, program(), ()).steps == (Step("link", "one"),)


def test_names_that_nobody_wants_are_removed() -> None:
    assert steps({}, {"one": MADE}, program(), ("one",)).steps == (Step("remove", "one"),)
    orphan = Present(MADE.configuration, None)
    assert steps({}, {"one": orphan}, program(), ("one",)).steps == (Step("remove", "one"),)


def test_files_of_others_are_kept_and_named() -> None:
    mine = Present(None, b"#!/bin/sh\necho mine\n")
    assert steps({"one": ONE}, {"one": mine}, program(), ()) == Steps((), ("one",))
    replaced = Present(MADE.configuration, b"#!/bin/sh\necho mine\n")
    assert steps({}, {"one": replaced}, program(), ("one",)) == Steps()


def test_without_anything_to_expose_no_launcher_is_needed() -> None:
    assert steps({}, {}, None, ()) == Steps()
