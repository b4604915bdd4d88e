#!/usr/bin/env bash
# Asks running services what they must answer; prints `N passed, N failed`. `--url https://…` for any deployment; options: --help.
set -euo pipefail
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/operate.sh" test "$@"
