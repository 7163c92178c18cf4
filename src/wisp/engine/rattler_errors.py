"""What rattler says when it fails, as errors of ours: its texts hold their causes line by line."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from wisp.engine.offline import OFFLINE_HINTS
from wisp.errors import FetchError, UntoldFetchError
from wisp.patterns import pattern
from wisp.specs.url_secrets import shown

_NETWORK = ("client error (Connect)", "dns error", "operation timed out", "Request failed after")
_UNKNOWN = "invalid peer certificate"
#: What one of two requests for the same file hears when they failed: the reason went to the other.
_LOST = "a coalesced request failed"
_DIRECT = "the direct url query failed for "
#: What to do where nobody answers.
CHECK_NETWORK = (
    "check the network connection and the proxies, if there are any, or work with what is cached: "
    "`--offline`"
)
#: What to do about a channel that says what nobody can use.
TELL_OWNERS = "tell the owners of the channel, or leave it out"
#: What to do about a file that has another hash than its lock says.
CHANGED_FILE = (
    "the file was changed or damaged; if you trust where it comes from, `pixi update` locks it as "
    "it is now"
)
_GONE = "404 Not Found"
#: What helps where the configuration puts a folder in place of a channel or an index.
NO_WEB_MIRROR = (
    "a mirror has an address of the web; a folder is named in the manifest, as a channel of its own"
)
_ADDRESS = pattern(r"for url \((https?://[^\s)]+)\)")
_DENIED = "Permission denied"
_DISK = ("No space left", "File too large", "Disk quota exceeded")
_OPEN_FILES = ("Too many open files", "TooManyOpenFiles")
#: What fails a package without being its fault.
_ELSEWHERE = (*_NETWORK, _LOST, _UNKNOWN, _DENIED, *_DISK, *_OPEN_FILES)
_OF_ONE = pattern(r"failed to (?:fetch|link) (?:\S*/)?(\S+?)(?:\.conda|\.tar\.bz2)?$")


def is_panic(error: BaseException) -> bool:
    """Tell whether an error is rattler's way to say that it has met what it never thought of.

    One of the two is no `Exception`, so that nobody takes it for one by chance.
    """
    return type(error).__name__ in {"PanicException", "RustPanic"}


def panicked(error: BaseException) -> FetchError:
    """Word such an error: rattler has told on its own what it has met."""
    text = str(error)
    if any(sign in text for sign in _OPEN_FILES):
        return FetchError("the engine cannot work", causes=[text], hints=hints_for(text))
    return FetchError(
        "what a channel, a lock or a package says of itself cannot be used",
        causes=[text],
        hints=[TELL_OWNERS],
    )


def chain_of(text: str) -> tuple[str, list[str]]:
    """Split a text into its message and the causes below it, each told once."""
    # Some texts begin with the name of the exception.
    message, *causes = text.removeprefix("GatewayError: ").split("\nCaused by: ")
    pairs = zip([message, *causes], causes, strict=False)
    return message, [cause for before, cause in pairs if not before.endswith(cause)]


def package_at_fault(text: str) -> str | None:
    """Return the package (`NAME-VERSION-BUILD`) whose fault a failure to install is, if any's."""
    if any(sign in text for sign in _ELSEWHERE):
        return None
    found = _OF_ONE.fullmatch(chain_of(text)[0])
    return found[1] if found else None


