"""gcloud's words that the scripts use, over the fake, in this process; test_real_gcloud.py shows that both agree."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from operate.programs import Ended
from tests.infra.scripts.google import api_around  # noqa: F401 - declares its routes
from tests.infra.scripts.google.rules import ApiError
from tests.infra.scripts.google.world import NUMBER, Json, World
from tests.infra.scripts.spoken_standby import ACTS as ACTS_OF_STANDBY
from tests.infra.scripts.words import Spoken

KNATIVE = "/apis/serving.knative.dev/v1/namespaces"
JOBS = "/apis/run.googleapis.com/v1/namespaces"


def spoken(world: World, words: list[str], given: str | None) -> Ended:
    """Return how gcloud would end."""
    said = Spoken(world, words, given)
    for begin, act in [*ACTS, *ACTS_OF_STANDBY]:
        if said.plain[: len(begin)] == begin:
            try:
                if begin != ["auth", "print-access-token"] and not world.token:
                    raise ApiError("UNAUTHENTICATED", "Request had invalid authentication credentials.")
                out = act(said, *said.plain[len(begin) :])
            except ApiError as refused:
                return Ended(1, "", f"ERROR: (gcloud.{'.'.join(begin)}) {refused.status}: {refused}")
            if (form := said.flags.get("format", "")).startswith("value(") and isinstance(out, dict):
                out = f"{out[form.removeprefix('value(').removesuffix(')')]}\n"
            return Ended(0, out if isinstance(out, str) else json.dumps(out), "")
    raise AssertionError(f"the stand-in does not know gcloud {words}")


def _token(said: Spoken) -> str:
    if not said.world.token:
        raise ApiError("UNAUTHENTICATED", "You do not currently have an active account selected.")
    return said.world.token + "\n"


def _second_token(said: Spoken) -> str:
    if not said.world.second_token:
        raise ApiError("UNAUTHENTICATED", "Your default credentials were not found.")
    return said.world.second_token + "\n"


def _service(said: Spoken, name: str) -> Json:
    return said.ask("run", "GET", f"{KNATIVE}/{said.project}/services/{name}")


def _services(said: Spoken) -> object:
    return said.ask("run", "GET", f"{KNATIVE}/{said.project}/services")["items"]


def _revisions(said: Spoken) -> object:
    selector = f"serving.knative.dev/service = {said.flags['service']}"
    return said.ask("run", "GET", f"{KNATIVE}/{said.project}/revisions", labelSelector=selector)["items"]


def _replace(said: Spoken, file: str) -> object:
    manifest = json.loads(Path(file).read_text())
    dry = {"dryRun": "all"} if "dry-run" in said.flags else {}
    before = said.world.run.services.get(manifest["metadata"]["name"])
    base = f"{KNATIVE}/{said.project}/services"
    if before is None:
        done = said.ask("run", "POST", base, manifest, **dry)
    else:
        done = said.ask("run", "PUT", f"{base}/{manifest['metadata']['name']}", manifest, **dry)
    problem = next((each for each in done["status"]["conditions"] if each["status"] == "False"), None)
    if problem is not None:
        raise ApiError("FAILED_PRECONDITION", problem["message"])
    return done


def _update_traffic(said: Spoken, name: str) -> object:
    service = json.loads(json.dumps(_service(said, name)))
    wanted = dict(each.split("=") for each in said.flags["to-revisions"].split(","))
    tagged = [each for each in service["spec"]["traffic"] if each.get("tag")]
    entries: list[Json] = [{"revisionName": revision, "percent": int(percent)} for revision, percent in wanted.items()]
    if "remove-tags" not in said.flags:
        entries += [{"revisionName": each["revisionName"], "percent": 0, "tag": each["tag"]} for each in tagged]
    service["spec"]["traffic"] = entries
    return said.ask("run", "PUT", f"{KNATIVE}/{said.project}/services/{name}", service)


def _update(said: Spoken, name: str) -> object:
    """Set the service's own minimum, which makes no revision."""
    service = json.loads(json.dumps(_service(said, name)))
    service["metadata"]["annotations"]["run.googleapis.com/minScale"] = said.flags["min"]
    return said.ask("run", "PUT", f"{KNATIVE}/{said.project}/services/{name}", service)


def _service_policy(said: Spoken, name: str) -> object:
    return said.ask("run", "GET", f"/v1/projects/{NUMBER}/locations/europe-west1/services/{name}:getIamPolicy")


