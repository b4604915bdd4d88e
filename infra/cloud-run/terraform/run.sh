#!/bin/sh
# Checks this configuration and plans: `run.sh validate`, `run.sh plan [ENVIRONMENT]`, `run.sh test`.
# OFFLINE=1 does it without a project, a state or a network, with a provider that knows nothing but Google's schema.
set -eu
cd "$(dirname "$(readlink -f "$0")")"

stop() {
    echo "run.sh: $2" >&2
    exit "$1"
}

ACT=${1:-}
[ "$ACT" != --help ] || { sed -n '2,3s/^# //p' run.sh && exit 0; }
ENVIRONMENT=${2:-${ENVIRONMENT:-dev}}
case $ACT in validate | plan | test) ;; *) stop 2 "Say what: run.sh validate, run.sh plan ENVIRONMENT, run.sh test." ;; esac
case $ENVIRONMENT in dev | staging | prod) ;; *) stop 2 "ENVIRONMENT must be dev, staging or prod, not $ENVIRONMENT." ;; esac
command -v terraform >/dev/null 2>&1 || stop 10 "Terraform is missing; install 1.9 or newer."

if [ "${OFFLINE:-}" = 1 ]; then
    cd ../../..
    [ -x .venv/bin/python ] || stop 10 "OFFLINE=1 needs what developers have; type \`make lint\` in the repository once."
    exec .venv/bin/python -m tests.infra.terraform.offline "$ACT" "$ENVIRONMENT"
fi

case $ACT in
validate)
    terraform fmt -check -recursive . || stop 1 "Type \`terraform fmt -recursive\` in $PWD."
    terraform init -backend=false -input=false
    terraform validate
    ;;
test)
    terraform init -backend=false -input=false
    terraform test
    ;;
plan)
    [ -f "$ENVIRONMENT.tfvars" ] || stop 12 "$PWD/$ENVIRONMENT.tfvars is missing; README.md says what it holds."
    project=$(sed -n 's/^project_id *= *"\(.*\)".*/\1/p' "$ENVIRONMENT.tfvars")
    [ -n "$project" ] || stop 12 "$PWD/$ENVIRONMENT.tfvars must set project_id."
    terraform init -input=false -reconfigure -backend-config="bucket=${STATE_BUCKET:-$project-terraform}"
    terraform plan -input=false -var-file="$ENVIRONMENT.tfvars" -out="$ENVIRONMENT.tfplan"
    ;;
esac
