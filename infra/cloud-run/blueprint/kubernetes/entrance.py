"""How browsers come in: the gateway with its certificate, and the routes of routes.yaml in Istio's words."""

from blueprint.edge.routes import Routes, hidden_pattern
from blueprint.kubernetes.cluster import Cluster, Json, document
from blueprint.kubernetes.guards import NETWORKING
from blueprint.services import Service

GATEWAY = "emergence"
CERTIFICATE = "emergence-certificate"  # a Secret in the gateway's namespace, made by the operator


def entrance(services: list[Service], routes: Routes, cluster: Cluster) -> list[Json]:
    """Return the gateway and its routes."""
    return [_gateway(cluster), _virtual_service(services, routes, cluster)]


def _gateway(cluster: Cluster) -> Json:
    plain = {
        "port": {"number": 80, "name": "http", "protocol": "HTTP"},
        "hosts": [cluster.host],
        "tls": {"httpsRedirect": True},
    }
    secure = {
        "port": {"number": 443, "name": "https", "protocol": "HTTPS"},
        "hosts": [cluster.host],
        "tls": {"mode": "SIMPLE", "credentialName": CERTIFICATE, "minProtocolVersion": "TLSV1_2"},
    }
    spec = {"selector": {"istio": "ingressgateway"}, "servers": [plain, secure]}
    made = document(NETWORKING, "Gateway", GATEWAY, cluster, {"spec": spec})
    made["metadata"]["namespace"] = cluster.gateway_namespace  # where its certificate is looked for
    return made


def _virtual_service(services: list[Service], routes: Routes, cluster: Cluster) -> Json:
    by_key = {each.key: each for each in services}
    rules = [_hidden(path) for path in routes.hidden]
    rules += [_route(each.prefix, by_key[each.backend], cluster) for each in routes.routes]
    rules.append({"name": "default", **_to(by_key[routes.default], cluster)})
    spec = {"hosts": [cluster.host], "gateways": [f"{cluster.gateway_namespace}/{GATEWAY}"], "http": rules}
    return document(NETWORKING, "VirtualService", GATEWAY, cluster, {"spec": spec})


def _hidden(path: str) -> Json:
    match = [{"uri": {"regex": hidden_pattern(path)}}]
    return {"name": f"hidden{_label(path)}", "match": match, "directResponse": {"status": 404}}


def _route(prefix: str, service: Service, cluster: Cluster) -> Json:
    match = [{"uri": {"exact": prefix}}, {"uri": {"prefix": f"{prefix}/"}}]
    return {"name": _label(prefix).strip("-"), "match": match, **_to(service, cluster)}


def _to(service: Service, cluster: Cluster) -> Json:
    """Return where a request goes, without a deadline: sockets, and answers that stream, last as long as they last."""
    destination = {"host": cluster.host_of(service), "port": {"number": 80}}
    return {"route": [{"destination": destination}], "retries": {"attempts": 0}}


def _label(path: str) -> str:
    return path.replace("/", "-").replace("*", "any")
