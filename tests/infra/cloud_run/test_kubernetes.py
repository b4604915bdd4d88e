"""What is rendered for a cluster: by the schemas of Kubernetes and Istio, by our rules, and against the URL map."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from blueprint.__main__ import main
from blueprint.edge.routes import load_routes
from blueprint.edge.url_map import url_map
from blueprint.kubernetes.documents import documents
from blueprint.mesh.callers import EDGE_ACCOUNT, callers_of
from blueprint.policy import about_cluster
from blueprint.refusal import InvalidManifest
from blueprint.services import every_service
from tests.infra.cloud_run.cluster_documents import IMAGES, Json, at, cluster, of_auth, one, whole

SCHEMAS: Json = json.loads((Path(__file__).parent / "cluster_schemas.json").read_text())
PATHS = [
    "/",
    "/ws",
    "/ws/1",
    "/wsx",
    "/api/auth",
    "/api/auth/me",
    "/api/authx",
    "/api/threads/7",
    "/metrics",
    "/metrics/x",
]
PATHS += ["/api/chat/internal", "/api/chat/internal/reply", "/api/internal", "/settings"]
PATHS += ["/.well-known/jwks.json"]


def wrong_in(document: Json) -> list[str]:
    """Return what its schema says against a document."""
    schema = {"$defs": SCHEMAS["definitions"], **SCHEMAS["kinds"][document["kind"]]}
    return [f"{each.json_path}: {each.message}" for each in Draft202012Validator(schema).iter_errors(document)]


@pytest.mark.parametrize(
    ("profile", "databases", "bus"),
    [("default", "one", "postgres"), ("default", "each", "postgres"), ("seed", "each", "pubsub")],
)
def test_every_document_has_the_form_that_kubernetes_and_istio_take(profile: str, databases: str, bus: str) -> None:
    found = documents(cluster(profile=profile, databases=databases, bus=bus))

    assert {each["kind"] for each in found} == set(SCHEMAS["kinds"])
    assert [sentence for each in found for sentence in wrong_in(each)] == []
    assert about_cluster(found) == []


BAD_FORMS = [
    ("Deployment", "emergence-auth", "spec/template/spec/containers/0/image_name", "x"),
    ("Deployment", "emergence-auth", "spec/template/spec/terminationGracePeriodSeconds", "30"),
    ("Service", "emergence-auth", "spec/ports", {"port": 80}),
    ("HorizontalPodAutoscaler", "emergence-auth", "spec/maxReplica", 3),
    ("NetworkPolicy", "emergence-auth", "spec/ingress/0/form", []),
    ("PodDisruptionBudget", "emergence-auth", "spec/maxUnavailable", [1]),
    ("PeerAuthentication", "strict", "spec/mtls/mode", "strict"),
    ("AuthorizationPolicy", "emergence-auth", "spec/rules/0/from/0/source/principal", ["x"]),
    ("AuthorizationPolicy", "emergence-auth", "spec/action", "PERMIT"),
    ("DestinationRule", "emergence-auth", "spec/trafficPolicy/tls/mode", "MUTUAL_TLS"),
    ("Gateway", "emergence", "spec/servers/0/port/number", "443"),
    ("VirtualService", "emergence", "spec/http/2/match/0/uri/path", "/x"),
    ("ServiceAccount", "emergence-auth", "spec", {}),
    ("Namespace", "prod", "metadata/label", {}),
]


@pytest.mark.parametrize(("kind", "name", "path", "value"), BAD_FORMS)
def test_a_wrong_form_is_caught(kind: str, name: str, path: str, value: object) -> None:
    document = one(of_auth(), kind, name)
    place, last = at(document, path)
    place[last] = value

    assert wrong_in(document)


def test_every_kind_has_a_wrong_form_that_is_caught() -> None:
    assert {kind for kind, *_ in BAD_FORMS} == set(SCHEMAS["kinds"])


def matches(rule: Json, path: str) -> bool:
    """Return whether a route of a VirtualService takes a path."""
    return "match" not in rule or any(
        re.fullmatch(uri["regex"], path) is not None
        if "regex" in uri
        else path == uri["exact"]
        if "exact" in uri
        else path.startswith(uri["prefix"])
        for uri in (each["uri"] for each in rule["match"])
    )


@pytest.mark.parametrize("path", PATHS)
def test_a_path_has_the_same_owner_as_at_the_load_balancer(path: str) -> None:
    routes = one(whole(), "VirtualService", "emergence")["spec"]["http"]

    taken = next(rule for rule in routes if matches(rule, path))

    accounts = {each.key: each.account for each in every_service()}
    owner = load_routes().owner_of(path)
    if owner is None:
        assert taken["directResponse"] == {"status": 404}
    else:
        assert taken["route"][0]["destination"]["host"] == f"{accounts[owner]}.prod.svc.cluster.local"


def of_url_map() -> Iterator[tuple[list[str], str]]:
    mapped = url_map(load_routes(), "emergence-prod", "https://chat.example.org")
    for rule in mapped["pathMatchers"][0]["routeRules"]:
        if "routeAction" not in rule:
            forms = [each.get("fullPathMatch") or each["prefixMatch"] for each in rule["matchRules"]]
            yield forms, rule["service"].rpartition("/")[2]


def test_routes_are_those_of_the_url_map_in_the_same_order() -> None:
    rules = [each for each in one(whole(), "VirtualService", "emergence")["spec"]["http"] if "route" in each]
    *claimed, default = rules

    said = [
        (
            [each["uri"].get("exact") or each["uri"]["prefix"] for each in rule["match"]],
            rule["route"][0]["destination"]["host"].partition(".")[0],
        )
        for rule in claimed
    ]
    assert said == list(of_url_map())
    assert default["route"][0]["destination"]["host"] == "emergence-main.prod.svc.cluster.local"


def test_callers_are_those_of_the_sidecars_on_this_machine() -> None:
    services, routes = every_service(), load_routes()
    gateway = "emergence-prod.svc.id.goog/ns/istio-ingress/sa/istio-ingressgateway"
    for service in services:
        rules = one(whole(), "AuthorizationPolicy", service.account)["spec"]["rules"]
        named = {rule["from"][0]["source"]["principals"][0] for rule in rules}
        wanted = {each.account for each in callers_of(service, services, routes)} - {EDGE_ACCOUNT}

        assert named == {f"emergence-prod.svc.id.goog/ns/prod/sa/{account}" for account in wanted} | {gateway}


def test_what_runs_has_the_sizes_and_the_settings_of_cloud_run() -> None:
    container = one(whole(), "Deployment", "emergence-main")["spec"]["template"]["spec"]["containers"][0]
    env = {each["name"]: each for each in container["env"]}

    assert container["resources"]["limits"] == {"cpu": "1", "memory": "1Gi"}
    assert container["args"] == ["serve", "gateway", "chat", "memory"]
    assert env["AUTH_SERVICE_URL"]["value"] == "http://emergence-auth.prod.svc.cluster.local"
    assert env["OPENAI_API_KEY"]["valueFrom"] == {"secretKeyRef": {"name": "emergence-main", "key": "OPENAI_API_KEY"}}
    assert env["GATEWAY_TRUSTED_HOPS"]["value"] == "1"


def test_a_database_each_is_bound_here_too() -> None:
    found = documents(cluster(databases="each"))
    container = one(found, "Deployment", "emergence-session")["spec"]["template"]["spec"]["containers"][0]
    bound = {each["name"] for each in container["env"] if "valueFrom" in each}

    assert {"SESSION_DATABASE_URL", "EMERGENCE_BUS_URL"} <= bound
    assert "DATABASE_URL" not in bound


def test_an_image_by_tag_or_without_one_is_refused() -> None:
    with pytest.raises(InvalidManifest, match="--image auth=… is missing, or not by digest"):
        documents(cluster(images=IMAGES | {"auth": "registry/auth:latest"}))
    with pytest.raises(InvalidManifest, match="must be lower-case letters"):
        documents(cluster(gateway_namespace="Ingress_1"))


def test_the_command_writes_files_that_are_applied_in_the_order_of_their_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = [word for key, image in IMAGES.items() for word in ("--image", f"{key}={image}")]
    words = ["kubernetes", "--env", "prod", "--project", "emergence-prod", "--public-url", "https://chat.example.org"]

    assert main([*words, *images, "--out", str(tmp_path / "a cluster")]) == 0

    files = sorted((tmp_path / "a cluster").iterdir())
    accounts = sorted(f"1-{each.account}.yaml" for each in every_service())
    assert [file.name for file in files] == ["0-namespace.yaml", *accounts, "2-entrance.yaml"]
    assert sorted(capsys.readouterr().out.splitlines()) == [str(file) for file in files]
    read = [document for file in files for document in yaml.safe_load_all(file.read_text())]
    assert len(read) == len(documents(cluster()))
    assert about_cluster(read) == []
    assert "&id" not in "".join(file.read_text() for file in files)
    assert main([*words, "--out", str(tmp_path)]) == 15
