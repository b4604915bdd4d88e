"""The configuration is what Terraform accepts with the provider's schema; what it must refuse, it refuses."""

import json
import shutil
import subprocess
from dataclasses import replace
from os import environ
from pathlib import Path

import pytest

from tests.infra.terraform.offline import CLOUD_RUN, Workspace

pytestmark = pytest.mark.xdist_group("terraform")  # one worker plans for all

RUN = CLOUD_RUN / "terraform" / "run.sh"
FAULTS = {
    "registry.tf": (
        "immutable_tags = true",
        "immutable_tag = true",
        'An argument named "immutable_tag" is not expected',
    ),
    "secrets.tf": ("secret_id           = each.key", "", 'The argument "secret_id" is required'),
    "database.tf": (
        "disk_autoresize_limit       = var.database_disk_limit_gb",
        "disk_autoresize_limit = []",
        'Inappropriate value for attribute "disk_autoresize_limit"',
    ),
    "network.tf": (
        "private_visibility_config {",
        "visibility_config {",
        'Blocks of type "visibility_config" are not expected',
    ),
}


def test_the_configuration_is_formatted_and_valid(terraform: Workspace) -> None:
    formatted = terraform.run("fmt", "-check", "-diff", "-recursive", ".")
    validated = json.loads(terraform.run("validate", "-json").stdout)

    assert formatted.returncode == 0, formatted.stdout
    assert [found["summary"] for found in validated["diagnostics"] if found["severity"] == "error"] == []


def test_what_the_provider_does_not_know_is_refused(terraform: Workspace, tmp_path: Path) -> None:
    shutil.copytree(terraform.folder, tmp_path / "copy")
    spoilt = replace(terraform, folder=tmp_path / "copy")
    for name, (right, wrong, _) in FAULTS.items():
        path = spoilt.configuration / name
        assert right in path.read_text()
        path.write_text(path.read_text().replace(right, wrong, 1))

    found = json.loads(spoilt.run("validate", "-json").stdout)["diagnostics"]

    said = " ".join(f"{fault['summary']} {fault['detail']}" for fault in found if fault["severity"] == "error")
    assert [words for _, _, words in FAULTS.values() if words not in said] == []


def test_the_tests_of_the_configuration_pass(terraform: Workspace) -> None:
    tested = terraform.run("test", "-no-color")

    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert " 0 failed." in tested.stdout


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ((), 2, "Say what"),
        (("apply",), 2, "Say what"),
        (("plan", "live"), 2, "ENVIRONMENT must be dev, staging or prod"),
        (("plan", "prod"), 12, "prod.tfvars is missing"),
    ],
    ids=str,
)
def test_run_says_what_is_missing(words: tuple[str, ...], status: int, said: str, terraform: Workspace) -> None:
    surroundings = {"PATH": f"{Path(terraform.terraform).parent}:/usr/bin:/bin"}

    asked = subprocess.run([RUN, *words], env=surroundings, capture_output=True, text=True, check=False)

    assert asked.returncode == status
    assert said in asked.stderr
    assert len(asked.stderr.splitlines()) == 1


def test_run_works_offline(terraform: Workspace) -> None:
    asked = subprocess.run(
        [RUN, "validate"], env={**environ, "OFFLINE": "1"}, capture_output=True, text=True, check=False, timeout=120
    )

    assert terraform.terraform
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert "The configuration is valid" in asked.stdout


def test_a_machine_without_terraform_is_told_so(tmp_path: Path) -> None:
    for name in ("dirname", "sh"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")

    asked = subprocess.run([RUN, "validate"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)

    assert asked.returncode == 10
    assert "Terraform is missing" in asked.stderr
