from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from wisp.engine.safe import packages, verdicts
from wisp.engine.safe.programs import Programs
from wisp.engine.safe.verdicts import Verdicts
from wisp.specs.inside import UnsafePathError

GOOD, BAD = "share/a.txt", "../a.txt"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "pkgs"
    folder.mkdir(mode=0o700)
    return folder


def _package(cache: Path, path: str = GOOD, name: str = "a-1-0") -> str:
    """Unpack a package that lists one file; lists of two such packages have the same size."""
    info = cache / name / "info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "paths.json").write_text(json.dumps({"paths": [{"_path": path.ljust(20, "x")}]}))
    return str(cache / name)


def _judged(cache: Path, package: str) -> None:
    judge = Verdicts(cache)
    judge.check(package)
    judge.store()


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The packages whose lists are read."""
    found: list[str] = []
    real = packages.check_unpacked

    def look(package: str, owners: frozenset[int] | None = None) -> Programs:
        found.append(package)
        return real(package, owners)

    monkeypatch.setattr(verdicts, "check_unpacked", look)
    return found


def test_what_passed_is_not_looked_at_again(cache: Path, looked_at: list[str]) -> None:
    package = _package(cache)
    _judged(cache, package)
    _judged(cache, package)
    assert looked_at == [package]


def test_what_was_refused_is_refused_again(cache: Path) -> None:
    package = _package(cache, BAD)
    for _ in range(2):
        with pytest.raises(UnsafePathError):
            _judged(cache, package)


def test_a_list_written_anew_is_judged_anew_even_with_the_times_of_the_old(cache: Path) -> None:
    package = _package(cache)
    _judged(cache, package)
    file = Path(package, "info", "paths.json")
    before = file.stat()
    _package(cache, BAD)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    with pytest.raises(UnsafePathError):
        _judged(cache, package)


def test_a_verdict_is_about_one_package(cache: Path) -> None:
    _judged(cache, _package(cache))
    with pytest.raises(UnsafePathError):
        _judged(cache, _package(cache, BAD, "b-1-0"))


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
def test_where_others_may_write_nothing_is_remembered(cache: Path, looked_at: list[str]) -> None:
    package = _package(cache)
    _judged(cache, package)
    cache.chmod(0o777)
    _judged(cache, package)
    other = _package(cache, name="b-1-0")
    _judged(cache, other)
    cache.chmod(0o700)
    _judged(cache, other)
    assert looked_at == [package, package, other, other]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b"{}", b"[1, []]", b"[0, {}]", b'[1, {"a-1-0": null}]', b"[[1, {}]]"],
    ids=repr,
)
def test_a_damaged_memory_is_none(cache: Path, looked_at: list[str], content: bytes) -> None:
    package = _package(cache)
    (cache / ".wisp-judged").write_bytes(content)
    (cache / ".wisp-judged").chmod(0o600)
    _judged(cache, package)
    _judged(cache, package)
    assert looked_at == [package]


def test_stricter_rules_look_again(
    cache: Path, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    package = _package(cache)
    _judged(cache, package)
    monkeypatch.setattr(verdicts, "RULES", packages.RULES + 1)
    _judged(cache, package)
    assert looked_at == [package, package]


def test_what_the_cache_has_no_more_is_forgotten(cache: Path) -> None:
    _judged(cache, _package(cache))
    Path(cache, "a-1-0", "info", "paths.json").unlink()
    _judged(cache, _package(cache, name="b-1-0"))
    _, known = json.loads((cache / ".wisp-judged").read_bytes())
    assert list(known) == ["b-1-0"]


def test_a_package_without_a_list_is_looked_at_always(cache: Path, looked_at: list[str]) -> None:
    (cache / "old-1-0" / "info").mkdir(parents=True)
    package: Any = str(cache / "old-1-0")
    _judged(cache, package)
    _judged(cache, package)
    assert looked_at == [package, package]


def test_what_a_package_brings_is_known_without_another_look(
    cache: Path, looked_at: list[str]
) -> None:
    package = _package(cache, "bin/cmd")
    _judged(cache, package)
    brought = Verdicts(cache).check(package)
    assert brought == Programs(files=("cmd".ljust(16, "x"),))
    assert looked_at == [package]
