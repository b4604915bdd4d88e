"""Run the real Terraform on infra/cloud-run/terraform offline, with the schema-only provider: no project, no state.

As a program it is what `OFFLINE=1 infra/cloud-run/terraform/run.sh` starts.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.architecture.sources import ROOT

CLOUD_RUN = ROOT / "infra" / "cloud-run"
OLDEST = (1, 9)
NEEDED = ("terraform", "monitoring", "profiles", "environments")
EVERYWHERE = {"project_id": "emergence-469005", "project_number": "123456789012"}
HOSTED = {**EVERYWHERE, "notification_emails": ["ada@example.org"], "github_repository": "example/emergence"}
HOSTED |= {"github_repository_id": "123456789", "event_bus": "pubsub"}
DEPLOYMENTS: dict[str, dict[str, object]] = {
    "dev": {**EVERYWHERE, "environment": "dev"},
    "staging": {**HOSTED, "environment": "staging", "public_host": "staging.example.org"},
    "prod": {
        **HOSTED,
        "environment": "prod",
        "public_host": "chat.example.org",
        "database_high_availability": True,
        "collect_figures": True,
    },
}
DEPLOYMENTS["standby"] = {**DEPLOYMENTS["prod"], "standby_region": "europe-west4"}
DEPLOYMENTS["failed-over"] = {**DEPLOYMENTS["standby"], "active_region": "europe-west4"}


class TerraformMissing(Exception):
    """There is no Terraform here, or one that is too old."""


def find_terraform() -> str:
    """Return the place of Terraform. Raises TerraformMissing with what to do."""
    found = shutil.which("terraform")
    if found is None:
        raise TerraformMissing("no terraform on the PATH; install 1.9 or newer")
    version = json.loads(subprocess.run([found, "version", "-json"], **_quiet()).stdout)["terraform_version"]
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        raise TerraformMissing(f"terraform {version} is too old; install 1.9 or newer")
    return found


@dataclass(frozen=True, slots=True)
class Workspace:
    """A copy of the configuration, without its backend, and Terraform's own configuration beside it."""

    folder: Path
    terraform: str

    @property
    def configuration(self) -> Path:
        """Return where the `.tf` files are."""
        return self.folder / "infra" / "cloud-run" / "terraform"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Terraform there and return how it ended."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
        environment |= {"TF_CLI_CONFIG_FILE": str(self.folder / "terraformrc"), "CHECKPOINT_DISABLE": "1"}
        return subprocess.run(
            [self.terraform, *words],
            cwd=self.configuration,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )

    def plan(self, variables: dict[str, object]) -> dict[str, Any]:
        """Return a plan as Terraform writes it in JSON. Raises AssertionError with its words when it refuses."""
        given, kept = self.folder / "given.tfvars.json", self.folder / "kept.tfplan"
        given.write_text(json.dumps(variables))
        planned = self.run("plan", "-no-color", "-input=false", f"-var-file={given}", f"-out={kept}")
        assert planned.returncode == 0, planned.stdout + planned.stderr
        plan: dict[str, Any] = json.loads(self.run("show", "-json", str(kept)).stdout)
        return plan


def workspace(folder: Path) -> Workspace:
    """Lay out a workspace in an empty folder. Raises TerraformMissing."""
    terraform = find_terraform()
    target = folder / "infra" / "cloud-run"
    for name in NEEDED:
        shutil.copytree(CLOUD_RUN / name, target / name, ignore=shutil.ignore_patterns(".terraform", "__pycache__"))
    for path in CLOUD_RUN.glob("*.yaml"):
        shutil.copy(path, target)
    (target / "terraform" / "backend.tf").unlink()
    plugin = folder / "plugin" / "terraform-provider-google"
    plugin.parent.mkdir()
    plugin.write_text(f'#!/bin/sh\ncd "{ROOT}" && exec "{sys.executable}" -m tests.infra.terraform.schema_only.serve\n')
    plugin.chmod(0o755)
    (folder / "terraformrc").write_text(
        f'provider_installation {{\n  dev_overrides {{ "hashicorp/google" = "{plugin.parent}" }}\n  direct {{}}\n}}\n'
    )
    return Workspace(folder, terraform)


def _quiet() -> dict[str, Any]:
    return {"capture_output": True, "text": True, "check": True, "env": {**os.environ, "CHECKPOINT_DISABLE": "1"}}


def main(act: str, environment: str = "prod") -> int:
    """Validate, plan or test offline; print what Terraform says and return its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            place = workspace(Path(folder))
        except TerraformMissing as missing:
            print(f"terraform: {missing}", file=sys.stderr)
            return 10
        given = Path(folder) / "given.tfvars.json"
        given.write_text(json.dumps(DEPLOYMENTS[environment]))
        words = {"validate": ["validate"], "plan": ["plan", "-input=false", f"-var-file={given}"], "test": ["test"]}[
            act
        ]
        done = place.run(*words)
        print(done.stdout, done.stderr, sep="")
        return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
