#!/bin/sh
# Runs `python -m blueprint`, from any directory: in the repository's .venv where that has PyYAML and regopy, else in an
# environment of its own, made once from requirements/infra.txt.
set -eu
HERE=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)

is_enough() {
    [ -x "$1/bin/python" ] && "$1/bin/python" -P -c 'import regopy, yaml' 2>/dev/null
}

stop() {
    echo "blueprint: $1" >&2
    exit 10
}

ENVIRONMENT=$ROOT/.venv
if ! is_enough "$ENVIRONMENT"; then
    ENVIRONMENT=$HERE/.venv
    if ! is_enough "$ENVIRONMENT"; then
        PYTHON=${PYTHON:-python3}
        "$PYTHON" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
            stop "$PYTHON is missing, older than 3.11 or without venv; set PYTHON=/path/to/python3.11"
        echo "blueprint: installing PyYAML and regopy into $ENVIRONMENT, once …" >&2
        rm -rf "$ENVIRONMENT"
        "$PYTHON" -m venv "$ENVIRONMENT" >&2 || stop "no environment could be made; the lines above say why"
        "$ENVIRONMENT/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
            -r "$ROOT/requirements/infra.txt" >&2 || stop "they could not be installed; the lines above say why"
    fi
fi
# -P keeps what lies in the caller's directory from being imported.
PYTHONPATH=$HERE exec "$ENVIRONMENT/bin/python" -P -m blueprint "$@"
