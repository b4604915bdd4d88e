"""A pipeline deploys as the operator would: with every setting of the place, and every service that has a manifest."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from blueprint.services import every_service
from operate.place import VARIABLES
from tests.architecture.sources import ROOT
from tests.infra.pipelines.scripts import CLOUD_BUILD, content_of, jobs, scripts

PASSED = {"github": "${{{{ vars.{name} }}}}", "google": "${{_{name}}}"}


@pytest.mark.parametrize("pipeline", ["github", "google"])
def test_a_pipeline_deploys_with_every_setting_of_the_place(pipeline: str) -> None:
    assert settings_passed(pipeline) == {name: PASSED[pipeline].format(name=name) for name in VARIABLES}


def settings_passed(pipeline: str) -> dict[str, str]:
    """Return which settings of `.env.ENVIRONMENT` the step that deploys is given, and from where."""
    if pipeline == "github":
        given = jobs()["deploy"]["env"]
    else:
        (deploy,) = [step for step in content_of(CLOUD_BUILD)["steps"] if step["id"] == "deploy"]
        given = dict(each.split("=", 1) for each in deploy["env"]) | {"PROJECT_ID": "${_PROJECT_ID}"}  # Google's own
    return {name: value for name, value in given.items() if name in VARIABLES}


def test_what_google_substitutes_is_declared() -> None:
    text = CLOUD_BUILD.read_text()

    assert set(re.findall(r"\$\{(_[A-Z_]+)\}", text)) == set(content_of(CLOUD_BUILD)["substitutions"])


def test_pipelines_know_services_by_their_manifests_alone() -> None:
    images = content_of(CLOUD_BUILD)["images"]

    assert jobs()["images"]["strategy"]["matrix"]["service"] == "${{ fromJSON(needs.infrastructure.outputs.services) }}"
    assert not [name for name, script in scripts().items() if re.search(r"\bsession\b", script)]
    assert sorted(re.findall(r"/([a-z-]+):", "\n".join(images))) == sorted(each.key for each in every_service())


def test_a_service_that_google_would_not_sign_is_refused_before_it_is_built(tmp_path: Path) -> None:
    script = scripts()["cloud build: services"].replace("/kept", str(tmp_path))
    script = script.replace("apt-get", "true").replace("infra/cloud-run/blueprint.sh services", 'echo "$LISTED"')
    known = [{"key": each.key} for each in every_service()]

    ended = [
        subprocess.run(
            ["bash", "-c", script],
            env={"PATH": os.environ["PATH"], "LISTED": json.dumps(listed)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        for listed in (known, [{"key": "chat"}, *known])
    ]

    assert [each.returncode for each in ended] == [0, 1], ended[0].stderr
    assert ended[1].stdout == "cloudbuild.yaml: images lacks a line for chat\n"
    assert (tmp_path / "services").read_text() == "chat\nauth\nsession\nmain\n"
