from __future__ import annotations

import pytest

from wisp.engine.installer import failure_of
from wisp.engine.rattler_errors import folded, panicked, unreachable

CONFLICT = """\
Cannot solve the request because of: The following packages are incompatible
├─ libblas * *openblas can be installed with any of the following options:
│  ├─ libblas 3.9.0
│  ├─ libblas 3.9.0
│  └─ libblas 3.9.0
└─ libblas * *mkl cannot be installed because there are no viable options:
   ├─ libblas 3.8.0, which conflicts with the versions reported above.
   ├─ libblas 3.9.0, which conflicts with the versions reported above.
   └─ libblas 3.9.0, which conflicts with the versions reported above."""


def test_neighbours_that_say_the_same_are_told_once_with_their_number() -> None:
    assert (
        folded(CONFLICT)
        == """\
Cannot solve the request because of: The following packages are incompatible
├─ libblas * *openblas can be installed with any of the following options:
│  └─ libblas 3.9.0 (3 builds)
└─ libblas * *mkl cannot be installed because there are no viable options:
   ├─ libblas 3.8.0, which conflicts with the versions reported above.
   └─ libblas 3.9.0, which conflicts with the versions reported above. (2 builds)"""
    )


def test_the_same_words_deeper_in_the_tree_are_something_else() -> None:
    text = "├─ a 1\n│  └─ a 1\n└─ a 1"
    assert folded(text) == text


def test_a_reason_that_another_request_got_is_not_replaced_by_words_without_meaning() -> None:
    failure = unreachable("a coalesced request failed\nCaused by: other error", offline=False)
    assert failure.causes == ("a request to it failed",)
    assert "check the network connection" in failure.hints[0]


def test_the_channels_are_named_where_the_reason_went_to_another_request() -> None:
    channels = ("https://one.example/t/SECRET/a", "https://two.example/b")
    failure = unreachable("a coalesced request failed", offline=False, channels=channels)
    told = "a request to one of `https://one.example/t/***/a`, `https://two.example/b` failed"
    assert failure.causes == (told,)


@pytest.mark.parametrize(
    ("channels", "told"),
    [
        (("https://one.example/t/SECRET/a",), "`https://one.example/t/***/a`: no archive"),
        (("file:///a", "file:///b"), "one of `file:///a`, `file:///b`: no archive"),
        ((), "no archive"),
    ],
)
def test_channels_are_named_where_the_reason_names_none(
    channels: tuple[str, ...], told: str
) -> None:
    failure = unreachable("no archive\nCaused by: a byte", offline=False, channels=channels)
    assert failure.causes == (told, "a byte")
    said = unreachable("no archive at https://h/x", offline=False, channels=channels)
    assert said.causes == ("no archive at https://h/x",)


def test_a_host_that_wants_credentials_leads_to_the_command_that_stores_them() -> None:
    failure = unreachable("HTTP status client error (403 Forbidden)", offline=False)
    assert "`pixi auth login HOST`" in failure.hints[0]


@pytest.mark.parametrize(
    ("text", "package"),
    [
        ("failed to fetch a-1.0-0.conda\nCaused by: not a zip", "a-1.0-0"),
        ("failed to fetch https://h/c/noarch/a-1.0-0.tar.bz2\nCaused by: 404 Not Found", "a-1.0-0"),
        ("failed to link a-1.0-0.conda\nCaused by: paths.json is missing", "a-1.0-0"),
        ("failed to link a-1.0-0.conda\nCaused by: No space left on device", None),
        ("failed to link a-1.0-0.conda\nCaused by: Permission denied (os error 13)", None),
        ("failed to fetch a-1.0-0.conda\nCaused by: a coalesced request failed", None),
        ("failed to read the prefix", None),
    ],
)
def test_whose_fault_a_failure_to_install_is(text: str, package: str | None) -> None:
    assert failure_of(text).package == package


@pytest.mark.parametrize(
    "text",
    [
        'failed to create UnixStream: Os { code: 24, kind: TooManyOpenFiles, message: "no" }',
        "failed to create UnixStream: Too many open files (os error 24)",
    ],
)
def test_too_few_files_that_may_be_open_are_no_channel_s_fault(text: str) -> None:
    told = panicked(RuntimeError(text))
    assert "a channel" not in told.message
    (hint,) = told.hints
    assert "hard limit" in hint  # we have raised the soft one
    assert "`ulimit -Hn`" in hint
