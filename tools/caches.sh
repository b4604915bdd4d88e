# shellcheck shell=sh
# Sourced: keeps the download caches inside the clone where the home folder is missing or read-only.
if [ -z "${HOME:-}" ] || ! mkdir -p "${XDG_CACHE_HOME:-$HOME/.cache}" 2>/dev/null ||
    ! [ -w "${XDG_CACHE_HOME:-$HOME/.cache}" ] || ! [ -w "$HOME" ]; then
    export UV_CACHE_DIR="${UV_CACHE_DIR:-$PWD/.cache/uv}"
    export PIP_CACHE_DIR="${PIP_CACHE_DIR:-$PWD/.cache/pip}"
    export npm_config_cache="${npm_config_cache:-$PWD/.cache/npm}"
fi
