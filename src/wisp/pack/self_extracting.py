"""A shell script that holds an environment: it needs `sh`, `tar`, `gzip` and the usual programs."""

from __future__ import annotations

import shlex

from wisp.layout import SELF_UNPACKING
from wisp.pack.relocation import SCRIPT

_OFFSET = "@OFFSET@"
#: So many digits always, so that the length of the header does not depend on itself.
_DIGITS = 8


def header(subdir: str) -> bytes:
    """Return what stands before the packed tar, for a machine of a kind (`linux-64`)."""
    system, _, machine = subdir.partition("-")
    kinds = {"64": "x86_64", "aarch64": "aarch64", "32": "i?86"}
    text = (
        _HEADER.replace("@SYSTEM@", {"linux": "Linux", "osx": "Darwin"}[system])
        .replace("@MACHINE@", kinds.get(machine, machine))
        .replace("@SUBDIR@", shlex.quote(subdir))
        .replace("@SCRIPT@", SCRIPT)
    )
    text = SELF_UNPACKING.decode() + text
    size = len(text.encode()) - len(_OFFSET) + _DIGITS
    return text.replace(_OFFSET, f"{size + 1:0{_DIGITS}d}").encode()


#: What follows `SELF_UNPACKING`.
_HEADER = r""" --create-executable`.
set -eu
usage() {
  cat <<'EOF'
Usage: environment.sh [OPTIONS]

  -o, --output-directory DIR  Where to unpack [default: the current folder]
  -e, --env-name NAME         Name of the environment's folder there [default: env]
  -h, --help                  Print this

The folder gets a script `activate.sh` beside the environment: source it to activate.
EOF
}
out=. name=env
while [ $# -gt 0 ]; do
  case $1 in
    -o | --output-directory | -e | --env-name)
      [ $# -gt 1 ] || { echo "error: '$1' needs a value" >&2; exit 2; }
      case $1 in -o | --output-directory) out=$2 ;; *) name=$2 ;; esac
      shift 2 ;;
    -q | --quiet | -v | --verbose) shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "error: unknown option '$1'" >&2; usage >&2; exit 2 ;;
  esac
done
case $name in
  '' | . | .. | */*) echo "error: '$name' is no name of a folder" >&2; exit 2 ;;
esac
case $(uname -s)-$(uname -m) in
  @SYSTEM@-@MACHINE@) ;;
  *) echo "error: the environment is for" @SUBDIR@ "and this machine is not" >&2; exit 1 ;;
esac
mkdir -p -- "$out"
out=$(CDPATH='' cd -- "$out" && pwd -P)
final=$out/$name
if [ -e "$final" ] || [ -L "$final" ]; then
  echo "error: '$final' is there already: remove it, or choose another name with -e" >&2
  exit 1
fi
# What killed runs have left goes first.
for draft in "$out/.$name".unpacking.*; do
  if [ -d "$draft" ] && ! kill -0 "${draft##*.}" 2>/dev/null; then rm -rf -- "$draft"; fi
done
draft=$out/.$name.unpacking.$$
trap 'rm -rf -- "$draft"' EXIT
trap 'exit 130' HUP INT TERM
mkdir -- "$draft"
echo "Unpacking to $final ..." >&2
tail -c +@OFFSET@ -- "$0" > "$draft/packed"
gzip -dc < "$draft/packed" > "$draft/tar" || {
  echo "error: '$0' is damaged, or the disk is full" >&2
  exit 1
}
rm -f -- "$draft/packed"
mkdir -- "$draft/env"
tar -xf "$draft/tar" -C "$draft/env"
rm -f -- "$draft/tar"
sh "$draft/env/@SCRIPT@" "$final"
mv -- "$draft/env" "$final"
quoted=$(printf '%s' "$final" | sed "s/'/'\\\\''/g")
{
  printf "CONDA_PREFIX='%s'\n" "$quoted"
  printf ". '%s/bin/activate'\n" "$quoted"
} > "$draft/activate"
mv -f -- "$draft/activate" "$out/activate.sh"
echo "Done. Activate it with: . $out/activate.sh" >&2
exit 0
"""
