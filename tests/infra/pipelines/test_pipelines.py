"""The pipelines of operators: well formed, safe, and calling only what exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from google.cloud.devtools.cloudbuild_v1 import Build
from google.protobuf.json_format import ParseDict, ParseError

from tests.architecture.sources import ROOT
from tests.infra.pipelines.scripts import CLOUD_BUILD, WORKFLOW, content_of, jobs, made, scripts, steps

BIN = Path(sys.executable).parent
README = ROOT / "infra" / "cloud-run" / "terraform" / "README.md"
PINNED = re.compile(r"uses: [\w-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\n")
TARGET = re.compile(r"^([a-z][a-z%-]*):", re.MULTILINE)
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


def test_an_image_is_scanned_before_it_is_signed_and_verified_before_it_is_deployed() -> None:
    names = [step.get("name", "") for step in jobs()["images"]["steps"]]
    deployment = next(script for name, script in scripts().items() if "Deploy what this workflow signed" in name)
    cloud = [step["id"] for step in content_of(CLOUD_BUILD)["steps"]]

    order = [next(place for place, name in enumerate(names) if word in name) for word in ("Build", "Scan", "Sign")]
    assert order == sorted(order)
    assert deployment.index("cosign verify") < deployment.index("make -C")
    assert cloud.index("check") < cloud.index("push") < cloud.index("scan") < cloud.index("deploy")


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
    build = Build()
    ParseDict(content_of(CLOUD_BUILD), Build.pb(build))

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
        *folder.glob("*.yaml"),
        *folder.glob("rules/*.yaml"),
        *folder.glob("rule-tests/*.yaml"),
    ]

    checked = asked("yamllint", "--strict", "-d", STYLE, *(str(file) for file in files))

    assert checked.returncode == 0, checked.stdout
