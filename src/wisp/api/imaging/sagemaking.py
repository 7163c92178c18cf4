"""Images for SageMaker: the user that jobs run as, and what is put in for them."""

from __future__ import annotations

from wisp.api.imaging.activated import ImageActivation
from wisp.api.imaging.starting import task_text
from wisp.api.opened import OpenedWorkspace
from wisp.api.use.catalogue import catalogue_of
from wisp.errors import UsageError
from wisp.image.sagemaker import (
    ROOT,
    SERVE,
    TRAIN,
    USER,
    SageMakerKit,
    activate_text,
    conda_shim,
    names_of,
    sagemaker_kit,
)
from wisp.image.settings import DEFAULT_USER, ImageSettings
from wisp.platforms import Platform
from wisp.values import replace


def as_root(settings: ImageSettings) -> ImageSettings:
    """Return settings whose user is root. Raises `UsageError` if they name another."""
    if settings.user not in (DEFAULT_USER, *ROOT):
        raise UsageError(
            f"SageMaker runs jobs as root, but the image shall run as `{settings.user}`",
            hints=["leave `user` out of the settings of this image"],
        )
    return replace(settings, user=USER)


def kit_for(
    workspace: OpenedWorkspace,
    environment: str,
    platform: Platform,
    settings: ImageSettings,
    activation: ImageActivation,
) -> SageMakerKit:
    """Return what an image gets: the tasks `train` and `serve` become programs.

    Raises:
        TaskError: `sh` cannot say one of these tasks.

    """
    tasks = catalogue_of(workspace, platform.name).environments[environment].tasks
    texts = {
        name: task_text(workspace, environment, platform, replace(settings, task=name))
        for name in (TRAIN, SERVE)
        if name in tasks
    }
    channels = (one.url for one in workspace.inputs(environment, platform).channels)
    return sagemaker_kit(
        conda_shim(settings.prefix, names_of(workspace.name, environment), channels),
        activate_text(activation.scripts, activation.late),
        {name: text for name, text in texts.items() if text is not None},
    )
