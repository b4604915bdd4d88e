#!/bin/sh
# Prints the path of a Chromium for the browser tests, or nothing; installs Debian's where that needs no password.
set -eu

found() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then
            command -v "$name"
            return
        fi
    done
    return 1
}

found && exit 0
if [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
    echo "Installing Chromium for the browser tests …" >&2
    export DEBIAN_FRONTEND=noninteractive
    if { apt-get update && apt-get install --yes --no-install-recommends chromium; } </dev/null >/dev/null 2>&1; then
        found && exit 0
    fi
fi
echo "No Chromium: the browser tests are skipped. Install one (Debian: apt-get install chromium) or set CHROMIUM=/path." >&2
