#!/usr/bin/env bash
# Runs the services on this machine behind the real Envoy, without Google: up (until Ctrl-C), down, test. Options: --help.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
python=$here/../../.venv/bin/python
if ! "$python" -c 'import emergence, yaml' 2>/dev/null; then
    echo "local.sh: the program is not installed in this clone; type \`make test\` or \`tools/install.sh dev\` at its top" >&2
    exit 10
fi
PYTHONPATH=$here PYTHONSAFEPATH=1 exec "$python" -m localrun "$@"
