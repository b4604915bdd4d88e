"""Who may call whom is read from the manifests, and Envoy takes what is written of it; test_mesh_run.py lets it run."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from blueprint.edge.envoy import envoy, find_envoy
from blueprint.edge.routes import load_routes
from blueprint.mesh.callers import EDGE_ACCOUNT, KEYS, Caller, callers_of, identity, neighbours_of
from blueprint.mesh.envoy import Neighbour, Sidecar, rules, secured, sidecar
from blueprint.refusal import MissingTool
from blueprint.services import Service, container_of, every_service, service_of
from localrun.certificates import Authority, write_secrets

Json = dict[str, Any]
ROUTES = load_routes()
EDGE = Caller(EDGE_ACCOUNT, is_front=True)


def about(service: Service, secrets: Path) -> Sidecar:
    services = every_service()
    neighbours = [
        Neighbour(each.key, each.account, f"127.0.0.1:{9100 + place}", f"127.0.0.1:{9200 + place}")
        for place, each in enumerate(neighbours_of(service, services))
    ]
    callers = callers_of(service, services, ROUTES)
    return Sidecar("dev", secrets, "127.0.0.1:9001", "127.0.0.1:9002", callers, neighbours)


def validated(configuration: Json, folder: Path) -> "subprocess.CompletedProcess[str]":
    try:
        program = str(find_envoy())
    except MissingTool as missing:
        pytest.skip(str(missing))
    file = folder / "envoy.yaml"
    file.write_text(yaml.safe_dump(configuration))
    words = [program, "--mode", "validate", "-c", str(file), "--disable-hot-restart", "-l", "warning"]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    authority = Authority()
    write_secrets(tmp_path / "own", authority.issue(identity("emergence-auth", "dev")), authority.certificate)
    return tmp_path / "own"


def test_the_edge_and_whoever_knows_an_address_may_call_and_nobody_else() -> None:
    services = every_service()
    found = {each.key: callers_of(each, services, ROUTES) for each in services}

    assert found["auth"] == [
        EDGE,
        Caller("emergence-session", ("/api/auth/internal",), (KEYS,)),
        Caller("emergence-main", ("/api/auth/internal",), (KEYS,), is_front=True),
    ]
    assert found["session"] == [
        EDGE,
        Caller("emergence-auth", ("/api/session/internal",)),
        Caller("emergence-main", ("/api/session/internal",), is_front=True),
    ]
    both = ("/api/chat/internal", "/api/memory/internal")
    assert found["main"] == [EDGE, Caller("emergence-auth", both), Caller("emergence-session", both)]


def test_a_service_that_knows_no_address_may_not_call() -> None:
    manifest = service_of("session").manifest
    container = container_of(manifest)
    env = [each for each in container["env"] if each["name"] not in ("AUTH_SERVICE_URL", "CHAT_SERVICE_URL")]
    template = {"spec": {"containers": [container | {"env": env}]}}
    lonely = replace(service_of("session"), manifest={"spec": {"template": template}})
    services = [lonely if each.key == "session" else each for each in every_service()]

    assert "emergence-session" not in {each.account for each in callers_of(service_of("auth"), services, ROUTES)}
    assert [each.key for each in neighbours_of(lonely, services)] == ["main"], "memory, which runs in main"
    (asked,) = (each for each in callers_of(service_of("main"), services, ROUTES) if each.account == lonely.account)
    assert asked.prefixes == ("/api/memory/internal",)


def test_a_service_that_no_path_belongs_to_is_not_the_edges_to_call() -> None:
    routes = replace(ROUTES, routes=tuple(each for each in ROUTES.routes if each.backend != "auth"))

    assert EDGE_ACCOUNT not in {each.account for each in callers_of(service_of("auth"), every_service(), routes)}


def test_rules_name_certificates_and_leave_out_what_is_hidden() -> None:
    allowed = rules([EDGE], "prod", ROUTES.hidden)
    policy = allowed["policies"][EDGE_ACCOUNT]

    assert allowed["action"] == "ALLOW"
    assert policy["principals"] == [
        {"authenticated": {"principal_name": {"exact": "spiffe://emergence/ns/prod/sa/emergence-edge"}}}
    ]
    assert "not_rule" in policy["permissions"][0]["or_rules"]["rules"][0]


@pytest.mark.parametrize("key", ["auth", "session", "main"])
def test_envoy_takes_every_sidecar(key: str, secrets: Path, tmp_path: Path) -> None:
    done = validated(sidecar(about(service_of(key), secrets), ROUTES), tmp_path)

    assert done.returncode == 0, done.stderr


def test_envoy_takes_the_edge_with_mutual_tls(secrets: Path, tmp_path: Path) -> None:
    backends = {key: f"127.0.0.1:{9200 + place}" for place, key in enumerate(ROUTES.backends())}
    accounts = {key: service_of(key).account for key in backends}

    done = validated(secured(envoy(ROUTES, "127.0.0.1:9080", backends), secrets, accounts, "dev"), tmp_path)

    assert done.returncode == 0, done.stderr


def misspell(configuration: Json) -> None:
    context = inward(configuration)["transport_socket"]["typed_config"]
    context["require_client_certificates"] = context.pop("require_client_certificate")


def forget_name(configuration: Json) -> None:
    del configuration["node"]


def no_such_cluster(configuration: Json) -> None:
    configuration["static_resources"]["clusters"] = []


@pytest.mark.parametrize("spoil", [misspell, forget_name, no_such_cluster])
def test_envoy_does_not_take_a_bad_variant(spoil: Callable[[Json], None], secrets: Path, tmp_path: Path) -> None:
    configuration = sidecar(about(service_of("auth"), secrets), ROUTES)
    spoil(configuration)

    assert validated(configuration, tmp_path).returncode != 0


def inward(configuration: Json) -> Json:
    """Return the only chain of filters by which others come in."""
    (listener,) = (each for each in configuration["static_resources"]["listeners"] if each["name"] == "inward")
    (chain,) = listener["filter_chains"]
    found: Json = chain
    return found


@pytest.mark.parametrize("key", ["auth", "session", "main"])
def test_nobody_comes_in_without_a_certificate_and_past_the_rules(key: str, secrets: Path) -> None:
    chain = inward(sidecar(about(service_of(key), secrets), ROUTES))
    (manager,) = chain["filters"]
    guard, last = manager["typed_config"]["http_filters"]

    assert chain["transport_socket"]["typed_config"]["require_client_certificate"] is True
    assert (guard["name"], last["name"]) == ("envoy.filters.http.rbac", "envoy.filters.http.router")
    assert set(guard["typed_config"]["rules"]["policies"]) == {
        each.account for each in callers_of(service_of(key), every_service(), ROUTES)
    }
