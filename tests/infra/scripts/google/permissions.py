"""What Google asks of whoever types a gcloud command of ours: permissions and the API, and which role brings which.

Permissions of a method are those of its REST reference; of a role those of cloud.google.com/iam/docs/roles-permissions,
of which only what is asked here is repeated.
"""

from typing import NamedTuple


class Needs(NamedTuple):
    """What a command needs: permissions, and the API that must be on in the project of a service account."""

    api: str
    permissions: tuple[str, ...]


COMMANDS: dict[str, Needs] = {
    "projects describe": Needs("cloudresourcemanager", ("resourcemanager.projects.get",)),
    # docs/billing/docs/reference/rest/v1/projects/getBillingInfo asks for nothing but the project.
    "billing projects describe": Needs("cloudbilling", ("resourcemanager.projects.get",)),
    "services list": Needs("serviceusage", ("serviceusage.services.list",)),
    "services enable": Needs("serviceusage", ("serviceusage.services.enable",)),
    "compute networks subnets describe": Needs("compute", ("compute.subnetworks.get",)),
    "run services describe": Needs("run", ("run.services.get",)),
    "run services list": Needs("run", ("run.services.list",)),
    "run services replace": Needs("run", ("run.services.get", "run.services.create", "run.services.update", "actAs")),
    "run services update-traffic": Needs("run", ("run.services.get", "run.services.update", "actAs")),
    "run services delete": Needs("run", ("run.services.delete",)),
    "run services get-iam-policy": Needs("run", ("run.services.getIamPolicy",)),
    "run services add-iam-policy-binding": Needs("run", ("run.services.getIamPolicy", "run.services.setIamPolicy")),
    "run revisions list": Needs("run", ("run.revisions.list",)),
    "run jobs list": Needs("run", ("run.jobs.list",)),
    "run jobs replace": Needs("run", ("run.jobs.get", "run.jobs.create", "run.jobs.update", "actAs")),
    "run jobs execute": Needs("run", ("run.jobs.run", "run.executions.get")),
    "run jobs delete": Needs("run", ("run.jobs.delete",)),
    "secrets versions list": Needs("secretmanager", ("secretmanager.versions.list",)),
    "secrets get-iam-policy": Needs("secretmanager", ("secretmanager.secrets.getIamPolicy",)),
    "secrets versions access": Needs("secretmanager", ("secretmanager.versions.access",)),
    "artifacts docker images describe": Needs("artifactregistry", ("artifactregistry.dockerimages.get",)),
    "artifacts docker images list": Needs(
        "artifactregistry", ("artifactregistry.dockerimages.list", "artifactregistry.tags.list")
    ),
    "logging read": Needs("logging", ("logging.logEntries.list",)),
    "pubsub topics describe": Needs("pubsub", ("pubsub.topics.get",)),
    "builds list": Needs("cloudbuild", ("cloudbuild.builds.list",)),
    "builds describe": Needs("cloudbuild", ("cloudbuild.builds.get",)),
    "artifacts docker images scan": Needs("ondemandscanning", ("ondemandscanning.scans.scan",)),
    "artifacts docker images list-vulnerabilities": Needs(
        "ondemandscanning", ("ondemandscanning.scans.listVulnerabilities",)
    ),
}
NOBODY_ASKS = ("auth print-access-token", "auth configure-docker", "version")
# A deployment without this one says that it could not look, and goes on.
NOT_NEEDED = {"secretmanager.versions.access"}
ROLES: dict[str, tuple[str, ...]] = {
    "roles/run.admin": ("run.*",),
    "roles/logging.viewer": ("logging.logEntries.list",),
    "roles/logging.logWriter": ("logging.logEntries.create",),
    "roles/ondemandscanning.admin": ("ondemandscanning.*",),
    "roles/browser": ("resourcemanager.projects.get",),
    "roles/serviceusage.serviceUsageViewer": ("serviceusage.services.get", "serviceusage.services.list"),
    "roles/compute.networkViewer": ("compute.networks.get", "compute.subnetworks.get", "compute.subnetworks.list"),
    "roles/cloudbuild.builds.viewer": ("cloudbuild.builds.get", "cloudbuild.builds.list"),
    "roles/artifactregistry.writer": (
        "artifactregistry.dockerimages.get",
        "artifactregistry.dockerimages.list",
        "artifactregistry.tags.list",
    ),
    "roles/iam.serviceAccountUser": ("actAs",),
    "roles/secretmanager.viewer": ("secretmanager.versions.list", "secretmanager.secrets.getIamPolicy"),
    "roles/pubsub.viewer": ("pubsub.topics.get",),
    "roles/storage.objectViewer": ("storage.objects.get", "storage.objects.list"),
}


def needs_of(words: list[str]) -> Needs | None:
    """Return what a command line of gcloud needs, None where Google is not asked. Raises KeyError if it is unknown."""
    plain = " ".join(word for word in words if not word.startswith("-"))
    if plain.startswith(NOBODY_ASKS):
        return None
    return COMMANDS[max((known for known in COMMANDS if f"{plain} ".startswith(f"{known} ")), key=len, default=plain)]


def permits(roles: set[str], permission: str) -> bool:
    """Return whether one of the roles brings a permission."""
    return any(permission == held or (held.endswith("*") and permission.startswith(held[:-1]))
               for role in roles for held in ROLES[role])  # fmt: skip
