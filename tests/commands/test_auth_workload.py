"""`auth login --workload-identity`, from the command line to the store and to a channel."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.trusting_host import IDENTITY, REQUEST_SECRET, TOKEN, TrustingHost
from tests.unit.cli.test_parse import parsed
from wisp.errors import UsageError

pytestmark = pytest.mark.forked


def test_a_job_signs_in_and_its_token_is_stored_like_others(
    wisp: CommandLine, tmp_path: Path
) -> None:
    words = ("auth", "login", "--workload-identity", "-vvv")
    with TrustingHost() as host:
        done = wisp(*words, host.url, cwd=tmp_path, env=host.github).success()
    assert "Stored a token for 127.0.0.1" in done.stderr
    file = wisp.home.path / ".rattler/credentials.json"
    assert json.loads(file.read_text()) == {"127.0.0.1": {"BearerToken": TOKEN}}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert wisp("auth", "token", "127.0.0.1", cwd=tmp_path).success().stdout == f"{TOKEN}\n"
    for secret in (IDENTITY, REQUEST_SECRET, TOKEN):
        assert secret not in done.stdout + done.stderr


def test_outside_of_ci_it_says_what_is_missing(wisp: CommandLine, tmp_path: Path) -> None:
    done = wisp("auth", "login", "--workload-identity", "h.org", cwd=tmp_path)
    assert done.code == 1
    assert "no CI provider is found that could tell who this job is" in done.stderr
    assert "GITHUB_ACTIONS" in done.stderr
    assert not (wisp.home.path / ".rattler").exists()


@pytest.mark.parametrize(
    "more",
    [
        ("--workload-identity", "--oauth"),
        ("--workload-identity", "--token", "x"),
        ("--workload-identity", "--conda-token", "x"),
        ("--workload-identity", "--username", "x", "--password", "y"),
        ("--workload-identity", "--s3-access-key-id", "x", "--s3-secret-access-key", "y"),
        ("--workload-identity", "--workload-identity-exchange", "barter"),
        ("--workload-identity-audience", "x"),
        ("--token", "x", "--oauth-audience", "y"),
    ],
)
def test_words_that_do_not_fit_together_are_refused(more: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        parsed("auth", "login", "h.org", *more)
