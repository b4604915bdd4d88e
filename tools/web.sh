#!/bin/sh
# Works on the web client with Node from this machine, or from a wheel where there is none: build, test, run SCRIPT.
set -eu
cd "$(dirname "$0")/.."
. tools/caches.sh
. tools/node.sh

LABEL=${STEP:+[$STEP] }
BUILT=src/emergence/gateway/client/index.html
mkdir -p .make

install_packages() {
    wanted="$(cksum <web/package-lock.json) $PWD $(node --version)"
    if [ -d web/node_modules ] && [ "$(cat .make/web-packages 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    echo "${LABEL}Installing the web client's packages (500 MB; quiet for a minute or more) …"
    # Not `npm ci`: it refuses a lock that lacks the optional binaries of platforms whose registry mirror has none.
    # --no-save leaves the lock alone; what it pins is installed with its hashes all the same.
    (cd web && npm install --no-save --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error) ||
        stop "The web client's packages could not be installed; the lines above say why."
    echo "$wanted" >.make/web-packages
}

sources() {
    find web -name node_modules -prune -o -type f -exec cksum {} + | LC_ALL=C sort | cksum
}

build() {
    if [ -f "$BUILT" ] && [ "$(cat .make/web-build 2>/dev/null)" = "$(sources)" ]; then
        echo "${LABEL}Web client: up to date."
        return
    fi
    echo "${LABEL}Building the web client …"
    choose_node
    install_packages
    rm -f .make/web-build
    if ! (cd web && npm run --silent build) >.make/web-build.log 2>&1; then
        cat .make/web-build.log >&2
        stop "The web client could not be built; the lines above say why."
    fi
    sources >.make/web-build
}

case $1 in
build) build ;;
test)
    echo "${LABEL}Testing the web client …"
    choose_node
    install_packages
    cd web && npm run --silent test
    ;;
run)
    choose_node
    install_packages
    cd web && npm run --silent "$2"
    ;;
esac
