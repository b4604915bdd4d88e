"""Plans of the three deployments, made once by the real Terraform; everything skips where there is none."""

from typing import Any

import pytest

from tests.infra.terraform.offline import DEPLOYMENTS, TerraformMissing, Workspace, workspace

Plans = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace in which the real Terraform runs with the schema-only provider."""
    try:
        return workspace(tmp_path_factory.mktemp("terraform"))
    except TerraformMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def plans(terraform: Workspace) -> Plans:
    """Return the plan of each deployment by its environment."""
    return {environment: terraform.plan(variables) for environment, variables in DEPLOYMENTS.items()}
