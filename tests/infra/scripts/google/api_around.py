"""The APIs beside Cloud Run and secrets: services that are on, images, accounts, logs, the database."""

from tests.infra.scripts.google.api import DONE, Call, route
from tests.infra.scripts.google.rules import ApiError
from tests.infra.scripts.google.world import NUMBER, PROJECT, Json, World

REPOSITORY = r"/v1/projects/(?P<project>[^/]+)/locations/(?P<region>[^/]+)/repositories"
SQL = r"/sql/v1beta4/projects/(?P<project>[^/]+)"


@route("serviceusage", "GET", r"/v1/projects/(?P<project>[^/]+)/services")
def list_apis(world: World, call: Call) -> Json:
    names = sorted(world.apis)
    return {
        "services": [
            {"name": f"projects/{NUMBER}/services/{name}", "config": {"name": name}, "state": "ENABLED"}
            for name in names
        ]
    }


@route("serviceusage", "POST", r"/v1/projects/(?P<project>[^/]+)/services:batchEnable")
def enable_apis(world: World, call: Call) -> Json:
    world.note(f"enable {' '.join(call.body['serviceIds'])}")
    world.apis |= set(call.body["serviceIds"])
    return {"name": "operations/noop.DONE_OPERATION", "done": True, "response": {}}


@route("serviceusage", "POST", r"/v1/projects/(?P<project>[^/]+)/services/(?P<name>[^/:]+):enable")
def enable_api(world: World, call: Call) -> Json:
    world.note(f"enable {call.part['name']}")
    world.apis.add(call.part["name"])
    return {"name": "operations/noop.DONE_OPERATION", "done": True, "response": {}}


@route("artifactregistry", "GET", REPOSITORY + r"/(?P<name>[^/]+)")
def get_repository(world: World, call: Call) -> Json:
    if call.part["name"] not in world.repositories:
        raise ApiError("NOT_FOUND", "Requested entity was not found.")
    return {"name": call.path.removeprefix("/v1/"), "format": "DOCKER", "mode": "STANDARD_REPOSITORY"}


@route("artifactregistry", "POST", REPOSITORY)
def create_repository(world: World, call: Call) -> Json:
    name = call.query["repositoryId"]
    world.note(f"create repository {name}")
    world.repositories.add(name)
    if (call.body.get("dockerConfig") or {}).get("immutableTags"):
        world.immutable.add(name)
    return {"name": f"projects/{PROJECT}/locations/{call.part['region']}/operations/done", "done": True, "response": {}}


@route("artifactregistry", "GET", r"/v1/(?P<name>projects/[^/]+/locations/[^/]+/operations/[^/]+)")
def get_operation(world: World, call: Call) -> Json:
    return {"name": call.part["name"], "done": True, "response": {}}


@route("artifactregistry", "GET", REPOSITORY + r"/(?P<repository>[^/]+)/dockerImages/(?P<image>[^/]+)")
def get_image(world: World, call: Call) -> Json:
    for reference, uploaded in world.images.items():
        if reference.rpartition("/")[2] == call.part["image"]:
            return _image(world, reference, uploaded)
    raise ApiError("NOT_FOUND", "Requested entity was not found.")


@route("artifactregistry", "GET", REPOSITORY + r"/(?P<repository>[^/]+)/dockerImages")
@route("artifactregistry", "GET", REPOSITORY + r"/(?P<repository>[^/]+)/packages/(?P<package>[^/]+)/versions")
def list_images(world: World, call: Call) -> Json:
    package = call.part.get("package")
    found = [
        _image(world, reference, uploaded)
        for reference, uploaded in world.images.items()
        if package is None or reference.partition("@")[0].rpartition("/")[2] == package
    ]
    return {"dockerImages": found, "versions": found}


