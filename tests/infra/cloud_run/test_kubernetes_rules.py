"""Each rule for a cluster lets pass what we render and catches a variant made for it; none is without one."""

import re
from collections.abc import Callable

import pytest

from blueprint.files import FOLDER
from blueprint.policy import about_cluster
from tests.infra.cloud_run.cluster_documents import Documents, at, of_auth, one


def test_what_is_rendered_breaks_no_rule() -> None:
    assert about_cluster(of_auth()) == []


def put(kind: str, path: str, value: object, name: str = "emergence-auth") -> Callable[[Documents], None]:
    def change(found: Documents) -> None:
        place, last = at(one(found, kind, name), path)
        place[last] = value

    return change


def drop(kind: str, name: str = "emergence-auth") -> Callable[[Documents], None]:
    return lambda found: found.remove(one(found, kind, name))


def let_in_anybody(found: Documents) -> None:
    del one(found, "AuthorizationPolicy", "emergence-auth")["spec"]["rules"][0]["from"]


def ask_for_anything(found: Documents) -> None:
    del one(found, "AuthorizationPolicy", "emergence-auth")["spec"]["rules"][0]["to"]


def show_what_is_hidden(found: Documents) -> None:
    routes = one(found, "VirtualService", "emergence")["spec"]["http"]
    routes.append(routes.pop(0))


POD = "spec/template/spec"
CONTAINER = f"{POD}/containers/0"
OPEN = [{"source": {"principals": ["*"]}}]
# What is changed, and the rule that must say so.
BAD: list[tuple[str, Callable[[Documents], None]]] = [
    ("injection", put("Namespace", "metadata/labels", {}, "prod")),
    ("strict", put("PeerAuthentication", "spec/mtls/mode", "PERMISSIVE", "strict")),
    ("strict", drop("PeerAuthentication", "strict")),
    ("nobody", drop("AuthorizationPolicy", "nobody")),
    ("nobody", drop("NetworkPolicy", "nobody")),
    *(
        ("whole", drop(kind))
        for kind in ("ServiceAccount", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget")
    ),
    *(("whole", drop(kind)) for kind in ("AuthorizationPolicy", "DestinationRule", "NetworkPolicy")),
    ("callers", let_in_anybody),
    ("callers", put("AuthorizationPolicy", "spec/rules/0/from", OPEN)),
    ("paths", ask_for_anything),
    ("paths", put("AuthorizationPolicy", "spec/rules/0/to", [{"operation": {"paths": ["/*"]}}])),
    ("paths", put("AuthorizationPolicy", "spec/rules/0/to", [{"operation": {"methods": ["GET"]}}])),
    ("allow", put("AuthorizationPolicy", "spec/action", "DENY")),
    ("allow", put("AuthorizationPolicy", "spec/selector", {"matchLabels": {"app": "emergence-main"}})),
    ("mutual", put("DestinationRule", "spec/trafficPolicy/tls/mode", "DISABLE")),
    ("account", put("Deployment", f"{POD}/serviceAccountName", "default")),
    ("account", put("ServiceAccount", "metadata/annotations", {})),
    ("token", put("Deployment", f"{POD}/automountServiceAccountToken", True)),
    ("unprivileged", put("Deployment", f"{CONTAINER}/securityContext", {"privileged": True})),
    ("unprivileged", put("Deployment", f"{POD}/securityContext", {})),
    ("host", put("Deployment", f"{POD}/volumes", [{"name": "tmp", "hostPath": {"path": "/"}}])),
    ("host", put("Deployment", f"{POD}/hostNetwork", True)),
    ("digest", put("Deployment", f"{CONTAINER}/image", "auth:latest")),
    ("size", put("Deployment", f"{CONTAINER}/resources", {"limits": {"cpu": "1"}})),
    ("probes", put("Deployment", f"{CONTAINER}/livenessProbe/httpGet/path", "/api/ready")),
    ("secret", put("Deployment", f"{CONTAINER}/env/0", {"name": "METRICS_TOKEN", "value": "0123"})),
    ("placeholder", put("Deployment", f"{CONTAINER}/env/0", {"name": "LOG_LEVEL", "value": "${LOG_LEVEL}"})),
    ("range", put("HorizontalPodAutoscaler", "spec/minReplicas", 0)),
    ("range", put("HorizontalPodAutoscaler", "spec/minReplicas", 9)),
    ("drain", put("PodDisruptionBudget", "spec/maxUnavailable", 0)),
    ("deadline", put("VirtualService", "spec/http/3/timeout", "15s", "emergence")),
    ("hidden", show_what_is_hidden),
    ("https", put("Gateway", "spec/servers/1/tls/minProtocolVersion", "TLSV1_0", "emergence")),
    ("https", put("Gateway", "spec/servers/0/tls", {}, "emergence")),
    ("network", put("NetworkPolicy", "spec/ingress/0/from", [])),
    ("network", put("NetworkPolicy", "spec/ingress/0/ports", [])),
]


@pytest.mark.parametrize(("rule", "spoil"), BAD)
def test_a_rule_catches_its_variant(rule: str, spoil: Callable[[Documents], None]) -> None:
    found = of_auth()

    spoil(found)

    assert rule in {sentence.partition(":")[0] for sentence in about_cluster(found)}


def test_no_rule_is_without_a_variant_that_it_catches() -> None:
    source = (FOLDER / "policy" / "kubernetes.rego").read_text()

    assert set(re.findall(r'^deny contains (?:sprintf\()?"([a-z]+):', source, re.MULTILINE)) == {
        rule for rule, _ in BAD
    }
