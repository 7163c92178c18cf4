"""What a one-off command runs in: packages asked for, the one that its name suggests, a folder.

Pure: words in, values out. `wisp.api.oneoff` makes the environment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import xxhash

from wisp.manifest.cutoff_model import NO_CUTOFF, CutoffTable
from wisp.patterns import pattern
from wisp.platforms import Platform
from wisp.specs.conda import Channel, CondaRequirement, CondaSpec
from wisp.specs.pypi import PypiRequirement
from wisp.values import dataclass

_UNUSUAL = pattern(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOff:
    """An environment for one command.

    `asked` are the packages that were named, `guess` the one that the command's name suggests.
    A guess `beside` others is dropped where no such package fits; alone it has to. With `pypi`
    packages nothing is guessed, and there is a Python. `exclude_newer` is kept as written: a span
    of days back is the same request every day.
    """

    asked: tuple[CondaRequirement, ...]
    guess: CondaRequirement | None
    channels: tuple[Channel, ...]
    platform: Platform
    offline: bool = False
    pypi: tuple[PypiRequirement, ...] = ()
    exclude_newer: CutoffTable = NO_CUTOFF

    @property
    def beside(self) -> bool:
        """Whether the environment makes sense without the guess."""
        return bool(self.asked)

    @property
    def requirements(self) -> tuple[CondaRequirement, ...]:
        """All that is wanted, the guess first, of which a package that was named is no part."""
        named = {one.name for one in self.asked}
        if self.pypi and "python" not in named:
            return (CondaRequirement("python", CondaSpec()), *self.asked)
        if self.guess is None or self.guess.name in named:
            return self.asked
        return (self.guess, *self.asked)

    def folder(self, spelled: Sequence[str], lock: str = "") -> str:
        """Name the folder of the environment: same requests share one.

        `spelled` are the requirements as match specs, `lock` is the digest of what is locked, if
        that is what decides. The name of a sole package leads the name.
        """
        newer = self.exclude_newer
        parts = [
            *sorted(spelled),
            *sorted(f"pypi {one}" for one in self.pypi),
            *(channel.url for channel in self.channels),
            self.platform.subdir,
            "offline" if self.offline else "",
            *([f"exclude-newer {newer.cutoff}"] if newer.cutoff else []),
            *(f"exempt {one}" for one in newer.exemptions),
            *([f"lock {lock}"] if lock else []),
        ]
        digest = xxhash.xxh3_64_hexdigest("\0".join(parts).encode())
        wanted = self.requirements
        sole = self.guess if self.guess is not None else wanted[0] if len(wanted) == 1 else None
        if len(self.pypi) == 1 and not self.asked:
            return f"{self.pypi[0].normalized}-{digest}"
        return digest if sole is None else f"{sole.name}-{digest}"


def guessed(command: str) -> CondaRequirement:
    """Return the package that is likely to have a command: one of its name."""
    name = _UNUSUAL.sub("-", command)
    return CondaRequirement(name.lower(), CondaSpec())


def label(asked: Iterable[CondaRequirement | PypiRequirement]) -> str | None:
    """Return what an environment is called inside, for prompts; None where nothing was asked."""
    names = sorted({one.name for one in asked})
    return f"temp:{','.join(names)}" if names else None


def surroundings(
    asked: Iterable[CondaRequirement | PypiRequirement], *, prompt: bool
) -> dict[str, str]:
    """Return the variables that tell programs and people in which environment they are."""
    name = label(asked)
    if name is None:
        return {}
    shown = {"PS1": rf"(pixi:{name}) [\w] \$"} if prompt else {}
    return {"PIXI_ENVIRONMENT_NAME": name, **shown}
