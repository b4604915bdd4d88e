#!/bin/sh
# Runs the Python tests on $WORKERS processes; what fails there is tried once more alone. See docs/decisions/0022.
set -u
cd "$(dirname "$0")/.." || exit 1
PYTHON=.venv/bin/python
CACHE=${CACHE:-.pytest_cache}
FAILED=$CACHE/v/cache/lastfailed
MOST=5 # more than that is no bad luck

rm -f "$FAILED"
"$PYTHON" -m pytest -n "$WORKERS" --dist loadgroup -o cache_dir="$CACHE" "$@"
status=$?
[ "$status" -eq 1 ] && [ -s "$FAILED" ] || exit "$status"
names=$("$PYTHON" -c 'import json, sys; print(*json.load(open(sys.argv[1])), sep="\n")' "$FAILED")
[ "$(printf '%s\n' "$names" | wc -l)" -le "$MOST" ] || exit 1
printf 'These failed beside others and are tried alone, reports above:\n%s\n' "$names"
"$PYTHON" -m pytest --last-failed --last-failed-no-failures none -o cache_dir="$CACHE" "$@"
