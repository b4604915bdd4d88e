#!/bin/sh
# Makes .venv hold requirements/$1.txt (up or dev) and the project, nothing else; quick when it already does.
set -eu
cd "$(dirname "$0")/.."
. tools/caches.sh

NAME=$1
LABEL=${STEP:+[$STEP] }
OLDEST_MINOR=11
NEWEST_MINOR=14

stop() {
    echo "make: $1" >&2
    exit 1
}

# What .venv must have been made from. Its scripts hold its path, so a moved clone counts as another one.
state_of() {
    cat requirements/build.txt "requirements/$1.txt" pyproject.toml | cksum
    echo "$1 $PWD"
}

is_suitable() {
    [ "$("$1" -c "import sys; print((3, $OLDEST_MINOR) <= sys.version_info < (3, $NEWEST_MINOR + 1))" 2>&1)" = True ]
}

interpreter_of() {
    "$1" -c 'import sys; print(sys.base_prefix, sys.version)' 2>/dev/null || echo "none"
}

# dev holds everything that up does.
is_installed() {
    [ -f .venv/installed ] && .venv/bin/python -c '' 2>/dev/null || return 1
    [ -z "${PYTHON:-}" ] || [ "$(interpreter_of "$PYTHON")" = "$(interpreter_of .venv/bin/python)" ] || return 1
    found=$(cat .venv/installed)
    [ "$found" = "$(state_of "$NAME")" ] || [ "$found" = "$(state_of dev)" ]
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_suitable "$PYTHON" || stop "PYTHON=$PYTHON is not a Python 3.$OLDEST_MINOR to 3.$NEWEST_MINOR."
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.13 python3.12 python3.11 python3.14 python; do
        if is_suitable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    stop "No Python 3.$OLDEST_MINOR to 3.$NEWEST_MINOR found. Debian, Ubuntu: apt-get install python3 python3-venv. \
macOS: brew install python@3.13. Elsewhere: make $NAME PYTHON=/path/to/python3.$OLDEST_MINOR"
}

make_environment() {
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null || stop "$python cannot make virtual environments. \
Debian, Ubuntu: apt-get install $("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
    rm -rf .venv
    "$python" -m venv .venv || stop "The virtual environment could not be made in $PWD/.venv; the lines above say why."
}

if is_installed; then
    echo "${LABEL}Python packages: up to date."
    exit 0
fi

# Whoever has the tools of a developer keeps them when what is locked has changed.
if grep -q '^dev ' .venv/installed 2>/dev/null; then NAME=dev; fi
echo "${LABEL}Installing Python packages …"
rm -f .venv/installed
if ! [ -f .venv/made ] || [ "$(cat .venv/made)" != "$PWD" ] || ! is_suitable .venv/bin/python || [ -n "${PYTHON:-}" ]; then
    make_environment
    echo "$PWD" >.venv/made
fi
FAILED="The packages could not be installed; the lines above say why. Is there a network? Then type the same again."
.venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
    -r requirements/build.txt || stop "$FAILED"
.venv/bin/uv pip install --quiet --exact --no-deps --require-hashes --compile-bytecode \
    -r requirements/build.txt -r "requirements/$NAME.txt" || stop "$FAILED"
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable . || stop "$FAILED"
state_of "$NAME" >.venv/installed
