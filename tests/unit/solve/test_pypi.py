from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.wheelhouse import make_project, make_wheel
from tools.forge.serve import Server
from wisp.engine.dist_metadata import MetadataReader
from wisp.engine.http import HttpClient
from wisp.engine.offline import OFFLINE_HINTS
from wisp.engine.uv import Uv, UvError, visible_environment
from wisp.errors import InstallError, SolveError
from wisp.platforms import bare
from wisp.solve.pypi import PypiResolver, held_versions, resolution_error
from wisp.solve.pypi_question import PypiRequest
from wisp.specs.inputs import ExcludeNewer
from wisp.specs.locations import GitLocation, PathLocation
from wisp.specs.pypi import FindLinks, PypiOptions, PypiRequirement, PypiSpec
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.specs.settings import Network

MANYLINUX = "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64"


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """A folder of wheels, the only index of these tests."""
    folder = tmp_path / "links"
    make_wheel(folder, "app", "1.0", requires=["lib>=1", "winlib; sys_platform == 'win32'"])
    make_wheel(folder, "app", "2.0", requires=["lib>=2", "extra-lib; extra == 'more'"])
    for version in ("1.0", "2.0", "3.0"):
        make_wheel(folder, "lib", version)
    make_wheel(folder, "winlib")
    make_wheel(folder, "extra-lib")
    for tag in (MANYLINUX, "cp312-cp312-macosx_11_0_arm64", "cp312-cp312-win_amd64"):
        make_wheel(folder, "native", tag=tag)
    return folder


@pytest.fixture
def uv(shared_cache: Path) -> Uv:
    from uv import find_uv_bin

    return Uv(
        executable=find_uv_bin(),
        cache_dir=shared_cache / "uv-cache",
        environment=visible_environment(os.environ, Network()),
        offline=True,
    )


@pytest.fixture
def resolver(uv: Uv) -> PypiResolver:
    http = HttpClient(Network(offline=True), {})
    return PypiResolver(uv, MetadataReader(uv, http, Path(sys.executable)))


def networked_resolver(
    cache: Path, default_index: str | None = None, retries: str = "3"
) -> PypiResolver:
    """Make a resolver with a cache of its own that may ask an index."""
    from uv import find_uv_bin

    uv = Uv(
        executable=find_uv_bin(),
        cache_dir=cache,
        environment=visible_environment({**os.environ, "UV_HTTP_RETRIES": retries}, Network()),
        default_index=default_index,
    )
    reader = MetadataReader(uv, HttpClient(Network(), {}), Path(sys.executable))
    return PypiResolver(uv, reader)


def conda(name: str, version: str, *purls: str) -> CondaRecord:
    return CondaRecord(
        location=f"https://c/noarch/{name}-{version}-0.conda",
        name=name,
        version=version,
        build="0",
        build_number=0,
        subdir="noarch",
        purls=tuple(f"pkg:pypi/{purl}" for purl in purls),
    )


def request(links: Path, *names: str | PypiRequirement, **fields: object) -> PypiRequest:
    requirements = [
        PypiRequirement(one, PypiSpec()) if isinstance(one, str) else one for one in names
    ]
    values: dict[str, object] = {
        "platform": bare("linux-64"),
        "root": links.parent,
        "conda": (conda("python", "3.12.4"),),
        "options": PypiOptions(find_links=(FindLinks(path="links"),)),
        **fields,
    }
    return PypiRequest(requirements=tuple(requirements), **values)  # type: ignore[arg-type]


def chosen(records: tuple[PypiRecord, ...]) -> dict[str, str | None]:
    return {record.name: record.version for record in records}


def test_the_newest_fitting_versions_are_recorded_with_what_they_require(
    links: Path, resolver: PypiResolver
) -> None:
    app, lib = resolver.resolve(request(links, "app"))
    assert (app.location, app.version) == ("./links/app-2.0-py3-none-any.whl", "2.0")
    assert app.requires_dist == ("lib>=2", "extra-lib ; extra == 'more'")
    assert app.requires_python == ">=3.8"
    assert lib.version == "3.0"


def test_extras_bring_their_packages(links: Path, resolver: PypiResolver) -> None:
    wanted = PypiRequirement("app", PypiSpec(extras=("more",)))
    assert set(chosen(resolver.resolve(request(links, wanted)))) == {"app", "lib", "extra-lib"}


