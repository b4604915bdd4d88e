"""Every route of the product has exactly one owner, and each proxy's own words say the same as the table."""

import json
import subprocess
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import yaml

from blueprint.__main__ import main
from blueprint.edge.api_gateway import api_gateway
from blueprint.edge.envoy import envoy, find_envoy
from blueprint.edge.routes import load_routes
from blueprint.edge.url_map import url_map
from blueprint.files import FOLDER
from blueprint.refusal import InvalidManifest
from blueprint.services import backend_of, every_service
from emergence.composition import SERVICES, public_openapi
from emergence.gateway.routes import ROUTES, owner_of

PUBLIC_URL = "https://chat.example.org"
TABLE = load_routes()
PRODUCT = public_openapi()
DEPLOYED = every_service()
ADDRESSES = {service.key: f"https://{service.name}.example" for service in DEPLOYED}
LOCAL = dict.fromkeys(ADDRESSES, "127.0.0.1:81")
INTERNAL = [f"/api/{service}/internal{below}" for service in SERVICES for below in ("", "/", "/reply", "/a/b")]


def expected_backend(path: str) -> str:
    """Return where the product's own gateway would send `path`, as a service of Cloud Run."""
    return backend_of(owner_of(path) or "gateway", DEPLOYED).key


@pytest.mark.parametrize("path", [*PRODUCT["paths"], *(route.prefix for route in ROUTES), "/", "/settings", "/s"])
def test_a_route_of_the_product_belongs_to_the_process_that_answers_it(path: str) -> None:
    assert TABLE.owner_of(path) == expected_backend(path)


def test_the_table_has_the_products_prefixes_and_no_others() -> None:
    assert {route.prefix for route in TABLE.routes} == {route.prefix for route in ROUTES}


def test_every_service_of_the_product_runs_exactly_once() -> None:
    served = [name for service in DEPLOYED for name in service.serves]

    assert sorted(served) == sorted([*SERVICES, "gateway"])


def test_a_longer_name_is_not_below_a_prefix() -> None:
    assert TABLE.owner_of("/wsx") == "main"
    assert TABLE.owner_of("/ws/1") == "session"


@pytest.mark.parametrize("path", ["/metrics", "/metrics/x", *INTERNAL])
def test_what_is_for_neighbours_only_is_hidden(path: str) -> None:
    assert TABLE.owner_of(path) is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"prefix": "/api/auth", "backend": "main", "kind": "rest"}, "two owners: auth, main"),
        ({"prefix": "/api/new", "backend": "nobody", "kind": "rest"}, "no service"),
        ({"prefix": "/api/new/", "backend": "main", "kind": "rest"}, "without a / at its end"),
        ({"prefix": "/api/new", "backend": "main", "kind": "soap"}, "rest or live"),
        ({"prefix": "/api/new"}, "backend"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(tmp_path: Path, change: dict[str, str], sentence: str) -> None:
    folder = tmp_path / "cloud-run"
    copytree(FOLDER, folder, ignore=lambda *_: [".venv", "blueprint"])
    table = yaml.safe_load((folder / "routes.yaml").read_text())
    table["routes"].append(change)
    (folder / "routes.yaml").write_text(yaml.safe_dump(table))

    with pytest.raises(InvalidManifest, match=sentence):
        load_routes(folder)


def chosen_by_url_map(path: str) -> str | None:
    """Return what the load balancer would do: rules by priority, within a rule any match (its documented order)."""
    (matcher,) = url_map(TABLE, "emergence-prod", PUBLIC_URL)["pathMatchers"]
    for rule in sorted(matcher["routeRules"], key=lambda rule: rule["priority"]):
        if any(is_matched(match, path) for match in rule["matchRules"]):
            return None if "routeAction" in rule else rule["service"].rsplit("/emergence-", 1)[1]
    return str(matcher["defaultService"]).rsplit("/emergence-", 1)[1]


def is_matched(match: dict[str, str], path: str) -> bool:
    ((kind, value),) = match.items()
    if kind == "pathTemplateMatch":
        wanted, given = value.split("/"), path.split("/")
        if wanted[-1] == "**":
            wanted, given = wanted[:-1], given[: len(wanted) - 1] if len(given) >= len(wanted) else []
        return len(wanted) == len(given) and all(w in ("*", g) for w, g in zip(wanted, given, strict=True))
    return path == value if kind == "fullPathMatch" else path.startswith(value)


@pytest.mark.parametrize("path", [*PRODUCT["paths"], "/ws", "/", "/wsx", "/s", "/metrics", *INTERNAL])
def test_the_url_map_says_what_the_table_says(path: str) -> None:
    assert chosen_by_url_map(path) == TABLE.owner_of(path)


def test_priorities_of_the_url_map_are_all_different() -> None:
    (matcher,) = url_map(TABLE, "emergence-prod", PUBLIC_URL)["pathMatchers"]
    priorities = [rule["priority"] for rule in matcher["routeRules"]]

    assert len(set(priorities)) == len(priorities) == len(TABLE.routes) + len(TABLE.hidden)


def test_the_api_gateway_has_every_rest_operation_once_and_nothing_live() -> None:
    document = api_gateway(TABLE, PRODUCT, ADDRESSES)

    expected = {
        (path, method)
        for path, item in PRODUCT["paths"].items()
        for method in item
        if not path.startswith(("/api/sessions", "/ws"))
    }
    described = {(path, method): item[method] for path, item in document["paths"].items() for method in item}
    assert set(described) == expected
    assert len({operation["operationId"] for operation in described.values()}) == len(described)
    for (path, _), operation in described.items():
        assert operation["x-google-backend"]["address"] == ADDRESSES[expected_backend(path)]
        named = {parameter["name"] for parameter in operation.get("parameters", [])}
        assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}


