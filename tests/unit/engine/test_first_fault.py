"""Which error is told of several, given what an attempt without the known bad ones comes to."""

from __future__ import annotations

import asyncio

import pytest

from wisp.engine.first_fault import first_fault
from wisp.errors import FetchError, InstallError, WispError
from wisp.specs.records import CondaRecord


def record(name: str) -> CondaRecord:
    return CondaRecord(
        location=f"https://h.org/c/noarch/{name}-1.0-0.conda",
        name=name,
        version="1.0",
        build="0",
        build_number=0,
        subdir="noarch",
    )


RECORDS = tuple(map(record, ("a", "b", "c", "d", "python", "e")))


def fault(name: str, *hints: str) -> FetchError:
    return FetchError(f"`{name}-1.0-0.conda` is bad", hints=hints)


def told(bad: str, found: WispError) -> tuple[WispError, list[str]]:
    """Return what is told where the last of the bad ones is always found first."""
    tried: list[str] = []

    async def attempt(records: tuple[CondaRecord, ...]) -> None:
        names = [one.name for one in records]
        tried.append(" ".join(names))
        for name in reversed(names):
            if name in bad.split():
                raise fault(name)

    return asyncio.run(first_fault(RECORDS, found, attempt)), tried


@pytest.mark.parametrize(
    ("bad", "first", "tried"),
    [
        ("e d b", "b", ["a b c d python", "a b c python", "a python"]),
        ("e", "e", ["a b c d python"]),
        ("e a", "a", ["a b c d python"]),
        ("a", "a", []),
    ],
)
def test_the_first_in_order_is_told(bad: str, first: str, tried: list[str]) -> None:
    error, attempts = told(bad, fault(bad.split()[0]))
    assert error.message == fault(first).message
    assert attempts == tried


@pytest.mark.parametrize(
    "found",
    [
        InstallError("the packages could not be linked"),
        fault("e", "check the network connection"),
        fault("e", "free some disk space, or raise the limit on file sizes"),
    ],
)
def test_what_is_no_packages_fault_is_left_as_it_is(found: WispError) -> None:
    assert told("a b", found) == (found, [])
