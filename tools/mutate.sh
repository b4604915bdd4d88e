#!/usr/bin/env bash
# Changes the code that decides who is let in, one small change at a time, and looks whether a test notices.
# usage: tools/mutate.sh tokens|refresh|policy|codes   (takes minutes to an hour)
set -eu
cd "$(dirname "$0")/.."
ROOT=$PWD
MUTMUT="mutmut==3.8.1"

BUT=""
case "${1:-}" in
tokens)
    ONLY='"src/emergence/kernel/signed_token.py", "src/emergence/kernel/identity.py", "src/emergence/auth/totp.py"'
    TESTS='"tests/kernel/test_signed_token.py", "tests/kernel/test_token_edges.py", "tests/kernel/test_identity.py",
        "tests/kernel/test_remembered_tokens.py", "tests/kernel/test_late_news.py", "tests/auth/test_totp.py"'
    ;;
refresh)
    ONLY='"src/emergence/auth/refresh.py", "src/emergence/auth/refresh_tokens.py"'
    TESTS='"tests/auth/test_refresh.py", "tests/auth/test_refresh_repeated.py", "tests/auth/test_refresh_traces.py",
        "tests/auth/test_administrators_factors.py", "tests/auth/test_secret_rotation.py"'
    ;;
policy)
    ONLY='"src/emergence/auth/password_policy.py", "src/emergence/auth/password_checks.py", "src/emergence/auth/breached_list.py",
        "src/emergence/auth/ask_breach_service.py"'
    TESTS='"tests/auth/test_password_policy.py", "tests/auth/test_password_bounds.py",
        "tests/auth/test_ask_breach_service.py",
        "tests/auth/test_change_password.py", "tests/auth/test_reset_password.py", "tests/auth/test_set_first_password.py",
        "tests/auth/test_undo_email_change.py"'
    # One measures time, which two runs at once take from each other; one starts an interpreter that borrows nothing.
    BUT='"-k", "not test_judging_is_bounded and not test_starting_loads_no_word_lists", '
    ;;
codes)
    ONLY='"src/emergence/auth/totp.py", "src/emergence/auth/recovery_codes.py", "src/emergence/auth/check_code.py"'
    TESTS='"tests/auth/test_totp.py", "tests/auth/test_recovery_codes.py", "tests/auth/test_check_code.py",
        "tests/auth/test_unconfirmed_seed.py", "tests/auth/test_second_factor.py"'
    ;;
*)
    echo "usage: tools/mutate.sh tokens|refresh|policy|codes" >&2
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
# What is told to people or logs, and how threads are made and ended, is left alone: no decision hangs on it.
cat >>"$PLACE/work/pyproject.toml" <<SETTINGS

[tool.mutmut]
source_paths = ["src"]
only_mutate = [$ONLY]
do_not_mutate_patterns = ["raise TokenRefused", "raise KeyUnusable", "raise ValueError", "raise NoBreachedList", "usedforsecurity",
    "ThreadPoolExecutor", "_pool.shutdown", "log.info"]
pytest_add_cli_args_test_selection = [$TESTS]
pytest_add_cli_args = [$BUT"-p", "no:cacheprovider"]
timeout_constant = 60.0
use_git_change_detection = false
SETTINGS
cd "$PLACE/work"
ulimit -v 6000000 || true # a change that loops may ask for all the memory there is; in kB; macOS has no such limit
"$PLACE/env/bin/mutmut" run --max-children "${MUTATE_CHILDREN:-2}"
"$PLACE/env/bin/mutmut" results >"$ROOT/.make/mutants-$1.txt"
while IFS=: read -r mutant _; do
    "$PLACE/env/bin/mutmut" show "$(echo "$mutant" | tr -d ' ')"
done <"$ROOT/.make/mutants-$1.txt"