def validate(configuration: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    path = folder / "envoy.yaml"
    path.write_text(yaml.safe_dump(configuration))
    command = [str(find_envoy()), "--mode", "validate", "-c", str(path), "--log-level", "error"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_envoy_itself_takes_the_configuration_and_refuses_a_broken_one(tmp_path: Path) -> None:
    configuration = envoy(TABLE, "127.0.0.1:8080", LOCAL, admin="127.0.0.1:9901")
    broken = json.loads(json.dumps(configuration))
    broken["static_resources"]["clusters"][0]["name"] = "somebody-else"

    assert validate(configuration, tmp_path).returncode == 0
    refused = validate(broken, tmp_path)

    assert refused.returncode != 0
    assert "unknown cluster" in refused.stderr


@pytest.mark.parametrize(
    ("listen", "backends", "sentence"),
    [
        ("8080", LOCAL, "HOST:PORT"),
        ("127.0.0.1:99999", LOCAL, "HOST:PORT"),
        ("127.0.0.1:8080", {"auth": "127.0.0.1:81"}, "--backend is missing for main, session"),
    ],
)
def test_an_address_that_is_none_is_refused(listen: str, backends: dict[str, str], sentence: str) -> None:
    with pytest.raises(InvalidManifest, match=sentence):
        envoy(TABLE, listen, backends)


def test_the_files_are_written_where_they_were_asked_for(tmp_path: Path) -> None:
    words = ["edge", "--project", "emergence-prod", "--project-number", "123456789012", "--public-url", PUBLIC_URL]

    assert main([*words, "--out", str(tmp_path / "new")]) == 0
    assert main([*words[:-1], "chat.example.org", "--out", str(tmp_path)]) == 15
    assert main([*words[:3], *words[5:], "--out", str(tmp_path)]) == 15, "addresses hold the project's number"
    assert main([*words, "--region", "evil.example/x", "--out", str(tmp_path)]) == 15

    written = {path.name: yaml.safe_load(path.read_text()) for path in (tmp_path / "new").iterdir()}
    assert set(written) == {"url-map.yaml", "api-gateway.yaml", "envoy.yaml"}
    assert "emergence-app-123456789012.europe-west1.run.app" in str(written["api-gateway.yaml"])
    assert "&id" not in (tmp_path / "new" / "url-map.yaml").read_text(), "Google's importer knows no anchors"
