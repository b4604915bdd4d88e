#!/bin/sh
# Writes what images consist of, as CycloneDX: sbom.sh [SERVICE[=IMAGE]…] [--out FOLDER]
set -eu
exec "$(dirname "$(readlink -f "$0")")/blueprint.sh" sbom "$@"
