"""What SageMaker wants of an image besides its environment, as files and variables.

Jobs of `@remote` functions start by a script of the platform, so no entry point runs: bash is told
by BASH_ENV what to source. What asks for conda gets a script that answers for the locked
environment. `train` and `serve` are programs by which the platform starts its own containers.

Sources: `sagemaker.remote_function` of SDK 2.257 and `sagemaker.core.remote_function` of SDK 3.27
(`job.py`, `runtime_environment`); SageMaker developer guide, "Use Your Own Training Algorithms",
"Custom Inference Code with Hosting Services".
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from importlib import resources

from wisp.image.entries import LayerEntry, link, text_file
from wisp.image.scrub import clean_url
from wisp.patterns import pattern
from wisp.values import dataclass, field

#: The platform changes modes in folders of its own, so it wants root or sudo.
USER = "0:0"
#: Spellings of that user.
ROOT = ("0", "0:0", "root", "root:root")
PORT = "8080/tcp"
TRAIN, SERVE = "train", "serve"
ACTIVATE = "/usr/local/lib/wisp/activate.sh"
#: What the SDK calls the environment that it makes where none is named.
RUNTIME_ENVIRONMENT = "sagemaker-runtime-env"

#: By which the script that stands for conda is known.
MARK = "# Made by wisp;"

_PROGRAMS = "usr/local/bin"
_LIBRARY = "usr/local/lib/wisp"
_URL = pattern(r"[A-Za-z0-9_.:/%+~-]+")
_NAME = pattern(r"[A-Za-z0-9_.:-]+")
_TRAIN = f"""\
#!/bin/sh
# Runs the task, passes signals on, and leaves the reason of a failure where the platform looks.
/{_LIBRARY}/{TRAIN} "$@" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM INT
wait "$child"; code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
if [ "$code" -ne 0 ] && [ ! -e /opt/ml/output/failure ]; then
    mkdir -p /opt/ml/output
    echo "the task '{TRAIN}' ended with exit code $code" > /opt/ml/output/failure
fi
exit "$code"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SageMakerKit:
    """Files, variables and ports that an image gets; `activate` is what its entry point sources."""

    entries: tuple[LayerEntry, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[str, ...] = ()
    activate: str = ""


#: What an image for anything else gets.
NO_KIT = SageMakerKit()


def conda_shim(prefix: str, names: Iterable[str], channels: Iterable[str]) -> str:
    """Write the script that answers for an environment, known by these names.

    `channels` are what its exports name, without their credentials.
    """
    text = resources.files(__package__).joinpath("conda_shim.sh").read_text(encoding="utf-8")
    known = (name for name in dict.fromkeys(names) if _NAME.fullmatch(name))
    shown = (url for one in channels if _URL.fullmatch(url := clean_url(one).rstrip("/")))
    for mark, value in (
        ("@NAMES@", " ".join(known)),
        ("@CHANNELS@", " ".join(shown)),
        ("@PREFIX@", shlex.quote(prefix)),
    ):
        text = text.replace(mark, value, 1)
    return text


def names_of(workspace: str, environment: str) -> tuple[str, ...]:
    """Return what an environment may be called by who asks for conda."""
    own = (environment, workspace, f"{workspace}:{environment}")
    return (*own, "base", RUNTIME_ENVIRONMENT)


def activate_text(scripts: Iterable[str], late: Mapping[str, str]) -> str:
    """Write what bash sources at a start: once, however many shells are below each other."""
    lines = [
        '[ -z "${WISP_ACTIVATED-}" ] || return 0',
        "export WISP_ACTIVATED=1",
        *(f". {shlex.quote(script)}" for script in scripts),
        *(f"export {name}={value}" for name, value in late.items()),
    ]
    return "\n".join(lines) + "\n"


def sagemaker_kit(shim: str, activate: str, tasks: Mapping[str, str]) -> SageMakerKit:
    """Return what an image gets; `tasks` are the scripts of `train` and `serve`, if any."""
    entries = [
        text_file(f"{_PROGRAMS}/conda", shim, program=True),
        link(f"{_PROGRAMS}/mamba", "conda"),
        text_file(ACTIVATE.lstrip("/"), activate),
    ]
    if TRAIN in tasks:
        entries.append(text_file(f"{_LIBRARY}/{TRAIN}", tasks[TRAIN], program=True))
        entries.append(text_file(f"{_PROGRAMS}/{TRAIN}", _TRAIN, program=True))
    if SERVE in tasks:
        entries.append(text_file(f"{_PROGRAMS}/{SERVE}", tasks[SERVE], program=True))
    return SageMakerKit(
        entries=tuple(entries),
        # The SDK runs pip in every job: without an index it finds all satisfied, or fails.
        variables={
            "BASH_ENV": ACTIVATE,
            "PIP_NO_INDEX": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            "USER": "root",
        },
        ports=(PORT,) if SERVE in tasks else (),
        activate=ACTIVATE,
    )
