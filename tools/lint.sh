#!/bin/sh
# Runs every linter, all of them even when one fails, and names at the end those that found something.
set -u
cd "$(dirname "$0")/.." || exit 1
BIN=.venv/bin
failed=""

check() {
    name=$1
    shift
    echo "  $name …"
    if ! "$@" >.make/lint.log 2>&1; then
        cat .make/lint.log
        failed="$failed${failed:+, }$name"
    fi
}

# The client's types must be what `make types` would write now; they are made in a folder beside and compared.
wire_types() {
    rm -rf .make/types
    mkdir -p .make/types/src/wire
    (cd .make/types && node ../../web/tools/make_types.mjs ../../docs/api/openapi.json ../../docs/api/asyncapi.json)
    for part in rest frames; do
        if ! diff ".make/types/src/wire/$part.gen.ts" "web/src/wire/$part.gen.ts"; then
            echo "web/src/wire/$part.gen.ts is not what the server says: type \`make types\`."
            return 1
        fi
    done
}

check "Python style" $BIN/ruff check .
check "Python format" $BIN/ruff format --check .
check "Python types" $BIN/mypy
check "Python duplicates" $BIN/pylint src/emergence
check "imports" $BIN/lint-imports
check "house rules" $BIN/python -m pytest -q tests/architecture --ignore tests/architecture/test_boot_alone.py \
    --ignore tests/architecture/test_imports.py
check "shell scripts" $BIN/shellcheck -x tools/*.sh infra/cloud-run/*.sh infra/cloud-run/*/*.sh tests/infra/scripts/*.bats .ci/run
. tools/node.sh
choose_node
check "web style" npm --prefix web run --silent lint
check "web types" npm --prefix web run --silent typecheck
check "web dead code" npm --prefix web run --silent unused
check "web size" npm --prefix web run --silent size
check "web lock" npm --prefix web ls --package-lock-only --depth=0
check "web types from the server" wire_types

if [ -n "$failed" ]; then
    echo "make: found by $failed; see above." >&2
    exit 1
fi
echo "Nothing found."
