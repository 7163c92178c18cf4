"""What a shell reads when it starts, so that `activate` and `deactivate` work in it.

A function of the program's name evaluates what those two print, and activates anew after commands
that change packages. A second part, which is asked for, follows `cd`: before each prompt it looks
whether the nearest manifest is another one than before, with nothing but the shell's own words, and
only then asks the program what to do.
"""

from __future__ import annotations

_POSIX = r"""
@NAME@() {
    case "${1-}" in
    activate | deactivate) __@NAME@_in_place "$@" ;;
    add | a | remove | rm | install | i | update | upgrade | reinstall | init | import | trust)
        \command @NAME@ "$@" || return
        \unset __wisp_at __wisp_near
        if [ -n "${_WISP_ACTIVATION-}" ]; then
            __@NAME@_in_place activate --again || :
        elif [ -n "${PIXI_IN_SHELL-}" ]; then
            \eval "$(\command @NAME@ shell-hook --change-ps1 false)"
        fi
        ;;
    *) \command @NAME@ "$@" ;;
    esac
}
__@NAME@_in_place() {
    local __wisp_verb="$1" __wisp_text
    shift
    __wisp_text="$(\command @NAME@ "$__wisp_verb" --shell @SHELL@ "$@")" || return
    case "$__wisp_text" in
    ': wisp'*) \eval "$__wisp_text" ;;
    ?*) \printf '%s\n' "$__wisp_text" ;;
    esac
}
"""
_FISH = r"""
function @NAME@ --wraps @NAME@
    switch "$argv[1]"
        case activate deactivate
            __@NAME@_in_place $argv
        case add a remove rm install i update upgrade reinstall init import trust
            command @NAME@ $argv; or return
            set -e __wisp_at __wisp_near
            set -q _WISP_ACTIVATION; and __@NAME@_in_place activate --again
            return 0
        case '*'
            command @NAME@ $argv
    end
end
function __@NAME@_in_place
    set -l text (command @NAME@ $argv[1] --shell fish $argv[2..] | string collect)
    set -l code $pipestatus[1]
    test $code -eq 0; or return $code
    if string match -q ': wisp*' -- $text
        eval $text
    else if test -n "$text"
        echo $text
    end
end
"""
#: Finds the folder of the nearest manifest; the program knows better, and is asked if it changes.
#: A stranger's file is read as far as the first NUL, so that a hole without end is not.
_FOLLOW = r"""
__wisp_near="${_WISP_ACTIVATION:+?}"
__@NAME@_follow() {
    local __wisp_code=$? __wisp_folder="$PWD" __wisp_text
    [[ "$PWD" != "${__wisp_at-}" ]] || return $__wisp_code
    __wisp_at="$PWD"
    while [[ -n "$__wisp_folder" ]]; do
        [[ ! -e "$__wisp_folder/pixi.toml" && ! -e "$__wisp_folder/mojoproject.toml" ]] || break
        if [[ -f "$__wisp_folder/pyproject.toml" ]]; then
            IFS= read -r -d '' __wisp_text <"$__wisp_folder/pyproject.toml" || :
            [[ "$__wisp_text" != *pixi* ]] || break
        fi
        __wisp_folder="${__wisp_folder%/*}"
    done
    if [[ "$__wisp_folder" != "${__wisp_near-}" ]]; then
        __wisp_near="$__wisp_folder"
        __@NAME@_in_place activate --follow || :
    fi
    return $__wisp_code
}
"""
_FOLLOW_BASH = r"""
if [[ "${PROMPT_COMMAND[*]-}" != *__@NAME@_follow* ]]; then
    if [[ "$(declare -p PROMPT_COMMAND 2>/dev/null)" == "declare -a"* ]]; then
        PROMPT_COMMAND=(__@NAME@_follow "${PROMPT_COMMAND[@]}")
    else
        PROMPT_COMMAND="__@NAME@_follow${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
    fi
fi
"""
_FOLLOW_ZSH = r"""
typeset -ga precmd_functions
(( ${precmd_functions[(Ie)__@NAME@_follow]} )) || precmd_functions+=(__@NAME@_follow)
"""
_FOLLOW_FISH = r"""
set -q _WISP_ACTIVATION; and set -g __wisp_near '?'; or set -g __wisp_near ''
function __@NAME@_follow --on-event fish_prompt
    test "$PWD" != "$__wisp_at"; or return
    set -g __wisp_at $PWD
    set -l folder $PWD
    while test -n "$folder"
        test -e $folder/pixi.toml -o -e $folder/mojoproject.toml; and break
        if test -f $folder/pyproject.toml
            read -z -n 1048576 -l text <$folder/pyproject.toml
            string match -q '*pixi*' -- "$text"; and break
        end
        set folder (string replace -r '/[^/]*$' '' -- $folder | string collect)
    end
    if test "$folder" != "$__wisp_near"
        set -g __wisp_near $folder
        __@NAME@_in_place activate --follow
    end
end
"""
_PARTS = {
    "bash": (_POSIX, _FOLLOW + _FOLLOW_BASH.lstrip("\n")),
    "zsh": (_POSIX, _FOLLOW + _FOLLOW_ZSH.lstrip("\n")),
    "fish": (_FISH, _FOLLOW_FISH),
    "sh": (_POSIX, ""),
}
SHELLS = tuple(_PARTS)
#: Those that say before each prompt that there will be one.
FOLLOWING = tuple(shell for shell, (_, follow) in _PARTS.items() if follow)


def script(shell: str, program: str, *, follow: bool) -> str:
    """Return what a shell, one of `SHELLS`, reads; `follow` adds what follows `cd`."""
    part, following = _PARTS[shell]
    text = part + (following.lstrip("\n") if follow else "")
    return text.lstrip("\n").replace("@NAME@", program).replace("@SHELL@", shell)
