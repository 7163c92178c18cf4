"""Secrets in addresses that a lock has to hold, told of when it is written.

What opens a host belongs into the user's store of credentials. Where it stands in the path or the
query of an address, nothing could be fetched by the lock without it, so it stays there. What only
a page of links has told, such as a signature, is told of once for each host.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from wisp.lock.model import LockFile
from wisp.report import Reporter
from wisp.specs.url_secrets import has_token, shown

_STORED_TOKEN = "take it out of the address, and store it by `wisp auth login {} --conda-token -`"
_STORED_SECRET = "take it out of the address, and store what opens the host by `wisp auth login {}`"


def tell_of_secrets(lock: LockFile, name: str, reporter: Reporter) -> None:
    """Warn of each secret in the addresses of a lock; `name` is what its file is called."""
    rows = lock.environments.values()
    channels = {channel.url for row in rows for channel in row.channels}
    for url in sorted(filter(has_token, channels)):
        where = f"stands in `{name}`, and in the records of what is installed from there"
        hint = _STORED_TOKEN if "/t/" in urlsplit(url).path else _STORED_SECRET
        reporter.warn(f"the token in `{shown(url)}` {where}", hints=(_filled(hint, url),))
    told = {urlsplit(url).hostname for url in channels if has_token(url)}
    for url in filter(has_token, _of_pypi(lock)):
        if urlsplit(url).hostname not in told:
            told.add(urlsplit(url).hostname)
            reporter.warn(
                f"the token in `{shown(url)}` stands in `{name}`",
                hints=(_filled(_STORED_SECRET, url),),
            )


def _of_pypi(lock: LockFile) -> Iterator[str]:
    """Give the addresses of indexes, lists of links and packages."""
    for row in lock.environments.values():
        yield from row.indexes or ()
        yield from (links.url for links in row.find_links if links.url)
    locations = {record.location for record in lock.records()}
    yield from sorted(one.removeprefix("direct+").removeprefix("git+") for one in locations)


def _filled(hint: str, url: str) -> str:
    return hint.format(urlsplit(url).hostname)
