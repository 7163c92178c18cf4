"""Bases by short names: `cuda-12`, `cuda-12.8-runtime`, and what a workspace names itself. Pure.

A name stands for a reference; what that stands for is kept in `image.lock`, as of any other.

Source: NVIDIA's images of CUDA, "Overview of Images" (base, runtime, devel; with cuDNN or without).
"""

from __future__ import annotations

from collections.abc import Mapping

from wisp.errors import UsageError
from wisp.patterns import pattern

_REPOSITORY = "docker.io/nvidia/cuda"
#: Version of CUDA, as names have it, to the release that stands for it and the system below it.
#: The last one of a major version stands for that as well.
_RELEASES = {
    "11.8": ("11.8.0", "ubuntu22.04"),
    "12.0": ("12.0.1", "ubuntu22.04"),
    "12.1": ("12.1.1", "ubuntu22.04"),
    "12.2": ("12.2.2", "ubuntu22.04"),
    "12.3": ("12.3.2", "ubuntu22.04"),
    "12.4": ("12.4.1", "ubuntu22.04"),
    "12.5": ("12.5.1", "ubuntu22.04"),
    "12.6": ("12.6.3", "ubuntu24.04"),
    "12.8": ("12.8.1", "ubuntu24.04"),
    "12.9": ("12.9.1", "ubuntu24.04"),
    "13.0": ("13.0.1", "ubuntu24.04"),
}
#: What is in the image besides the driver's side: nothing, CUDA's libraries, its compilers.
_KINDS = ("base", "runtime", "cudnn-runtime", "devel", "cudnn-devel")
_NAME = pattern(r"cuda-(?P<version>\d+(?:\.\d+)?)(?:-(?P<kind>[a-z][a-z-]*))?")


def reference_of(text: str, own: Mapping[str, str]) -> str:
    """Return what a name stands for; `own` names come before ours. Other texts stay as they are.

    Raises:
        UsageError: It is like one of our names, but of a version or kind that is not known.

    """
    if text in own:
        return own[text]
    found = _NAME.fullmatch(text)
    if found is None:
        return text
    release = _RELEASES.get(_full(found["version"]))
    kind = found["kind"] or _KINDS[0]
    if release is None or kind not in _KINDS:
        raise UsageError(
            f"there is no base `{text}`",
            hints=[
                f"known are {', '.join(f'`cuda-{one}`' for one in _RELEASES)}, `cuda-12` for the "
                "last of them, each also with " + ", ".join(f"`-{one}`" for one in _KINDS[1:]),
                "any other image is a base by its full name",
            ],
        )
    return f"{_REPOSITORY}:{release[0]}-{kind}-{release[1]}"


def cuda_of(text: str | None) -> str | None:
    """Return the version of CUDA that a name of ours means, with its minor part."""
    found = _NAME.fullmatch(text) if text else None
    return _full(found["version"]) if found else None


def _full(version: str) -> str:
    """Return the last minor version of a major one; one that is not known stays as it is."""
    if "." in version:
        return version
    return next((one for one in reversed(_RELEASES) if one.startswith(f"{version}.")), version)