def test_markers_and_wheels_differ_per_platform(links: Path, resolver: PypiResolver) -> None:
    app = PypiRequirement("app", PypiSpec(version="<2"))
    found = {
        subdir: resolver.resolve(request(links, app, "native", platform=bare(subdir)))
        for subdir in ("linux-64", "osx-arm64", "win-64")
    }
    assert [sorted(chosen(records)) for records in found.values()] == [
        ["app", "lib", "native"],
        ["app", "lib", "native"],
        ["app", "lib", "native", "winlib"],
    ]
    wheels = {
        subdir: record.location.rpartition("-")[2]
        for subdir, records in found.items()
        for record in records
        if record.name == "native"
    }
    assert wheels == {
        "linux-64": "manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "osx-arm64": "macosx_11_0_arm64.whl",
        "win-64": "win_amd64.whl",
    }


def test_what_conda_provides_is_held_and_not_recorded(links: Path, resolver: PypiResolver) -> None:
    held = (conda("python", "3.12.4"), conda("conda-lib", "1.5", "lib?source=hash-mapping"))
    # app 2.0 would need a newer lib than conda has.
    assert chosen(resolver.resolve(request(links, "app", conda=held))) == {"app": "1.0"}


def test_a_requirement_that_does_not_suit_what_conda_chose_names_the_pin(
    links: Path, resolver: PypiResolver
) -> None:
    held = (conda("python", "3.12.4"), conda("lib", "1.5", "lib"))
    wanted = PypiRequirement("lib", PypiSpec(version="==2.0"))
    with pytest.raises(SolveError) as failure:
        resolver.resolve(request(links, wanted, conda=held))
    assert "the conda packages have lib==1.5" in str(failure.value.causes[0])
    assert "pinned by the conda solve: lib==1.5;" in failure.value.hints[-1]


def test_a_name_that_only_conda_knows_is_no_error(links: Path, resolver: PypiResolver) -> None:
    held = (conda("python", "3.12.4"), conda("secret", "7", "not-on-any-index"))
    assert resolver.resolve(request(links, "not-on-any-index", conda=held)) == ()


def test_conda_versions_that_pypi_has_no_word_for_hold_nothing() -> None:
    assert held_versions((conda("a", "9e", "a"), conda("b", "1.2.0", "B_b"))) == {"b-b": "1.2.0"}


def test_a_package_is_held_as_the_conda_package_of_its_name_has_it() -> None:
    bleach, six = conda("bleach", "6.3", "bleach", "six"), conda("six", "1.17", "six")
    assert held_versions((bleach, six)) == {"bleach": "6.3", "six": "1.17"}


def test_overrides_replace_what_packages_require(links: Path, resolver: PypiResolver) -> None:
    loose = PypiRequirement("lib", PypiSpec(version=">=1"))
    options = PypiOptions(find_links=(FindLinks(path="links"),), dependency_overrides=(loose,))
    held = (conda("python", "3.12.4"), conda("lib", "1.5", "lib"))
    found = resolver.resolve(request(links, "app", conda=held, options=options))
    assert chosen(found) == {"app": "2.0"}


def test_locked_versions_stay_and_unlocked_ones_move(links: Path, resolver: PypiResolver) -> None:
    previous = tuple(
        PypiRecord(location=f"./links/{name}-1.0-py3-none-any.whl", name=name, version="1.0")
        for name in ("app", "lib")
    )
    assert chosen(resolver.resolve(request(links, "app", previous=previous))) == {
        "app": "1.0",
        "lib": "1.0",
    }
    moved = request(links, "app", previous=previous, unpin=frozenset({"lib"}))
    assert chosen(resolver.resolve(moved)) == {"app": "1.0", "lib": "3.0"}


def test_the_lowest_versions_can_be_asked_for(links: Path, resolver: PypiResolver) -> None:
    app = PypiRequirement("app", PypiSpec(version=">=1"))
    assert chosen(resolver.resolve(request(links, app, strategy="lowest"))) == {
        "app": "1.0",
        "lib": "1.0",
    }
    assert chosen(resolver.resolve(request(links, app, strategy="lowest-direct"))) == {
        "app": "1.0",
        "lib": "3.0",
    }


def test_folders_are_locked_by_their_path_without_a_version(
    links: Path, resolver: PypiResolver, tmp_path: Path
) -> None:
    table = 'requires-python = ">=3.9"\ndependencies = ["Lib<3; python_version>=\'3.9\'"]'
    make_project(tmp_path / "mine", "my-tool", table=table)
    wanted = PypiRequirement("My.Tool", PypiSpec(location=PathLocation("mine", editable=True)))
    lib, tool = resolver.resolve(request(links, wanted))
    assert tool == PypiRecord(
        location="./mine",
        name="my-tool",
        requires_dist=("lib<3 ; python_full_version >= '3.9'",),
        requires_python=">=3.9",
    )
    assert lib.version == "2.0"


