"""What tells an engine to give containers a GPU.

Only the driver comes from the machine; everything above it is in the packages, or in the base.

Source: NVIDIA Container Toolkit, "Specialized Configurations with Docker": several variables whose
names begin with `NVIDIA_REQUIRE_` have to hold all at once.
"""

from __future__ import annotations

from collections.abc import Mapping

from wisp.foreign import whole_number
from wisp.image.named_bases import cuda_of
from wisp.platforms import Platform

_DEVICES = {"NVIDIA_VISIBLE_DEVICES": "all", "NVIDIA_DRIVER_CAPABILITIES": "compute,utility"}
_REQUIRE, _ALSO = "NVIDIA_REQUIRE_CUDA", "NVIDIA_REQUIRE_WORKSPACE"


def gpu_variables(
    platform: Platform, base: str | None = None, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return variables for an environment whose platform declares CUDA, or on a base for it.

    `base` is the name of the base, `given` are its own variables, which stay.
    """
    given = given or {}
    declared, named = _declared(platform), cuda_of(base)
    versions = [version for version in (declared, named) if version]
    if not versions:
        return {}
    found = {name: value for name, value in _DEVICES.items() if name not in given}
    if _REQUIRE not in given:
        found[_REQUIRE] = _at_least(max(versions, key=_numbers))
    elif declared is not None:
        found[_ALSO] = _at_least(declared)
    return found


def pretended_driver(platform: Platform) -> dict[str, str]:
    """Return what lets an environment for a GPU be installed where there is none."""
    version = _declared(platform)
    return {"CONDA_OVERRIDE_CUDA": version} if version else {}


def _declared(platform: Platform) -> str | None:
    packages = platform.virtual_packages()
    return next((one.version for one in packages if one.name == "__cuda"), None)


def _at_least(version: str) -> str:
    return f"cuda>={'.'.join([*version.split('.'), '0'][:2])}"


def _numbers(version: str) -> list[int]:
    return [whole_number(part) or 0 for part in version.split(".")]
