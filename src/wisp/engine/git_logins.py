"""Users and passwords in the addresses of git repositories.

git hands an address on to programs of its own, in words that every user of the machine can read.
So it gets what is secret of one in a file that only we can read, through a helper of its own.

Sources: gitcredentials(7), "Credential contexts"; git-credential-store(1), "Storage format";
git-config(1), `GIT_CONFIG_COUNT` (which git has looked at since 2.31).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from shlex import quote
from urllib.parse import urlsplit

from wisp.engine.process import capture
from wisp.errors import HostError
from wisp.patterns import pattern
from wisp.specs.urls import UserInfo, with_userinfo, without_userinfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match

#: As lines of requirements write an address, and as sources of a project do.
_ADDRESS = pattern(r"(?P<sign>\bgit\+|\bgit = \")(?P<url>https?://[^\s\"]+)")
_COUNT = "GIT_CONFIG_COUNT"
_SINCE = (2, 31)
_VERSION = pattern(r"git version ([0-9]+)\.([0-9]+)")


class GitLogins:
    """Passwords that were taken out of texts, by the addresses of their repositories.

    `environ` finds git. One that is too old to be told otherwise keeps them in its addresses.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._found: dict[str, UserInfo] = {}

    def taken_out(self, text: str) -> str:
        """Return a text without the users and passwords of git's addresses.

        A user alone stays: git asks the user's own helpers for that one's password.
        """
        return _ADDRESS.sub(self._without, text) if "git" in text and "@" in text else text

    def _without(self, found: Match[str]) -> str:
        bare, info = without_userinfo(found["url"])
        if info is None or info.password is None or self._git_is_old:
            return found[0]
        parts = urlsplit(bare)
        path = parts.path if '"' in found["sign"] else parts.path.partition("@")[0]
        repository = parts._replace(path=path, query="", fragment="").geturl()
        self._found.setdefault(repository, info)
        return found["sign"] + bare

    @cached_property
    def _git_is_old(self) -> bool:
        try:
            said = capture(["git", "--version"], environ=self._environ).stdout
        except HostError:  # uv says that there is none
            return False
        version = _VERSION.match(said)
        return version is not None and (int(version[1]), int(version[2])) < _SINCE

    def variables(self, folder: Path) -> dict[str, str]:
        """Write what was taken out into `folder`, and return the variables that lead git there.

        They stand behind what the environment has of the same kind.
        """
        if not self._found:
            return {}
        file = folder / "git-logins"
        file.touch(mode=0o600)
        lines = (with_userinfo(url, info) for url, info in self._found.items())
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        known = self._environ.get(_COUNT, "")
        first = int(known) if known.isdecimal() else 0
        rows = tuple(enumerate(self._settings(file), first))
        keys = {f"GIT_CONFIG_KEY_{number}": key for number, (key, _) in rows}
        values = {f"GIT_CONFIG_VALUE_{number}": value for number, (_, value) in rows}
        return {**keys, **values, _COUNT: str(first + len(rows))}

    def _settings(self, file: Path) -> Iterator[tuple[str, str]]:
        """Let no other helper answer for these hosts, and each repository have its own login.

        What else git fetches from a host, as modules below a repository, gets the first of it.
        """
        hosts = dict.fromkeys(_host_of(url) for url in self._found)
        for host in hosts:
            yield f"credential.{host}.helper", ""
            yield f"credential.{host}.helper", f"store --file {quote(str(file))}"
        for repository in self._found:
            yield f"credential.{repository}.useHttpPath", "true"


def _host_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
