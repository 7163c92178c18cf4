"""What is asked of PyPI in one environment, and how uv is asked it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from wisp.engine.pylock import preferences
from wisp.engine.uv_compile import CompileQuestion
from wisp.engine.uv_options import absolute_path, build_options, index_options
from wisp.errors import SolveError
from wisp.platforms import Platform
from wisp.printable import toml_string
from wisp.specs.cutoffs import utc_text
from wisp.specs.inputs import ExcludeNewer
from wisp.specs.locations import GitLocation, PathLocation, UrlLocation
from wisp.specs.origins import GitCheckout, git_text, git_url
from wisp.specs.package_names import Python, python_of
from wisp.specs.pypi import PypiOptions, PypiRequirement, PypiSpec
from wisp.specs.records import LockedConda, PypiRecord
from wisp.specs.wheels import platform_libc, platform_macos
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.specs.inputs import SolveStrategy

#: Name of the project that stands for the environment where uv needs one.
ROOT_PROJECT = "wisp-requirements"

_UV_PLATFORM = {
    "osx-64": "x86_64-apple-darwin",
    "osx-arm64": "aarch64-apple-darwin",
    "win-32": "i686-pc-windows-msvc",
    "win-64": "x86_64-pc-windows-msvc",
    "win-arm64": "aarch64-pc-windows-msvc",
}
_UV_LINUX_ARCH = {
    "linux-64": "x86_64",
    "linux-aarch64": "aarch64",
    "linux-riscv64": "riscv64",
}
#: The glibc versions uv has a platform for.
_UV_GLIBC = (17, 28, *range(31, 41))


@dataclass(frozen=True, slots=True, kw_only=True)
class PypiRequest:
    """The PyPI part of one environment on one platform.

    `conda` are the conda records it stands beside, with their purls: they fix the Python version
    and hold the PyPI names they provide. `previous` are kept where the requirements allow it,
    except for the normalised names in `unpin`. Relative paths start at `root`.
    """

    requirements: tuple[PypiRequirement, ...]
    platform: Platform
    root: Path
    conda: tuple[LockedConda, ...]
    options: PypiOptions = PypiOptions()
    strategy: SolveStrategy = "highest"
    exclude_newer: ExcludeNewer = field(default_factory=ExcludeNewer)
    previous: tuple[PypiRecord, ...] = ()
    unpin: frozenset[str] = frozenset()


class NoPythonError(SolveError):
    """Packages of PyPI are wanted beside conda packages without a Python."""


def required_python(conda: Iterable[LockedConda]) -> Python:
    """Find the Python among conda records. Raises `NoPythonError` when there is none."""
    python = python_of(conda)
    if python is None:
        raise NoPythonError("the environment has PyPI dependencies but no Python")
    return python


def question_for(
    request: PypiRequest, held: Mapping[str, Path], default_index: str | None = None
) -> CompileQuestion:
    """Turn a request into what uv is asked.

    `held` maps the PyPI names that conda provides to their stub wheels; `default_index` replaces
    the usual one where neither manifest nor features name an index. Raises `SolveError` for a
    platform that uv cannot resolve for.
    """
    special = {r.normalized for r in request.requirements if _is_special(r)}
    plain = [r for r in request.requirements if r.normalized not in special]
    root = request.root
    return CompileQuestion(
        requirements=_lines(requirement_line(r, root) for r in plain),
        pyproject=_pyproject(request, special) if special else None,
        constraints=_lines(f"{name} @ {stub.as_uri()}" for name, stub in held.items()),
        overrides=_lines(requirement_line(r, root) for r in request.options.dependency_overrides),
        previous=_previous(request),
        upgrade=tuple(sorted(request.unpin)),
        options=(
            *_target_options(request),
            *index_options(request.options, root, default_index),
            *_choice_options(request),
            *build_options(request.options),
        ),
        variables=_variables(request.platform),
        indexes=tuple(dict.fromkeys(r.spec.index for r in request.requirements if r.spec.index)),
    )


def requirement_line(requirement: PypiRequirement, root: Path) -> str:
    """Write a requirement as PEP 508, with absolute locations."""
    spec = requirement.spec
    extras = f"[{','.join(spec.extras)}]" if spec.extras else ""
    head = f"{requirement.name}{extras}"
    if spec.location is None:
        head += "" if spec.version == "*" else spec.version
    else:
        head += f" @ {_location_url(spec, root)}"
    return f"{head} ; {spec.marker}" if spec.marker else head


def _is_special(requirement: PypiRequirement) -> bool:
    return requirement.spec.index is not None or isinstance(requirement.spec.location, GitLocation)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _location_url(spec: PypiSpec, root: Path) -> str:
    location = spec.location
    if isinstance(location, PathLocation):
        return absolute_path(location.path, root).as_uri()
    if isinstance(location, UrlLocation):
        fragments = [f"sha256={location.sha256}"] if location.sha256 else []
        if location.subdirectory:
            fragments.append(f"subdirectory={location.subdirectory}")
        return location.url + ("#" + "&".join(fragments) if fragments else "")
    assert isinstance(location, GitLocation)
    reference = f"@{location.ref}" if location.ref else ""
    fragment = f"#subdirectory={location.subdirectory}" if location.subdirectory else ""
    return f"git+{git_url(location.url)}{reference}{fragment}"


def _pyproject(request: PypiRequest, special: set[str]) -> str:
    """Write a project whose sources say what a requirement line cannot."""
    chosen = [r for r in request.requirements if r.normalized in special]
    indexes: dict[str, str] = {}
    sources: dict[str, str] = {}
    dependencies = []
    for requirement in chosen:
        spec = requirement.spec
        dependencies.append(requirement_line(_without_git(requirement), request.root))
        if spec.index is not None:
            label = indexes.setdefault(spec.index, f"index-{len(indexes)}")
            sources[requirement.name] = f"{{ index = {toml_string(label)} }}"
        elif isinstance(spec.location, GitLocation):
            commit = _locked_commit(request, requirement.normalized, spec.location)
            sources[requirement.name] = _git_source(spec.location, commit)
    rows = ["[project]", f"name = {toml_string(ROOT_PROJECT)}", 'version = "0"']
    rows.append(f"dependencies = [{', '.join(map(toml_string, dependencies))}]")
    rows.append("[tool.uv.sources]")
    rows += [f"{toml_string(name)} = {source}" for name, source in sources.items()]
    for url, label in indexes.items():
        rows += ["[[tool.uv.index]]", f"name = {toml_string(label)}", f"url = {toml_string(url)}"]
        rows.append("explicit = true")
    return "\n".join(rows) + "\n"


def _without_git(requirement: PypiRequirement) -> PypiRequirement:
    spec = requirement.spec
    if not isinstance(spec.location, GitLocation):
        return requirement
    return PypiRequirement(requirement.name, PypiSpec(extras=spec.extras, marker=spec.marker))


def _locked_commit(request: PypiRequest, name: str, wanted: GitLocation) -> str | None:
    """Return the commit that was locked for this very reference, unless it shall move on."""
    if name in request.unpin:
        return None
    for record in request.previous:
        origin = record.origin
        if record.name != name or not isinstance(origin, GitCheckout):
            continue
        if git_text(origin.source) == git_text(wanted):
            return origin.commit
    return None


def _git_source(location: GitLocation, commit: str | None) -> str:
    fields = [f"git = {toml_string(git_url(location.url))}"]
    if commit:
        fields.append(f"rev = {toml_string(commit)}")
    elif location.ref_kind and location.ref:
        fields.append(f"{location.ref_kind} = {toml_string(location.ref)}")
    if location.subdirectory:
        fields.append(f"subdirectory = {toml_string(location.subdirectory)}")
    if location.lfs:
        fields.append("lfs = true")
    return "{ " + ", ".join(fields) + " }"


def _previous(request: PypiRequest) -> str | None:
    kept = [r for r in request.previous if r.version and r.name not in request.unpin]
    return preferences(sorted(kept, key=lambda record: record.name)) if kept else None


def _target_options(request: PypiRequest) -> Iterator[str]:
    yield from ("--python-version", required_python(request.conda).version)
    yield from ("--python-platform", uv_platform(request.platform))


def uv_platform(platform: Platform) -> str:
    """Name a platform as uv does, with the C library it declares.

    Raises `SolveError` for a subdir that uv has no name for.
    """
    if platform.subdir in _UV_PLATFORM:
        return _UV_PLATFORM[platform.subdir]
    arch = _UV_LINUX_ARCH.get(platform.subdir)
    if arch is None:
        raise SolveError(
            f"PyPI packages cannot be resolved for the platform '{platform.name}'",
            hints=["restrict the PyPI dependencies to other platforms with a `target` table"],
        )
    libc = platform_libc(platform)
    if libc.family == "musl":
        return f"{arch}-unknown-linux-musl"
    # A wheel for an older glibc runs on a newer one, never the other way round.
    minor = max((m for m in _UV_GLIBC if m <= libc.minor), default=_UV_GLIBC[0])
    return f"{arch}-unknown-linux" if arch == "riscv64" else f"{arch}-manylinux_2_{minor}"


def _variables(platform: Platform) -> tuple[tuple[str, str], ...]:
    if not platform.subdir.startswith("osx-"):
        return ()
    major, minor = platform_macos(platform)
    return (("MACOSX_DEPLOYMENT_TARGET", f"{major}.{minor}"),)


def _choice_options(request: PypiRequest) -> Iterator[str]:
    if request.options.prerelease_mode:
        yield from ("--prerelease", request.options.prerelease_mode)
    if request.strategy != "highest":
        yield from ("--resolution", request.strategy)
    newer = request.exclude_newer
    if newer.for_pypi:
        yield from ("--exclude-newer", utc_text(newer.for_pypi))
    for name, moment in sorted(newer.pypi_packages.items()):
        if name not in newer.pypi_exempted:
            yield from ("--exclude-newer-package", f"{name}={utc_text(moment)}")
    for name in newer.pypi_exempted:
        yield from ("--exclude-newer-package", f"{name}=false")
