"""Which platform of an environment is this machine's, by what it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from wisp.api.context import SessionContext
from wisp.api.machine_platform import (
    exported_platform,
    fits_here,
    install_platform,
    run_platform,
    shown_platform,
    task_platform,
)
from wisp.config.model import ConfigRequest
from wisp.errors import ManifestError
from wisp.lock.model import EnvironmentRow, LockFile
from wisp.manifest.model import Manifest
from wisp.manifest.read import load_text
from wisp.specs.records import CondaRecord

HERE = SessionContext.of(ConfigRequest(environ={}))
HERE.__dict__["subdir"] = "linux-64"  # what it detects, not what somebody vouches for
DEFAULT = "default"


def manifest(platforms: str, tables: str = '[dependencies]\na = "*"\n') -> Manifest:
    text = f'[workspace]\nname = "w"\nchannels = []\nplatforms = {platforms}\n{tables}'
    return load_text(text, Path("/w/pixi.toml"))


def locked(depends: str) -> LockFile:
    record = CondaRecord(
        location="https://h.org/c/linux-64/a-1-0.conda",
        name="a",
        version="1",
        build="0",
        build_number=0,
        subdir="linux-64",
        depends=(depends,),
    )
    row = EnvironmentRow(name=DEFAULT, packages={"modern": (record,)})
    return LockFile(environments={DEFAULT: row})


HERE_TOO = manifest('["osx-arm64", "linux-64"]')
ELSEWHERE = manifest('["osx-arm64", "win-64"]')
MODERN = manifest('[{ name = "modern", platform = "linux-64", glibc = "99.0" }]')


def test_the_platform_of_this_machine_is_everybodys_first_choice() -> None:
    for answer in (install_platform, shown_platform, exported_platform):
        assert answer(HERE_TOO, HERE, DEFAULT).name == "linux-64"
    assert run_platform(HERE_TOO, HERE, LockFile(), DEFAULT) == install_platform(
        HERE_TOO, HERE, DEFAULT
    )
    assert fits_here(HERE_TOO, HERE, DEFAULT)


def test_nothing_is_installed_for_a_machine_without_a_platform() -> None:
    with pytest.raises(ManifestError):
        install_platform(ELSEWHERE, HERE, DEFAULT)
    with pytest.raises(ManifestError, match="does not support this machine"):
        run_platform(ELSEWHERE, HERE, LockFile(), DEFAULT)
    assert not fits_here(ELSEWHERE, HERE, DEFAULT)


@pytest.mark.parametrize(
    ("tables", "runs"),
    [
        ("", True),
        ('[target.linux-64.dependencies]\na = "*"\n', True),
        ('[constraints]\na = "*"\n', True),
        ('[target.win.dependencies]\na = "*"\n', False),
        ('[pypi-dependencies]\na = "*"\n', False),
    ],
)
def test_what_asks_for_no_package_on_its_platforms_runs_on_every_machine(
    tables: str, runs: bool
) -> None:
    plain = manifest('["osx-arm64", "win-64"]', tables)
    shown, runnable = task_platform(plain, HERE, DEFAULT)
    assert shown is not None
    assert (shown.name, runnable) == ("osx-arm64", runs)
    if runs:
        assert run_platform(plain, HERE, LockFile(), DEFAULT) == shown
    else:
        with pytest.raises(ManifestError, match="does not support this machine"):
            run_platform(plain, HERE, LockFile(), DEFAULT)


def test_what_installs_nothing_checks_no_platform() -> None:
    found = run_platform(ELSEWHERE, HERE, LockFile(), DEFAULT, no_install=True)
    assert found is not None
    assert found.name == "osx-arm64"


def test_an_environment_for_elsewhere_is_exported_as_its_first_platform() -> None:
    assert exported_platform(ELSEWHERE, HERE, DEFAULT).name == "osx-arm64"


def test_what_is_locked_is_shown_for_any_subdir_even_an_unsupported_one() -> None:
    assert shown_platform(HERE_TOO, HERE, DEFAULT, "win-64").subdir == "win-64"
    with pytest.raises(ManifestError):
        install_platform(HERE_TOO, HERE, DEFAULT, "win-64")


def test_to_look_needs_no_machine_that_a_platform_fits() -> None:
    mixed = manifest('["osx-arm64", { name = "modern", platform = "linux-64", glibc = "99.0" }]')
    assert shown_platform(ELSEWHERE, HERE, DEFAULT).name == "osx-arm64"
    assert shown_platform(MODERN, HERE, DEFAULT).name == "modern"
    assert shown_platform(mixed, HERE, DEFAULT).name == "modern"
    with pytest.raises(ManifestError):
        shown_platform(MODERN, HERE, DEFAULT, "no-such-platform")


def test_tasks_are_listed_for_elsewhere_but_cannot_run() -> None:
    shown, runnable = task_platform(ELSEWHERE, HERE, DEFAULT)
    assert shown is not None
    assert (shown.name, runnable) == ("osx-arm64", False)
    assert task_platform(HERE_TOO, HERE, DEFAULT, "osx-arm64")[1]
    assert not task_platform(HERE_TOO, HERE, DEFAULT, "win-64")[1]


def test_tasks_for_a_given_platform_do_not_look_at_this_machine() -> None:
    class Blind:
        """No machine: whoever looks at it fails."""

    platform, runnable = task_platform(MODERN, cast("SessionContext", Blind()), DEFAULT, "modern")
    assert platform is not None
    assert (platform.name, runnable) == ("modern", True)


def test_a_machine_below_the_promise_may_run_what_needs_less() -> None:
    found = run_platform(MODERN, HERE, locked("__glibc >=2.17"), DEFAULT)
    assert found is not None
    assert found.name == "modern"
    with pytest.raises(ManifestError, match="does not support this machine"):
        run_platform(MODERN, HERE, locked("__glibc >=98"), DEFAULT)
