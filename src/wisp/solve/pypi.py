"""Resolving the PyPI part of environments: the question to uv, its answer as lock records."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from wisp.engine.dist_metadata import MetadataReader
from wisp.engine.local_projects import require_address, require_files
from wisp.engine.offline import OFFLINE_HINTS, was_offline
from wisp.engine.pylock import PylockPackage
from wisp.engine.pypi_stubs import pep440_version, stub_wheel
from wisp.engine.rattler_errors import login_hint
from wisp.engine.unable_python import was_refused
from wisp.engine.uv import Uv, UvError, unindented
from wisp.engine.uv_compile import CompileAnswer, CompileQuestion, compile_requirements
from wisp.engine.uv_options import absolute_path
from wisp.errors import SolveError, WispError
from wisp.layout import DEFAULT_INDEX
from wisp.patterns import pattern
from wisp.solve.explaining import pinned_by_conda
from wisp.solve.first_request import FirstRequest
from wisp.solve.pypi_question import ROOT_PROJECT, PypiRequest, question_for, required_python
from wisp.solve.pypi_records import choose_files, index_finder, may_mix_indexes, record_of
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.locations import PathLocation, UrlLocation
from wisp.specs.package_names import providers, pypi_names
from wisp.specs.pypi import is_editable, normalize
from wisp.specs.records import LockedConda, PypiRecord
from wisp.values import replace

#: Provides the interpreter of a prefix that holds the environment's conda packages.
PythonProvider = Callable[[], Path]
#: Where a hint of uv tells of an index that did not let us in: its host, and port.
_REFUSING = pattern(r"\(\w+://(?:[^@/\s]*@)?([^/\s)]+)[^\s)]*\) could not be queried due to a lack")


class PypiResolver:
    """Answers PyPI requests through uv; the same question is put to uv only once.

    May be called from several threads. What is remembered lives as long as the object. `python`
    is what uv builds with at first; without `builds` it can only say what it is
    (`wisp.engine.unable_python`).
    """

    def __init__(
        self, uv: Uv, metadata: MetadataReader, python: Path | None = None, *, builds: bool = True
    ) -> None:
        self._python = python or Path(sys.executable)
        self._builds = builds
        self._uv = uv
        self._metadata = metadata
        self._answers: dict[CompileQuestion, Future[CompileAnswer]] = {}
        self._guard = threading.Lock()
        self._first_request = FirstRequest()

    def resolve(
        self, request: PypiRequest, provide_python: PythonProvider | None = None
    ) -> tuple[PypiRecord, ...]:
        """Choose the PyPI packages of an environment; sorted by location.

        Packages that conda provides are held and left out. `provide_python` is called when
        something must be built with the environment's own Python. Raises `SolveError`, with
        uv's explanation as its cause, when nothing satisfies the requirements, and
        `FetchError` when metadata cannot be fetched.
        """
        for requirement in request.requirements:
            location = requirement.spec.location
            if isinstance(location, PathLocation):
                require_files(absolute_path(location.path, request.root))
            elif isinstance(location, UrlLocation):
                require_address(location.url)
        held = held_versions(request.conda)
        stubs = {name: stub_wheel(self._stubs, name, held[name]) for name in sorted(held)}
        question = question_for(request, stubs, self._uv.default_index)
        try:
            answer = self._ask(question, request, provide_python)
        except SolveError as error:
            raise pinned_by_conda(error, held) from error
        packages = tuple(p for p in answer.packages if p.name not in held)
        index_of = index_finder(request, answer.indexes, self._uv.default_index)
        if required_python(request.conda).abi:
            packages = tuple(self._with_all_wheels(request, p, index_of(p)) for p in packages)
        records = [
            record_of(
                request,
                chosen,
                self._metadata.read(chosen.package, chosen.file),
                index_of(chosen.package),
            )
            for chosen in choose_files(request, packages)
        ]
        return tuple(sorted(records, key=lambda record: record.location.encode()))

    def _with_all_wheels(
        self, request: PypiRequest, package: PylockPackage, index: str | None
    ) -> PylockPackage:
        """Add the wheels for an unusual ABI, which uv leaves out."""
        if not package.wheels and not package.sdist:
            return package
        where = index or self._uv.default_index or DEFAULT_INDEX
        before = request.exclude_newer.of_pypi(package.name)
        wheels = self._metadata.index_wheels(where, package, before)
        return replace(package, wheels=wheels or package.wheels)

    @property
    def _stubs(self) -> Path:
        return self._uv.cache_dir / "wisp-stubs"

    def _ask(
        self, question: CompileQuestion, request: PypiRequest, provide_python: PythonProvider | None
    ) -> CompileAnswer:
        with self._guard:
            future = self._answers.get(question)
            mine = future is None
            if future is None:
                future = self._answers[question] = Future()
        if mine:
            try:
                with self._first_request.of({one.normalized for one in request.requirements}):
                    future.set_result(self._compile(question, request, provide_python))
            except BaseException as error:
                future.set_exception(error)
        return future.result()

    def _compile(
        self, question: CompileQuestion, request: PypiRequest, provide_python: PythonProvider | None
    ) -> CompileAnswer:
        annotate = may_mix_indexes(request.options)
        isolated = not request.options.no_build_isolation
        if not self._builds:
            provide_python = None
        python = self._python if isolated or not provide_python else provide_python()
        uv = self._uv if _may_build(request) else self._uv.unaware()
        try:
            return compile_requirements(uv, question, python, annotate=annotate)
        except UvError as error:
            if not (isolated and provide_python and _is_build_failure(error)):
                raise resolution_error(error) from error
            refused = error
        # Some builds need the Python, or the libraries, of the environment itself.
        try:
            python = provide_python()
            return compile_requirements(uv, question, python, annotate=annotate)
        except UvError as error:
            raise resolution_error(error) from error
        except WispError as error:
            # It cannot be had, e.g. for another platform: then the first failure is the reason.
            raise resolution_error(refused) from error


def _may_build(request: PypiRequest) -> bool:
    """Tell whether a back-end may run, which needs the user's variables; editables always are."""
    return request.options.no_build is not True or any(
        is_editable(one.spec) for one in request.requirements
    )


