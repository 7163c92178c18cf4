"""The scripts that teach a shell to complete our command lines.

Each hands the words up to the cursor to `complete`, which knows the declared commands and the names
of the workspace. So no script grows old, and none knows a command by itself.
"""

from __future__ import annotations

_BASH = r"""
_@NAME@_completions() {
    local i piece line glued= words=()
    # Bash cuts words at `=` and `:`, which are put together again.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        piece=${COMP_WORDS[i]}
        if [[ ${#words[@]} -gt 0 && ( $glued || ( -n $piece && -z ${piece//[=:]/} ) ) ]]; then
            words[${#words[@]} - 1]+=$piece
        else
            words+=("$piece")
        fi
        glued=
        [[ -n $piece && -z ${piece//[=:]/} ]] && glued=1
    done
    [[ $glued ]] && piece=
    local current=${words[${#words[@]} - 1]}
    local before=${current%"$piece"}
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == $'\t'* ]]; then
            compopt -o default -o bashdefault 2>/dev/null
        else
            line=${line%%$'\t'*}
            COMPREPLY+=("$(printf '%q' "${line#"$before"}")")
        fi
    done < <(command @NAME@ complete -- "${words[@]}" 2>/dev/null)
}
complete -o nosort -F _@NAME@_completions @NAME@ 2>/dev/null ||
    complete -F _@NAME@_completions @NAME@
"""
_ZSH = r"""
#compdef @NAME@
_@NAME@() {
    local line value files=
    local -a rows found
    found=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
    rows=("${(@f)$(command @NAME@ complete -- "${found[@]}" 2>/dev/null)}")
    found=()
    for line in "${rows[@]}"; do
        if [[ $line == $'\t'* ]]; then
            files=1
        elif [[ -n $line ]]; then
            # What `_describe` is given has backslashes before colons, and before backslashes.
            value=${${line%%$'\t'*}//\\/\\\\}
            found+=("${value//:/\\:}:${line#*$'\t'}")
        fi
    done
    (( ${#found} )) && _describe -V '@NAME@' found
    if [[ $files ]]; then
        compset -P '--*='
        _files
    fi
}
if [[ ${funcstack[1]} == _@NAME@ ]]; then
    _@NAME@ "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _@NAME@ @NAME@
fi
"""
_FISH = r"""
function __@NAME@_completions
    set -l words (commandline -opc) (commandline -ct)
    set -e words[1]
    set -l token (commandline -ct)
    command @NAME@ complete -- $words 2>/dev/null | while read -l line
        if string match -q \t'*' -- $line
            set -l option (string match -r -- '^--[^=]*=' $token)
            set -l path (string replace -r -- '^--[^=]*=' '' $token)
            for found in (__fish_complete_path $path)
                echo "$option$found"
            end
        else
            echo $line
        end
    end
end
complete -c @NAME@ -e
complete -c @NAME@ -f -k -a '(__@NAME@_completions)'
"""
_NUSHELL = r"""
let __@NAME@_before = ($env.config.completions?.external?.completer? | default null)
$env.config = ($env.config | upsert completions.external.completer {|| {|spans|
    if ($spans | first) == "@NAME@" {
        let found = (^@NAME@ complete -- ...($spans | skip 1) | lines | each {|line|
            let parts = ($line | split row "\t")
            let word = ($parts | first)
            # What is put into the line is read as code.
            let is_plain = ($word =~ '^[\w./:=+-]*$')
            {value: (if $is_plain { $word } else { $word | to json }), description: ($parts | last)}
        })
        if ($found | any {|one| $one.value == ""}) { null } else { $found }
    } else if $__@NAME@_before != null {
        do $__@NAME@_before $spans
    }
}})
"""
_POWERSHELL = r"""
Register-ArgumentCompleter -Native -CommandName '@NAME@' -ScriptBlock {
    param($word, $ast, $cursor)
    $words = @($ast.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.StartOffset -lt $cursor } | ForEach-Object { $_.ToString() })
    # An empty word would be lost on its way.
    $next = @(if ($word -eq '') { '--next' })
    & '@NAME@' complete @next '--' @words 2>$null | ForEach-Object {
        $value, $note = $_ -split "`t", 2
        if ($value) {
            if (-not $note) { $note = $value }
            $typed = $value
            # What is put into the line is read as code.
            if ($value -notmatch '^[\w./:=+-]+$') {
                $typed = "'" + ($value -replace "['\u2018-\u201b]", '$0$0') + "'"
            }
            [System.Management.Automation.CompletionResult]::new(
                $typed, $value, 'ParameterValue', $note)
        }
    }
}
"""
_ELVISH = r"""
use str
set edit:completion:arg-completer[@NAME@] = {|@words|
    (external @NAME@) complete -- (all $words[1..]) 2>/dev/null | from-lines | each {|line|
        var value note = (str:split &max=2 "\t" $line)
        if (eq $value '') {
            edit:complete-filename $words[-1]
        } else {
            edit:complex-candidate $value &display=$value' '$note
        }
    }
}
"""
_SCRIPTS = {
    "bash": _BASH,
    "elvish": _ELVISH,
    "fish": _FISH,
    "nushell": _NUSHELL,
    "powershell": _POWERSHELL,
    "zsh": _ZSH,
}
SHELLS = tuple(_SCRIPTS)


def script(shell: str, program: str) -> str:
    """Return the script for a shell, one of `SHELLS`, that completes the words of a program."""
    return _SCRIPTS[shell].lstrip("\n").replace("@NAME@", program)
