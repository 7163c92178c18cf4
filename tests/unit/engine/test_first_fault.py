"""Which error is told of several, given what an attempt without the known bad ones comes to."""

from __future__ import annotations

import asyncio

import pytest

from wisp.engine.first_fault import first_fault
from wisp.errors import FetchError, HostError, InstallError, WispError
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


def fault(name: str) -> FetchError:
    return FetchError(f"{name} is bad", package=f"{name}-1.0-0")


def told(bad: str, found: WispError, then: WispError | None = None) -> tuple[WispError, list[str]]:
    """Return what is told where the last of the bad ones is always found first, or `then`."""
    tried: list[str] = []

    async def attempt(records: tuple[CondaRecord, ...]) -> None:
        names = [one.name for one in records]
        tried.append(" ".join(names))
        for name in reversed(names):
            if name in bad.split():
                raise then or fault(name)

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


OF_NONE = InstallError("`e-1.0-0.conda` does not fit on the disk")


def test_what_is_no_packages_fault_is_left_as_it_is() -> None:
    assert told("a b", OF_NONE) == (OF_NONE, [])


@pytest.mark.parametrize("then", [OF_NONE, HostError("no scratch folder can be made")])
def test_where_no_attempt_can_be_made_what_is_known_is_told(then: WispError) -> None:
    error, attempts = told("a e", found := fault("e"), then)
    assert (error, len(attempts)) == (found, 1)
