"""Does a package satisfy a spec? The only place below `engine` that asks rattler.

Most specs in a lock are of the plain form `NAME [VERSION [BUILD]]`, and the same few thousand
come again and again: they are split here and only their versions are compared by rattler, each
pair once. Everything else (brackets, channels, flags) is a `MatchSpec` of rattler.

Sources: CEP 29 (match specs), PEP 440, PEP 508.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property

from wisp.errors import WispError
from wisp.patterns import fits_stars, pattern
from wisp.specs.conda import CondaRequirement, bracketed_fields
from wisp.specs.heavy import beginning, excess
from wisp.specs.plain_versions import in_plain_range
from wisp.specs.records import CondaRecord
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from rattler.version.version import Version

    class Candidate(Protocol):
        """What a spec is compared with: a locked package or a virtual one."""

        @property
        def name(self) -> str:
            """Package name."""

        @property
        def version(self) -> str:
            """Conda version."""

        @property
        def build(self) -> str:
            """Build string."""

# rattler and packaging are imported where they are first needed: most commands read little.

_PLAIN = pattern(
    r"(?P<name>[\w.-]+)"
    r"(?: +(?P<version>(?![^\s]*[\w*]=)[^\s\[\]]*[^\s\[\],|])"
    r"(?: +(?P<build>[\w*.][^\s\[\]?\\{]*))?)?"
)

#: `=1.2`, which by itself is `1.2` and what begins with it.
_ONE_BRANCH = pattern(r"=[^=*,|]+")

_CONDITION_TOKEN = pattern(r"[()]|[^\s()\[]+(?:\[[^\]]*\])?")


class SpecSyntaxError(WispError):
    """A text is not a match spec."""


@dataclass(frozen=True)
class Spec:
    """A match spec, parsed once (see `parse_spec`)."""

    text: str
    name: str
    version: str | None = None
    build: str | None = None
    is_plain: bool = True

    def matches(self, candidate: Candidate) -> bool:
        """Tell whether a package is what the spec asks for; conditions are not looked at."""
        if candidate.name != self.name:
            return False
        if self.is_plain:
            return (self.version is None or _in_range(self.version, candidate.version)) and (
                self.build is None or fits_stars(self.build, candidate.build)
            )
        return self._origin_fits(candidate) and self._rattler.matches(_package(candidate))

    @property
    def condition(self) -> str | None:
        """The `when` condition under which the spec applies at all."""
        if self.is_plain:
            return None
        found: str | None = self._rattler.condition
        return found

    @property
    def extras(self) -> tuple[str, ...]:
        """The extras asked for."""
        return () if self.is_plain else tuple(self._rattler.extras or ())

    @property
    def canonical(self) -> str:
        """The spec as messages show it."""
        return str(self._rattler)

    @cached_property
    def _rattler(self) -> Any:
        return _match_spec(self.text)

    @cached_property
    def _channel_url(self) -> str | None:
        channel = self._rattler.channel
        return None if channel is None else str(channel.base_url).rstrip("/")

    def _origin_fits(self, candidate: Candidate) -> bool:
        """Compare channel, subdir and file name, which rattler leaves to channels."""
        if not isinstance(candidate, CondaRecord):
            return self._channel_url is None
        if self._channel_url is not None and self._channel_url != candidate.channel:
            return False
        if self._rattler.subdir not in (None, candidate.subdir):
            return False
        file_name = self._rattler.file_name
        return file_name is None or candidate.location.endswith("/" + file_name)


@cache
def parse_spec(text: str) -> Spec:
    """Parse a match spec. Raises `SpecSyntaxError` if it is none."""
    _refuse_excess(text)
    match = _PLAIN.fullmatch(text)
    if match:
        name, version, build = match.groups()
        if build and version and _ONE_BRANCH.fullmatch(version):
            version = f"={version}"  # beside a build, as conda has it, `=1.2` is that version
        return Spec(text, name.lower(), None if version == "*" else version or None, build)
    found = _match_spec(text)
    return Spec(text, found.name.normalized, is_plain=False)


def strict_spec(text: str) -> Spec:
    """Parse a match spec that rattler reads too, which knows no numbers beyond 64 bits.

    Raises `SpecSyntaxError` if it is none.
    """
    _match_spec(text)
    return parse_spec(text)


@cache
def requirement_spec(requirement: CondaRequirement) -> Spec:
    """Return what a requirement of the manifest asks of a built package.

    Channel, file name and location are left out: what they mean depends on the environment.
    """
    spec = replace(requirement.spec, build=None, file_name=None)
    text = f"{requirement.name} {spec.version or '*'}"
    brackets = bracketed_fields(spec)
    if build := requirement.spec.build:
        plain = _PLAIN.fullmatch(f"{text} {build}")
        if plain and not _ONE_BRANCH.fullmatch(spec.version or ""):
            text = f"{text} {build}"
        else:
            brackets.append(f'build="{build}"')
    return parse_spec(f"{text}[{','.join(brackets)}]" if brackets else text)


def is_match_spec(requirement: CondaRequirement) -> bool:
    """Tell whether there is a match spec for a requirement: some texts cannot be spelled."""
    try:
        return bool(requirement_spec(requirement).canonical)
    except SpecSyntaxError:
        return False


def condition_holds(condition: str, holds: Callable[[Spec], bool]) -> bool:
    """Evaluate a `when` condition: match specs joined by `and`, `or` and parentheses."""
    tokens = _CONDITION_TOKEN.findall(condition)
    value, rest = _alternatives(tokens, holds)
    if rest:
        raise SpecSyntaxError(f"'{condition}' is not a condition")
    return value


def _alternatives(tokens: list[str], holds: Callable[[Spec], bool]) -> tuple[bool, list[str]]:
    value, tokens = _all_of(tokens, holds)
    while tokens[:1] == ["or"]:
        other, tokens = _all_of(tokens[1:], holds)
        value = value or other
    return value, tokens


def _all_of(tokens: list[str], holds: Callable[[Spec], bool]) -> tuple[bool, list[str]]:
    value, tokens = _one_of(tokens, holds)
    while tokens[:1] == ["and"]:
        other, tokens = _one_of(tokens[1:], holds)
        value = value and other
    return value, tokens


def _one_of(tokens: list[str], holds: Callable[[Spec], bool]) -> tuple[bool, list[str]]:
    if tokens[:1] == ["("]:
        value, tokens = _alternatives(tokens[1:], holds)
        return value, tokens[1:]
    words: list[str] = []
    while tokens and tokens[0] not in {"and", "or", ")"}:
        words.append(tokens[0])
        tokens = tokens[1:]
    return holds(parse_spec(" ".join(words))), tokens


def _refuse_excess(text: str) -> None:
    if (too_much := excess(text)) is not None:
        raise SpecSyntaxError(f"'{beginning(text)}' is not a match spec: it {too_much}")


@cache
def _match_spec(text: str) -> Any:
    from rattler.match_spec.match_spec import MatchSpec

    _refuse_excess(text)
    try:
        return MatchSpec(text, strict=False)
    except Exception as error:
        raise SpecSyntaxError(f"'{text}' is not a match spec: {error}") from error


@cache
def version_of(text: str) -> Version:
    """Parse a conda version, which then compares as conda orders versions."""
    from rattler.version.version import Version

    try:
        return Version(text)
    except Exception as error:
        raise SpecSyntaxError(f"'{text}' is not a version: {error}") from error


@cache
def _version_spec(text: str) -> Any:
    from rattler.version.version_spec import VersionSpec

    try:
        return VersionSpec(text)
    except Exception as error:
        raise SpecSyntaxError(f"'{text}' is not a version spec: {error}") from error


@cache
def _in_range(spec: str, version: str) -> bool:
    verdict = in_plain_range(spec, version)
    return bool(_version_spec(spec).matches(version_of(version))) if verdict is None else verdict


def _package(candidate: Candidate) -> Any:
    """Make rattler's record of a package, with what match specs may ask for."""
    from rattler.package.build_string import BuildString
    from rattler.repo_data.package_record import PackageRecord

    if not isinstance(candidate, CondaRecord):
        build = BuildString(candidate.build or "0")
        return PackageRecord(candidate.name, candidate.version, build, 0, "noarch")
    return PackageRecord(
        candidate.name,
        candidate.version,
        BuildString(candidate.build),
        candidate.build_number,
        candidate.subdir,
        sha256=bytes.fromhex(candidate.sha256) if candidate.sha256 else None,
        md5=bytes.fromhex(candidate.md5) if candidate.md5 else None,
        license=candidate.license,
        license_family=candidate.license_family,
        flags=list(candidate.flags),
    )


@cache
def python_version_matches(specifiers: str, version: str) -> bool:
    """Tell whether a PEP 440 version lies in a specifier set; pre-releases count as versions."""
    if specifiers in ("", "*"):
        return True
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version as PythonVersion

    wanted = SpecifierSet(specifiers)
    try:
        return wanted.contains(PythonVersion(version), prereleases=True)
    except ValueError:  # no version, or a number of thousands of digits
        return False