def _delete_service(said: Spoken, name: str) -> object:
    return said.ask("run", "DELETE", f"{KNATIVE}/{said.project}/services/{name}")


def _bind(api: str, base: str) -> Callable[..., object]:
    def bind(said: Spoken, name: str) -> object:
        path = f"{base.format(project=said.project)}/{name}"
        policy = json.loads(json.dumps(said.ask(api, "GET", f"{path}:getIamPolicy")))
        bindings: list[Json] = policy.setdefault("bindings", [])
        role = next((each for each in bindings if each["role"] == said.flags["role"]), None)
        if role is None:
            bindings.append(role := {"role": said.flags["role"], "members": []})
        role["members"] = sorted({*role["members"], said.flags["member"]})
        return said.ask(api, "POST", f"{path}:setIamPolicy", {"policy": policy})

    return bind


def _job_replace(said: Spoken, file: str) -> object:
    job = json.loads(Path(file).read_text())
    is_known = job["metadata"]["name"] in said.world.run.jobs
    base = f"{JOBS}/{said.project}/jobs"
    path = f"{base}/{job['metadata']['name']}" if is_known else base
    return said.ask("run", "PUT" if is_known else "POST", path, job)


def _job_run(said: Spoken, name: str) -> object:
    done = said.ask("run", "POST", f"{JOBS}/{said.project}/jobs/{name}:run")
    if done["status"]["conditions"][0]["status"] == "False":
        raise ApiError("FAILED_PRECONDITION", f"The execution failed. {done['status']['conditions'][0]['message']}")
    return done


def _secret(end: str) -> Callable[..., object]:
    def ask(said: Spoken, name: str) -> object:
        found = said.ask("secretmanager", "GET", f"/v1/projects/{said.project}/secrets/{name}{end}")
        return found["versions"] if end == "/versions" else found

    return ask


def _access(said: Spoken, version: str) -> str:
    name = said.flags["secret"]
    said.ask("secretmanager", "GET", f"/v1/projects/{said.project}/secrets/{name}/versions/{version}:access")
    secret = said.world.secret(name)
    return secret.versions[(len(secret.versions) if version == "latest" else int(version)) - 1].decode()


def _create_secret(said: Spoken, name: str) -> object:
    said.ask("secretmanager", "POST", f"/v1/projects/{said.project}/secrets", {}, secretId=name)
    return _add_version(said, name)


def _add_version(said: Spoken, name: str) -> object:
    import base64

    payload = {"payload": {"data": base64.b64encode(said.given.encode()).decode()}}
    return said.ask("secretmanager", "POST", f"/v1/projects/{said.project}/secrets/{name}:addVersion", payload)


def _enable(said: Spoken, *names: str) -> object:
    return said.ask(
        "serviceusage", "POST", f"/v1/projects/{said.project}/services:batchEnable", {"serviceIds": list(names)}
    )


def _image(said: Spoken, reference: str) -> object:
    repository, _, image = reference.rpartition("/")
    base = f"/v1/projects/{said.project}/locations/{repository.partition('-docker')[0]}/repositories"
    return said.ask("artifactregistry", "GET", f"{base}/{repository.rpartition('/')[2]}/dockerImages/{image}")


def _images(said: Spoken, name: str) -> object:
    found = sorted((uploaded, each) for each, uploaded in said.world.images.items() if each.startswith(f"{name}@"))
    return [
        {"package": each.partition("@")[0], "version": each.partition("@")[2], "tags": said.world.tags.get(each, [])}
        for _, each in reversed(found)
    ]


def _repositories(said: Spoken, name: str, *, method: str) -> object:
    base = f"/v1/projects/{said.project}/locations/{said.flags['location']}/repositories"
    if method == "GET":
        return said.ask("artifactregistry", "GET", f"{base}/{name}")
    body = {"dockerConfig": {"immutableTags": "immutable-tags" in said.flags}}
    return said.ask("artifactregistry", "POST", base, body, repositoryId=name)


def _account(said: Spoken, address: str) -> object:
    return said.ask("iam", "GET", f"/v1/projects/{said.project}/serviceAccounts/{address}")


def _create_account(said: Spoken, account: str) -> object:
    return said.ask("iam", "POST", f"/v1/projects/{said.project}/serviceAccounts", {"accountId": account})


def _log(said: Spoken, asked: str) -> object:
    body = {"filter": asked, "pageSize": int(said.flags["limit"])}
    return said.ask("logging", "POST", "/v2/entries:list", body)["entries"]