def test_the_root_itself_is_spelled_with_a_slash(
    links: Path, resolver: PypiResolver, tmp_path: Path
) -> None:
    root = make_project(tmp_path / "root", "me")
    wanted = PypiRequirement("me", PypiSpec(location=PathLocation(".")))
    [record] = resolver.resolve(request(links, wanted, root=root, options=PypiOptions()))
    assert record.location == "./"


def test_dynamic_metadata_is_asked_of_the_back_end(
    links: Path, resolver: PypiResolver, tmp_path: Path
) -> None:
    project = make_project(tmp_path / "dynamic", "dyn")
    text = (project / "pyproject.toml").read_text()
    dynamic = text.replace('version = "1.0"', 'dynamic = ["version", "dependencies"]')
    (project / "pyproject.toml").write_text(dynamic)
    backend = (project / "backend.py").read_text()
    requires = 'METADATA += "Requires-Dist: lib (>=2)\\n"\n'
    (project / "backend.py").write_text(backend + requires)
    wanted = PypiRequirement("dyn", PypiSpec(location=PathLocation("dynamic")))
    records = resolver.resolve(request(links, wanted))
    assert chosen(records) == {"dyn": None, "lib": "3.0"}
    assert records[0].requires_dist == ("lib>=2",)


def test_git_sources_are_pinned_to_a_commit(
    links: Path, resolver: PypiResolver, tmp_path: Path
) -> None:
    repository = make_project(tmp_path / "repo", "gitlib")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(repository)]
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    url = repository.as_uri()
    wanted = PypiRequirement("gitlib", PypiSpec(location=GitLocation(url, "branch", "main")))
    [record] = resolver.resolve(request(links, wanted, options=PypiOptions()))
    assert record.location == f"git+{url}?branch=main#{head.stdout.strip()}"
    assert record.version == "1.0"


def test_unsatisfiable_requirements_are_explained(links: Path, resolver: PypiResolver) -> None:
    wanted = PypiRequirement("lib", PypiSpec(version=">=9"))
    with pytest.raises(SolveError, match="failed to resolve pypi dependencies") as failure:
        resolver.resolve(request(links, wanted))
    assert "lib<=3.0 is available and you require lib>=9" in str(failure.value.causes[0])


def test_uv_hints_are_our_hints_and_our_project_is_not_named() -> None:
    said = (
        "error: No solution found when resolving dependencies\n"
        "  cause: Because only a<2 is available and wisp-requirements depends on a>=2, we can\n"
        "         conclude that your requirements are unsatisfiable.\n\n"
        "hint: Pre-releases are\n      available\n"
    )
    error = resolution_error(UvError(1, said))
    assert error.causes == (
        "Because only a<2 is available and you require a>=2, we can\n"
        "conclude that your requirements are unsatisfiable.",
    )
    assert error.hints == ("Pre-releases are available",)


def test_without_a_network_it_is_said_how_to_have_one() -> None:
    said = (
        "error: No solution found when resolving dependencies\n"
        "  cause: Because a was not found in the cache and you require a, we can\n"
        "         conclude that your requirements are unsatisfiable.\n\n"
        "hint: Packages were unavailable because the network was disabled. When the network is\n"
        "      disabled, registry packages may only be read from the cache.\n"
    )
    assert resolution_error(UvError(1, said)).hints == OFFLINE_HINTS


def test_equal_requests_are_resolved_once(
    links: Path, resolver: PypiResolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[object] = []
    real = Uv.run

    def counting(self: Uv, *words: object, **more: object) -> object:
        runs.append(words)
        return real(self, *words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Uv, "run", counting)
    # Not a find-links request: those ask uv a second time, for the indexes.
    project = make_project(links.parent / "p", "p")
    wanted = PypiRequirement("p", PypiSpec(location=PathLocation(str(project))))
    asked = request(links, wanted, options=PypiOptions())
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(resolver.resolve, [asked] * 4))
    assert len(set(answers)) == 1
    assert len(runs) == 1


def test_a_failed_request_fails_for_all_who_asked(links: Path, resolver: PypiResolver) -> None:
    asked = request(links, PypiRequirement("nowhere", PypiSpec()))
    for _ in range(2):
        with pytest.raises(SolveError):
            resolver.resolve(asked)


