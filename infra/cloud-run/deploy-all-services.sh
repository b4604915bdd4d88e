#!/usr/bin/env bash
# Deploys every service in order; `--resume` goes on after a failure. Options: --help.
set -euo pipefail
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/operate.sh" deploy-all "$@"
