"""What a local Python project says of itself, read without running any of its code if possible.

Source: PEP 621 (`[project]`), PEP 643 (`PKG-INFO` of source distributions).
"""

from __future__ import annotations

from collections.abc import Mapping
from email.parser import HeaderParser
from pathlib import Path

import tomli
from packaging.version import Version

from wisp.engine.unable_python import was_refused
from wisp.engine.uv import Uv, UvError
from wisp.engine.uv_cache import UvCache
from wisp.engine.uv_compile import CompileQuestion, compile_requirements
from wisp.errors import FetchError
from wisp.foreign import place_of, toml_data
from wisp.specs.metadata import CoreMetadata
from wisp.specs.pypi import normalize
from wisp.specs.requirement_text import canonical_requirement, canonical_specifiers
from wisp.trust import found_text
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: From this version of the metadata on, a source distribution says which fields are dynamic.
_STATIC_SINCE = Version("2.2")


@dataclass(frozen=True, slots=True)
class NeedsBuild:
    """The metadata of a folder that cannot be read: its build back-end has to be asked.

    `why` names the reason, e.g. the dynamic fields.
    """

    folder: Path
    why: str


def static_metadata(folder: Path) -> CoreMetadata | NeedsBuild:
    """Read what `pyproject.toml` says of a project.

    Raises `FetchError` when the folder or a readable `pyproject.toml` is missing.
    """
    file = folder / "pyproject.toml"
    try:
        table = toml_data(found_text(file))
    except FileNotFoundError:
        return _without_pyproject(folder)
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        place = place_of(error, file)
        raise FetchError(f"could not read `{file}`", causes=[str(error)], place=place) from error
    project = table.get("project")
    if not isinstance(project, Mapping) or not isinstance(project.get("name"), str):
        return NeedsBuild(folder, "no [project] table")
    try:
        dynamic = {"dependencies", "optional-dependencies", "requires-python"} & set(
            project.get("dynamic", ())
        )
        if dynamic:
            return NeedsBuild(folder, f"dynamic {', '.join(sorted(dynamic))}")
        return _project_metadata(project)
    except Exception as error:  # a stranger wrote it: a table for a text, a number for a list …
        raise FetchError(f"`[project]` of `{file}` has an odd form", causes=[str(error)]) from error


def _without_pyproject(folder: Path) -> NeedsBuild:
    if not (folder / "setup.py").exists() and not (folder / "setup.cfg").exists():
        raise FetchError(
            f"`{folder}` is no Python project",
            hints=["a path dependency needs a `pyproject.toml` or a `setup.py`"],
        )
    return NeedsBuild(folder, "no pyproject.toml")


def _project_metadata(project: Mapping[str, Any]) -> CoreMetadata:
    requirements = [canonical_requirement(text) for text in project.get("dependencies", ())]
    for extra, texts in project.get("optional-dependencies", {}).items():
        requirements += [canonical_requirement(_with_extra(text, extra)) for text in texts]
    python, version = project.get("requires-python"), project.get("version")
    if not isinstance(version, str | None):
        raise TypeError("its version is no text")
    return CoreMetadata(
        name=normalize(project["name"]),
        version=version,
        requires_dist=tuple(requirements),
        requires_python=canonical_specifiers(python) if python else None,
    )


def _with_extra(requirement: str, extra: str) -> str:
    """Make a requirement conditional on an extra, as a build back-end writes it."""
    head, separator, marker = requirement.partition(";")
    condition = f"extra == '{normalize(extra)}'"
    marker = f"({marker.strip()}) and {condition}" if separator else condition
    return f"{head.rstrip()} ; {marker}"


def built_metadata(uv: Uv, url: str, name: str, python: Path) -> CoreMetadata:
    """Ask the build back-end of a folder or source archive (a URL), through uv and its cache.

    Raises `FetchError` when the project cannot be built, `SolveError` when it may not.
    """
    question = CompileQuestion(requirements=f"{name} @ {url}\n", options=("--no-deps",))
    try:
        compile_requirements(uv, question, python)
    except UvError as error:
        refused = was_refused(error.stderr)
        raise refused or FetchError(
            f"could not get the metadata of `{url}`", causes=[error.message]
        ) from error
    found = UvCache(uv.cache_dir).built(normalize(name), url)
    if found is None:
        raise FetchError(f"uv left no metadata of `{url}`")
    return found


def sdist_metadata(folder: Path) -> CoreMetadata | None:
    """Read an unpacked source distribution; None where only its back-end knows the requirements.

    What the author wrote comes first, then what was packed with it, if that may be trusted.
    """
    try:
        found = static_metadata(folder)
    except FetchError:
        return None
    if isinstance(found, CoreMetadata):
        return found
    try:
        text = found_text(folder / "PKG-INFO")
        headers = HeaderParser().parsestr(text)
        dynamic = {field.lower() for field in headers.get_all("Dynamic", [])}
        is_reliable = Version(headers.get("Metadata-Version", "1.0")) >= _STATIC_SINCE
        return core_metadata(text) if is_reliable and "requires-dist" not in dynamic else None
    except (OSError, ValueError, FetchError):
        return None


def core_metadata(text: str, whose: str = "a package") -> CoreMetadata:
    """Read a `METADATA` or `PKG-INFO` file.

    Raises `FetchError`, which names `whose` it is, for a text that is none.
    """
    try:
        headers = HeaderParser().parsestr(text)
        if "Name" not in headers:
            raise ValueError("it does not say a name")
        python = headers.get("Requires-Python")
        return CoreMetadata(
            name=normalize(str(headers["Name"])),
            version=headers.get("Version"),
            requires_dist=tuple(
                canonical_requirement(line) for line in headers.get_all("Requires-Dist", [])
            ),
            requires_python=canonical_specifiers(python) if python else None,
        )
    except Exception as error:  # a stranger wrote it
        raise FetchError(f"the metadata of {whose} is damaged", causes=[str(error)]) from error
