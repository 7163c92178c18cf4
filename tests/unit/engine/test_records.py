from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from rattler import LockFile, Subdir

from wisp.engine import loop
from wisp.engine.records import from_rattler, from_row, location_of, to_rattler, url_of
from wisp.errors import FetchError, LockFileError
from wisp.specs.records import CondaRecord, RunExports

FULL = CondaRecord(
    location="https://host/channel/linux-64/thing-1.0-h1_3.conda",
    name="thing",
    version="1.0",
    build="h1_3",
    build_number=3,
    subdir="linux-64",
    sha256="a" * 64,
    md5="b" * 32,
    depends=("python >=3.11", "__glibc >=2.17"),
    constrains=("other <2",),
    extra_depends={"docs": ("sphinx",)},
    channel="https://host/channel",
    track_features=("slow",),
    license="MIT",
    license_family="MIT",
    purls=("pkg:pypi/thing?source=hash-mapping",),
    run_exports=RunExports(weak=("thing >=1",)),
    size=123,
    timestamp=1_700_000_000_123,
    python_site_packages_path="lib/python3.12/site-packages",
)


def test_a_full_record_survives_the_way_to_rattler_and_back() -> None:
    (made,) = to_rattler([FULL])
    assert from_rattler(made) == FULL


def test_no_purls_and_empty_purls_stay_apart() -> None:
    for purls in (None, ()):
        (made,) = to_rattler([dataclasses.replace(FULL, purls=purls)])
        assert from_rattler(made).purls == purls


def test_no_run_exports_and_empty_ones_stay_apart() -> None:
    for exports in (None, RunExports()):
        (made,) = to_rattler([dataclasses.replace(FULL, run_exports=exports)])
        assert from_rattler(made).run_exports == exports


def test_only_records_from_a_lock_tell_their_architecture() -> None:
    locked = to_rattler([FULL])
    fresh = to_rattler([dataclasses.replace(FULL, fresh=True)])
    assert json.loads(locked[0].to_json())["arch"] == "x86_64"
    assert "arch" not in json.loads(fresh[0].to_json())


def test_records_keep_the_order_given() -> None:
    other = dataclasses.replace(
        FULL, location="https://host/channel/linux-64/aaa-1.0-h1_3.conda", name="aaa"
    )
    assert [row.name.normalized for row in to_rattler([FULL, other])] == ["thing", "aaa"]


def test_files_are_located_by_path_and_all_else_by_url() -> None:
    assert location_of("file:///a%20b/noarch/x-1-0.conda") == "/a b/noarch/x-1-0.conda"
    assert url_of("/a b/noarch/x-1-0.conda") == "file:///a%20b/noarch/x-1-0.conda"
    assert location_of("https://host/x.conda") == "https://host/x.conda"
    assert url_of("https://host/x.conda") == "https://host/x.conda"


def test_features_written_as_words_become_a_list() -> None:
    row = {
        "name": "x",
        "version": "1",
        "build": "0",
        "build_number": 0,
        "subdir": "noarch",
        "url": "https://host/c/noarch/x-1-0.conda",
        "fn": "x-1-0.conda",
        "track_features": "one two",
        "noarch": True,
    }
    record = from_row(row)
    assert record.track_features == ("one", "two")
    assert record.noarch == "generic"
    assert record.file_name is None
    assert record.fresh


@pytest.mark.parametrize(
    "folder", ["chan+user@corp (1)", "a,b;c=d", "it's 100% 'mine'!", "ünïcode [x]", "plain"]
)
@pytest.mark.parametrize("version", ["1.0", "1!2.0", "2.0+local"])
def test_files_of_folders_with_any_name_reach_rattler_and_come_back(
    folder: str, version: str
) -> None:
    record = dataclasses.replace(
        FULL,
        location=f"/srv/{folder}/linux-64/thing-{version}-h1_3.conda",
        version=version,
        channel="file:///srv",
    )
    (made,) = to_rattler([record])
    assert from_rattler(made).location == record.location


LOCATIONS = (
    "https://host/channel/linux-64/thing-{}-h1_3.conda",
    "https://host/thing-{}-h1_3.tar.bz2",
    "/srv/chan+user@corp (1)/linux-64/thing-{}-h1_3.conda",
    "/srv/a,b;c=d/it's 100% 'mine'!/thing-{}-h1_3.conda",
    "/srv/ünïcode [x]^|{{}}/`#?/noarch/thing-{}-h1_3.conda",
)


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("version", ["1.0", "1!2.0", "2.0+local"])
def test_records_are_those_that_rattler_reads_in_a_lock(location: str, version: str) -> None:
    plain = dataclasses.replace(FULL, location=location.format(version), version=version)
    bare = dataclasses.replace(
        plain,
        channel=None if location.startswith("https://host/channel") else FULL.channel,
        subdir="noarch",
        noarch="python",
        depends=(),
        constrains=(),
        extra_depends={},
        track_features=(),
        license=None,
        purls=(),
        run_exports=None,
        timestamp=None,
        python_site_packages_path=None,
    )
    for record in (plain, bare):
        assert json.loads(to_rattler([record])[0].to_json()) == _read_in_a_lock(record)


