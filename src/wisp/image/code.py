"""Which files of a workspace are its code, and so go into an image.

What git and Docker are told to ignore stays out, and so do, whoever forgot to ignore them, locks,
environments, repositories and what looks like a secret. `include` brings single paths back.

Sources: gitignore(5); Docker's reference of `.dockerignore` (patterns are anchored at the root).
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

from wisp.image.entries import LayerEntry, UnfitFileError, file_entry, walk
from wisp.image.products import is_product
from wisp.layout import LOCK_NAME, PIXI_DIR
from wisp.patterns import pattern
from wisp.trust import found_text
from wisp.values import dataclass

IMAGE_LOCK = "image.lock"

#: Folders of tools.
FOLDERS = (PIXI_DIR, ".git", ".hg", ".svn", "__pycache__")
#: Names that are never code, at any depth, unless a path is named in full.
_NEVER = frozenset({LOCK_NAME, IMAGE_LOCK, *FOLDERS})
#: Patterns of names that look like a secret, at any depth.
SECRETS = (
    *(".env", ".env.*", ".envrc", ".netrc", "_netrc", ".pypirc", ".condarc", ".npmrc"),
    *(".git-credentials", ".ssh", ".aws", ".azure", ".gnupg", ".docker", ".kube"),
    *(f"*.{kind}" for kind in ("pem", "key", "p12", "pfx", "jks", "keystore", "kdbx")),
    *("*.gpg", "*.asc"),
    *(f"id_{kind}{sk}" for kind in ("rsa", "dsa", "ecdsa", "ed25519") for sk in ("", "_sk")),
    *(
        f"{name}{ending}"
        for name in ("credentials", "secret", "secrets")
        for ending in ("", ".json", ".toml", ".yaml", ".yml")
    ),
)
_SECRET = pattern("(?i)" + "|".join(map(fnmatch.translate, SECRETS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSelection:
    """What of a workspace goes into the image, as patterns of gitignore.

    `include` brings back what is ignored, `exclude` leaves out more and wins. What is never code
    comes back only if `include` has its path in full, without wildcards.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


def code_files(root: Path, selection: CodeSelection) -> list[str]:
    """List the code of a workspace: sorted paths relative to its folder.

    Raises:
        UnfitFileError: A folder or a list of patterns cannot be read.

    """
    rules = _Rules(root, selection)
    return [path for path in walk(root, rules.keeps) if not _is_folder(root / path)]


def _is_folder(path: Path) -> bool:
    """Tell a folder from a link to one, which goes into the image as it is."""
    return path.is_dir() and not path.is_symlink()


class _Rules:
    """Judges paths from the top down, reading each folder's `.gitignore` when it is entered."""

    def __init__(self, root: Path, selection: CodeSelection) -> None:
        self._root = root
        self._include = GitIgnoreSpec.from_lines(selection.include)
        self._exclude = GitIgnoreSpec.from_lines(selection.exclude)
        self._named = frozenset(path.strip("/") for path in selection.include)
        self._docker = GitIgnoreSpec.from_lines(_anchored(read_lines(root / ".dockerignore")))
        self._git: dict[str, GitIgnoreSpec] = {}
        self._guarded: set[str] = set()

    def keeps(self, path: str, is_folder: bool) -> bool:
        asked = f"{path}/" if is_folder else path
        if self._exclude.match_file(asked):
            return False
        guard = self._guard(path)
        if guard is None and self._is_left_out(path, asked, is_folder):
            return False
        if guard is None and is_product(self._root / path, is_folder):
            guard = path
        if guard is None:
            return True
        if is_folder:
            self._guarded.add(guard)
        return self._is_named(path, guard) or (is_folder and self._leads_to_named(path))

    def _is_left_out(self, path: str, asked: str, is_folder: bool) -> bool:
        """Tell whether a path is ignored, and nothing brings it, or what is below it, back."""
        if not self._is_ignored(path, asked):
            return False
        back = self._may_hold_included(path) if is_folder else self._include.match_file(asked)
        return not back

    def _guard(self, path: str) -> str | None:
        """Return what is never code: the path itself, or the folder around it; else None."""
        if _is_never_code(path):
            return path
        above = (str(one) for one in PurePosixPath(path).parents)
        return next((one for one in above if one in self._guarded), None)

    def _is_named(self, path: str, guard: str) -> bool:
        """Tell whether a path has its name in `include`, or a folder around it within the guard."""
        above = (str(one) for one in (PurePosixPath(path), *PurePosixPath(path).parents))
        return any(one in self._named for one in above if len(one) >= len(guard))

    def _is_ignored(self, path: str, asked: str) -> bool:
        if self._docker.match_file(asked):
            return True
        verdict: bool | None = None
        parts = path.split("/")
        for depth in range(len(parts)):
            folder = "/".join(parts[:depth])
            inner = asked[len(folder) + 1 :] if folder else asked
            found = self._patterns_of(folder).check_file(inner).include
            verdict = verdict if found is None else found
        return bool(verdict)

    def _patterns_of(self, folder: str) -> GitIgnoreSpec:
        if folder not in self._git:
            lines = read_lines(self._root / folder / ".gitignore")
            self._git[folder] = GitIgnoreSpec.from_lines(lines)
        return self._git[folder]

    def _leads_to_named(self, path: str) -> bool:
        return any(name == path or name.startswith(f"{path}/") for name in self._named)

    def _may_hold_included(self, path: str) -> bool:
        """Tell whether an ignored folder has to be entered: a pattern speaks of what is below."""
        first = path.split("/")[0]
        return any(
            pattern.lstrip("/").split("/")[0] == first or pattern.startswith(("*", "/*"))
            for pattern in self._named
        )


def _is_never_code(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name in _NEVER or bool(_SECRET.fullmatch(name))


def read_lines(file: Path) -> list[str]:
    """Return the lines of a list of patterns that was found, none where there is no such file.

    Raises `UnfitFileError` for one that cannot be read.
    """
    try:
        return found_text(file, errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return []
    except OSError as error:
        raise UnfitFileError(
            f"could not read `{file}`", causes=[error.strerror or str(error)]
        ) from error


def _anchored(lines: Iterable[str]) -> list[str]:
    """Spell Docker's patterns as git's: from the root, where git would take a name anywhere."""
    found: list[str] = []
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        sign, pattern = ("!", text[1:].strip()) if text.startswith("!") else ("", text)
        found.append(f"{sign}/{pattern.removeprefix('./').strip('/')}")
    return found


def code_entries(
    root: Path, paths: Iterable[str], place: str, skip: Callable[[Path], bool]
) -> list[LayerEntry]:
    """Make members of the code, to lie at `place` in the image; `skip` names files left out.

    Raises:
        UnfitFileError: A link leads out of the workspace, or something is no file.

    """
    entries: list[LayerEntry] = []
    for path in paths:
        file = root / path
        if skip(file):
            continue
        entry = file_entry(file, f"{place.lstrip('/')}/{path}")
        if entry.kind == "link" and _leads_out(path, entry.target):
            raise UnfitFileError(
                f"the link `{path}` leads out of the workspace, to `{entry.target}`",
                hints=["exclude it, or put there what it leads to"],
            )
        entries.append(entry)
    return entries


def _leads_out(path: str, target: str) -> bool:
    if target.startswith("/"):
        return True
    depth = len(path.split("/")) - 1
    for part in target.split("/"):
        depth += -1 if part == ".." else 0 if part in ("", ".") else 1
        if depth < 0:
            return True
    return False
