"""Who may reach a service: by certificate and path (Istio), and once more by the network (Kubernetes)."""

from blueprint.edge.routes import Routes
from blueprint.kubernetes.cluster import PORT, Cluster, Json, document, selector
from blueprint.mesh.callers import EDGE_ACCOUNT, Caller, callers_of, neighbours_of
from blueprint.services import Service

SECURITY, NETWORKING = "security.istio.io/v1", "networking.istio.io/v1"
NAMESPACE_LABEL = "kubernetes.io/metadata.name"
MESH_NAMESPACE = "istio-system"
METADATA = ("169.254.169.252/32", 988), ("169.254.169.254/32", 80)  # who a pod is at Google
MAIL = (465, 587)
IDLE = "3600s"


def of_namespace(cluster: Cluster) -> list[Json]:
    """Return the namespace, and that nobody may do anything in it that no other document allows."""
    namespace = document("v1", "Namespace", cluster.environment, cluster, {})
    del namespace["metadata"]["namespace"]
    namespace["metadata"]["labels"] |= dict(cluster.labels)
    strict = {"spec": {"mtls": {"mode": "STRICT"}}}
    closed = {"spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}}
    return [
        namespace,
        document(SECURITY, "PeerAuthentication", "strict", cluster, strict),
        document(SECURITY, "AuthorizationPolicy", "nobody", cluster, {"spec": {}}),
        document("networking.k8s.io/v1", "NetworkPolicy", "nobody", cluster, closed),
    ]


def of_service(service: Service, services: list[Service], routes: Routes, cluster: Cluster) -> list[Json]:
    """Return what lets in those who may call a service, and nobody else."""
    callers = callers_of(service, services, routes)
    allowed = {
        "selector": {"matchLabels": selector(service)},
        "action": "ALLOW",
        "rules": [rule for each in callers for rule in _rules(each, routes, cluster)],
    }
    return [
        document(SECURITY, "AuthorizationPolicy", service.account, cluster, {"spec": allowed}),
        document(NETWORKING, "DestinationRule", service.account, cluster, {"spec": _destination(service, cluster)}),
        document(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            service.account,
            cluster,
            {"spec": _network(service, services, callers, cluster)},
        ),
    ]


def _rules(caller: Caller, routes: Routes, cluster: Cluster) -> list[Json]:
    if caller.account == EDGE_ACCOUNT:
        principal = cluster.principal(cluster.gateway_account, cluster.gateway_namespace)
    else:
        principal = cluster.principal(caller.account)
    source = [{"source": {"principals": [principal]}}]
    asked = [f"{prefix}/*" for prefix in caller.prefixes] + list(caller.paths)
    found = [{"from": source, "to": [{"operation": {"paths": asked}}]}] if asked else []
    if caller.is_front:
        hidden = [form for path in routes.hidden for form in hidden_forms(path)]
        found.append({"from": source, "to": [{"operation": {"notPaths": hidden}}]})
    return found


def hidden_forms(path: str) -> list[str]:
    """Return a hidden path and what lies below it, in the words of an AuthorizationPolicy (Istio 1.22 or newer)."""
    if "*" not in path:
        return [path, f"{path}/*"]
    template = path.replace("*", "{*}")
    return [template, template + "/{**}"]


def _destination(service: Service, cluster: Cluster) -> Json:
    policy: Json = {
        "tls": {"mode": "ISTIO_MUTUAL"},
        "connectionPool": {"http": {"idleTimeout": IDLE}},
        "outlierDetection": {
            "consecutive5xxErrors": 5,
            "interval": "10s",
            "baseEjectionTime": "30s",
            "maxEjectionPercent": 50,
        },
    }
    if "session" in service.serves:  # as sessionAffinity on Cloud Run: nothing depends on it
        policy["loadBalancer"] = {"consistentHash": {"httpCookie": {"name": "emergence-affinity", "ttl": "0s"}}}
    return {"host": cluster.host_of(service), "trafficPolicy": policy}


def _network(service: Service, services: list[Service], callers: list[Caller], cluster: Cluster) -> Json:
    by_account = {each.account: each for each in services}
    sources: list[Json] = []
    for each in callers:
        if each.account == EDGE_ACCOUNT:
            sources.append(_namespace(cluster.gateway_namespace))
        else:
            sources.append({"podSelector": {"matchLabels": selector(by_account[each.account])}})
    called = [{"podSelector": {"matchLabels": selector(each)}} for each in neighbours_of(service, services)]
    outward = [
        {"to": [_namespace("kube-system")], "ports": [_port(53, "UDP"), _port(53)]},
        {"to": [_namespace(MESH_NAMESPACE)], "ports": [_port(15012)]},
        *({"to": [{"ipBlock": {"cidr": block}}], "ports": [_port(port)]} for block, port in METADATA),
        {"to": called, "ports": [_port(PORT)]},
        # The database has a private address; models and sign-in providers are on the internet.
        {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [_port(5432)]},
        {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [_port(443)]},
    ]
    if "SMTP_HOST" in service.optional_secrets:
        outward.append({"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [_port(port) for port in MAIL]})
    return {
        "podSelector": {"matchLabels": selector(service)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": sources, "ports": [_port(PORT)]}],
        "egress": outward,
    }


def _namespace(name: str) -> Json:
    return {"namespaceSelector": {"matchLabels": {NAMESPACE_LABEL: name}}}


def _port(number: int, protocol: str = "TCP") -> Json:
    return {"port": number, "protocol": protocol}
