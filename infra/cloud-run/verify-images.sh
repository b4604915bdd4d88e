#!/bin/sh
# Builds every image for real, starts it as Cloud Run would and holds it against its targets: verify-images.sh [SERVICE…]
set -eu
exec "$(dirname "$(readlink -f "$0")")/blueprint.sh" images "$@"
