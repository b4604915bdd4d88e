#!/bin/sh
# Says what images were built from, signed: provenance.sh [SERVICE[=IMAGE]…] --key KEY [--out FOLDER], or --verify FILE
set -eu
exec "$(dirname "$(readlink -f "$0")")/blueprint.sh" provenance "$@"
