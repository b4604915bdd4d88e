"""Google's REST paths over one world: what the real gcloud of SDK 528 calls for the commands of the scripts."""

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.infra.scripts.google.rules import ApiError
from tests.infra.scripts.google.world import NUMBER, PROJECT, REGION, Json, Secret, World

KNATIVE = r"/apis/serving\.knative\.dev/v1/namespaces/(?P<project>[^/]+)"
JOBS = r"/apis/run\.googleapis\.com/v1/namespaces/(?P<project>[^/]+)"
DONE: Json = {"name": f"projects/{PROJECT}/operations/done", "done": True, "status": "DONE"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an API; `part` are the named parts of its path."""

    api: str
    method: str
    path: str
    query: dict[str, str]
    body: Json
    part: dict[str, str]


Handler = Callable[[World, Call], Json]
ROUTES: list[tuple[str, str, re.Pattern[str], Handler]] = []


def route(api: str, method: str, path: str) -> Callable[[Handler], Handler]:
    """Declare what answers a path."""

    def declare(handler: Handler) -> Handler:
        ROUTES.append((api, method, re.compile(path), handler))
        return handler

    return declare


def answer(world: World, api: str, method: str, path: str, query: dict[str, str], body: Json) -> Json:
    """Return what Google would. Raises ApiError; for a path nobody declared too, so that a test names it."""
    world.enter(api)
    for of_api, of_method, pattern, handler in ROUTES:
        if (of_api, of_method) == (api, method) and (match := pattern.fullmatch(path)):
            return handler(world, Call(api, method, path, query, body, match.groupdict()))
    raise ApiError("NOT_FOUND", f"the fake does not know {method} {api} {path}")


def own_project(call: Call) -> None:
    if call.part.get("project") not in (PROJECT, NUMBER):
        raise ApiError("PERMISSION_DENIED", "Permission denied on resource project (or it may not exist).")


def listed(version: str, kind: str, items: Iterable[Json]) -> Json:
    """Return a list as Knative's API writes one; gcloud crashes without its metadata."""
    return {"apiVersion": version, "kind": f"{kind}List", "metadata": {}, "items": list(items)}


@route("run", "GET", KNATIVE + r"/services")
def list_services(world: World, call: Call) -> Json:
    own_project(call)
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "ServiceList",
        "metadata": {},
        "items": list(world.run.services.values()),
    }


@route("run", "GET", KNATIVE + r"/services/(?P<name>[^/]+)")
def get_service(world: World, call: Call) -> Json:
    own_project(call)
    return world.run.get(call.part["name"])


@route("run", "POST", KNATIVE + r"/services")
@route("run", "PUT", KNATIVE + r"/services/(?P<name>[^/]+)")
def put_service(world: World, call: Call) -> Json:
    own_project(call)
    is_dry = call.query.get("dryRun") == "all"
    if not is_dry:
        world.note(f"{call.method} service {call.body['metadata']['name']}")
    return world.run.apply(call.body, is_dry=is_dry, is_new=call.method == "POST")


@route("run", "DELETE", KNATIVE + r"/services/(?P<name>[^/]+)")
def delete_service(world: World, call: Call) -> Json:
    world.note(f"DELETE service {call.part['name']}")
    return world.run.delete(call.part["name"])


@route("run", "GET", KNATIVE + r"/revisions")
def list_revisions(world: World, call: Call) -> Json:
    own_project(call)
    selector = call.query.get("labelSelector", "")
    key, _, value = (part.strip() for part in selector.partition("="))
    found = [each for each in world.run.revisions.values() if not key or each["metadata"]["labels"].get(key) == value]
    return listed("serving.knative.dev/v1", "Revision", found)


@route("run", "GET", KNATIVE + r"/revisions/(?P<name>[^/]+)")
def get_revision(world: World, call: Call) -> Json:
    if call.part["name"] not in world.run.revisions:
        raise ApiError("NOT_FOUND", f"Resource '{call.part['name']}' of kind 'REVISION' does not exist.")
    return world.run.revisions[call.part["name"]]


@route("run", "GET", r"/v1/projects/[^/]+/locations/[^/]+/services/(?P<name>[^/:]+):getIamPolicy")
def get_service_policy(world: World, call: Call) -> Json:
    return world.run.policies.get(call.part["name"], {"etag": "BwX="})


@route("run", "POST", r"/v1/projects/[^/]+/locations/[^/]+/services/(?P<name>[^/:]+):setIamPolicy")
def set_service_policy(world: World, call: Call) -> Json:
    world.note(f"policy of service {call.part['name']}")
    policy: Json = call.body["policy"]
    world.run.policies[call.part["name"]] = policy
    return policy


