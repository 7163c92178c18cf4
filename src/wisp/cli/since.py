"""With which release of Pixi commands, options, keys and variables came that 0.77 does not have.

They are there at every level. The references are made from this, or held to it by a test.
"""

from __future__ import annotations

#: A command or a group of them, or a command and an option of its own.
COMMANDS = {
    "add --path": "0.78.0",
    "auth login --oauth-audience": "0.82.0",
    "auth login --workload-identity": "0.82.0",
    "auth login --workload-identity-audience": "0.82.0",
    "auth login --workload-identity-exchange": "0.82.0",
    "auth login --workload-identity-token-endpoint": "0.82.0",
    "clean cache --notices": "0.77.1",
    "config append --shared": "0.83.0",
    "config edit --shared": "0.83.0",
    "config list --shared": "0.83.0",
    "config prepend --shared": "0.83.0",
    "config set --shared": "0.83.0",
    "config unset --shared": "0.83.0",
    "global exclude-newer": "0.84.0",
    "install --script": "0.79.0",
    "run --experimental": "0.80.0",
    "self-update --nightly": "0.84.2",
    "self-update --tls-no-verify": "0.84.0",
    "self-update --tls-root-certs": "0.84.0",
    "tree --json": "0.85.0",
    "update --script": "0.78.0",
    "workspace dependencies": "0.79.0",
    "workspace exclude-newer": "0.84.0",
    "workspace platform add --amdgpu": "0.82.0",
    "workspace platform edit --amdgpu": "0.82.0",
    "workspace preview": "0.77.1",
}
#: Keys of the configuration.
KEYS = {
    "exclude-newer.cutoff": "0.84.0",
    "exclude-newer.exemptions": "0.84.0",
    "experimental.conda-script": "0.80.0",
    "s3-options.BUCKET.addressing-style": "0.82.0",
    "virtual-package-detectors.consent": "0.83.0",
    "virtual-package-detectors.timeout-seconds": "0.83.0",
}
#: Keys of the manifest, by the table or the key that they stand below.
MANIFEST = {
    "platforms.amdgpu": "0.82.0",
    "platforms.subdir": "0.85.0",
    "s3-options.addressing-style": "0.82.0",
    "workspace.exclude-newer": "0.82.1",
    "workspace.pypi-exclude-newer": "0.82.1",
}
#: Variables of the environment, read or set.
VARIABLES = {
    "CONDA_OVERRIDE_AMDGPU": "0.82.0",
    "CONDA_OVERRIDE_AMDGPU_ARCH": "0.82.0",
    "CONDA_OVERRIDE_NAME": "0.83.0",
    "DO_NOT_TRACK": "0.82.0",
    "PIXI_NO_TELEMETRY": "0.82.0",
    "PIXI_WORKSPACE_MANIFEST": "0.82.0",
    "PIXI_WORKSPACE_NAME": "0.82.0",
    "PIXI_WORKSPACE_ROOT": "0.82.0",
    "PIXI_WORKSPACE_VERSION": "0.82.0",
    "RATTLER_HOME": "0.78.0",
}


def short(release: str) -> str:
    """Spell a release as pages do: without a patch that is none."""
    return release.removesuffix(".0")