def hints_for(text: str, *, offline: bool = False) -> list[str]:
    """Say what may help against the kinds of trouble that a text tells of."""
    hints: list[str] = []
    if offline:
        hints += OFFLINE_HINTS
    elif _UNKNOWN in text:
        hints.append(
            "the other side shows a certificate of nobody that is known here: put that of its "
            "authority into a file, and name it by `SSL_CERT_FILE`"
        )
    elif any(sign in text for sign in (*_NETWORK, _LOST)):
        hints.append(CHECK_NETWORK)
    if "could not find subdir" in text:
        hints.append("check the spelling of the channel; each channel has a folder `noarch`")
    elif _GONE in text and ("failed to fetch" in text or ".conda" in text or ".tar.bz2" in text):
        hints.append(
            "the channel does not have this file any more, or its mirror does not have it yet: "
            "`pixi update` locks what there is now"
        )
    if "URL scheme is not allowed" in text:
        hints.append(NO_WEB_MIRROR)
    if "401 Unauthorized" in text or "403 Forbidden" in text:
        # A bucket is asked at its endpoint, but its keys are stored by its name.
        host = "s3://BUCKET" if "X-Amz-" in text else _host_in(text)
        hints.append(login_hint(host))
    if _DENIED in text:
        hints.append("check the permissions of the folder and of the package cache")
    if any(sign in text for sign in _DISK):
        hints.append("free some disk space, or raise the limit on file sizes")
    if any(sign in text for sign in _OPEN_FILES):  # the soft limit was raised (`open_files`)
        hints.append(
            "raise the hard limit on files that are open at once: `ulimit -Hn` tells it, a "
            "container has it by `--ulimit nofile=NUMBER`"
        )
    return hints


def login_hint(host: str) -> str:
    """Say what helps where a host refuses us: it is named as credentials for it are stored."""
    return (
        f"the host wants credentials, or others: `pixi auth login {host}` stores them, "
        f"`pixi auth status {host}` tells what there is"
    )


def _host_in(text: str) -> str:
    """Return the host that a text tells of; channels are asked without regard to ports."""
    found = _ADDRESS.search(text)
    return (urlsplit(found[1]).hostname if found else None) or "HOST"


def folded(text: str) -> str:
    """Fold neighbours that say the same in the tree of an explanation into one, with their number.

    The last of them stays, since its branch (`└─`) is the one that the tree needs.
    """
    lines: list[tuple[str, int]] = []
    for line in text.splitlines():
        if lines and _said(lines[-1][0]) == _said(line) and _said(line)[1]:
            lines[-1] = (line, lines[-1][1] + 1)
        else:
            lines.append((line, 1))
    return "\n".join(line if count == 1 else f"{line} ({count} builds)" for line, count in lines)


def _said(line: str) -> tuple[int, str]:
    """Return how deep in the tree a line stands, and its words."""
    words = line.lstrip("│├└─ ")
    return len(line) - len(words), words


def _told(message: str) -> str:
    """Name a package by its path or URL, as the manifest does."""
    url = message.removeprefix(_DIRECT)
    path = unquote(urlsplit(url).path) if url.startswith("file:") else url
    return f"`{path}`"


def _one_of(channels: Sequence[str]) -> str:
    named = ", ".join(f"`{shown(url)}`" for url in channels)
    return f"one of {named}" if len(channels) > 1 else named


def _placed(message: str, causes: Sequence[str], channels: Sequence[str]) -> str:
    """Say of which channels a reason may tell that names no address."""
    if not channels or any("://" in text for text in (message, *causes)):
        return message
    return f"{_one_of(channels)}: {message}"


def unreachable(text: str, *, offline: bool, channels: Sequence[str] = ()) -> FetchError:
    """Word a failure to read one of some channels, which are named where the text names none."""
    message, causes = chain_of(text)
    hints = hints_for(text, offline=offline)
    if message == _LOST:
        told = f"a request to {_one_of(channels) or 'it'} failed"
        return UntoldFetchError("failed to read a channel", causes=[told], hints=hints)
    if "could not find subdir" in message:
        return FetchError(message, causes=causes, hints=hints)
    if message.startswith(_DIRECT):
        # It stands in the manifest as a URL or a path, and no channel has part in it.
        return FetchError(
            f"failed to read the package {_told(message)}", causes=causes, hints=hints
        )
    told = _placed(message, causes, channels)
    return FetchError("failed to read a channel", causes=[told, *causes], hints=hints)
