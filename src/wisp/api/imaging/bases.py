"""The base of an image: generated and locked, or read from this disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import tomli

from wisp.api.opened import OpenedWorkspace
from wisp.engine.apt_sources import host_mirror
from wisp.engine.files import refusal
from wisp.errors import FetchError, LockFileError, UsageError
from wisp.foreign import place_of
from wisp.image.base import Base, check_glibc, kept_base
from wisp.image.cache import LayerCache
from wisp.image.code import IMAGE_LOCK
from wisp.image.debian.base import base_layer, resolve
from wisp.image.debian.index import GLIBC, SUITE
from wisp.image.documents import StackedLayer
from wisp.image.local_base import local_base
from wisp.image.lock import (
    DamagedImageLockError,
    ImageLock,
    LockedDebian,
    debian_key,
    read_image_lock,
    write_image_lock,
)
from wisp.image.named_bases import reference_of
from wisp.image.platform import image_platform
from wisp.image.settings import ImageSettings
from wisp.manifest.faults import Fault, SourceText
from wisp.manifest.placing import placed
from wisp.platforms import Platform
from wisp.specs.oci import Digest, Reference
from wisp.specs.wheels import platform_libc
from wisp.trust import found_text
from wisp.values import dataclass

#: Debian's own mirror network, which everybody may use.
PUBLIC_MIRROR = "https://deb.debian.org/debian"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseWork:
    """How bases are made. With `keep_lock`, `image.lock` must say already what they are made of."""

    cache: LayerCache
    time: int
    workers: int
    keep_lock: bool = False


def base_for(
    workspace: OpenedWorkspace, platform: Platform, settings: ImageSettings, work: BaseWork
) -> tuple[Base, bool]:
    """Return the base for a platform, and whether its layers were there before.

    Raises:
        BaseImageError: It is not usable, or its C library is too old for the lock.
        DebianError, SignatureError, FetchError: A generated one cannot be had.
        LockFileError: `image.lock` is damaged, or stale although it must not change.

    """
    if settings.base is None:
        base, cached = _generated(workspace, platform, settings, work)
        where = "the generated base"
    else:
        base, cached = _given(workspace, platform, settings.base, settings, work), True
        where = f"`{settings.base}`"
    libc = platform_libc(platform)
    if libc.family == "glibc":
        check_glibc(base, (libc.major, libc.minor), where)
    return base, cached


def _given(
    workspace: OpenedWorkspace,
    platform: Platform,
    text: str,
    settings: ImageSettings,
    work: BaseWork,
) -> Base:
    text = reference_of(text, settings.bases)
    path = Path(os.path.normpath(workspace.root / Path(text).expanduser()))
    if path.exists():
        return local_base(
            path,
            image_platform(platform.subdir),
            work.cache.store,
            time=work.time,
            compression=settings.compression,
        )
    if text.startswith(("/", "./", "../", "~")):
        raise UsageError(f"the base `{text}` does not exist")
    return _pulled(workspace, platform, Reference.parse(text), work)


def _pulled(
    workspace: OpenedWorkspace, platform: Platform, reference: Reference, work: BaseWork
) -> Base:
    """Take a base from a registry, as `image.lock` has it, which learns what it does not know."""
    lock = read_lock(workspace)
    known = lock.references.get(str(reference))
    digest, image = reference.digest or (Digest(known) if known else None), str(reference)
    machine, store = image_platform(platform.subdir), work.cache.store
    kept = kept_base(image, digest, machine, store) if digest else None
    if kept is not None:
        return kept
    from wisp.api.imaging.registry_sessions import session_with
    from wisp.image.pull import pulled_base

    if known is None and reference.digest is None and work.keep_lock:
        raise LockFileError(
            f"`{IMAGE_LOCK}` does not say what `{reference}` is",
            hints=["build once without `--locked` and `--frozen`"],
        )
    base, digest = pulled_base(
        session_with(workspace, reference, read=(reference.repository,)),
        reference,
        digest,
        machine,
        store,
    )
    if known is None and reference.digest is None:
        _write_lock(workspace, lock.with_reference(str(reference), digest))
    return base


def _generated(
    workspace: OpenedWorkspace, platform: Platform, settings: ImageSettings, work: BaseWork
) -> tuple[Base, bool]:
    locked = locked_debian(workspace, platform.subdir, settings, keep=work.keep_lock)
    blob, cached = base_layer(
        locked.packages,
        mirror(workspace, settings),
        work.cache,
        time=work.time,
        compression=settings.compression,
        workers=work.workers,
    )
    layer = StackedLayer(blob=blob, comment=f"Debian {SUITE}")
    return Base(layers=(layer,), glibc=GLIBC), cached


def locked_debian(
    workspace: OpenedWorkspace, subdir: str, settings: ImageSettings, *, keep: bool = False
) -> LockedDebian:
    """Return what the generated base is made of, resolved and locked where that is necessary.

    Raises what `base_for` raises.
    """
    lock = read_lock(workspace)
    found = lock.debian.get(debian_key(subdir, settings.debian_packages))
    if found is not None and found.suite == SUITE:
        return found
    if keep:
        raise LockFileError(
            f"`{IMAGE_LOCK}` does not say what the base for '{subdir}' is made of",
            hints=[f"run `wisp image update{_platform_words(workspace, subdir)}`"],
        )
    made = _resolved(workspace, subdir, settings)
    _write_lock(workspace, lock.with_debian(made))
    return made


def _resolved(workspace: OpenedWorkspace, subdir: str, settings: ImageSettings) -> LockedDebian:
    _, wanted = debian_key(subdir, settings.debian_packages)
    packages = resolve(mirror(workspace, settings), subdir, wanted, workspace.session.now)
    return LockedDebian(subdir=subdir, suite=SUITE, wanted=wanted, packages=packages)


def _platform_words(workspace: OpenedWorkspace, subdir: str) -> str:
    return "" if subdir == workspace.subdir else f" --platform {subdir}"


def renew_bases(
    workspace: OpenedWorkspace, wanted: Iterable[tuple[str, ImageSettings]], *, only: bool
) -> tuple[LockedDebian, ...]:
    """Resolve generated bases anew, for subdirs with settings; forget what other names stood for.

    Unless it is `only` about these, what other bases were locked goes. A damaged `image.lock` is
    written anew. If anything fails, the lock stays as it is.

    Raises what `base_for` raises.
    """
    kept = known_lock(workspace).debian if only else {}
    rows = {
        debian_key(subdir, settings.debian_packages): (subdir, settings)
        for subdir, settings in wanted
        if settings.base is None
    }
    made = tuple(_resolved(workspace, *row) for row in rows.values())
    lock = ImageLock({**kept, **{base.key: base for base in made}})
    if lock.debian or (workspace.root / IMAGE_LOCK).exists():
        _write_lock(workspace, lock)
    return made


def known_lock(workspace: OpenedWorkspace) -> ImageLock:
    """Read `image.lock`; a damaged one counts as empty. Raises `LockFileError` for a newer one."""
    try:
        return read_lock(workspace)
    except DamagedImageLockError:
        return ImageLock()


def _write_lock(workspace: OpenedWorkspace, lock: ImageLock) -> None:
    workspace.places.root.write(workspace.root / IMAGE_LOCK, write_image_lock(lock))


def read_lock(workspace: OpenedWorkspace) -> ImageLock:
    """Read `image.lock`; a missing one is empty. Raises `LockFileError`."""
    file = workspace.root / IMAGE_LOCK
    try:
        return lock_of(found_text(file), file)
    except FileNotFoundError:
        return ImageLock()
    except UnicodeDecodeError as error:
        damage = DamagedImageLockError("it is not UTF-8 text")
        damage.place = place_of(error, file)
        raise damage from error
    except OSError as error:
        raise refusal("read", file, error) from error


def lock_of(text: str, file: Path) -> ImageLock:
    """Read the text of an `image.lock`. Raises `LockFileError`, with its place if it is damaged."""
    source = SourceText(file, text, text)
    try:
        return read_image_lock(text)
    except tomli.TOMLDecodeError as error:
        told = placed(error, source)
        damage = DamagedImageLockError(told.message)
    except DamagedImageLockError as error:
        damage = error
        told = placed(Fault("", error.path or ()), source)
    damage.place = told.place
    raise damage


def mirror(workspace: OpenedWorkspace, settings: ImageSettings) -> Callable[[str], bytes]:
    """Return what fetches files of Debian: from the set mirror, the host's, or the public one."""
    url = (settings.debian_mirror or host_mirror() or PUBLIC_MIRROR).rstrip("/")

    def fetch(path: str) -> bytes:
        response = workspace.session.http.get(f"{url}/{path}")
        if response.status != 200:
            raise FetchError(
                f"could not fetch `{url}/{path}`",
                causes=[f"the mirror answers {response.status}"],
                hints=["packages that were replaced are gone: `wisp image update` takes new ones"],
            )
        return response.body

    return fetch
