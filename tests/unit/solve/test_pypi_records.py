from __future__ import annotations

from pathlib import Path

import pytest

from wisp.engine.pylock import PylockFile, PylockGit, PylockPackage
from wisp.errors import SolveError
from wisp.layout import DEFAULT_INDEX
from wisp.platforms import bare
from wisp.solve.pypi_question import PypiRequest
from wisp.solve.pypi_records import Chosen, choose_files, index_finder, location_of, record_of
from wisp.specs.locations import GitLocation, PathLocation
from wisp.specs.metadata import CoreMetadata
from wisp.specs.pypi import PypiOptions, PypiRequirement, PypiSpec
from wisp.specs.records import CondaRecord

PYTHON = CondaRecord(
    location="https://c/win-64/python-3.12.1-0.conda",
    name="python",
    version="3.12.1",
    build="0",
    build_number=0,
    subdir="win-64",
)
SDIST = PylockFile("demo-1.tar.gz", "https://h/demo-1.tar.gz", {"sha256": "aa"})
WHEEL = PylockFile("demo-1-py3-none-any.whl", "https://h/demo-1-py3-none-any.whl", {"md5": "bb"})
OTHER = PylockFile(
    "demo-1-cp312-cp312-macosx_11_0_arm64.whl", "https://h/demo-1-cp312-cp312-macosx.whl", {}
)


def request(spec: PypiSpec | None = None, **fields: object) -> PypiRequest:
    return PypiRequest(
        requirements=(PypiRequirement("demo", spec or PypiSpec()),),
        platform=bare("win-64"),
        root=Path("/ws"),
        conda=(PYTHON,),
        **fields,  # type: ignore[arg-type]
    )


def package(**fields: object) -> PylockPackage:
    return PylockPackage(name="demo", version="1", **fields)  # type: ignore[arg-type]


def test_a_wheel_is_taken_before_the_sources() -> None:
    [chosen] = choose_files(request(), (package(wheels=(OTHER, WHEEL), sdist=SDIST),))
    assert chosen.file == WHEEL
    [chosen] = choose_files(request(), (package(wheels=(OTHER,), sdist=SDIST),))
    assert chosen.file == SDIST


def test_a_package_without_a_usable_file_is_refused() -> None:
    with pytest.raises(SolveError, match=r"demo 1 has no wheel for 'win-64'"):
        choose_files(request(), (package(wheels=(OTHER,)),))


def test_a_record_has_only_what_its_kind_has() -> None:
    metadata = CoreMetadata(
        name="demo",
        version="1",
        requires_dist=("a ; os_name == 'x' or os_name == 'b'",),
        requires_python="",
    )
    record = record_of(request(), Chosen(package(wheels=(WHEEL,)), WHEEL), metadata, DEFAULT_INDEX)
    assert (record.md5, record.sha256, record.index) == ("bb", None, None)
    assert record.requires_dist == ("a ; os_name == 'b' or os_name == 'x'",)
    assert record.requires_python is None
    folder = record_of(request(), Chosen(package(directory=Path("/ws/p")), None), metadata, None)
    assert folder.version is None


@pytest.mark.parametrize(
    ("chosen", "location"),
    [
        (Chosen(package(wheels=(WHEEL,)), WHEEL), "https://h/demo-1-py3-none-any.whl"),
        (Chosen(package(archive=SDIST), SDIST), "direct+https://h/demo-1.tar.gz"),
        (
            Chosen(package(archive=SDIST, archive_subdirectory="s"), SDIST),
            "direct+https://h/demo-1.tar.gz#subdirectory=s",
        ),
        (Chosen(package(git=PylockGit("https://h/r", "abc")), None), "git+https://h/r#abc"),
        (
            Chosen(package(git=PylockGit("https://h/r", "abc", "v1", "s")), None),
            "git+https://h/r?subdirectory=s&rev=v1#abc",
        ),
        (Chosen(package(directory=Path("/ws")), None), "./"),
        (Chosen(package(directory=Path("/ws/a/b")), None), "./a/b"),
        (Chosen(package(directory=Path("/other")), None), "../other"),
    ],
)
def test_locations_are_spelled_by_kind(chosen: Chosen, location: str) -> None:
    assert location_of(request(), chosen) == location


def test_no_password_gets_into_a_lock() -> None:
    secret = PylockFile("demo-1.tar.gz", "https://me:secret@h/demo-1.tar.gz", {})
    assert location_of(request(), Chosen(package(sdist=secret), secret)) == SDIST.location
    options = PypiOptions(index_url="https://me:secret@h/simple")
    index_of = index_finder(request(options=options), {})
    assert index_of(package(sdist=secret)) == "https://h/simple"


def test_the_reference_is_named_as_the_manifest_names_it() -> None:
    wanted = request(PypiSpec(location=GitLocation("https://h/r", "branch", "main")))
    found = package(git=PylockGit("https://h/r", "abc", "abc"))
    assert location_of(wanted, Chosen(found, None)) == "git+https://h/r?branch=main#abc"


def test_a_path_given_as_absolute_stays_absolute() -> None:
    wanted = request(PypiSpec(location=PathLocation("/ws/a")))
    assert location_of(wanted, Chosen(package(directory=Path("/ws/a")), None)) == "/ws/a"


def test_indexes_are_told_only_where_they_are_not_the_usual_one() -> None:
    sdist = package(sdist=SDIST)
    stand_in = "https://mirror/simple"
    annotated = {"demo": f"{stand_in}/"}
    assert index_finder(request(), annotated, stand_in)(sdist) is None
    assert index_finder(request(), annotated)(sdist) == f"{stand_in}/"
    assert index_finder(request(), {"demo": "file:///links"})(sdist) is None
    pinned = request(PypiSpec(index="https://i/simple"))
    assert index_finder(pinned, annotated, stand_in)(sdist) == "https://i/simple"
    assert index_finder(pinned, {})(package(directory=Path("/ws/a"))) is None
