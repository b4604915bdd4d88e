#!/bin/sh
# Writes requirements/*.txt: every package, for every platform, by hash; `make lock UPGRADE=1` takes newer versions.
set -eu
cd "$(dirname "$0")/.."

UV=.venv/bin/uv
EXTRAS="auth session chat memory gateway up"

# $1: name of the lock; the rest: what goes into it. The header would name this machine's paths.
compile() {
    name=$1
    shift
    echo "Locking requirements/$name.txt …"
    "$UV" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --override requirements/overrides.txt --custom-compile-command "make lock" \
        ${UPGRADE:+--upgrade} --output-file "requirements/$name.txt" "$@"
}

compile build --group build
compile node --group node
compile dev --extra dev pyproject.toml
compile infra --group infra --constraint requirements/dev.txt
# A service runs with the very versions that its tests ran with.
for name in $EXTRAS; do
    compile "$name" --extra "$name" --constraint requirements/dev.txt pyproject.toml
done
infra/cloud-run/blueprint.sh requirements ${UPGRADE:+--upgrade}