@route("run", "GET", r"/v1/projects/[^/]+/locations")
def list_locations(world: World, call: Call) -> Json:
    return {"locations": [{"name": f"projects/{PROJECT}/locations/{REGION}", "locationId": REGION}]}


@route("run", "GET", JOBS + r"/jobs")
def list_jobs(world: World, call: Call) -> Json:
    return {
        "apiVersion": "run.googleapis.com/v1",
        "kind": "JobList",
        "metadata": {},
        "items": list(world.run.jobs.values()),
    }


@route("run", "GET", JOBS + r"/jobs/(?P<name>[^/:]+)")
def get_job(world: World, call: Call) -> Json:
    if call.part["name"] not in world.run.jobs:
        raise ApiError("NOT_FOUND", f"Resource '{call.part['name']}' of kind 'JOB' does not exist.")
    return world.run.jobs[call.part["name"]]


@route("run", "POST", JOBS + r"/jobs")
@route("run", "PUT", JOBS + r"/jobs/(?P<name>[^/:]+)")
def put_job(world: World, call: Call) -> Json:
    world.note(f"{call.method} job {call.body['metadata']['name']}")
    return world.run.put_job(call.body)


@route("run", "DELETE", JOBS + r"/jobs/(?P<name>[^/:]+)")
def delete_job(world: World, call: Call) -> Json:
    world.note(f"DELETE job {call.part['name']}")
    del world.run.jobs[call.part["name"]]
    return {"kind": "Status", "status": "Success"}


@route("run", "POST", JOBS + r"/jobs/(?P<name>[^/:]+):run")
def run_job(world: World, call: Call) -> Json:
    world.note(f"run job {call.part['name']}")
    return world.run.run_job(call.part["name"])


@route("run", "GET", JOBS + r"/executions/(?P<name>[^/:]+)")
def get_execution(world: World, call: Call) -> Json:
    return world.run.executions[call.part["name"]]


@route("secretmanager", "POST", r"/v1/projects/(?P<project>[^/]+)/secrets")
def create_secret(world: World, call: Call) -> Json:
    name = call.query["secretId"]
    world.note(f"create secret {name}")
    world.secrets[name] = Secret()
    return {"name": f"projects/{NUMBER}/secrets/{name}"} | call.body


@route("secretmanager", "GET", r"/v1/projects/(?P<project>[^/]+)/secrets/(?P<name>[^/:]+)")
def get_secret(world: World, call: Call) -> Json:
    world.secret(call.part["name"])
    return {"name": f"projects/{NUMBER}/secrets/{call.part['name']}", "replication": {"automatic": {}}}


@route("secretmanager", "GET", r"/v1/projects/(?P<project>[^/]+)/secrets/(?P<name>[^/:]+)/versions")
def list_versions(world: World, call: Call) -> Json:
    return {"versions": world.versions(call.part["name"])}


@route(
    "secretmanager", "GET", r"/v1/projects/(?P<project>[^/]+)/secrets/(?P<name>[^/:]+)/versions/(?P<version>\w+):access"
)
def access_version(world: World, call: Call) -> Json:
    return world.access(call.part["name"], call.part["version"])


@route("secretmanager", "POST", r"/v1/projects/(?P<project>[^/]+)/secrets/(?P<name>[^/:]+):addVersion")
def add_version(world: World, call: Call) -> Json:
    name = call.part["name"]
    world.note(f"add version of {name}")
    number = world.secret(name).add(base64.urlsafe_b64decode(call.body["payload"]["data"]))
    path = f"projects/{NUMBER}/secrets/{name}/versions/{number}"
    return {"name": path, "state": "ENABLED", "clientSpecifiedPayloadChecksum": True}


@route("secretmanager", "GET", r"/v1/projects/(?P<project>[^/]+)/secrets/(?P<name>[^/:]+):getIamPolicy")
def get_secret_policy(world: World, call: Call) -> Json:
    return world.secret(call.part["name"]).policy


@route("secretmanager", "POST", r"/v1/projects/(?P<project>[^/]+)/secrets/(?P<name>[^/:]+):setIamPolicy")
def set_secret_policy(world: World, call: Call) -> Json:
    world.note(f"policy of secret {call.part['name']}")
    policy: Json = call.body["policy"]
    world.secret(call.part["name"]).policy = policy
    return policy


@route("cloudresourcemanager", "GET", r"/v1/projects/(?P<project>[^/]+)")
def get_project(world: World, call: Call) -> Json:
    return world.project(call.part["project"])


@route("cloudbilling", "GET", r"/v1/projects/(?P<project>[^/]+)/billingInfo")
def get_billing(world: World, call: Call) -> Json:
    return {"projectId": PROJECT, "billingEnabled": world.billing, "name": f"projects/{PROJECT}/billingInfo"}
