"""What runs: for each service an account, a deployment, its address, and how many of it there are."""

from typing import Any

from blueprint.cost import SCALE
from blueprint.files import FOLDER
from blueprint.kubernetes.cluster import PORT, PORT_NAME, Cluster, Json, document, selector
from blueprint.render import rendered, url_of
from blueprint.services import Service

USER = 10001
DRAIN_S = 30  # streams are handed over and sockets told to come back
TEMPORARY = "256Mi"
BUSY_PERCENT = 70
WITHOUT_GOOGLE = frozenset({"EMERGENCE_BUS_PUSH_ACCOUNT"})  # nothing pushes into a mesh: services pull
HOPS = ("AUTH_TRUSTED_HOPS", "GATEWAY_TRUSTED_HOPS")


def workload(service: Service, services: list[Service], cluster: Cluster) -> list[Json]:
    """Return the documents of one service. Raises InvalidManifest."""
    template = rendered(service.key, cluster.target(service), FOLDER)["spec"]["template"]
    return [
        _account(service, template, cluster),
        _deployment(service, services, template, cluster),
        _address(service, cluster),
        _scale(service, template, cluster),
        _disruption(service, cluster),
    ]


def _account(service: Service, template: Json, cluster: Cluster) -> Json:
    made = document("v1", "ServiceAccount", service.account, cluster, {"automountServiceAccountToken": False})
    account = template["spec"]["serviceAccountName"]
    made["metadata"]["annotations"] = {"iam.gke.io/gcp-service-account": account}
    return made


def _deployment(service: Service, services: list[Service], template: Json, cluster: Cluster) -> Json:
    pod = {
        "metadata": {
            "labels": selector(service) | {"managed-by": "emergence", "environment": cluster.environment},
            "annotations": {
                # The database speaks TLS itself, and its protocol is none that a sidecar could look into.
                "traffic.sidecar.istio.io/excludeOutboundPorts": "5432",
                "proxy.istio.io/config": '{"holdApplicationUntilProxyStarts": true}',
            },
        },
        "spec": {
            "serviceAccountName": service.account,
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": DRAIN_S,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": USER,
                "runAsGroup": USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [_container(service, services, template, cluster)],
            "volumes": [{"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": TEMPORARY}}],
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "topology.kubernetes.io/zone",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": selector(service)},
                }
            ],
        },
    }
    spec = {
        "selector": {"matchLabels": selector(service)},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "template": pod,
    }
    return document("apps/v1", "Deployment", service.account, cluster, {"spec": spec})


def _container(service: Service, services: list[Service], template: Json, cluster: Cluster) -> Json:
    given = template["spec"]["containers"][0]
    startup = _probe(given["startupProbe"])
    return {
        "name": service.key,
        "image": given["image"],
        "args": given["args"],
        "ports": [{"name": PORT_NAME, "containerPort": PORT}],
        "env": [*_env(service, services, given["env"], cluster), {"name": "PORT", "value": str(PORT)}],
        "resources": {"requests": given["resources"]["limits"], "limits": given["resources"]["limits"]},
        "startupProbe": startup,
        "readinessProbe": startup | {"periodSeconds": 5, "failureThreshold": 3},
        "livenessProbe": _probe(given["livenessProbe"]),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 - the only place that is written to
    }


def _probe(probe: Json) -> Json:
    """Return a probe of Cloud Run with the port, which is known there and has to be said here."""
    kind = "httpGet" if "httpGet" in probe else "tcpSocket"
    return probe | {kind: {**probe[kind], "port": PORT_NAME}}


def _env(service: Service, services: list[Service], entries: list[Json], cluster: Cluster) -> list[Json]:
    target = cluster.target(service)
    addresses = {url_of(each, target): cluster.address_of(each) for each in services}
    found = []
    for entry in entries:
        if "valueFrom" in entry:
            found.append(_secret(service, entry["name"]))
        elif entry["name"] in HOPS:
            found.append(entry | {"value": "1"})  # the gateway; sidecars leave X-Forwarded-For alone
        elif entry["name"] not in WITHOUT_GOOGLE:
            found.append(entry | {"value": addresses.get(entry["value"], entry["value"])})
    return found + [_secret(service, name, optional=True) for name in service.optional_secrets]


def _secret(service: Service, name: str, **more: Any) -> Json:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": service.account, "key": name, **more}}}


def _address(service: Service, cluster: Cluster) -> Json:
    # The name of the port tells the mesh that it is HTTP, so that paths can be looked at.
    port = {"name": PORT_NAME, "port": 80, "targetPort": PORT_NAME, "protocol": "TCP"}
    return document(
        "v1", "Service", service.account, cluster, {"spec": {"selector": selector(service), "ports": [port]}}
    )


def _scale(service: Service, template: Json, cluster: Cluster) -> Json:
    annotations = template["metadata"]["annotations"]
    busy = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": BUSY_PERCENT}}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": service.account},
        "minReplicas": max(1, int(annotations[SCALE + "minScale"])),  # a cluster wakes nobody
        "maxReplicas": int(annotations[SCALE + "maxScale"]),
        "metrics": [{"type": "Resource", "resource": busy}],
    }
    return document("autoscaling/v2", "HorizontalPodAutoscaler", service.account, cluster, {"spec": spec})


def _disruption(service: Service, cluster: Cluster) -> Json:
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": selector(service)}}
    return document("policy/v1", "PodDisruptionBudget", service.account, cluster, {"spec": spec})
