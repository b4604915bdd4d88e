"""All services together keep to their database, in the sizes of each profile and environment."""

from itertools import islice
from pathlib import Path
from shutil import copytree

import pytest
import yaml

from blueprint.connections import connections
from blueprint.files import FOLDER
from blueprint.policy import about_deployment, everything, require_kept
from blueprint.refusal import InvalidManifest
from blueprint.render import rendered
from blueprint.services import service_of
from tests.infra.cloud_run.targets import target
from tests.infra.cloud_run.test_policy import SESSION_IMAGE, annotated, names_of


def test_more_connections_than_the_database_has_are_caught(tmp_path: Path) -> None:
    folder = tmp_path / "cloud-run"
    copytree(FOLDER, folder, ignore=lambda *_: [".venv", "blueprint"])
    small = folder / "profiles" / "default.yaml"
    small.write_text(small.read_text().replace("200", "179"))

    held = sum(each["instances"] * each["per_instance"] for each in connections("default"))

    assert held == 144, "four instances each, of 9, 10 and 17 connections"
    assert names_of(about_deployment("default", folder)) == {"connections"}
    small.write_text(small.read_text().replace("179", "180"))
    assert about_deployment("default", folder) == []


def test_an_environment_that_is_wider_than_its_database_is_caught_and_not_rendered(tmp_path: Path) -> None:
    folder = tmp_path / "cloud-run"
    copytree(FOLDER, folder, ignore=lambda *_: [".venv", "blueprint"])
    prod, wanted = folder / "environments" / "prod.yaml", target(image=SESSION_IMAGE)
    wide = {"services": {"auth": annotated(maxScale="1000")}}
    prod.write_text(yaml.safe_dump(yaml.safe_load(prod.read_text()) | wide))

    found = {what: names_of(found) for what, found in islice(everything(folder), 1 + 3 * 2) if found}

    assert found == {"all services, prod, default": {"connections"}, "all services, prod, seed": {"connections"}}
    with pytest.raises(InvalidManifest, match="connections: 9108 instances' connections"):
        require_kept(service_of("session"), wanted, rendered("session", wanted, folder), folder)
    require_kept(service_of("session"), wanted, rendered("session", wanted))
