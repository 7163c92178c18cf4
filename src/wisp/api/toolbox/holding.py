"""What an environment of tools held before a deed, so that it can be made again if that fails."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wisp.api.context import SessionContext
from wisp.api.provisioning import install_newest
from wisp.engine.prefix import Installed
from wisp.errors import WispError
from wisp.manifest.words import conda_word
from wisp.specs.conda import CondaRequirement
from wisp.specs.inputs import EnvironmentInputs
from wisp.values import replace

Held = tuple[CondaRequirement, ...]


def held(packages: Iterable[Installed]) -> Held:
    """Remember packages, each as a requirement that only it fulfils."""
    records = (one.record for one in packages)
    return tuple(conda_word(f"{one.name}=={one.version}={one.build}") for one in records)


def bring_back(
    session: SessionContext, inputs: EnvironmentInputs, before: Held, prefix: Path, manifest: Path
) -> None:
    """Bring a prefix back to what it held, as far as its channels still have that."""
    try:
        wanted = replace(inputs, dependencies=before)
        install_newest(session, wanted, prefix, manifest_path=manifest)
    except WispError as error:
        session.reporter.info(f"{prefix.name} is made anew: {error.message}")
