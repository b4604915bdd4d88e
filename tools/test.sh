#!/bin/sh
# Runs the Python tests on $WORKERS processes; what fails there is tried once more alone. See docs/decisions/0022.
set -u
cd "$(dirname "$0")/.." || exit 1
PYTHON=.venv/bin/python
CACHE=${CACHE:-.pytest_cache}
FAILED=$CACHE/v/cache/lastfailed
MOST=8 # of 9,000 tests; more than that is no bad luck

rm -f "$FAILED"
"$PYTHON" -m pytest -n "$WORKERS" --dist loadgroup -o cache_dir="$CACHE" "$@"
status=$?
[ "$status" -eq 1 ] && [ -s "$FAILED" ] || exit "$status"
# xdist names a test of a group `name@group`, which no run without it knows.
names=$("$PYTHON" - "$FAILED" <<'END'
import json, re, sys

names = [re.sub(r"@[^]@]*$", "", name) for name in json.load(open(sys.argv[1]))]
json.dump(dict.fromkeys(names, True), open(sys.argv[1], "w"))
print(*names, sep="\n")
END
)
[ "$(printf '%s\n' "$names" | wc -l)" -le "$MOST" ] || exit 1
printf 'These failed beside others and are tried alone, reports above:\n%s\n' "$names"
"$PYTHON" -m pytest --last-failed --last-failed-no-failures none -o cache_dir="$CACHE" "$@"
