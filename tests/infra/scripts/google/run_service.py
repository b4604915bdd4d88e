"""Cloud Run as the scripts meet it: services, revisions, traffic; what starts revisions is another part."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from tests.infra.scripts.google.rules import ApiError

Json = dict[str, Any]
RESERVED = ("PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION")
MOST_OF_NAME = 63
COMMIT_HASH = "a1b2c3d4e5"  # of addresses, as Google puts one between name and region


@dataclass(frozen=True, slots=True)
class Started:
    """How a start ended: `problem` is None when the startup probe succeeded."""

    problem: str | None = None


class Runner(Protocol):
    """What runs revisions, and where they answer."""

    def start(self, service: str, revision: str, spec: Json) -> Started:
        """Start a revision and wait for its startup probe."""

    def service_url(self, service: str) -> str:
        """Return where the service answers, by its traffic."""

    def tag_url(self, service: str, tag: str, revision: str) -> str:
        """Return where one revision answers."""

    def addresses(self) -> Mapping[str, str]:
        """Return where the addresses under run.app that Google gives services really are, on this machine."""

    def route(self, service: str, percents: Mapping[str, int], kept: set[str]) -> None:
        """Send new requests so; revisions that are not in `kept` may end when they have none left."""


@dataclass
class CloudRun:
    """Services of one project and region. `check_start` says what a revision may not have before it starts."""

    project_number: str
    runner: Runner
    check_start: Any
    job_ran: Any = None  # hears of each execution that succeeds
    services: dict[str, Json] = field(default_factory=dict)
    revisions: dict[str, Json] = field(default_factory=dict)
    jobs: dict[str, Json] = field(default_factory=dict)
    executions: dict[str, Json] = field(default_factory=dict)
    policies: dict[str, Json] = field(default_factory=dict)
    job_problem: str | None = None
    _version: int = 0
    _began: datetime = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)

    def get(self, name: str) -> Json:
        if name not in self.services:
            raise ApiError("NOT_FOUND", f"Resource '{name}' of kind 'SERVICE' does not exist.")
        return self.services[name]

    def apply(self, asked: Json, *, is_dry: bool, is_new: bool) -> Json:
        """Create or replace a service, as POST and PUT do."""
        asked = self._on_this_machine(asked)
        name = asked["metadata"]["name"]
        before = self.services.get(name)
        if is_new and before is not None:
            raise ApiError("ALREADY_EXISTS", f"Resource '{name}' already exists.")
        if before is not None:
            self._require_present(asked, before)
        template = asked["spec"]["template"]
        revision = template.get("metadata", {}).get("name") or f"{name}-{self._version:05d}-gen"
        is_another = revision not in self.revisions
        self._check(asked, revision, is_another=is_another, known=before)
        if is_dry:
            return asked | {"status": {"conditions": []}}
        problem = self._start(name, revision, template) if is_another else None
        return self._settle(asked, before, revision, problem)

    def _on_this_machine(self, asked: Json) -> Json:
        text = json.dumps(asked)
        for public, local in self.runner.addresses().items():
            text = text.replace(public, local)
        found: Json = json.loads(text)
        return found

    def _require_present(self, asked: Json, before: Json) -> None:
        given = asked["metadata"].get("resourceVersion")
        present = before["metadata"]["resourceVersion"]
        if given and given != present:
            raise ApiError(
                "ABORTED",
                f"Conflict for resource '{before['metadata']['name']}': version '{given}' was specified but "
                f"current version is '{present}'.",
            )

    def _check(self, asked: Json, revision: str, *, is_another: bool, known: Json | None) -> None:
        name = asked["metadata"]["name"]
        for container in asked["spec"]["template"]["spec"]["containers"]:
            reserved = [each["name"] for each in container.get("env", []) if each["name"] in RESERVED]
            if reserved:
                raise ApiError(
                    "INVALID_ARGUMENT",
                    "spec.template.spec.containers[0].env: The following reserved env names were provided: "
                    f"{', '.join(reserved)}. These values are automatically set by the system.",
                )
        if not revision.startswith(f"{name}-") or len(revision) > MOST_OF_NAME:
            raise ApiError("INVALID_ARGUMENT", f"spec.template.metadata.name: '{revision}' is not valid for {name}")
        template = asked["spec"]["template"]["spec"]
        # An address that was not known yet when the revision was made is no other configuration.
        kept = None if is_another else self._on_this_machine(self.revisions[revision]["spec"])
        if kept is not None and kept["containers"] != template["containers"]:
            raise ApiError(
                "ALREADY_EXISTS", f"Revision named '{revision}' with different configuration already exists."
            )
        entries = asked["spec"].get("traffic", [])
        if sum(each.get("percent") or 0 for each in entries) != 100:
            raise ApiError("INVALID_ARGUMENT", "spec.traffic: Traffic targets must sum to 100 percent.")
        named = {each["revisionName"] for each in entries if each.get("revisionName")}
        if unknown := named - {*self.revisions, revision}:
            raise ApiError("INVALID_ARGUMENT", f"spec.traffic: Revision '{unknown.pop()}' not found.")

    def _start(self, service: str, revision: str, template: Json) -> str | None:
        spec = deepcopy(template["spec"])
        problem = self.check_start(template) or self.runner.start(service, revision, spec).problem
        labels = template.get("metadata", {}).get("labels", {}) | {"serving.knative.dev/service": service}
        self.revisions[revision] = {
            "apiVersion": "serving.knative.dev/v1",
            "kind": "Revision",
            "metadata": self._metadata(revision) | {"labels": labels},
            "spec": spec,
            "status": {"conditions": [_condition("Ready", problem)]},
        }
        return problem

    def _settle(self, asked: Json, before: Json | None, revision: str, problem: str | None) -> Json:
        name = asked["metadata"]["name"]
        kept = {} if before is None else before["metadata"]
        metadata = self._metadata(name, kept) | {
            "labels": asked["metadata"].get("labels", {}),
            "annotations": asked["metadata"].get("annotations", {}),
        }
        ready = revision if problem is None else (before or {}).get("status", {}).get("latestReadyRevisionName", "")
        traffic = (before or {}).get("status", {}).get("traffic", [])
        if problem is None:
            traffic = self._traffic(name, asked["spec"]["traffic"], revision)
            self._route(name, traffic)
        self.services[name] = {
            "apiVersion": "serving.knative.dev/v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": self._on_this_machine(asked["spec"]),
            "status": {
                "observedGeneration": metadata["generation"],
                "conditions": [_condition(kind, problem) for kind in ("Ready", "ConfigurationsReady", "RoutesReady")],
                "latestCreatedRevisionName": revision,
                "latestReadyRevisionName": ready,
                "traffic": traffic,
                "url": self.runner.service_url(name),
                "address": {"url": self.runner.service_url(name)},
            },
        }
        return self.services[name]

    def _traffic(self, name: str, entries: list[Json], newest: str) -> list[Json]:
        found = []
        for each in entries:
            entry: Json = {"revisionName": each.get("revisionName") or newest, "percent": each.get("percent") or 0}
            if each.get("tag"):
                entry |= {"tag": each["tag"], "url": self.runner.tag_url(name, each["tag"], entry["revisionName"])}
            found.append({key: value for key, value in entry.items() if value != 0 or key != "percent"})
        return found

    def _route(self, name: str, traffic: list[Json]) -> None:
        percents: dict[str, int] = {}
        for each in traffic:
            percents[each["revisionName"]] = percents.get(each["revisionName"], 0) + each.get("percent", 0)
        self.runner.route(name, {key: value for key, value in percents.items() if value}, set(percents))

    def delete(self, name: str) -> Json:
        self.get(name)
        self.runner.route(name, {}, set())
        del self.services[name]
        return {"kind": "Status", "status": "Success"}

    def run_job(self, name: str) -> Json:
        """Run a job to its end and return the execution."""
        if name not in self.jobs:
            raise ApiError("NOT_FOUND", f"Resource '{name}' of kind 'JOB' does not exist.")
        execution = f"{name}-{len(self.executions) + 1:05d}"
        self.executions[execution] = {
            "apiVersion": "run.googleapis.com/v1",
            "kind": "Execution",
            "metadata": self._metadata(execution) | {"labels": {"run.googleapis.com/job": name}},
            "spec": {"taskCount": 1},
            "status": {"conditions": [_condition("Completed", self.job_problem)], "succeededCount": 1},
        }
        if self.job_ran is not None and self.job_problem is None:
            self.job_ran(execution, self.jobs[name])
        return self.executions[execution]

    def put_job(self, asked: Json) -> Json:
        name = asked["metadata"]["name"]
        kept = self.jobs.get(name, {}).get("metadata", {})
        self.jobs[name] = asked | {
            "metadata": self._metadata(name, kept) | {"labels": asked["metadata"].get("labels", {})},
            "status": {"conditions": [_condition("Ready", None)], "observedGeneration": 1},
        }
        return self.jobs[name]

    def _metadata(self, name: str, kept: Mapping[str, Any] | None = None) -> Json:
        self._version += 1
        made = (self._began + timedelta(minutes=self._version)).isoformat().replace("+00:00", "Z")
        return {
            "name": name,
            "namespace": self.project_number,
            "uid": f"uid-{name}",
            "resourceVersion": f"v{self._version}",
            "generation": (kept or {}).get("generation", 0) + 1,
            "creationTimestamp": (kept or {}).get("creationTimestamp", made),
        }


def _condition(kind: str, problem: str | None) -> Json:
    if problem is None:
        return {"type": kind, "status": "True"}
    return {"type": kind, "status": "False", "reason": "HealthCheckContainerError", "message": problem}
