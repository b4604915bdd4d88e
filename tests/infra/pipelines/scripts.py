"""The pipelines as data: the workflow of GitHub's, the build of Google's, and the shell scripts inside both."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from tests.architecture.sources import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "deploy.yml"
CLOUD_BUILD = ROOT / "infra" / "cloud-run" / "cloudbuild.yaml"
CLOUD_CHECK = CLOUD_BUILD.with_name("cloudbuild-check.yaml")
MAKE = re.compile(r"^\s*make(?: -C (\S+))? \"?([a-z][\w$-]*)", re.MULTILINE)


def content_of(path: Any) -> dict[str, Any]:
    """Return what a YAML file holds."""
    content: dict[str, Any] = yaml.safe_load(path.read_text())
    return content


def jobs() -> dict[str, Any]:
    """Return the jobs of the workflow by name."""
    found: dict[str, Any] = content_of(WORKFLOW)["jobs"]
    return found


def steps() -> Iterator[dict[str, Any]]:
    """Yield every step of the workflow."""
    for job in jobs().values():
        yield from job["steps"]


def scripts() -> dict[str, str]:
    """Return every shell script, by the step that runs it, with Google's doubled dollars read as one."""
    found = {f"github: {step['name']}": step["run"] for step in steps() if "run" in step}
    for step in content_of(CLOUD_BUILD)["steps"]:
        if step["args"][0] == "-c":
            found[f"cloud build: {step['id']}"] = step["args"][1].replace("$$", "$")
    return found


def made() -> set[tuple[str, str]]:
    """Return the targets of make that the pipelines type: folder (`.` is the root) and target."""
    text = "\n".join(scripts().values())
    return {(folder or ".", target) for folder, target in MAKE.findall(text)}
