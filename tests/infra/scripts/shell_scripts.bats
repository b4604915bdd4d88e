#!/usr/bin/env bats
# Every shell script of infra/cloud-run as an operator may start it: from another directory, in a path with spaces, through
# links, without words, with --help. test_shell_scripts.py runs this file, with ROOT (the clone) and VENV (its environment).

setup_file() {
    export PLACE="$BATS_FILE_TMPDIR/an operator's place"
    export SCRIPTS="$PLACE/a clone/infra/cloud-run"
    mkdir -p "$PLACE/bin" "$PLACE/links" "$SCRIPTS"
    tar -C "$ROOT/infra/cloud-run" --exclude='.env.*' --exclude=.terraform --exclude=.venv --exclude=build -cf - . | tar -C "$SCRIPTS" -xf -
    ln -s "$VENV" "$PLACE/a clone/.venv"
    # No gcloud, docker, buildah or terraform: nothing here may reach any of them.
    for program in awk bash cat cp dirname env git grep head ln ls make mkdir mktemp readlink rm sed sh tail tr uname; do
        ln -s "$(command -v "$program")" "$PLACE/bin/$program"
    done
    ln -s "$VENV/bin/python" "$PLACE/bin/python3"
    export PATH="$PLACE/bin" HOME="$PLACE" TMPDIR="$BATS_FILE_TMPDIR"
    unset PROJECT_ID ENVIRONMENT PYTHON SOURCE_URL DATABASE_URL MAKEFLAGS MAKELEVEL
}

setup() {
    cd "$PLACE/links" || return
}

# The exit code of a script that is given no words; what it means stands in the README.
without_words() {
    case $1 in
    deploy-*.sh | test-services.sh) echo 12 ;; # PROJECT_ID is not set
    operate.sh | blueprint.sh | local.sh | run.sh | apply.sh | move-database.sh) echo 2 ;;
    provenance.sh) echo 1 ;; # no key
    sbom.sh) echo 10 ;; # no image to look into
    verify-images.sh) echo 0 ;; # says that it was skipped: nothing here builds images
    verify.sh) echo 0 ;;
    scan.sh) echo skipped ;; # it would install checkov
    *) echo "unknown: say in without_words what $1 does" ;;
    esac
}

every_script() {
    local each
    for each in "$SCRIPTS"/*.sh "$SCRIPTS"/*/*.sh; do
        script=$each name=$(basename "$each")
        "$@" || { echo "$name: status $status, output: $output" && return 1; }
    done
}

basename() {
    echo "${1##*/}"
}

help_through_a_link_of_a_link() {
    ln -s "$script" "a link to $name"
    ln -s "a link to $name" "another link to $name"
    run "./another link to $name" --help
    [ "$status" -eq 0 ] && [ "${#output}" -gt 40 ] && [[ $output != *Traceback* ]]
}

nothing_said() {
    local expected
    expected=$(without_words "$name")
    [ "$expected" != skipped ] || return 0
    run "$script" </dev/null
    [ "$status" = "$expected" ] && [ -n "$output" ] && [[ $output != *Traceback* ]]
}

@test "each has --help, from another directory, through a link of a link" {
    every_script help_through_a_link_of_a_link
}

@test "each says what it lacks when it is given no words, by an exit code of the README" {
    every_script nothing_said
}

@test "an unknown word is 2 and reaches nobody" {
    for name in deploy-auth-service.sh deploy-all-services.sh test-services.sh operate.sh verify.sh move-database.sh; do
        run "$SCRIPTS/$name" --no-such-word
        echo "$name: $status, $output"
        [ "$status" -eq 2 ]
    done
}

@test "the Makefile works from any directory, by -C, by -f, and through a link" {
    ln -s "$SCRIPTS/Makefile" "a Makefile"
    for words in "-C $SCRIPTS" "-f $SCRIPTS/Makefile" "-f a Makefile"; do
        run make --no-print-directory "${words%% *}" "${words#* }" status
        echo "$words: $status, $output"
        [ "$status" -eq 2 ]
        [[ $output == *"PROJECT_ID is not set"*"Error 12"* ]]
        run make --no-print-directory "${words%% *}" "${words#* }"
        [ "$status" -eq 0 ]
        [[ $output == *"make deploy-all"* ]]
    done
}

@test "a script that an operator's shell finds by its CDPATH is the one that was named" {
    mkdir -p "$PLACE/decoy/cloud-run"
    printf '#!/bin/sh\necho decoy\n' >"$PLACE/decoy/cloud-run/operate.sh"
    cd "$SCRIPTS/.."
    CDPATH="$PLACE/decoy" run cloud-run/operate.sh --help
    [ "$status" -eq 0 ]
    [[ $output == *"Operate Emergence"* ]]
}
