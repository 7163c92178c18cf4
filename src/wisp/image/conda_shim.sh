#!/bin/sh
# A `conda` for programs that ask for one, above all the SDK of SageMaker. The environment is locked:
# it is run, listed and exported, and compared with what somebody wants, but never changed.
# Made by wisp; needs nothing but a POSIX shell, `cat` and `tr`.
prefix=@PREFIX@
names='@NAMES@'
channels='@CHANNELS@'

fail() {
    printf 'ERROR: %s\n' "$*" >&2
    exit 1
}

# Options that several commands have; what is left are the words of a command to run.
environment='' file='' folder='' json=''
options() {
    while [ $# -gt 0 ]; do
        case $1 in
            -n | --name) environment=${2-} && shift ;;
            --name=*) environment=${1#*=} ;;
            -p | --prefix) [ "${2-}" = "$prefix" ] || fail "no environment lies in '${2-}'"; shift ;;
            -f | --file) file=${2-} && shift ;;
            --file=*) file=${1#*=} ;;
            --cwd) folder=${2-} && shift ;;
            --json) json=yes ;;
            --) shift; break ;;
            -*) ;; # how to print, how to ask: nothing that matters here
            *) break ;;
        esac
        shift
    done
    [ -z "$environment" ] || case " $names " in
        *" $environment "*) ;;
        *) fail "there is no environment '$environment' here, only: $names" ;;
    esac
    left=$#
}

packages() { # conda packages, as `NAME VERSION`
    for record in "$prefix"/conda-meta/*.json; do
        [ -e "$record" ] || continue
        stem=${record##*/} && stem=${stem%.json} && stem=${stem%-*}
        printf '%s %s\n' "${stem%-*}" "${stem##*-}"
    done
}

distributions() { # Python distributions, as `NAME VERSION`; with `wheels` only those not by conda
    for info in "$prefix"/lib/python*/site-packages/*.dist-info; do
        [ -d "$info" ] || continue
        [ "${1-}" != wheels ] || case $(cat "$info/INSTALLER" 2>/dev/null) in conda*) continue ;; esac
        stem=${info##*/} && stem=${stem%.dist-info}
        printf '%s %s\n' "${stem%%-*}" "${stem#*-}"
    done
}

normal() { # NAME: the one spelling of a name that distributions spell in several ways
    printf '%s' "$1" | tr 'ABCDEFGHIJKLMNOPQRSTUVWXYZ.-' 'abcdefghijklmnopqrstuvwxyz__' | tr -s _
}

refuse() {
    printf 'ERROR: %s\n' "$*" >&2
    status=1
}

version_of() { # KIND NAME: what is there
    if [ "$1" = conda ]; then known=$conda; else known=$pypi; fi
    printf '%s\n' "$known" | while read -r one version; do
        [ "$one" != "$2" ] || printf '%s' "$version"
    done
}

# Compare a requirement with what is there: KIND SPEC. Ranges are taken to hold.
compare() {
    spec=${2%%[[:space:]]#*} && spec=${spec%"${spec##*[![:space:]]}"}
    spec=${spec#[\"\']} && spec=${spec%[\"\']} && spec=${spec%%;*} && spec=${spec##*::}
    name=${spec%%[][ =<>!~@]*}
    case $name in '' | *[!A-Za-z0-9._-]*)
        refuse "cannot compare '$2' with this locked environment"
        return
        ;;
    esac
    rest=${spec#"$name"} exact=''
    case $rest in \[*\]*) rest=${rest#*\]} ;; esac
    while case $rest in ' '*) ;; *) false ;; esac; do rest=${rest# }; done
    case $rest in
        =*)
            while case $rest in [=\ ]*) ;; *) false ;; esac; do rest=${rest#[= ]}; done
            exact=${rest%%[ =,|<>]*}
            ;;
    esac
    [ "$1" = conda ] || name=$(normal "$name")
    found=$(version_of "$1" "$name")
    if [ -z "$found" ]; then
        refuse "$spec is not in this environment, which is locked"
        return
    fi
    [ "$found" != "${exact:-$found}" ] || return 0
    # `=1.2` of conda means 1.2 and what begins with it, and so does `==1.2.*`.
    case $1$exact in
        conda* | *.\*) case $found in "${exact%.\*}" | "${exact%.\*}".*) return 0 ;; esac ;;
    esac
    refuse "$spec is wanted, but this environment is locked and has $found"
}

satisfied() { # FILE: whether all that an environment file wants is there
    [ -r "$1" ] || fail "cannot read '$1'"
    conda=$(packages) kind='' pip=-1 status=0
    pypi=$(distributions | while read -r one version; do
        printf '%s %s\n' "$(normal "$one")" "$version"
    done)
    while IFS= read -r line || [ -n "$line" ]; do
        indent=${line%%[! ]*} text=${line#"${line%%[! ]*}"}
        [ "$pip" -lt 0 ] || [ "${#indent}" -gt "$pip" ] || { kind=conda pip=-1; }
        case $line in
            dependencies:*[![:space:]]*) fail "'$1' has its dependencies on one line, which is not read" ;;
            dependencies:*) kind=conda pip=-1 && continue ;;
            [a-zA-Z]*) kind='' pip=-1 ;;
        esac
        [ -n "$kind" ] || continue
        case $text in
            '- pip:'*) kind=pypi pip=${#indent} ;;
            '- -'*) ;; # an option of pip
            '- '*) compare "$kind" "${text#- }" ;;
        esac
    done < "$1"
    return $status
}

export_all() {
    printf 'name: %s\nchannels:\n' "${names%% *}"
    for channel in $channels; do printf '  - %s\n' "$channel"; done
    printf 'dependencies:\n'
    packages | while read -r one version; do printf '  - %s=%s\n' "$one" "$version"; done
    wheels=$(distributions wheels | while read -r one version; do
        printf '      - %s==%s\n' "$one" "$version"
    done)
    [ -z "$wheels" ] || printf '  - pip:\n%s\n' "$wheels"
    printf 'prefix: %s\n' "$prefix"
}

run() {
    options "$@"
    shift $(($# - left))
    [ $# -gt 0 ] || fail "nothing to run"
    [ -z "$folder" ] || cd "$folder" || exit 1
    PATH=$prefix/bin:$PATH CONDA_PREFIX=$prefix
    export PATH CONDA_PREFIX
    exec "$@"
}

command=${1-}
[ $# -eq 0 ] || shift
case $command in
    run) run "$@" ;;
    env)
        action=${1-}
        [ $# -eq 0 ] || shift
        case $action in
            create | update) options "$@" && satisfied "$file" ;;
            export) options "$@" && export_all ;;
            list)
                options "$@"
                if [ -n "$json" ]; then printf '{"envs": ["%s"]}\n' "$prefix"
                else printf '%s  *  %s\n' "${names%% *}" "$prefix"; fi
                ;;
            *) fail "this conda has no 'env $action': its environment is locked" ;;
        esac
        ;;
    info) printf '{"conda_prefix": "%s", "root_prefix": "%s", "envs": ["%s"], "conda_version": "24.1.0"}\n' "$prefix" "$prefix" "$prefix" ;;
    --version | -V) echo 'conda 24.1.0' ;;
    *) fail "this conda has no '$command': its environment is locked" ;;
esac
