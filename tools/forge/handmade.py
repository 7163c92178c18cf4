"""Small packages, each with one trait that a package manager has to get right."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

from tools.forge.archive import PLACEHOLDER, Entry, Package, text
from tools.forge.pins import milliseconds

PLATFORMS = ("linux-64", "linux-aarch64", "osx-arm64", "win-64")
SUBDIRS = (*PLATFORMS, "noarch")


def handmade(minors: tuple[str, ...]) -> Iterator[Package]:
    """Make them all; `minors` are the Pythons that the channel knows."""
    yield from _interfaces(minors)
    yield from _greeters()
    yield from _activation()
    yield from _links()
    yield from _python_tools()
    yield from _limits()
    yield from _hardware()
    yield from _platforms()
    yield from _dated()


def second_channel() -> Iterator[Package]:
    """Make what a channel of lower or higher priority adds to the first."""
    yield _script_package("greeter", "3.0", "echo hello from the second channel")
    yield _script_package("only-second", "1.0", "echo only here")


def _at(year: int, month: int = 1, day: int = 1) -> int:
    return milliseconds(dt.date(year, month, day))


def _script_package(name: str, version: str, body: str, depends: tuple[str, ...] = ()) -> Package:
    script = text(f"bin/{name}", f"#!/bin/sh\n{body}\n", executable=True)
    batch = text(f"Scripts/{name}.bat", f"@{body}\n")
    return Package(
        name=name, version=version, noarch="generic", depends=depends, files=(script, batch)
    )


def _interfaces(minors: tuple[str, ...]) -> Iterator[Package]:
    """Make `python_abi`, the package that ties builds to one binary interface."""
    for minor in minors:
        yield Package(
            name="python_abi",
            version=minor,
            build=f"5_cp{minor.replace('.', '')}",
            build_number=5,
            noarch="generic",
            constrains=(f"python {minor}.*",),
        )


def _greeters() -> Iterator[Package]:
    """Make programs in three versions with a dependency of their own."""
    base = "greeter-words >=1"
    for version in ("1.0", "1.1", "2.0"):
        yield _script_package("greeter", version, f'echo "hello {version} $*"', (base,))
    for version in ("1.0", "1.5"):
        words = text("share/greeter/words.txt", f"words {version}\n")
        yield Package(name="greeter-words", version=version, noarch="generic", files=(words,))


def _activation() -> Iterator[Package]:
    """Make packages that speak on activation: scripts, `env_vars.d` and `conda-meta/state`."""
    scripts = {
        "sh": 'export FORGE_ACTIVATED="yes from $CONDA_PREFIX"\n',
        "fish": 'set -gx FORGE_ACTIVATED "yes from $CONDA_PREFIX"\n',
        "bat": "@SET FORGE_ACTIVATED=yes from %CONDA_PREFIX%\n",
    }
    undo = {"sh": "unset FORGE_ACTIVATED\n", "fish": "set -e FORGE_ACTIVATED\n"}
    files = [text(f"etc/conda/activate.d/activator.{e}", body) for e, body in scripts.items()]
    files += [text(f"etc/conda/deactivate.d/activator.{e}", body) for e, body in undo.items()]
    yield Package(name="activator", version="1.0", noarch="generic", files=tuple(files))

    words = json.dumps({"FORGE_VARIABLE": "from env_vars.d", "FORGE_SPACED": "two words"})
    variables = text("etc/conda/env_vars.d/activator-variables.json", words)
    yield Package(name="activator-variables", version="1.0", noarch="generic", files=(variables,))

    state = json.dumps({"version": 1, "env_vars": {"FORGE_STATE": "from state"}})
    yield Package(
        name="activator-state",
        version="1.0",
        noarch="generic",
        files=(text("conda-meta/state", state),),
    )


def _links() -> Iterator[Package]:
    """Make packages that try the linker: prefixes, symbolic links, scripts, clashing files."""
    path = text("share/prefixed/where.txt", f"{PLACEHOLDER}/share\n")
    program = text(
        "bin/prefixed", f"#!/bin/sh\ncat {PLACEHOLDER}/share/prefixed/where.txt\n", executable=True
    )
    image = b"\0forge\0" + PLACEHOLDER.encode() + b"/share\0end\0"
    binary = Entry("share/prefixed/where.bin", image, prefixed="binary")
    yield Package(name="prefixed", version="1.0", subdir="linux-64", files=(path, program, binary))

    links = (
        text("share/linked/real.txt", "real\n"),
        Entry("share/linked/alias.txt", link="real.txt"),
        Entry("share/linked/empty.txt"),
        text("share/linked/sp ace.txt", "spaced\n"),
    )
    yield Package(name="linked", version="1.0", subdir="linux-64", files=links)

    after = 'echo linked > "$PREFIX/share/scripted.txt"\n'
    old = text("share/legacy.txt", "in the older format\n")
    yield Package(name="legacy", version="1.0", noarch="generic", legacy=True, files=(old,))

    scripts = (
        text("bin/.scripted-post-link.sh", f"#!/bin/sh\n{after}", executable=True),
        text(
            "bin/.scripted-pre-unlink.sh",
            '#!/bin/sh\nrm -f "$PREFIX/share/scripted.txt"\n',
            executable=True,
        ),
        text("share/scripted/readme.txt", "has link scripts\n"),
    )
    yield Package(name="scripted", version="1.0", subdir="linux-64", files=scripts)

    for side in ("left", "right"):
        same = text("share/clash.txt", f"{side}\n")
        yield Package(name=f"clash-{side}", version="1.0", noarch="generic", files=(same,))


def _python_tools() -> Iterator[Package]:
    """Make a `noarch: python` package with entry points, in two versions."""
    for version in ("1.0", "2.0"):
        main = (
            f'def main():\n    print("pytool {version}")\n\n\n'
            "def fail():\n    raise SystemExit(3)\n"
        )
        metadata = f"Metadata-Version: 2.1\nName: pytool\nVersion: {version}\n"
        yield Package(
            name="pytool",
            version=version,
            build="pyforge_0",
            noarch="python",
            depends=("python >=3.9",),
            purls=("pkg:pypi/pytool",),
            entry_points=("pytool = pytool:main", "pytool-fail = pytool:fail"),
            files=(
                text("site-packages/pytool.py", main),
                text(f"site-packages/pytool-{version}.dist-info/METADATA", metadata),
                text(f"site-packages/pytool-{version}.dist-info/INSTALLER", "conda\n"),
            ),
        )


def _limits() -> Iterator[Package]:
    """Make packages that bound others: `constrains`, run exports, a low-priority variant."""
    yield Package(name="limiter", version="1.0", noarch="generic", constrains=("greeter <2",))
    for version in ("1.0", "1.1", "2.0"):
        major = int(version[0])
        yield Package(
            name="libforge",
            version=version,
            noarch="generic",
            run_exports={"weak": [f"libforge >={version},<{major + 1}.0a0"]},
            files=(text("include/forge.h", f'#define FORGE "{version}"\n'),),
        )
    yield Package(
        name="uses-libforge", version="1.0", noarch="generic", depends=("libforge >=1.0,<2.0a0",)
    )
    yield Package(name="weighted", version="1.0", build="plain_0", noarch="generic")
    yield Package(
        name="weighted",
        version="1.0",
        build="special_0",
        noarch="generic",
        track_features="weighted-special",
    )


def _hardware() -> Iterator[Package]:
    """Make variants that depend on the machine's virtual packages."""
    for build, number, depends in (
        ("cpu_0", 0, ()),
        ("cuda11_100", 100, ("__cuda >=11",)),
        ("cuda12_200", 200, ("__cuda >=12",)),
    ):
        kind = text("share/accelerated/kind.txt", f"{build.split('_')[0]}\n")
        yield Package(
            name="accelerated",
            version="1.0",
            build=build,
            build_number=number,
            subdir="linux-64",
            depends=depends,
            files=(kind,),
        )
    for version, glibc in (("1.0", "2.17"), ("2.0", "2.28"), ("3.0", "2.99")):
        yield Package(
            name="modern",
            version=version,
            subdir="linux-64",
            depends=(f"__glibc >={glibc}",),
            files=(text("share/modern.txt", f"{version}\n"),),
        )


def _platforms() -> Iterator[Package]:
    """Make one package per platform, and a noarch pair told apart by `__unix` and `__win`."""
    for subdir in PLATFORMS:
        yield Package(
            name="native",
            version="1.0",
            subdir=subdir,
            files=(text("share/native.txt", f"{subdir}\n"),),
        )
    yield Package(
        name="only-unix",
        version="1.0",
        subdir="linux-64",
        files=(text("share/only-unix.txt", "here\n"),),
    )
    for system, build in (("__unix", "unix_0"), ("__win", "win_0")):
        yield Package(
            name="notifier",
            version="1.0",
            build=build,
            noarch="generic",
            depends=(system,),
            files=(text("share/notifier.txt", f"{build}\n"),),
        )


def _dated() -> Iterator[Package]:
    """Make versions that came out years apart, for cut-off dates."""
    for version, year in (("1.0", 2021), ("1.1", 2022), ("2.0", 2023), ("3.0", 2025)):
        yield Package(
            name="dated",
            version=version,
            noarch="generic",
            timestamp=_at(year),
            files=(text("share/dated.txt", f"{version}\n"),),
        )
