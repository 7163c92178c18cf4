"""What a workspace has only with the user's consent: looked at, given, taken back.

Subjects are keys of its own configuration, links where wisp would write, the manifest of a
stranger that is found from below (`wisp.api.owners`), the scripts of activation where the user
wants to be asked about those (`trust.activation`), and being activated by `cd`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from wisp.api.foreign_links import foreign_links, target
from wisp.api.owners import OWNER, digest_of, owned_by
from wisp.config.consents import consent, consents, digest
from wisp.config.files import config_files
from wisp.config.levels import TRUST_VARIABLE, trusts_by_variable
from wisp.config.obedience import STEERING, SUBJECT, as_subject, needing_consent
from wisp.config.reading import parse, unreadable
from wisp.config.toml import dump
from wisp.errors import ActivationError, ManifestError
from wisp.manifest.discover import discover
from wisp.manifest.read import load
from wisp.trust import found_text
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp.config.model import Config
    from wisp.config.reading import Values
    from wisp.manifest.model import ActivationTable
    from wisp.specs.controls import KeyPath

    Kind = Literal["configuration", "link", "activation", "owner", "entering"]

_ENTERING = "entering"


@dataclass(frozen=True, slots=True)
class TrustSubject:
    """Something of a workspace that needs consent, as it is now.

    `name` is a key or a path in the workspace, `content` what stands there: a line of TOML, where
    a link leads to, the SHA-256 of a script or of all that activation runs and sets, or the
    stranger who owns the workspace and the SHA-256 of its manifest. `accepted` tells whether the
    user has consented to that, `believed_by` what makes all workspaces count without consent.
    """

    kind: Kind
    name: str
    content: str
    accepted: bool
    believed_by: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it counts, for whatever reason."""
        return self.accepted or self.believed_by is not None


def trust_subjects(config: Config, root: Path) -> tuple[TrustSubject, ...]:
    """List what a workspace wants consent for; `config` is the user's.

    Raises:
        ConfigError: The workspace's configuration cannot be read.

    """
    environ = config.environ
    given = consents(environ, root)
    wanted = _wanted(environ, root)
    believed_by = _believed_by(config)
    return tuple(
        TrustSubject(kind, name, content, given.get(key) == wanted[key], believed_by)
        for kind, name, content, key in _rows(environ, root)
    )


def _believed_by(config: Config) -> str | None:
    """Name what makes every workspace count: a key in a file, the variable, or the call.

    The call may be a command with `--trust-workspace`, or a program that opens a session.
    """
    if not config.get("trust.workspace"):
        return None
    file = config.origin("trust.workspace")
    if file is not None:
        return f"`trust.workspace` in {file}"
    return f"`{TRUST_VARIABLE}`" if trusts_by_variable(config.environ) else "the call itself"


def trust(config: Config, root: Path) -> tuple[TrustSubject, ...]:
    """Consent to all that a workspace wants now, and to nothing it wanted before.

    Raises:
        ConfigError: Its configuration cannot be read.
        HostError: The consent cannot be written.

    """
    consent(config.environ, root, _wanted(config.environ, root))
    return trust_subjects(config, root)


def distrust(environ: Mapping[str, str], root: Path) -> bool:
    """Take all consent back; False when there was none. Raises `HostError`."""
    given = bool(consents(environ, root))
    consent(environ, root, {})
    return given


def consent_to_change(
    environ: Mapping[str, str],
    root: Path,
    before: Values,
    after: Values,
    typed: KeyPath | None = None,
) -> None:
    """Consent to what a change makes of a workspace's own configuration, and to no more than that.

    `before` are the values that stood there, `typed` the key whose whole value the user gave. Where
    another of them waits for consent still, and stays, nobody may have looked at it: then nothing
    is consented to. Other consents are left as they are. Raises `HostError`.
    """
    given = dict(consents(environ, root))
    stood, wanting = _counted(before), _counted(after)
    stays = (stood.keys() & wanting.keys()) - {typed}
    if stays and given.get(SUBJECT) != digest(as_subject(stood)):
        return
    kept = {key: value for key, value in given.items() if key != SUBJECT}
    kept |= {SUBJECT: digest(as_subject(wanting))} if wanting else {}
    if kept != given:
        consent(environ, root, kept)


