"""Putting a locked environment at a prefix; a session is all that is needed.

Who asks (a workspace, a tool of the user's, a build while solving) decides where the prefix is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wisp.errors import InstallError
from wisp.install.apply import InstallOptions, InstallOutcome, install_environment
from wisp.install.pypi import InstallPypi, PypiWork, python_paths
from wisp.lock.model import LockedEnvironment
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.records import CondaRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.engine.safe.root import Root


def install_at(
    session: SessionContext,
    locked: LockedEnvironment,
    prefix: Path,
    options: InstallOptions,
) -> InstallOutcome:
    """Bring a prefix to what is locked for it.

    Raises what `wisp.install.apply.install_environment` raises.
    """
    host = session.subdir
    if locked.platform.subdir not in (host, "noarch"):
        session.reporter.warn(
            f"environment '{locked.name}' is installed for '{locked.platform.subdir}', "
            f"but this machine is '{host}'"
        )
    token = session.reporter.start("installing", locked.name)
    session.reporter.describe(token, outer=True)
    try:
        outcome = install_environment(
            locked,
            prefix,
            options,
            lambda: session.channels,
            _pypi_installer(session),
            session.reporter,
        )
    finally:
        session.reporter.finish(token)
    for name in outcome.unknown:
        session.reporter.warn(f"package '{name}' is not part of environment '{locked.name}'")
    return outcome


def _pypi_installer(session: SessionContext) -> InstallPypi:
    """Connect the installation of a prefix with uv; nothing of it is imported until needed."""

    def install_pypi(work: PypiWork) -> None:
        from wisp.engine.uv_install import WheelInstallation, install_wheels

        install_wheels(
            session.uv,
            WheelInstallation(
                prefix=work.prefix,
                python=work.interpreter,
                root=work.root,
                records=work.records,
                editable=work.editable,
                reinstall=work.reinstall,
                options=work.options,
                variables=_build_variables(session, work),
                held=work.held,
                label=work.label,
                within=work.within,
            ),
            session.reporter,
        )

    return install_pypi


def _build_variables(session: SessionContext, work: PypiWork) -> dict[str, str]:
    """Activate the prefix for builds; wheels need no more than the caller's environment."""
    if all(record.origin.is_wheel for record in work.records):
        return {}
    from wisp.activation.session import activate
    from wisp.activation.variables import Activation

    return activate(Activation(str(work.prefix)), session.environ).values


def install_for_solving(
    session: SessionContext,
    inputs: EnvironmentInputs,
    conda: tuple[CondaRecord, ...],
    prefix_of: Callable[[EnvironmentInputs], Path],
    *,
    manifest_path: Path,
    root: Root | None = None,
) -> Path:
    """Install conda packages that a build needs while solving, and return their Python.

    `prefix_of` is asked where they go once it is clear that they can be used here.

    Raises:
        InstallError: There is no Python among them, or they are for another machine.

    """
    host = session.host[0]
    subdir = inputs.platform.subdir
    if subdir != host:
        raise InstallError(
            f"a source distribution has to be built for '{subdir}', "
            f"which this machine ('{host}') cannot do",
            hints=("ask for wheels with `no-build = true` in [pypi-options]",),
        )
    locked = LockedEnvironment(
        name=inputs.environment,
        platform=inputs.platform,
        virtual_packages=tuple(map(str, inputs.platform.virtual_packages())),
        channels=tuple(channel.url for channel in inputs.channels),
        indexes=(),
        records=conda,
        root=inputs.root,
    )
    prefix = prefix_of(inputs)
    options = InstallOptions(manifest_path=manifest_path, root=root, release=session.level.release)
    install_at(session, locked, prefix, options)
    python = python_paths(conda, prefix, subdir)
    if python is None:
        raise InstallError("a source distribution has to be built, but there is no python")
    return python[0]
