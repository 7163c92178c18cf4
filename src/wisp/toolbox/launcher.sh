#!/bin/sh
# wisp launcher: starts the tool it is named after, in the environment of that tool.
#
# What to start and which variables to set stands beside it, in trampoline_configuration/NAME.json,
# which Pixi's own launcher reads as well. The variables were found when the tool was installed, so
# that nothing but this shell runs before the tool. Our variables are never exported, and so named
# that nobody else's are overwritten.

_wisp_fail() {
  printf '%s: %s\n  help: `wisp global sync` puts the tool back in order\n' "$0" "$1" >&2
  exit 127
}

# Replace the escapes of JSON in _wisp_text.
_wisp_decode() {
  _wisp_rest=$_wisp_text _wisp_text=
  while :; do
    case $_wisp_rest in
      *\\*) ;;
      *) break ;;
    esac
    _wisp_text=$_wisp_text${_wisp_rest%%\\*} _wisp_rest=${_wisp_rest#*\\}
    _wisp_char=${_wisp_rest%"${_wisp_rest#?}"} _wisp_rest=${_wisp_rest#?}
    case $_wisp_char in
      n) _wisp_char='
' ;;
      b | f | r | t)
        _wisp_char=$(printf "\\$_wisp_char.") _wisp_char=${_wisp_char%.}
        ;;
      u)
        _wisp_char=${_wisp_rest%"${_wisp_rest#????}"} _wisp_rest=${_wisp_rest#????}
        _wisp_char=$(printf '%03o' "0x$_wisp_char")
        _wisp_char=$(printf "\\$_wisp_char.") _wisp_char=${_wisp_char%.}
        ;;
    esac
    _wisp_text=$_wisp_text$_wisp_char
  done
  _wisp_text=$_wisp_text$_wisp_rest
}

# Take the next string out of _wisp_json: what stands before it goes to _wisp_gap, itself to
# _wisp_text.
_wisp_next() {
  case $_wisp_json in
    *\"*) ;;
    *) return 1 ;;
  esac
  _wisp_gap=${_wisp_json%%\"*} _wisp_json=${_wisp_json#*\"} _wisp_text=
  while :; do
    _wisp_part=${_wisp_json%%\"*} _wisp_json=${_wisp_json#*\"}
    _wisp_text=$_wisp_text$_wisp_part
    # A quote behind an odd number of backslashes belongs to the string.
    while :; do
      case $_wisp_part in
        *\\\\) _wisp_part=${_wisp_part%\\\\} ;;
        *\\) _wisp_text=$_wisp_text\" && break ;;
        *) break 2 ;;
      esac
    done
  done
  case $_wisp_text in
    *\\*) _wisp_decode ;;
  esac
}

_wisp_read() {
  _wisp_json=
  while IFS= read -r _wisp_line || [ -n "$_wisp_line" ]; do
    _wisp_json=$_wisp_json$_wisp_line
  done <"$1"
  _wisp_exe= _wisp_diff= _wisp_inside=
  while _wisp_next; do
    case $_wisp_gap in
      *\}*) _wisp_inside= ;;
    esac
    _wisp_key=$_wisp_text
    if [ -z "$_wisp_inside" ] && [ "$_wisp_key" = env ]; then
      _wisp_inside=yes
      continue
    fi
    _wisp_next || return 1
    case $_wisp_inside$_wisp_key in
      exe) _wisp_exe=$_wisp_text ;;
      path_diff) _wisp_diff=$_wisp_text ;;
      yesPATH | yes | yes[0-9]* | yes*[!A-Za-z0-9_]*) ;;
      yes*) export "$_wisp_key=$_wisp_text" ;;
    esac
  done
  [ -n "$_wisp_exe" ]
}

# Put the folders of the environment in front; in a tool that another tool started, behind what
# that one has added to PATH itself.
_wisp_path() {
  if [ -z "${PIXI_BASE_PATH+set}" ]; then
    export PIXI_BASE_PATH="${PATH-}"
    export PATH="$_wisp_diff${PATH:+:$PATH}"
    return
  fi
  _wisp_own= _wisp_rest=${PATH:+$PATH:}
  while [ -n "$_wisp_rest" ]; do
    _wisp_part=${_wisp_rest%%:*} _wisp_rest=${_wisp_rest#*:}
    case :$PIXI_BASE_PATH: in
      *:"$_wisp_part":*) ;;
      *) _wisp_own=$_wisp_own$_wisp_part: ;;
    esac
  done
  export PATH="$_wisp_own$_wisp_diff${PIXI_BASE_PATH:+:$PIXI_BASE_PATH}"
}

_wisp_self=$0
case $_wisp_self in
  */*) ;;
  *) _wisp_self=$(command -v -- "$_wisp_self") || _wisp_fail 'cannot find itself' ;;
esac
while [ -L "$_wisp_self" ]; do
  _wisp_link=$(readlink -- "$_wisp_self") || _wisp_fail 'cannot follow a link to it'
  case $_wisp_link in
    /*) _wisp_self=$_wisp_link ;;
    *) _wisp_self=${_wisp_self%/*}/$_wisp_link ;;
  esac
done
_wisp_config=${_wisp_self%/*}/trampoline_configuration/${_wisp_self##*/}.json
[ -r "$_wisp_config" ] || _wisp_fail "there is no $_wisp_config"
_wisp_read "$_wisp_config" || _wisp_fail "$_wisp_config is damaged"
_wisp_path
[ -x "$_wisp_exe" ] || _wisp_fail "$_wisp_exe is missing"
exec "$_wisp_exe" "$@"
exit 126