def test_files_of_an_index_carry_digest_and_index(forge_server: Server, tmp_path: Path) -> None:
    resolver = networked_resolver(tmp_path / "uv")
    index = f"{forge_server.url}/simple"
    options = PypiOptions(index_url=index)
    markdown, mdurl = resolver.resolve(request(tmp_path / "x", "markdown-it-py", options=options))
    assert (markdown.name, mdurl.name) == ("markdown-it-py", "mdurl")
    assert markdown.location.startswith(f"{index}/markdown-it-py/")
    assert markdown.index == index
    assert len(markdown.sha256 or "") == 64
    assert "mdurl~=0.1" in markdown.requires_dist
    pinned = PypiRequirement("mdurl", PypiSpec(index=index))
    offline = PypiOptions(index_url=f"{forge_server.url}/nothing")
    [record] = resolver.resolve(request(tmp_path / "x", pinned, options=offline))
    assert record.index == index


def test_a_default_index_set_for_uv_is_used_and_not_recorded(
    forge_server: Server, tmp_path: Path
) -> None:
    resolver = networked_resolver(tmp_path / "uv", default_index=f"{forge_server.url}/simple")
    wanted = request(tmp_path / "x", "mdurl", options=PypiOptions())
    [record] = resolver.resolve(wanted)
    assert record.index is None
    assert record.location.startswith(forge_server.url)


def test_a_free_threaded_python_gets_the_wheels_built_for_it(tmp_path: Path) -> None:
    site = tmp_path / "site"
    days = {
        "cp314-cp314-win_amd64": "2024-01-01",
        "cp314-cp314t-win_amd64": "2024-01-01",
        "2-cp314-cp314t-win_amd64": "2026-01-01",
    }
    wheels = {make_wheel(site / "native", "native", tag=tag): day for tag, day in days.items()}
    rows = [
        {
            "filename": wheel.name,
            "url": wheel.name,
            "hashes": {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()},
            "upload-time": f"{day}T00:00:00.000Z",
        }
        for wheel, day in wheels.items()
    ]
    page = {"meta": {"api-version": "1.1"}, "name": "native", "versions": ["1.0"], "files": rows}
    (site / "native" / "index.json").write_text(json.dumps(page))
    free = replace(conda("python", "3.14.0"), build="h1_0_cp314t")
    newer = ExcludeNewer(default=datetime(2025, 1, 1, tzinfo=UTC))
    with Server(site) as server:
        resolver = networked_resolver(tmp_path / "uv")
        [record] = resolver.resolve(
            request(
                tmp_path / "x",
                "native",
                conda=(free,),
                platform=bare("win-64"),
                options=PypiOptions(index_url=server.url),
                exclude_newer=newer,
            )
        )
    assert record.location.endswith("/native-1.0-cp314-cp314t-win_amd64.whl")


def failing_project(folder: Path) -> PypiRequirement:
    """Write a project that needs a module which only the environment's own Python may have."""
    project = make_project(folder / "picky", "picky")
    text = (project / "pyproject.toml").read_text()
    dynamic = text.replace('version = "1.0"', 'dynamic = ["version", "dependencies"]')
    (project / "pyproject.toml").write_text(dynamic)
    backend = (project / "backend.py").read_text()
    check = f"import os\nassert os.path.exists({str(folder / 'ready')!r}), 'not ready'\n"
    (project / "backend.py").write_text(check + backend)
    return PypiRequirement("picky", PypiSpec(location=PathLocation("picky")))


def test_a_failed_build_is_tried_again_with_the_python_of_the_environment(
    links: Path, resolver: PypiResolver
) -> None:
    asked = request(links, failing_project(links.parent))

    def provide() -> Path:
        (links.parent / "ready").touch()
        return Path(sys.executable)

    assert chosen(resolver.resolve(asked, provide)) == {"picky": None}


def test_where_that_python_cannot_be_had_the_build_is_what_failed(
    links: Path, resolver: PypiResolver
) -> None:
    def refuse() -> Path:
        raise InstallError("this machine cannot do that")

    with pytest.raises(SolveError) as failure:
        resolver.resolve(request(links, failing_project(links.parent)), refuse)
    assert "not ready" in str(failure.value.causes[0])


def test_an_index_that_cannot_be_reached_is_named_with_a_hint(tmp_path: Path) -> None:
    options = PypiOptions(index_url="http://127.0.0.1:9/simple")
    with pytest.raises(SolveError) as failure:
        networked_resolver(tmp_path / "uv", retries="0").resolve(
            request(tmp_path / "x", "six", options=options)
        )
    assert "http://127.0.0.1:9/simple/six/" in str(failure.value.causes[0])
    assert any("network" in hint for hint in failure.value.hints)
