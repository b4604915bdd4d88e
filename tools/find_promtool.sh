#!/bin/sh
# Prints the path of a promtool for the tests of alerting rules, or nothing; takes it from Debian where it can.
set -eu
cd "$(dirname "$0")/.."
KEPT=$PWD/.cache/promtool

for candidate in "${PROMTOOL:-}" promtool "$KEPT/usr/bin/promtool"; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1; then
        command -v "$candidate"
        exit 0
    fi
done
# The package starts a server when it is installed, so only its file is taken.
if [ -f /etc/debian_version ] && command -v dpkg-deb >/dev/null 2>&1; then
    echo "Fetching promtool for the tests of alerting rules …" >&2
    fetched=$(mktemp -d)
    if {
        cd "$fetched" && { apt-get download prometheus || { apt-get update && apt-get download prometheus; }; } &&
            dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool && mkdir -p "$KEPT/usr/bin" &&
            mv usr/bin/promtool "$KEPT/usr/bin/promtool"
    } </dev/null >/dev/null 2>&1; then
        rm -rf "$fetched"
        echo "$KEPT/usr/bin/promtool"
        exit 0
    fi
    rm -rf "$fetched"
fi
echo "No promtool: tests of alerting rules are skipped. Install Prometheus, or set PROMTOOL=/path." >&2
