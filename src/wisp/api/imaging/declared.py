"""What a manifest says of its images, with the place of what is wrong in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from wisp.api.opened import OpenedWorkspace
from wisp.errors import ManifestError
from wisp.foreign import toml_data
from wisp.image.settings import ImageSettings, WrongSettingError, read_settings, special_settings
from wisp.manifest.faults import Fault, SourceText
from wisp.manifest.placing import placed
from wisp.specs.similarity import among
from wisp.trust import found_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def settings_of(workspace: OpenedWorkspace, environment: str) -> ImageSettings:
    """Read `[tool.wisp.image]` of the manifest. Raises `ManifestError` with the place of faults."""
    workspace.require_environment(environment)
    path = workspace.manifest.path
    if workspace.manifest.is_script:
        return ImageSettings()
    try:
        text = found_text(path).removeprefix("\ufeff")
        document = toml_data(text)
    except (OSError, ValueError) as error:
        raise ManifestError(f"could not read `{path}`", causes=[str(error)]) from error
    try:
        settings = read_settings(document, environment)
        _refuse_strangers(document, workspace.environment_names)
    except WrongSettingError as error:
        fault = Fault(error.message, error.path, mark=error.mark, hints=error.hints)
        raise placed(fault, SourceText(path, text, text)) from None
    return settings


def _refuse_strangers(document: Mapping[str, Any], environments: Collection[str]) -> None:
    """Raise `WrongSettingError` for settings of an environment that there is not."""
    for name in special_settings(document):
        if name not in environments:
            raise WrongSettingError(
                f"unknown environment '{name}'",
                f"environments.{name}",
                mark="key",
                hints=among("environments", name, environments),
            )
