from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from wisp.engine.http import HttpClient
from wisp.engine.names import Names, NameService
from wisp.solve.names import add_purls
from wisp.specs.mapping import CondaPypiMap
from wisp.specs.records import CondaRecord
from wisp.specs.settings import Network

FORGE = "https://conda.anaconda.org/conda-forge"
OTHER = "https://conda.anaconda.org/other"
HASHED = "a" * 64


class Known(NameService):
    """A service that knows a few names and asks nobody."""

    def by_hash(self, digests: object) -> Names:
        return {HASHED: ("hashed",)}

    def conda_forge(self) -> Names:
        return {
            "pytorch": ("torch",),
            "python": (),
            "msgpack-python": ("msgpack-python", "msgpack"),
        }


@pytest.fixture
def service(tmp_path: Path) -> NameService:
    return Known(HttpClient(Network(offline=True), {}), tmp_path)


def record(name: str, channel: str = FORGE, **fields: object) -> CondaRecord:
    plain = CondaRecord(
        location=f"{channel}/noarch/{name}-1-0.conda",
        name=name,
        version="1",
        build="0",
        build_number=0,
        subdir="noarch",
        channel=channel,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def purls(service: NameService, given: CondaRecord, maps: object = None) -> object:
    [named] = add_purls([given], service, Path("/"), maps)  # type: ignore[arg-type]
    return named.purls


def test_a_whole_channel_map_names_a_record(service: NameService) -> None:
    assert purls(service, record("pytorch")) == ("pkg:pypi/torch?source=compressed-mapping",)
    assert purls(service, record("python")) == ()


def test_the_digest_of_an_archive_beats_the_channel(service: NameService) -> None:
    given = record("pytorch", sha256=HASHED)
    assert purls(service, given) == ("pkg:pypi/hashed?source=hash-mapping",)


def test_an_unknown_record_of_conda_forge_gets_its_own_name(service: NameService) -> None:
    assert purls(service, record("unheard-of")) == ("pkg:pypi/unheard-of",)


def test_several_names_are_ordered_by_name(service: NameService) -> None:
    assert purls(service, record("msgpack-python")) == (
        "pkg:pypi/msgpack?source=compressed-mapping",
        "pkg:pypi/msgpack-python?source=compressed-mapping",
    )


@pytest.mark.parametrize("before", [None, (), ("pkg:pypi/mine",)])
def test_other_channels_keep_what_their_repodata_says(
    service: NameService, before: tuple[str, ...] | None
) -> None:
    assert purls(service, record("pytorch", OTHER, purls=before)) == before


@pytest.mark.parametrize("host", ["https://prefix.dev/conda-forge", f"{FORGE}/label/rc"])
def test_mirrors_and_labels_of_conda_forge_count_as_it(service: NameService, host: str) -> None:
    assert purls(service, record("python", host, purls=("pkg:pypi/old",))) == ()


def test_the_map_of_a_project_comes_first_and_the_rest_follows(service: NameService) -> None:
    maps = {"conda-forge": CondaPypiMap(mapping={"pytorch": ("mine",), "numpy": None})}
    mine = ("pkg:pypi/mine?source=project-defined-mapping",)
    assert purls(service, record("pytorch", sha256=HASHED), maps) == mine
    assert purls(service, record("numpy"), maps) == ()
    assert purls(service, record("python"), maps) == ()
    assert purls(service, record("unheard-of"), maps) == ("pkg:pypi/unheard-of",)


def test_a_replacing_map_hides_the_usual_ones(service: NameService) -> None:
    maps = {FORGE: CondaPypiMap(replace=True, same_name_heuristic=False)}
    assert purls(service, record("pytorch"), maps) is None


def test_another_channel_may_be_given_names_too(service: NameService) -> None:
    maps = {"other": CondaPypiMap(same_name_heuristic=True)}
    assert purls(service, record("tool", OTHER), maps) == ("pkg:pypi/tool",)
    assert purls(service, record("pytorch"), maps) == ("pkg:pypi/torch?source=compressed-mapping",)


@pytest.mark.parametrize("file", ["Tiny_Words-1-py3-none-any.whl", "tiny-words-1-0.conda"])
def test_packages_of_conda_pypi_have_the_names_of_pypi(service: NameService, file: str) -> None:
    channel = "https://example.org/conda-pypi"
    given = record("tiny-words", channel, location=f"{channel}/noarch/{file}")
    [named] = add_purls([given], service, Path("/"), conda_pypi=True)
    assert named.purls == ("pkg:pypi/tiny-words",)
    [left] = add_purls([given], service, Path("/"), {}, conda_pypi=True)
    assert left.purls is None
    [older] = add_purls([given], service, Path("/"))
    assert older.purls is None


def test_names_can_be_switched_off(service: NameService) -> None:
    assert purls(service, record("pytorch"), False) is None
    assert purls(service, record("pytorch"), {"conda-forge": CondaPypiMap(disabled=True)}) is None


def test_an_empty_map_leaves_only_the_own_name(service: NameService) -> None:
    assert purls(service, record("pytorch"), {}) == ("pkg:pypi/pytorch",)
