#!/usr/bin/env bash
# Builds, checks and deploys session; traffic moves when the new revision answers. Options: --help.
set -euo pipefail
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/operate.sh" deploy session "$@"
