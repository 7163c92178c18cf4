from __future__ import annotations

import threading

import pytest

from wisp.solve.first_request import FirstRequest

#: Only a failing test waits that long.
PATIENCE = 20


def hold(
    requests: FirstRequest, *names: str
) -> tuple[threading.Event, threading.Event, threading.Thread]:
    """Take the request in another thread: events for `it began` and `it may end`."""
    began, may_end = threading.Event(), threading.Event()

    def work() -> None:
        with requests.of(set(names)):
            began.set()
            may_end.wait(PATIENCE)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return began, may_end, thread


def test_who_needs_the_same_package_waits_for_the_first() -> None:
    requests = FirstRequest()
    first, first_may_end, thread = hold(requests, "a", "b")
    assert first.wait(PATIENCE)
    second, _, _ = hold(requests, "b", "c")
    assert not second.wait(0.05)
    first_may_end.set()
    thread.join(PATIENCE)
    assert second.wait(PATIENCE)


def test_who_needs_other_packages_does_not_wait() -> None:
    requests = FirstRequest()
    for name in ("a", "b"):
        began, _, _ = hold(requests, name)
        assert began.wait(PATIENCE)


def test_what_was_asked_once_holds_nobody_up() -> None:
    requests = FirstRequest()
    with requests.of({"a"}):
        pass
    for _ in range(2):
        began, _, _ = hold(requests, "a")
        assert began.wait(PATIENCE)


def test_a_failure_ends_the_turn() -> None:
    requests = FirstRequest()
    with pytest.raises(ValueError, match="no"), requests.of({"a"}):
        raise ValueError("no")
    began, _, _ = hold(requests, "a")
    assert began.wait(PATIENCE)