@route(
    "artifactregistry",
    "GET",
    REPOSITORY + r"/(?P<repository>[^/]+)/packages/(?P<package>[^/]+)/versions/(?P<version>[^/]+)",
)
def get_image_version(world: World, call: Call) -> Json:
    for reference, uploaded in world.images.items():
        package, _, version = reference.rpartition("/")[2].partition("@")
        if (package, version) == (call.part["package"], call.part["version"]):
            return _image(world, reference, uploaded)
    raise ApiError("NOT_FOUND", "Requested entity was not found.")


def _image(world: World, reference: str, uploaded: str) -> Json:
    name, _, digest = reference.partition("@")
    folder, _, package = name.rpartition("/")
    repository = folder.rpartition("/")[2]
    base = f"projects/{PROJECT}/locations/europe-west1/repositories/{repository}"
    return {
        "name": f"{base}/packages/{package}/versions/{digest}",
        "uri": reference,
        "uploadTime": uploaded,
        "createTime": uploaded,
        "updateTime": uploaded,
        "relatedTags": [{"name": f"{base}/packages/{package}/tags/{tag}"} for tag in world.tags.get(reference, [])],
        "metadata": {"name": f"{base}/dockerImages/{package}@{digest}"},
    }


@route("iam", "GET", r"/v1/projects/(?P<project>[^/]+)/serviceAccounts/(?P<address>[^/:]+)")
def get_account(world: World, call: Call) -> Json:
    account = call.part["address"].partition("@")[0]
    if account not in world.accounts:
        raise ApiError("NOT_FOUND", f"Unknown service account {account}")
    return _account(account)


@route("iam", "POST", r"/v1/projects/(?P<project>[^/]+)/serviceAccounts")
def create_account(world: World, call: Call) -> Json:
    account = call.body["accountId"]
    world.note(f"create account {account}")
    world.accounts.add(account)
    return _account(account)


def _account(account: str) -> Json:
    address = f"{account}@{PROJECT}.iam.gserviceaccount.com"
    return {"name": f"projects/{PROJECT}/serviceAccounts/{address}", "email": address, "projectId": PROJECT}


@route("logging", "POST", r"/v2/entries:list")
def list_entries(world: World, call: Call) -> Json:
    return {"entries": world.entries_for(call.body.get("filter", ""), int(call.body.get("pageSize", 50)))}


@route("sqladmin", "POST", SQL + r"/instances/(?P<name>[^/]+)/backupRuns")
def create_backup(world: World, call: Call) -> Json:
    world.back_up(call.part["name"])
    return sql_operation("BACKUP_VOLUME", call.part["name"])


@route("sqladmin", "GET", SQL + r"/instances/(?P<name>[^/]+)/backupRuns")
def list_backups(world: World, call: Call) -> Json:
    return {"items": [each for each in world.backups if each["instance"] == call.part["name"]]}


@route("sqladmin", "GET", SQL + r"/instances/(?P<name>[^/]+)/databases")
def list_databases(world: World, call: Call) -> Json:
    if call.part["name"] not in world.databases:
        raise ApiError("NOT_FOUND", "The Cloud SQL instance does not exist.")
    return {"items": [{"name": each, "instance": call.part["name"]} for each in world.databases[call.part["name"]]]}


@route("sqladmin", "GET", SQL + r"/instances/(?P<name>[^/]+)")
def get_instance(world: World, call: Call) -> Json:
    if call.part["name"] not in world.databases:
        raise ApiError("NOT_FOUND", "The Cloud SQL instance does not exist.")
    address = {"type": world.sql_address_type, "ipAddress": world.held.address(call.part["name"])}
    name = call.part["name"]
    policy = "NEVER" if name in world.stopped else "ALWAYS"
    settings = {"tier": "db-g1-small", "settingsVersion": "1", "deletionProtectionEnabled": False}
    settings |= {"activationPolicy": policy}
    primary = {"masterInstanceName": f"{PROJECT}:{world.replicas[name]}"} if name in world.replicas else {}
    return {
        "name": call.part["name"], "project": PROJECT, "state": "RUNNABLE", "region": "europe-west1",
        "databaseVersion": "POSTGRES_17", "settings": settings, "backendType": "SECOND_GEN",
        "instanceType": "CLOUD_SQL_INSTANCE", "ipAddresses": [address],
    } | primary  # fmt: skip