def _sql(method: str, path: str) -> Callable[..., object]:
    def ask(said: Spoken, *names: str) -> object:
        name = said.flags.get("instance") or names[0]
        body: Json = {}
        if "activation-policy" in said.flags:
            body = {"settings": {"activationPolicy": said.flags["activation-policy"]}}
        if path == "/clone":
            body = {"cloneContext": {"destinationInstanceName": names[1], "pointInTime": said.flags["point-in-time"]}}
        found = said.ask("sqladmin", method, f"/sql/v1beta4/projects/{said.project}/instances/{name}{path}", body)
        return found["items"] if method == "GET" and path else found

    return ask


def _sql_user(method: str) -> Callable[..., object]:
    def put(said: Spoken, name: str) -> object:
        flags = json.loads(Path(said.flags["flags-file"]).read_text())
        path = f"/sql/v1beta4/projects/{said.project}/instances/{said.flags['instance']}/users"
        return said.ask("sqladmin", method, path, {"name": name, "password": flags["--password"]})

    return put


def _subnet(said: Spoken, name: str) -> object:
    return said.ask("compute", "GET", f"/projects/{said.project}/regions/{said.flags['region']}/subnetworks/{name}")


def _words(text: str) -> list[str]:
    return re.split(r" +", text)


ACTS: list[tuple[list[str], Callable[..., object]]] = [
    (_words(words), act)
    for words, act in (
        ("auth print-access-token", _token),
        ("auth application-default print-access-token", _second_token),
        ("auth login", lambda said: "You are now logged in."),
        ("auth application-default login", lambda said: "Credentials saved."),
        ("auth application-default set-quota-project", lambda said, name: f"Quota project {name}."),
        ("storage buckets create", lambda said, name: f"Creating {name}/..."),
        ("projects describe", lambda said, name: said.ask("cloudresourcemanager", "GET", f"/v1/projects/{name}")),
        (
            "billing projects describe",
            lambda said, name: said.ask("cloudbilling", "GET", f"/v1/projects/{name}/billingInfo"),
        ),
        (
            "services list",
            lambda said: said.ask("serviceusage", "GET", f"/v1/projects/{said.project}/services")["services"],
        ),
        ("services enable", _enable),
        ("run services describe", _service),
        ("run services list", _services),
        ("run services replace", _replace),
        ("run services update-traffic", _update_traffic),
        ("run services update", _update),
        ("run services delete", _delete_service),
        ("run services get-iam-policy", _service_policy),
        ("run services add-iam-policy-binding", _bind("run", f"/v1/projects/{NUMBER}/locations/europe-west1/services")),
        ("run revisions list", _revisions),
        ("run jobs list", lambda said: said.ask("run", "GET", f"{JOBS}/{said.project}/jobs")["items"]),
        ("run jobs replace", _job_replace),
        ("run jobs execute", _job_run),
        ("run jobs delete", lambda said, name: said.ask("run", "DELETE", f"{JOBS}/{said.project}/jobs/{name}")),
        ("secrets describe", _secret("")),
        ("secrets create", _create_secret),
        ("secrets versions list", _secret("/versions")),
        ("secrets versions access", _access),
        ("secrets versions add", _add_version),
        ("secrets get-iam-policy", _secret(":getIamPolicy")),
        ("secrets add-iam-policy-binding", _bind("secretmanager", "/v1/projects/{project}/secrets")),
        ("artifacts docker images describe", _image),
        ("artifacts docker images list", _images),
        ("artifacts repositories describe", lambda said, name: _repositories(said, name, method="GET")),
        ("artifacts repositories create", lambda said, name: _repositories(said, name, method="POST")),
        ("iam service-accounts describe", _account),
        ("iam service-accounts create", _create_account),
        ("logging read", _log),
        (
            "pubsub topics describe",
            lambda said, name: said.ask("pubsub", "GET", f"/v1/projects/{said.project}/topics/{name}"),
        ),
        ("compute networks subnets describe", _subnet),
        ("sql instances describe", _sql("GET", "")),
        ("sql users list", _sql("GET", "/users")),
        ("sql users create", _sql_user("POST")),
        ("sql users set-password", _sql_user("PUT")),
        ("sql backups create", _sql("POST", "/backupRuns")),
        ("sql backups list", _sql("GET", "/backupRuns")),
        ("sql databases list", _sql("GET", "/databases")),
        ("sql instances clone", _sql("POST", "/clone")),
        ("sql instances patch", _sql("PATCH", "")),
        ("sql instances delete", _sql("DELETE", "")),
    )
]
