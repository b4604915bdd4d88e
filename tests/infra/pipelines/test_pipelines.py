"""The pipelines of operators: well formed, safe, and calling only what exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from google.cloud.devtools.cloudbuild_v1 import Build
from google.protobuf.json_format import ParseDict, ParseError

from operate.images import TAG
from tests.architecture.sources import ROOT
from tests.infra.pipelines.scripts import CLOUD_BUILD, CLOUD_CHECK, WORKFLOW, content_of, jobs, made, scripts, steps

BIN = Path(sys.executable).parent
README = ROOT / "infra" / "cloud-run" / "terraform" / "README.md"
PINNED = re.compile(r"uses: [\w-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\n")
TARGET = re.compile(r"^([a-z][a-z%-]*):", re.MULTILINE)
COMMIT = "0a1b2c3d4e" * 4
STYLE = """{extends: default, rules: {line-length: {max: 130}, document-start: disable, truthy: {check-keys: false},
braces: {max-spaces-inside: 1}, comments: {min-spaces-from-content: 1}}}"""


def asked(*words: str) -> subprocess.CompletedProcess[str]:
    """Run one of the tools beside this Python."""
    command = [str(BIN / words[0]), *words[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=ROOT)


def audit(path: Path) -> subprocess.CompletedProcess[str]:
    return asked("zizmor", "--offline", "--no-progress", "--no-config", str(path))


def against_schema(path: Path) -> subprocess.CompletedProcess[str]:
    return asked("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(path))


def spoilt(folder: Path, right: str, wrong: str) -> Path:
    """Return the workflow with one mistake in it."""
    assert right in WORKFLOW.read_text()
    place = folder / ".github" / "workflows"
    place.mkdir(parents=True)
    (place / "deploy.yml").write_text(WORKFLOW.read_text().replace(right, wrong, 1))
    return place / "deploy.yml"


def test_the_workflow_is_one_and_is_safe() -> None:
    checked, audited = against_schema(WORKFLOW), audit(WORKFLOW)

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert audited.returncode == 0, audited.stdout + audited.stderr


def test_a_word_that_github_does_not_know_is_noticed(tmp_path: Path) -> None:
    assert against_schema(spoilt(tmp_path, "timeout-minutes: 90", "timeout: 90")).returncode == 1


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0", "actions/checkout@v5", "unpinned-uses"),
        ('run: cosign sign --yes --recursive "$DIGEST"', "run: echo ${{ github.head_ref }}", "template-injection"),
        (
            "    permissions:\n      contents: read\n    steps",
            "    permissions: write-all\n    steps",
            "excessive-permissions",
        ),
        ("  pull_request:", "  pull_request_target:", "dangerous-triggers"),
    ],
    ids=["unpinned", "injection", "permissions", "trigger"],
)
def test_an_unsafe_workflow_is_noticed(right: str, wrong: str, said: str, tmp_path: Path) -> None:
    audited = audit(spoilt(tmp_path, right, wrong))

    assert audited.returncode != 0
    assert said in audited.stdout


def test_every_action_is_pinned_by_commit_with_its_version_beside_it() -> None:
    text = WORKFLOW.read_text()

    assert text.count("uses: ") == len(PINNED.findall(text))


def test_only_who_deploys_may_ask_for_a_token_and_never_for_a_pull_request() -> None:
    asking = {name for name, job in jobs().items() if "id-token" in job["permissions"]}

    assert asking == {"images", "deploy"}
    assert "github.ref == 'refs/heads/main'" in jobs()["images"]["if"]
    assert "github.event_name != 'pull_request'" in jobs()["images"]["if"]
    assert "images" in jobs()["deploy"]["needs"]
    assert {"check", "infrastructure"} == set(jobs()["images"]["needs"])


def images_before_build(build: str) -> list[str]:
    """Return what a script asks of the registry before it builds; each could be an image that somebody else pushed."""
    return re.findall(r"gcloud artifacts docker images \S+|docker pull \S+", build.partition("docker buildx build")[0])


def test_a_run_signs_what_it_built_itself_and_deploys_that() -> None:
    build = next(script for name, script in scripts().items() if "Build and push" in name)
    deployment = next(script for name, script in scripts().items() if "Deploy what this workflow signed" in name)
    deploy = jobs()["deploy"]

    assert images_before_build(build) == []
    assert images_before_build(f'digest=$(gcloud artifacts docker images describe "$tag")\n{build}') != []
    assert re.search(r"^docker buildx build ", build, re.MULTILINE), "it must not depend on anything"
    assert "$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT" in build, "a tag never moves, so a run has its own"
    assert "gcloud artifacts" not in deployment
    assert "infrastructure" in deploy["needs"]
    assert 'image=$(cat "$RUNNER_TEMP/images/$service")' in deployment, "by the digest that was signed"
    uses = [step.get("uses", "").partition("@")[0] for step in jobs()["images"]["steps"]]
    assert uses[-1] == "actions/upload-artifact", "what was not signed is not handed over"


def allowed(
    folder: Path, *, is_checked: bool, environment: str, approval: str, commit: str = COMMIT
) -> subprocess.CompletedProcess[str]:
    """Run the first step of the deployment on Google Cloud with a gcloud that answers so."""
    gcloud = folder / "gcloud"
    listed = "b-1" if is_checked else ""
    gcloud.write_text(f'#!/bin/sh\ncase "$*" in *list*) echo "{listed}" ;; *describe*) echo "{approval}" ;; esac\n')
    gcloud.chmod(0o755)
    given = {"PATH": f"{folder}:/usr/bin:/bin", "COMMIT_SHA": commit, "BUILD_ID": "b-2", "_ENVIRONMENT": environment}
    script = scripts()["cloud build: allowed"]
    return subprocess.run(["bash", "-c", script], env=given, capture_output=True, text=True, check=False, timeout=20)


@pytest.mark.parametrize(
    ("is_checked", "environment", "approval", "said"),
    [
        (True, "dev", "", ""),
        (True, "prod", "APPROVED", ""),
        (False, "dev", "", f"no check of {COMMIT} succeeded"),
        (True, "prod", "", "nobody approved"),
        (True, "prod", "PENDING", "nobody approved"),
    ],
)
def test_google_deploys_what_was_checked_and_to_prod_what_was_approved(
    is_checked: bool, environment: str, approval: str, said: str, tmp_path: Path
) -> None:
    ended = allowed(tmp_path, is_checked=is_checked, environment=environment, approval=approval)

    assert (ended.returncode == 0) == (said == ""), ended.stderr
    assert said in ended.stdout


@pytest.mark.parametrize("commit", ["", "main", "0a1b2c3d4e5f"])
def test_google_deploys_a_commit_and_not_whatever_was_checked_last(commit: str, tmp_path: Path) -> None:
    ended = allowed(tmp_path, is_checked=True, environment="dev", approval="", commit=commit)

    assert ended.returncode == 1
    assert "COMMIT_SHA must be" in ended.stdout


def test_tags_of_both_pipelines_tell_the_scripts_the_commit() -> None:
    given = {"COMMIT_SHA": COMMIT, "BUILD_ID": "5e0a8f0c-1d2e-4f3a-8b4c-5d6e7f8a9b0c"}
    tags = [
        re.sub(r"\$\{(\w+)\}", lambda found: given.get(found[1], "x"), image)
        for image in content_of(CLOUD_BUILD)["images"]
    ]
    github = next(script for name, script in scripts().items() if "Build and push" in name)

    assert [match[1] for tag in tags if (match := TAG.fullmatch(tag.rpartition(":")[2]))] == [COMMIT] * 3
    assert TAG.fullmatch(given["BUILD_ID"]) is None
    assert 'tag="$IMAGE:$(git rev-parse --short=12 HEAD)-' in github


def test_whoever_deploys_knows_what_the_serving_revision_was_made_from() -> None:
    checkouts = [
        step["with"] for step in jobs()["deploy"]["steps"] if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert [each["fetch-depth"] for each in checkouts] == [0]
    assert "git fetch --quiet --unshallow" in CLOUD_BUILD.read_text()


def test_tests_run_as_nobody_who_deploys() -> None:
    deploying, checking = content_of(CLOUD_BUILD), content_of(CLOUD_CHECK)

    assert deploying["serviceAccount"].rpartition("/")[2].startswith("emergence-deployer@")
    assert checking["serviceAccount"].rpartition("/")[2].startswith("emergence-checker@")
    assert [step["id"] for step in deploying["steps"] if ".ci/run" in str(step) or "pytest" in str(step)] == []
    assert [step["args"] for step in checking["steps"]] == [[".ci/run"]]


def test_an_image_is_scanned_before_it_is_signed_and_verified_before_it_is_deployed() -> None:
    names = [step.get("name", "") for step in jobs()["images"]["steps"]]
    deployment = next(script for name, script in scripts().items() if "Deploy what this workflow signed" in name)
    cloud = [step["id"] for step in content_of(CLOUD_BUILD)["steps"]]

    order = [next(place for place, name in enumerate(names) if word in name) for word in ("Build", "Scan", "Sign")]
    assert order == sorted(order)
    assert deployment.index("cosign verify") < deployment.index("make -C")
    assert cloud.index("allowed") < cloud.index("push") < cloud.index("scan") < cloud.index("deploy")


def test_outputs_that_steps_read_are_written() -> None:
    text = WORKFLOW.read_text()

    for step, output in set(re.findall(r"steps\.(\w+)\.outputs\.(\w+)", text)):
        [writer] = [each for each in steps() if each.get("id") == step]
        assert f'echo "{output}=' in writer["run"]


def test_variables_of_the_repository_are_explained() -> None:
    named = set(re.findall(r"vars\.([A-Z_]+)", WORKFLOW.read_text()))
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", README.read_text(), flags=re.MULTILINE))

    assert named == explained


def test_the_build_is_a_message_of_the_api() -> None:
    build, check = Build(), Build()
    ParseDict(content_of(CLOUD_BUILD), Build.pb(build))
    ParseDict(content_of(CLOUD_CHECK), Build.pb(check))

    assert list(check.tags) == ["emergence-check"]
    assert build.options.requested_verify_option.name == "VERIFIED"
    assert len(build.images) == 3
    assert all(":" in step.name and not step.name.endswith(":latest") for step in build.steps)


def test_a_build_that_the_api_would_refuse_is_noticed() -> None:
    with pytest.raises(ParseError):
        ParseDict(content_of(CLOUD_BUILD) | {"service_acount": "x"}, Build.pb(Build()))


def test_every_target_that_a_pipeline_makes_exists() -> None:
    targets = {folder: TARGET.findall((ROOT / folder / "Makefile").read_text()) for folder in (".",)}
    operators = ROOT / "infra" / "cloud-run" / "Makefile"

    assert {target for folder, target in made() if folder == "."} - set(targets["."]) == set()
    if not operators.is_file():
        pytest.skip("the operators' Makefile is not in this tree")
    known = TARGET.findall(operators.read_text())
    stems = {name.removesuffix("%") for name in known if name.endswith("%")}
    for folder, target in made() - {(".", target) for target in targets["."]}:
        assert folder == "infra/cloud-run"
        assert target in known or any(target.startswith(stem) for stem in stems), target


def test_targets_are_found_in_the_scripts() -> None:
    assert {(".", "audit"), ("infra/cloud-run", "tf-validate"), ("infra/cloud-run", "canary-$service")} <= made()


@pytest.mark.parametrize("name", sorted(scripts()))
def test_scripts_of_pipelines_pass_shellcheck(name: str, tmp_path: Path) -> None:
    script = tmp_path / "script.sh"
    script.write_text(f"#!/usr/bin/env bash\n{scripts()[name]}\n")

    checked = asked("shellcheck", "--exclude=SC2154", str(script))

    assert checked.returncode == 0, checked.stdout


def test_scripts_beside_terraform_and_monitoring_pass_shellcheck() -> None:
    files = sorted((ROOT / "infra" / "cloud-run").glob("[tm]*/*.sh"))

    checked = asked("shellcheck", *map(str, files))

    assert len(files) >= 3
    assert checked.returncode == 0, checked.stdout


def test_yaml_is_written_in_one_style() -> None:
    folder = ROOT / "infra" / "cloud-run" / "monitoring"
    files = [
        WORKFLOW,
        CLOUD_BUILD,
        CLOUD_CHECK,
        *folder.glob("*.yaml"),
        *folder.glob("rules/*.yaml"),
        *folder.glob("rule-tests/*.yaml"),
    ]

    checked = asked("yamllint", "--strict", "-d", STYLE, *(str(file) for file in files))

    assert checked.returncode == 0, checked.stdout
