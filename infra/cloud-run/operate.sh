#!/usr/bin/env bash
# Starts the operators' program (operate/, Python's standard library alone) with the first Python that is new enough.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        PYTHONPATH=$here PYTHONSAFEPATH=1 exec "$python" -m operate "$@"
    fi
done
echo "operate: Python 3.11 or newer is needed; install it, or say where it is: PYTHON=/path/to/python3.11" >&2
exit 10
