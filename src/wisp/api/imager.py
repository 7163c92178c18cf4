"""`workspace.image`: container images of a workspace, from the plan to the registry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wisp.api.given import in_words, words_of
from wisp.layout import DEFAULT_ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.given import StrPath
    from wisp.api.imaging.building import BuiltImage, ImageRequest
    from wisp.api.imaging.checking import ImageCheck
    from wisp.api.imaging.dockering import DockerfileOptions, DockerFiles
    from wisp.api.imaging.options import ImageOverrides
    from wisp.api.imaging.planning import PlannedImage
    from wisp.api.imaging.registries import PushedImage
    from wisp.api.imaging.remote_use import RemoteUse
    from wisp.api.opened import OpenedWorkspace
    from wisp.image.lock import LockedDebian
    from wisp.image.referrers import Referrer
    from wisp.image.settings import ImageSettings
    from wisp.sbom.bill import BillFormat, BillOfMaterials
    from wisp.specs.oci import Reference


class Imager:
    """The images of one workspace. What is built lies in the cache until it is put somewhere."""

    def __init__(self, workspace: OpenedWorkspace) -> None:
        self._workspace = workspace

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._workspace.name!r}>"

    def settings(
        self,
        environment: str = DEFAULT_ENVIRONMENT,
        overrides: ImageOverrides | None = None,
        *,
        cwd: StrPath | None = None,
    ) -> ImageSettings:
        """Return what the manifest says of an environment's image, or `overrides` instead of it.

        Folders of this machine are seen from `cwd`. Raises `ManifestError` for wrong settings.
        """
        from wisp.api.imaging.declared import settings_of
        from wisp.api.imaging.options import overridden

        found = settings_of(self._workspace, environment)
        return overridden(found, overrides, Path(cwd or Path.cwd())) if overrides else found

    def plan(self, request: ImageRequest) -> tuple[PlannedImage, ...]:
        """Tell which layers images would have. Raises what locking raises."""
        from wisp.api.imaging.planning import plan

        return plan(self._workspace, in_words(request))

    def build(self, request: ImageRequest) -> BuiltImage:
        """Make an image for each platform. Raises what `wisp.api.imaging.building.build` raises."""
        from wisp.api.imaging.building import build

        return build(self._workspace, in_words(request))

    def check(self, request: ImageRequest) -> ImageCheck:
        """Try all that can be loaded in an image, in Docker or podman. Raises as `build` does."""
        from wisp.api.imaging.checking import check

        return check(self._workspace, in_words(request))

    def update(
        self, environment: str | None = None, platforms: str | Sequence[str] = ()
    ) -> tuple[LockedDebian, ...]:
        """Choose the packages of generated bases anew; return what is locked now.

        Without an environment and platforms those of all environments, for this machine's platform
        and what else is locked.
        """
        from wisp.api.imaging.renewing import renew

        return renew(self._workspace, environment, words_of(platforms))

    def dockerfile(
        self, request: ImageRequest, options: DockerfileOptions | None = None
    ) -> DockerFiles:
        """Write a Dockerfile that makes the image with Docker, and what Docker shall ignore.

        Raises `UsageError` where Docker could not, `TaskError` for a task that `sh` cannot say.
        """
        from wisp.api.imaging.dockering import DockerfileOptions, docker_files

        return docker_files(self._workspace, in_words(request), options or DockerfileOptions())

    def save(self, files: DockerFiles, *, force: bool = False) -> tuple[str, ...]:
        """Put these files beside the manifest; return the paths of those that were left alone.

        Raises `HostError` if there is a Dockerfile and `force` is not given.
        """
        from wisp.api.imaging.dockering import save

        return save(self._workspace, files, force=force)

    def remote_use(self, request: ImageRequest, names: Sequence[Reference]) -> RemoteUse:
        """Tell how remote functions of SageMaker use an image, and what its lock lacks for them."""
        from wisp.api.imaging.remote_use import remote_use

        return remote_use(self._workspace, in_words(request), names)

    def shim(self, environment: str = DEFAULT_ENVIRONMENT) -> Path:
        """Put a `conda` that answers for a locked environment into it, where it is installed.

        Raises `UsageError` if it is not, `HostError` if it has a conda of its own.
        """
        from wisp.api.imaging.shimming import put_shim

        return put_shim(self._workspace, environment)

    def names(self, tags: str | Sequence[str] = ()) -> tuple[Reference, ...]:
        """Read names of images; without any the image is called as the workspace is."""
        from wisp.api.imaging.writing import names_of

        return names_of(self._workspace, words_of(tags))

    def bills(
        self, built: BuiltImage, request: ImageRequest, form: BillFormat
    ) -> tuple[Referrer, ...]:
        """Write bills of materials of what is in an image, to be attached to it.

        Raises `UsageError` where the library for them is not installed.
        """
        from wisp.api.imaging.billing import bills_of
        from wisp.api.views.bills import bill_of_environment

        def bill(platform: str) -> BillOfMaterials:
            return bill_of_environment(
                self._workspace, request.environment, platform, request.usage
            )

        return bills_of(self._workspace, built, in_words(request), form, bill)

    def write(
        self,
        built: BuiltImage,
        output: StrPath,
        names: Sequence[Reference] = (),
        referrers: Sequence[Referrer] = (),
    ) -> None:
        """Write an archive (`….tar`), or a layout into a folder. Raises `HostError`.

        `referrers` (see `bills`) go into a layout only.
        """
        from wisp.api.imaging.writing import write_output

        write_output(built, Path(output), names, referrers)

    def load(self, built: BuiltImage, names: Sequence[Reference]) -> str:
        """Give an image to Docker or podman; return which it was. Raises `HostError`."""
        from wisp.api.imaging.loading import load

        return load(self._workspace, built, names)

    def push(
        self,
        built: BuiltImage,
        names: Sequence[Reference],
        referrers: Sequence[Referrer] = (),
    ) -> tuple[PushedImage, ...]:
        """Put an image under its names into their registries, and attach what refers to it.

        Raises `RegistryError`.
        """
        from wisp.api.imaging.registries import push_image

        return push_image(self._workspace, built, names, referrers)