@route("sqladmin", "GET", SQL + r"/instances/(?P<name>[^/]+)/users")
def list_sql_users(world: World, call: Call) -> Json:
    return {"items": [{"name": name, "instance": call.part["name"], "host": ""} for name in world.sql_users]}


@route("sqladmin", "POST", SQL + r"/instances/(?P<name>[^/]+)/users")
@route("sqladmin", "PUT", SQL + r"/instances/(?P<name>[^/]+)/users")
def put_sql_user(world: World, call: Call) -> Json:
    world.note(f"user {call.body['name']}")
    world.sql_users[call.body["name"]] = call.body["password"]
    return sql_operation("UPDATE_USER", call.part["name"])


@route("pubsub", "GET", r"/v1/projects/[^/]+/topics/(?P<name>[^/]+)")
def get_topic(world: World, call: Call) -> Json:
    if call.part["name"] not in world.topics:
        raise ApiError("NOT_FOUND", f"Resource not found (resource={call.part['name']}).")
    return {"name": call.path.removeprefix("/v1/")}


@route("compute", "GET", r"(/compute/v1)?/projects/[^/]+/regions/(?P<region>[^/]+)/subnetworks/(?P<name>[^/]+)")
def get_subnet(world: World, call: Call) -> Json:
    if call.part["name"] not in world.networks:
        raise ApiError("NOT_FOUND", f"The resource 'projects/{PROJECT}{call.path}' was not found")
    base = f"https://www.googleapis.com/compute/v1/projects/{PROJECT}"
    network = f"{base}/global/networks/{world.networks[call.part['name']]}"
    return {"kind": "compute#subnetwork", "name": call.part["name"], "network": network, "ipCidrRange": "10.8.0.0/22"}


@route("sqladmin", "POST", SQL + r"/instances/(?P<name>[^/]+)/clone")
def clone_instance(world: World, call: Call) -> Json:
    target = call.body["cloneContext"]["destinationInstanceName"]
    if "pointInTime" not in call.body["cloneContext"]:
        raise ApiError("INVALID_ARGUMENT", "the scripts restore a moment, not the present")
    world.note(f"clone {call.part['name']} {target}")
    world.databases[target] = [each for each in world.databases[call.part["name"]] if each not in world.lost_in_clones]
    world.held.clone(call.part["name"], target, call.body["cloneContext"]["pointInTime"])
    return sql_operation("CLONE", target)


@route("sqladmin", "PATCH", SQL + r"/instances/(?P<name>[^/]+)")
def patch_instance(world: World, call: Call) -> Json:
    policy = call.body.get("settings", {}).get("activationPolicy")
    world.note(f"patch {call.part['name']}{f' {policy}' if policy == 'NEVER' else ''}")
    if policy == "NEVER":
        world.stopped.add(call.part["name"])
    return sql_operation("UPDATE", call.part["name"])


@route("sqladmin", "DELETE", SQL + r"/instances/(?P<name>[^/]+)")
def delete_instance(world: World, call: Call) -> Json:
    world.note(f"delete {call.part['name']}")
    world.databases.pop(call.part["name"])
    world.held.delete(call.part["name"])
    return sql_operation("DELETE", call.part["name"])


@route("sqladmin", "GET", SQL + r"/operations/(?P<operation>[^/]+)")
def getsql_operation(world: World, call: Call) -> Json:
    kind, _, instance = call.part["operation"].partition("--")
    return sql_operation(kind, instance)


def sql_operation(kind: str, instance: str) -> Json:
    """Return an operation that is done."""
    name = f"{kind}--{instance}"
    return DONE | {
        "name": name, "kind": "sql#operation", "operationType": kind, "targetId": instance, "targetProject": PROJECT,
        "selfLink": f"http://sqladmin.test/sql/v1beta4/projects/{PROJECT}/operations/{name}",
    }  # fmt: skip
