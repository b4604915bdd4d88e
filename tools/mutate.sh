#!/bin/sh
# Changes the code that decides who is let in, one small change at a time, and looks whether a test notices.
# usage: tools/mutate.sh tokens|refresh   (takes minutes to an hour)
set -eu
cd "$(dirname "$0")/.."
ROOT=$PWD
MUTMUT="mutmut==3.8.1"

case "${1:-}" in
tokens)
    ONLY='"src/emergence/kernel/signed_token.py", "src/emergence/kernel/identity.py", "src/emergence/auth/totp.py"'
    TESTS='"tests/kernel/test_signed_token.py", "tests/kernel/test_token_edges.py", "tests/kernel/test_identity.py",
        "tests/kernel/test_remembered_tokens.py", "tests/auth/test_totp.py"'
    ;;
refresh)
    ONLY='"src/emergence/auth/refresh.py", "src/emergence/auth/refresh_tokens.py"'
    TESTS='"tests/auth/test_refresh.py", "tests/auth/test_refresh_model.py"'
    ;;
*)
    echo "usage: tools/mutate.sh tokens|refresh" >&2
    exit 2
    ;;
esac

tools/install.sh dev
PLACE=$(mktemp -d)
trap 'rm -rf "$PLACE"' EXIT
mkdir "$PLACE/work"
git archive HEAD | tar -x -C "$PLACE/work"
# mutmut is no dependency of ours: it lives beside the copy, and borrows what the tests need.
.venv/bin/python -m venv "$PLACE/env"
"$PLACE/env/bin/pip" install --quiet "$MUTMUT"
SITE='import sysconfig; print(sysconfig.get_paths()["purelib"])'
.venv/bin/python -c "$SITE" >"$("$PLACE/env/bin/python" -c "$SITE")/borrowed.pth"
# What is written to logs is left alone: a reason is for people, and no decision hangs on it.
cat >>"$PLACE/work/pyproject.toml" <<SETTINGS

[tool.mutmut]
source_paths = ["src"]
only_mutate = [$ONLY]
do_not_mutate_patterns = ["raise TokenRefused", "raise KeyUnusable", "raise ValueError", "log.info"]
pytest_add_cli_args_test_selection = [$TESTS]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
timeout_constant = 60.0
use_git_change_detection = false
SETTINGS
cd "$PLACE/work"
"$PLACE/env/bin/mutmut" run --max-children 2
"$PLACE/env/bin/mutmut" results >"$ROOT/.make/mutants.txt"
while IFS=: read -r mutant _; do
    "$PLACE/env/bin/mutmut" show "$(echo "$mutant" | tr -d ' ')"
done <"$ROOT/.make/mutants.txt"
