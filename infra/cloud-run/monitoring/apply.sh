#!/bin/sh
# Creates or updates what Cloud Monitoring shows and tells: `apply.sh dashboards`, `apply.sh alerts`. --help says the rest.
set -eu
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        PYTHONPATH=$here/.. exec "$python" -P "$here/apply_files.py" "$@"
    fi
done
echo "apply.sh: Python 3.11 or newer is needed; install it, or say where it is: PYTHON=/path/to/python3.11" >&2
exit 10