def require_consent_to_scripts(config: Config, root: Path, scripts: Iterable[str]) -> None:
    """Refuse activation scripts that the user wants to be asked about and was not.

    Raises:
        ActivationError: There is no consent to them as they are.

    """
    if not config.get("trust.activation") or config.get("trust.workspace"):
        return
    given = consents(config.environ, root)
    for name in scripts:
        if given.get(f"activation {name}") != digest_of(root / name):
            raise ActivationError(
                f"the activation script `{name}` was not run: you have not accepted it as it is",
                hints=("look at it, then accept what the workspace wants by `wisp trust`",),
            )


def may_be_entered(config: Config, root: Path) -> bool:
    """Whether a workspace may be activated because somebody went there.

    It may if the user has accepted it there, with all that its manifest lets activation run and
    set, or trusts every workspace. Raises `ManifestError` where that cannot be read.
    """
    if config.get("trust.workspace"):
        return True
    given = consents(config.environ, root).get(_ENTERING)
    return given is not None and given == _entering(config.environ, root)


def _wanted(environ: Mapping[str, str], root: Path) -> dict[str, str]:
    """Return the digests of all subjects, as consents are kept."""
    wanting = _configuration(environ, root)
    found = {SUBJECT: digest(as_subject(wanting))} if wanting else {}
    for kind, _, content, key in _rows(environ, root):
        if kind in ("link", "owner"):
            found[key] = digest(content)
        elif kind in ("activation", "entering"):
            found[key] = content
    return found


def _rows(environ: Mapping[str, str], root: Path) -> Iterator[tuple[Kind, str, str, str]]:
    """Yield kind, name and content of each subject, and the key under which consent is kept."""
    for path, value in _configuration(environ, root).items():
        line = " ".join(dump({path: value}).split("\n")).strip()
        yield "configuration", ".".join(path), line, SUBJECT
    for link in foreign_links(root):
        name = link.relative_to(root).as_posix()
        yield "link", name, target(link), f"link {name}"
    for manifest in _manifests(environ, root):
        owner = owned_by(environ, manifest)
        if owner is not None:
            yield "owner", manifest.name, owner, OWNER
    for name in _scripts(environ, root):
        content = digest_of(root / name)
        if content is not None:
            yield "activation", name, content, f"activation {name}"
    entering = _entering(environ, root)
    if entering is not None:
        yield "entering", ".", entering, _ENTERING


def _configuration(environ: Mapping[str, str], root: Path) -> Values:
    file = config_files(environ, root).workspace
    assert file is not None
    try:
        values = parse(found_text(file), file).values
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(file, error) from error
    return _counted(values)


def _counted(values: Values) -> Values:
    """Leave out what does not count even with consent."""
    return {path: row for path, row in needing_consent(values).items() if path[0] != STEERING}


def _scripts(environ: Mapping[str, str], root: Path) -> list[str]:
    """Name the activation scripts of a workspace, of all features and machines."""
    declared = _activations(environ, root) or ()
    return list(dict.fromkeys(name for row in declared for name in row.scripts or ()))


def _activations(environ: Mapping[str, str], root: Path) -> list[ActivationTable] | None:
    """Return the tables of activation of all features and machines; None without a manifest."""
    try:
        manifest = next((load(file, despite="version") for file in _manifests(environ, root)), None)
    except ManifestError:
        return None
    if manifest is None:
        return None
    inline = [one.inline for one in manifest.environments.values() if one.inline is not None]
    features = (*manifest.features.values(), *inline)
    targets = [each for one in features for each in (one.base, *(row for _, row in one.targets))]
    return [row.activation for row in targets]


def _entering(environ: Mapping[str, str], root: Path) -> str | None:
    """Digest all that activation runs and sets by the manifest; None without a manifest."""
    declared = _activations(environ, root)
    if declared is None:
        return None
    rows = [
        [[(name, digest_of(root / name)) for name in row.scripts or ()], dict(row.env)]
        for row in declared
    ]
    return digest([row for row in rows if any(row)])


def _manifests(environ: Mapping[str, str], root: Path) -> list[Path]:
    """Return the manifest of a workspace, if it has one."""
    try:
        return [discover(root, environ, root).path]
    except ManifestError:
        return []
