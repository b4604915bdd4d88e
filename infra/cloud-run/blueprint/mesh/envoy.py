"""Envoy's configuration for a sidecar: mutual TLS on the way in and out, and only those callers who may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blueprint.edge.envoy import CONNECTION_MANAGER, LONGEST_CONNECTION, NEVER, address_of
from blueprint.edge.routes import Routes, hidden_pattern
from blueprint.mesh.callers import Caller, identity

TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3"
RBAC = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC"
ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
OWN, AUTHORITY = "own", "authority"  # the secrets that Envoy watches, a file each
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A service that is called: at `listen` by its own process, without TLS; at `address` by mutual TLS."""

    name: str
    account: str
    listen: str
    address: str


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What stands beside one service; `secrets` is the folder with its certificate and authority."""

    environment: str
    secrets: Path
    listen: str
    backend: str
    callers: Sequence[Caller]
    neighbours: Sequence[Neighbour]


def sidecar(about: Sidecar, routes: Routes) -> Json:
    """Return the configuration. Raises InvalidManifest for a malformed address."""
    outward = [_outward(each) for each in about.neighbours]
    clusters = [_cluster("backend", about.backend)]
    clusters += [
        _cluster(each.name, each.address) | {"transport_socket": to(about.secrets, each.account, about.environment)}
        for each in about.neighbours
    ]
    static = {"listeners": [_inward(about, routes), *outward], "clusters": clusters}
    return {"node": _node("sidecar"), "static_resources": static}


def secured(configuration: Json, secrets: Path, accounts: Mapping[str, str], environment: str) -> Json:
    """Return the edge's configuration with mutual TLS to every backend; `accounts` are theirs."""
    static = configuration["static_resources"]
    clusters = [
        each | {"transport_socket": to(secrets, accounts[each["name"]], environment)} for each in static["clusters"]
    ]
    return configuration | {"node": _node("edge"), "static_resources": static | {"clusters": clusters}}


def to(secrets: Path, account: str, environment: str) -> Json:
    """Return how a caller proves itself, and whom alone it accepts at the other end."""
    wanted = {"san_type": "URI", "matcher": {"exact": identity(account, environment)}}
    context = {
        "@type": f"{TLS}.UpstreamTlsContext",
        "common_tls_context": {
            **_own(secrets),
            "combined_validation_context": {
                "default_validation_context": {"match_typed_subject_alt_names": [wanted]},
                "validation_context_sds_secret_config": _watched(secrets, AUTHORITY),
            },
        },
    }
    return {"name": "envoy.transport_sockets.tls", "typed_config": context}


def rules(callers: Sequence[Caller], environment: str, hidden: Sequence[str]) -> Json:
    """Return the filter's rules: who is in none of them is answered 403."""
    return {
        "action": "ALLOW",
        "policies": {
            each.account: {
                "permissions": [{"or_rules": {"rules": _permissions(each, hidden)}}],
                "principals": [{"authenticated": {"principal_name": {"exact": identity(each.account, environment)}}}],
            }
            for each in callers
        },
    }


def _permissions(caller: Caller, hidden: Sequence[str]) -> list[Json]:
    found = [_path({"prefix": f"{prefix}/"}) for prefix in caller.prefixes]
    found += [_path({"exact": path}) for path in caller.paths]
    if caller.is_front:
        patterns = [_path({"safe_regex": {"regex": hidden_pattern(path)}}) for path in hidden]
        found.append({"not_rule": {"or_rules": {"rules": patterns}}})
    return found


def _path(matcher: Json) -> Json:
    return {"url_path": {"path": matcher}}


def _inward(about: Sidecar, routes: Routes) -> Json:
    context = {
        "@type": f"{TLS}.DownstreamTlsContext",
        "require_client_certificate": True,
        "common_tls_context": {
            **_own(about.secrets),
            "validation_context_sds_secret_config": _watched(about.secrets, AUTHORITY),
        },
    }
    allowed = rules(about.callers, about.environment, routes.hidden)
    guard = {"name": "envoy.filters.http.rbac", "typed_config": {"@type": RBAC, "rules": allowed}}
    chain = _chain("inward", "backend", [guard])
    chain["transport_socket"] = {"name": "envoy.transport_sockets.tls", "typed_config": context}
    return {"name": "inward", "address": address_of(about.listen), "filter_chains": [chain]}


def _outward(neighbour: Neighbour) -> Json:
    chain = _chain(f"to_{neighbour.name}", neighbour.name, [])
    return {"name": f"to_{neighbour.name}", "address": address_of(neighbour.listen), "filter_chains": [chain]}


def _chain(name: str, cluster: str, filters: Sequence[Json]) -> Json:
    route = {
        "match": {"prefix": "/"},
        "route": {"cluster": cluster, "timeout": NEVER, "idle_timeout": LONGEST_CONNECTION},
    }
    manager = {
        "@type": f"type.googleapis.com/{CONNECTION_MANAGER}",
        "stat_prefix": name,
        "use_remote_address": False,  # X-Forwarded-For stays what the edge wrote
        "skip_xff_append": True,
        "normalize_path": True,  # what is allowed is what is then asked for
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "common_http_protocol_options": {"idle_timeout": LONGEST_CONNECTION},
        "stream_idle_timeout": LONGEST_CONNECTION,
        "upgrade_configs": [{"upgrade_type": "websocket"}],
        "http_filters": [*filters, {"name": "envoy.filters.http.router", "typed_config": {"@type": ROUTER}}],
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
    }
    return {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}


def _node(name: str) -> Json:
    return {"id": name, "cluster": "emergence"}  # Envoy watches no file without a name of its own


def _own(secrets: Path) -> Json:
    return {
        # As a client, Envoy of itself goes up to 1.2 alone.
        "tls_params": {"tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3"},
        "tls_certificate_sds_secret_configs": [_watched(secrets, OWN)],
    }


def _watched(secrets: Path, name: str) -> Json:
    source = {"path_config_source": {"path": str(secrets / f"{name}.yaml")}, "resource_api_version": "V3"}
    return {"name": name, "sds_config": source}


def _cluster(name: str, address: str) -> Json:
    endpoint = {"endpoint": {"address": address_of(address)}}
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "3s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
    }
