"""The one judge of paths and names that came from a record, a lock, a channel or an archive (pure).

Such a path is believed only if it cannot lead out of the folder it is for, on any system: it is
relative and none of its parts leads upward.
"""

from __future__ import annotations

from wisp.errors import WispError
from wisp.patterns import pattern

_PLAIN_NAME = pattern(r"[A-Za-z0-9._+!-]+")
_CONTROL = pattern(r"[\x00-\x1f\x7f]")
#: A part that is `.`, `..` or empty, parted by either slash; a drive at the beginning. Elsewhere
#: files of Unix may have colons (manuals of Perl) and backslashes (units of systemd).
_SUSPECT = pattern(r"[\x00-\x1f\x7f]|(?:^|[/\\])(?:\.{1,2})?(?:[/\\]|$)|^[A-Za-z]:")
_SLASH_OR_NOTHING = ("", "/")
_LONGEST_SHOWN = 100


class UnsafePathError(WispError):
    """A path or name of a stranger's would lead out of the folder it is for."""


def is_inside(path: str) -> bool:
    """Tell whether a path, with `/` between its parts, stays in the folder it is relative to.

    What is absolute, empty, has an empty part, `.`, `..`, a control character, or begins with a
    drive does not. A backslash parts too, as it would on Windows.
    """
    if (
        path.isprintable()
        and path[:1] not in _SLASH_OR_NOTHING
        and path[-1] not in "/."
        and not ("./" in path or "//" in path or "\\" in path or ":" in path)
    ):
        return True  # nearly all, at an eighth of what the expression costs
    return not _SUSPECT.search(path)


def inside(path: str, whose: str) -> str:
    """Return a path that stays inside; `whose` says in the error where it came from.

    Raises:
        UnsafePathError: It does not.

    """
    if not is_inside(path):
        raise UnsafePathError(f"{whose} names the path `{_shown(path)}`, which leads elsewhere")
    return path


def as_some_hold(path: str) -> str:
    """Spell a path as the most forgiving file system holds it, to compare it with names of ours.

    Some know no capital letters (APFS, NTFS), leave out signs that are not shown (HFS+), or dots
    and blanks at the end of a part (Windows).
    """
    folded = path.casefold()
    if not folded.isprintable():  # to look at each sign costs three times as much
        folded = "".join(sign for sign in folded if sign.isprintable())
    return "/".join(part.rstrip(". ") for part in folded.split("/"))


def is_site_packages(path: str) -> bool:
    """Tell whether a path stays inside and is that of a folder for modules of Python.

    Anywhere else modules would become records, programs, or scripts of activation. Windows spells
    it as it likes, with a backslash too.
    """
    return is_inside(path) and path.lower().replace("\\", "/").split("/")[-1] == "site-packages"


def site_packages(path: str, whose: str) -> str:
    """Return where modules of Python lie. Raises `UnsafePathError` for another place."""
    if not is_site_packages(inside(path, whose)):
        raise UnsafePathError(
            f"{whose} names `{_shown(path)}` for modules of Python, which is no `site-packages`"
        )
    return path


def is_plain_name(name: str) -> bool:
    """Tell whether a name can be one part of a path: letters, digits, `.`, `_`, `+`, `!`, `-`."""
    return bool(_PLAIN_NAME.fullmatch(name)) and name not in {".", ".."}


def is_one_part(name: str) -> bool:
    """Tell whether a name of any signs is one part of a path, and names an entry of a folder."""
    return is_inside(name) and "/" not in name and "\\" not in name


def plain_name(name: str, whose: str) -> str:
    """Return a name that can be one part of a path. Raises `UnsafePathError` for any other."""
    if not is_plain_name(name):
        raise UnsafePathError(f"{whose} has the name `{_shown(name)}`, which is none")
    return name


def _shown(text: str) -> str:
    return _CONTROL.sub("�", text[:_LONGEST_SHOWN])
