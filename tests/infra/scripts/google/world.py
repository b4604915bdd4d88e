"""One Google project as the scripts meet it: who pays, secrets, images, logs, database; every change is recorded."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.infra.scripts.google.held import Held
from tests.infra.scripts.google.rules import ApiError, Status
from tests.infra.scripts.google.run_service import CloudRun, Runner, Started

Json = dict[str, Any]
PROJECT = "emergence-demo"
NUMBER = "123456789012"
REGION = "europe-west1"
EQUATION = re.compile(r'([\w.]+(?:"[^"]+")?)="([^"]*)"')  # of a filter of logs
ACCESSOR = "roles/secretmanager.secretAccessor"
APIS = (
    "cloudresourcemanager", "cloudbilling", "iam", "compute", "run", "secretmanager", "artifactregistry", "sqladmin",
    "logging",
)  # fmt: skip

INVENTORY = Path(__file__).parents[2] / "terraform" / "inventories" / "dev.txt"
# A person asks these in gcloud's own project, a service account in the project that it belongs to.
OF_GCLOUDS_PROJECT = ("cloudresourcemanager", "cloudbilling")


def google_address(service: str) -> str:
    """Return the address that Google gives a service before it exists."""
    return f"https://{service}-{NUMBER}.{REGION}.run.app"


@dataclass
class Secret:
    """Versions in order; `readers` are members with the accessor role on this secret."""

    versions: list[bytes] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    created: list[datetime] = field(default_factory=list)
    policy: Json = field(default_factory=lambda: {"etag": "BwX=", "bindings": []})

    def add(self, payload: bytes) -> int:
        self.versions.append(payload)
        self.states.append("ENABLED")
        self.created.append(datetime.now(UTC))
        return len(self.versions)

    def readers(self) -> set[str]:
        bindings = self.policy.get("bindings", [])
        return {member for each in bindings if each["role"] == ACCESSOR for member in each["members"]}


class NothingRuns:
    """Revisions that are ready at once and answer nowhere; for tests that look at the state alone."""

    def __init__(self) -> None:
        self.problem: str | None = None
        self.routes: dict[str, Mapping[str, int]] = {}

    def start(self, service: str, revision: str, spec: Json) -> Started:
        return Started(self.problem)

    def service_url(self, service: str) -> str:
        return google_address(service)

    def tag_url(self, service: str, tag: str, revision: str) -> str:
        return f"https://{tag}---{service}-a1b2c3d4e5-ew.a.run.app"

    def addresses(self) -> Mapping[str, str]:
        return {}

    def route(self, service: str, percents: Mapping[str, int], kept: set[str]) -> None:
        self.routes[service] = dict(percents)


@dataclass
class World:
    """Everything that the fake knows. Tests set members; `changes` lists what was changed, oldest first."""

    runner: Runner = field(default_factory=NothingRuns)
    token: str = "ya29.fake-operator"
    second_token: str = "ya29.fake-terraform"
    is_service_account: bool = False  # who is signed in, as in CI
    billing: bool = True
    state: str = "ACTIVE"
    apis: set[str] = field(default_factory=lambda: {f"{name}.googleapis.com" for name in APIS})
    secrets: dict[str, Secret] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)  # reference by digest → time of upload
    tags: dict[str, list[str]] = field(default_factory=dict)  # the same → its tags
    repositories: set[str] = field(default_factory=set)
    immutable: set[str] = field(default_factory=set)  # repositories whose tags cannot be moved
    accounts: set[str] = field(default_factory=set)
    entries: list[Json] = field(default_factory=list)
    backups: list[Json] = field(default_factory=list)
    networks: dict[str, str] = field(default_factory=lambda: {f"emergence-{REGION}": "emergence"})  # of each subnet
    replicas: dict[str, str] = field(default_factory=dict)  # instance → whose replica it is
    stopped: set[str] = field(default_factory=set)  # instances that do not run
    backends: dict[str, Json] = field(default_factory=dict)  # of the load balancer
    subscriptions: dict[str, Json] = field(default_factory=dict)
    series: dict[str, list[Json]] = field(default_factory=dict)  # what Cloud Monitoring has of a metric
    topics: set[str] = field(default_factory=set)
    sql_address_type: str = "PRIVATE"
    sql_users: dict[str, str] = field(default_factory=dict)  # name → password
    databases: dict[str, list[str]] = field(default_factory=lambda: {"emergence": ["emergence", "postgres"]})
    lost_in_clones: set[str] = field(default_factory=set)  # databases that a restore does not bring back
    held: Held = field(default_factory=Held)
    unreadable: bool = False  # the operator may list secrets, and read none
    faults: list[Status] = field(default_factory=list)  # the next calls fail so, one each
    changes: list[str] = field(default_factory=list)
    run: CloudRun = field(init=False)

    def __post_init__(self) -> None:
        self.run = CloudRun(NUMBER, self.runner, self._problem_at_start, self._job_printed)

    def enter(self, api: str) -> None:
        """Let a call in, or refuse it as Google's front door does."""
        if self.faults:
            raise ApiError(self.faults.pop(0), "The service is currently unavailable.")
        is_asked_elsewhere = not self.is_service_account and api in OF_GCLOUDS_PROJECT
        if f"{api}.googleapis.com" not in self.apis and api in APIS and not is_asked_elsewhere:
            raise ApiError(
                "PERMISSION_DENIED",
                f"{api} API has not been used in project {PROJECT} before or it is disabled. SERVICE_DISABLED",
            )

    def note(self, what: str) -> None:
        """Record a change; a refused command must leave none."""
        self.changes.append(what)

    def project(self, name: str) -> Json:
        if name != PROJECT:
            raise ApiError("PERMISSION_DENIED", "The caller does not have permission")
        return {"projectId": PROJECT, "projectNumber": NUMBER, "lifecycleState": self.state, "name": PROJECT}

    def secret(self, name: str) -> Secret:
        if name not in self.secrets:
            raise ApiError("NOT_FOUND", f"Secret [projects/{NUMBER}/secrets/{name}] not found.")
        return self.secrets[name]

    def access(self, name: str, version: str) -> Json:
        found = self.secret(name)
        enabled = [number for number, state in enumerate(found.states, start=1) if state == "ENABLED"]
        number = (max(enabled) if enabled else 0) if version == "latest" else int(version)
        path = f"projects/{NUMBER}/secrets/{name}/versions/{number}"
        if not 0 < number <= len(found.versions):
            raise ApiError("NOT_FOUND", f"Secret Version [{path}] not found.")
        if self.unreadable:
            raise ApiError("PERMISSION_DENIED", "Permission 'secretmanager.versions.access' denied for resource")
        if found.states[number - 1] != "ENABLED":
            raise ApiError("FAILED_PRECONDITION", f"Secret Version [{path}] is in DISABLED state.")
        return {"name": path, "payload": {"data": base64.b64encode(found.versions[number - 1]).decode()}}

    def versions(self, name: str) -> list[Json]:
        found = self.secret(name)
        return [
            {
                "name": f"projects/{NUMBER}/secrets/{name}/versions/{number}",
                "state": state,
                "createTime": found.created[number - 1].isoformat(),
            }
            for number, state in reversed(list(enumerate(found.states, start=1)))
        ]

    def fill_secret(self, name: str, value: str, *accounts: str) -> None:
        """Put a usable secret there, readable by service accounts (`emergence-auth`, …)."""
        secret = self.secrets.setdefault(name, Secret())
        secret.add(value.encode())
        members = [f"serviceAccount:{account}@{PROJECT}.iam.gserviceaccount.com" for account in accounts]
        secret.policy["bindings"] = [{"role": ACCESSOR, "members": members}]

    def log(self, service: str, revision: str, **more: Any) -> None:
        """Write an entry as a revision does."""
        labels = {"service_name": service, "revision_name": revision}
        number = len(self.entries)
        entry = {"insertId": f"e{number}", "timestamp": f"2027-01-15T09:00:{number % 60:02d}Z", "severity": "INFO"}
        self.entries.append(entry | {"resource": {"type": "cloud_run_revision", "labels": labels}} | more)

    def entries_for(self, asked: str, limit: int) -> list[Json]:
        """Return the newest entries that have what the filter's equations say; times are not looked at."""
        equations = EQUATION.findall(asked)
        found = [
            entry
            for entry in reversed(self.entries)
            if all(_at(entry, path) == value for path, value in equations)
            and ("httpRequest.status" not in asked or "httpRequest" in entry)
        ]
        return found[:limit]

    def _job_printed(self, execution: str, job: Json) -> None:
        if (said := self.held.printed(job)) is not None:
            labels = {"job_name": job["metadata"]["name"]}
            of_job = {"resource": {"type": "cloud_run_job", "labels": labels}, "jsonPayload": said}
            self.entries.append(of_job | {"labels": {"run.googleapis.com/execution_name": execution}})

    def back_up(self, instance: str) -> Json:
        if instance not in self.databases:
            raise ApiError("NOT_FOUND", "The Cloud SQL instance does not exist.")
        number = str(1700000000000 + len(self.backups))
        made = {"id": number, "status": "SUCCESSFUL", "endTime": f"2027-01-15T09:0{len(self.backups)}:00.000Z"}
        self.backups.append(made | {"instance": instance})
        self.note(f"backup {instance}")
        return made

    def lay_ground(self) -> None:
        """Make what Terraform makes in dev, by its inventory; test_handed_over.py compares names."""
        self.networks[f"emergence-{REGION}"] = "emergence"
        self.databases["emergence"] = ["emergence", "postgres"]
        self.repositories.add("emergence")
        made = re.findall(r'^google_(\w+)\.\w+\["([\w.]+)"\]$', INVENTORY.read_text(), re.MULTILINE)
        self.apis |= {name for kind, name in made if kind == "project_service"}
        self.accounts |= {f"emergence-{name}" for kind, name in made if kind == "service_account"}
        for kind, name in made:
            if kind == "secret_manager_secret":
                self.secrets.setdefault(name, Secret())

    def _problem_at_start(self, template: Json) -> str | None:
        spec = template["spec"]
        annotations = template.get("metadata", {}).get("annotations", {})
        for interface in json.loads(annotations.get("run.googleapis.com/network-interfaces", "[]")):
            if self.networks.get(interface["subnetwork"]) != interface["network"]:
                return f"VPC network or subnetwork {interface['network']}/{interface['subnetwork']} not found."
        account = spec.get("serviceAccountName", "")
        for container in spec["containers"]:
            if container["image"] not in self.images:
                return f"Image '{container['image']}' not found."
            for each in container.get("env", []):
                reference = each.get("valueFrom", {}).get("secretKeyRef")
                if reference and not self._may_read(account, reference["name"], reference["key"]):
                    path = f"projects/{NUMBER}/secrets/{reference['name']}/versions/{reference['key']}"
                    return f"Permission denied on secret: {path} for Revision service account {account}."
        return None

    def _may_read(self, account: str, name: str, version: str) -> bool:
        secret = self.secrets.get(name, Secret())
        is_enabled = secret.states[int(version) - 1 : int(version)] == ["ENABLED"]
        return is_enabled and f"serviceAccount:{account}" in secret.readers()


def _at(entry: Json, path: str) -> object:
    """Return what stands at a path of a filter, as in `labels."run.googleapis.com/execution_name"`."""
    plain, _, quoted = path.partition('"')
    found: Any = entry
    for name in [*plain.strip(".").split("."), *([quoted.strip('"')] if quoted else [])]:
        found = found.get(name) if isinstance(found, dict) else None
    return found
