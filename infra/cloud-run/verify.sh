#!/bin/sh
# Checks what needs neither Google nor a container: the policies, and the form of YAML files and Dockerfiles.
set -u
case ${1:-} in
"") ;;
--help) sed -n '2s/^# //p' "$0" && exit 0 ;;
*) echo "verify.sh takes no words, but --help" >&2 && exit 2 ;;
esac
HERE=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
BIN=$HERE/../../.venv/bin
failed=0

# $1: the program; the rest: its words. One that is not installed is skipped, and never called passed.
look() {
    program=$1
    shift
    if [ -x "$BIN/$program" ]; then set -- "$BIN/$program" "$@"; elif command -v "$program" >/dev/null; then set -- "$program" "$@"; else
        echo "$program: skipped: it is not installed (make test in the repository installs it)"
        return
    fi
    if "$@"; then echo "$program: passed"; else
        echo "$program: failed"
        failed=1
    fi
}

cd "$HERE" || exit 1
./blueprint.sh policy || failed=1
look yamllint --strict -c .yamllint ./*.yaml buses environments policy profiles
look hadolint ./*.Dockerfile
exit "$failed"