@pytest.mark.parametrize("subdir", [*map(str, Subdir.all()), "plan-9"])
def test_every_subdir_has_the_system_and_the_processor_that_rattler_reads(subdir: str) -> None:
    record = dataclasses.replace(FULL, subdir=subdir)
    assert json.loads(to_rattler([record])[0].to_json()) == _read_in_a_lock(record)


def _read_in_a_lock(record: CondaRecord) -> Any:
    """Have rattler's own reader of locks make the record."""
    url = url_of(record.location)
    row = {"conda": url} | {
        key: value
        for key, value in dataclasses.asdict(record).items()
        if value not in (None, ()) and key not in {"location", "fresh"}
    }
    if record.run_exports is not None:
        row["run_exports"] = {"weak": list(record.run_exports.weak)}
    if record.purls is not None:
        row["purls"] = list(record.purls)
    environment = {"channels": [], "packages": {"linux-64": [{"conda": url}]}}
    document = {
        "version": 7,
        "platforms": [{"name": "linux-64"}],
        "environments": {"default": environment},
        "packages": [row],
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pixi.lock")
        file.write_text(json.dumps(document))
        made = LockFile.from_path(file).default_environment()
    assert made is not None
    found = made.conda_repodata_records_for_platform(made.platforms()[0]) or []
    return json.loads(found[0].to_json())


@pytest.mark.parametrize(
    "wrong", [{"version": "one two"}, {"name": "../x"}, {"sha256": "zz"}, {"purls": ("x",)}]
)
def test_what_is_no_record_is_told_as_a_fault_of_the_lock(wrong: dict[str, Any]) -> None:
    with pytest.raises(LockFileError):
        to_rattler([dataclasses.replace(FULL, **wrong)])


@pytest.mark.parametrize(
    "start",
    [
        "http://[::1]:99999",
        "http://h:x",
        "http://[::1",
        "http://a b",
        "http://%zz",
        "http://1.2.3.999",
        "https://1.2.3.4.5",
        "http://0x100000000",
        "http://xn--",
        "http://\u00ad",
        "https://user@:80",
        "http://h|x",
        "http://[fe80::1%eth0]",
        "1http://x",
        "http://\ud800",
    ],
)
def test_an_address_that_is_none_is_told_and_rattler_is_not_asked(
    start: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """To be asked it would end its thread, and tell so on its own."""
    record = dataclasses.replace(FULL, location=f"{start}/c/noarch/a-1-0.conda")
    with pytest.raises(LockFileError, match="cannot be used"):
        to_rattler([record])
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "start", ["https://a.example", "http://[::1]:80", "http://127.0.0.1:1", "https://é.example"]
)
def test_an_address_that_is_one_is_taken(start: str) -> None:
    record = dataclasses.replace(FULL, location=f"{start}/c/noarch/a-1-0.conda")
    assert len(to_rattler([record])) == 1


def test_a_panic_of_rattler_is_an_error_of_ours(capfd: pytest.CaptureFixture[str]) -> None:
    record = dataclasses.replace(FULL, location="https://a.example/c/noarch/a-1-0.conda")
    made = to_rattler([record])[0]

    async def panic() -> None:
        made.url = "http://a b/"

    with pytest.raises(FetchError, match="cannot be used"):
        loop.call(panic())
    assert "panicked" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"build": "0\n1"}, "a control character in `build`"),
        ({"depends": ("python", "a\x1bb")}, "a control character in `depends`"),
        ({"size": 2**64 - 1}, "a number that is too large in `size`"),
        ({"build_number": 2**63}, "a number that is too large in `build_number`"),
    ],
)
def test_a_record_that_no_lock_could_hold_is_refused(change: dict[str, Any], told: str) -> None:
    (made,) = to_rattler([dataclasses.replace(FULL, **change)])
    with pytest.raises(FetchError, match="`thing` in its channel") as caught:
        from_rattler(made)
    assert told in caught.value.message


def test_a_licence_of_several_lines_is_kept() -> None:
    (made,) = to_rattler([dataclasses.replace(FULL, license="MIT\nand more")])
    assert from_rattler(made).license == "MIT\nand more"