def pypi_request(
    inputs: EnvironmentInputs,
    conda: tuple[LockedConda, ...],
    previous: tuple[PypiRecord, ...] = (),
    unpin: frozenset[str] = frozenset(),
) -> PypiRequest:
    """Return the PyPI part of an environment's inputs, beside the conda records it got."""
    return PypiRequest(
        requirements=inputs.pypi_dependencies,
        platform=inputs.platform,
        root=inputs.root,
        conda=conda,
        options=inputs.pypi_options,
        strategy=inputs.solve_strategy,
        exclude_newer=inputs.exclude_newer,
        previous=previous,
        unpin=frozenset(map(normalize, unpin)),
    )


def held_versions(conda: tuple[LockedConda, ...]) -> dict[str, str]:
    """Return the PyPI names that conda records provide, with versions as PEP 440 spells them.

    Versions that mean nothing to PEP 440 hold nothing.
    """
    read = ((one, pep440_version(one.version or "")) for one in conda)
    versions = {one.name: version for one, version in read if version is not None}
    held = providers((one, pypi_names(one.purls)) for one in conda if one.name in versions)
    return {name: versions[one.name] for name, one in held.items()}


def resolution_error(error: UvError) -> SolveError:
    """Turn what uv said into an error of ours: the explanation as cause, hints as hints."""
    refused = was_refused(error.stderr)
    if refused is not None:
        return refused
    text = re.sub(rf"{ROOT_PROJECT}(?:==0)? depends on ", "you require ", error.stderr.strip())
    text = re.sub(rf"your project \({ROOT_PROJECT}\)", "your project", text)
    body, *hints = re.split(r"\n\s*\n?hint: ", text)
    cause = re.search(r"^\s*(?:cause: |╰─▶ )(.*)", body, re.MULTILINE | re.DOTALL)
    explanation = cause[1] if cause else body.removeprefix("error: ")
    found = [" ".join(hint.split()) for hint in hints]
    if was_offline(error.stderr):
        found = [hint for hint in found if not was_offline(hint)] + list(OFFLINE_HINTS)
    elif "Failed to fetch" in error.stderr:
        found.append("check the network connection, proxies, and the URL of the index")
    found += [login_hint(host) for host in dict.fromkeys(_REFUSING.findall(" ".join(found)))]
    return SolveError(
        "failed to resolve pypi dependencies", causes=[unindented(explanation)], hints=found
    )


def _is_build_failure(error: UvError) -> bool:
    return "uild backend" in error.stderr or "Failed to build" in error.stderr
