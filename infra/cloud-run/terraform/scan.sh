#!/bin/sh
# Asks checkov about this configuration. It brings 100 packages of its own, so it lives in an environment apart, and CI leaves it out.
set -eu
cd "$(dirname "$(readlink -f "$0")")"
[ "${1:-}" != --help ] || { sed -n '2s/^# //p' scan.sh && exit 0; }
PLACE=$(cd ../../.. && pwd)/.cache/checkov
VERSION=3.3.30

if ! [ -x "$PLACE/bin/checkov" ]; then
    echo "Installing checkov $VERSION …" >&2
    "${PYTHON:-python3}" -m venv "$PLACE"
    "$PLACE/bin/pip" install --quiet --disable-pip-version-check "checkov==$VERSION"
fi
exec "$PLACE/bin/checkov" --config-file checkov.yaml "$@"
