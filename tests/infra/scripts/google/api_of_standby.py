"""The APIs that a second region needs: promotion of a replica, backends of the load balancer, pushes, figures."""

import copy

from tests.infra.scripts.google.api import Call, route
from tests.infra.scripts.google.api_around import SQL, sql_operation
from tests.infra.scripts.google.rules import ApiError
from tests.infra.scripts.google.world import PROJECT, Json, World

COMPUTE = r"(/compute/v1)?/projects/[^/]+"
COMPUTE_BASE = f"https://www.googleapis.com/compute/v1/projects/{PROJECT}"


def group(region: str, name: str) -> str:
    """Return the address of a group of endpoints."""
    return f"{COMPUTE_BASE}/regions/{region}/networkEndpointGroups/{name}"


@route("monitoring", "GET", r"/v3/projects/[^/]+/timeSeries")
def list_time_series(world: World, call: Call) -> Json:
    """One series a page, so that whoever forgets the next page is found out."""
    metric = call.query["filter"].partition('metric.type="')[2].partition('"')[0]
    found, page = world.series.get(metric, []), int(call.query.get("pageToken") or 0)
    more = {"nextPageToken": str(page + 1)} if page + 1 < len(found) else {}
    return {"timeSeries": found[page : page + 1]} | more


@route("sqladmin", "POST", SQL + r"/instances/(?P<name>[^/]+)/promoteReplica")
def promote(world: World, call: Call) -> Json:
    name = call.part["name"]
    if name not in world.replicas:
        raise ApiError("INVALID_ARGUMENT", f"The instance {name} is not a read replica.")
    world.note(f"promote {name}")
    del world.replicas[name]
    return sql_operation("PROMOTE_REPLICA", name)


@route("compute", "GET", COMPUTE + r"/global/backendServices/(?P<name>[^/]+)")
def get_backend(world: World, call: Call) -> Json:
    if call.part["name"] not in world.backends:
        raise ApiError("NOT_FOUND", f"The resource 'projects/{PROJECT}{call.path}' was not found")
    return copy.deepcopy(world.backends[call.part["name"]])


@route("compute", "PATCH", COMPUTE + r"/global/backendServices/(?P<name>[^/]+)")
@route("compute", "PUT", COMPUTE + r"/global/backendServices/(?P<name>[^/]+)")
def put_backend(world: World, call: Call) -> Json:
    name = call.part["name"]
    regions = [each["group"].partition("/regions/")[2].partition("/")[0] for each in call.body["backends"]]
    world.note(f"backend {name} {' '.join(regions)}")
    world.backends[name] |= {"backends": call.body["backends"]}
    return _compute_operation(name)


@route("compute", "GET", COMPUTE + r"/global/operations/(?P<name>[^/]+)")
@route("compute", "POST", COMPUTE + r"/global/operations/(?P<name>[^/]+)/wait")
def get_compute_operation(world: World, call: Call) -> Json:
    return _compute_operation(call.part["name"].removeprefix("patch-"))


def _compute_operation(backend: str) -> Json:
    return {
        "name": f"patch-{backend}",
        "operationType": "patch",
        "status": "DONE",
        "selfLink": f"{COMPUTE_BASE}/global/operations/patch-{backend}",
        "targetLink": f"{COMPUTE_BASE}/global/backendServices/{backend}",
    }


@route("pubsub", "GET", r"/v1/projects/[^/]+/subscriptions")
def list_subscriptions(world: World, call: Call) -> Json:
    return {"subscriptions": list(world.subscriptions.values())}


@route("pubsub", "POST", r"/v1/projects/[^/]+/subscriptions/(?P<name>[^/:]+):modifyPushConfig")
def modify_push(world: World, call: Call) -> Json:
    name, push = call.part["name"], call.body["pushConfig"]
    world.note(f"push {name} {push['pushEndpoint']}")
    world.subscriptions[name]["pushConfig"] = push
    return {}
