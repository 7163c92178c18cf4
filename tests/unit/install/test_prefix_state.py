from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tiny import locked_as
from wisp.errors import InstallError
from wisp.install import state
from wisp.install.marker import read_marker
from wisp.specs.records import CondaRecord, CondaSourceRecord, PypiRecord


def _record(name: str, sha256: str | None) -> CondaRecord:
    return CondaRecord(
        location=f"https://host/c/linux-64/{name}-1-0.conda",
        name=name,
        version="1",
        build="0",
        build_number=0,
        subdir="linux-64",
        sha256=sha256,
        depends=("__glibc >=2.17", "python"),
    )


PAIR = (_record("alpha", "11" * 32), _record("beta", "22" * 32))


def test_the_fingerprint_does_not_depend_on_the_order() -> None:
    assert state.fingerprint(PAIR) == state.fingerprint(PAIR[::-1])


def test_the_fingerprint_has_sixteen_digits_and_tells_contents_apart() -> None:
    found = {
        state.fingerprint(rows) for rows in (PAIR, PAIR[:1], (), (PAIR[0], _record("beta", None)))
    }
    assert len(found) == 4
    assert {len(one) for one in found} == {16}


def test_the_fingerprint_of_known_packages_is_the_one_that_pixi_writes() -> None:
    hello = "c1bd9c0f2afaab65f984c7f8d32c08af96d906dc80df83c277a1871e6988f001"
    base = "4702d993911a40e6372c6bb6d72a80f796236448d1ef001daec7dc46a9e68a01"
    records = (_record("hello", hello), _record("hello-base", base))
    assert state.fingerprint(records) == "18e483b5f2934956"


def test_the_lock_hash_depends_on_locations_hashes_and_platform() -> None:
    hashes = {
        state.lock_hash(locked_as("e", PAIR)),
        state.lock_hash(locked_as("e", PAIR[:1])),
        state.lock_hash(locked_as("e", (PAIR[0], _record("beta", "33" * 32)))),
    }
    assert len(hashes) == 3
    assert state.lock_hash(locked_as("e", PAIR)) == state.lock_hash(locked_as("other", PAIR))


def test_the_marker_is_read_back(tmp_path: Path) -> None:
    marker = state.marker_of(locked_as("dev", PAIR), tmp_path / "pixi.toml")
    data = json.loads(marker.text())
    assert data["environment_name"] == "dev"
    assert data["environment_lock_file_hash"] == state.lock_hash(locked_as("dev", PAIR))
    assert data["resolved_platform"]["subdir"] == "linux-64"
    assert data["minimum_supported_platform"]["requirements"] == ["__glibc >=2.17"]


def test_a_partial_installation_never_passes_the_quick_check(tmp_path: Path) -> None:
    marker = state.marker_of(locked_as("dev", PAIR), tmp_path, complete=False)
    assert json.loads(marker.text())["environment_lock_file_hash"] == "invalid-hash"


def test_the_quick_check_needs_marker_and_peace(tmp_path: Path) -> None:
    meta = tmp_path / "conda-meta"
    assert not state.quick_check(tmp_path, "abc")
    meta.mkdir()
    (meta / "pixi").write_text('{"environment_lock_file_hash": "abc"}')
    assert state.quick_check(tmp_path, "abc")
    assert not state.quick_check(tmp_path, "abd")
    (meta / ".pixi-environment-fingerprint").write_text("pixi:installing!")
    assert not state.quick_check(tmp_path, "abc")


@pytest.mark.parametrize("damage", ["", "{", "[]", "\x00"])
def test_a_damaged_marker_counts_as_none(tmp_path: Path, damage: str) -> None:
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta" / "pixi").write_text(damage)
    assert read_marker(tmp_path) == {}


def test_local_folders_and_sources_need_the_full_check() -> None:
    wheel = PypiRecord(location="https://host/x-1-py3-none-any.whl", name="x", version="1")
    folder = PypiRecord(location="./x", name="x")
    source = CondaSourceRecord(identifier="x[1] @ .", name="x", hash="1", location=".")
    assert not state.needs_full_check((*PAIR, wheel))
    assert state.needs_full_check((folder,))
    assert state.needs_full_check((source,))


def test_source_packages_are_refused_by_name() -> None:
    source = CondaSourceRecord(identifier="x[1] @ .", name="x", hash="1", location=".")
    with pytest.raises(InstallError, match="`x`"):
        state.installable((source,))
