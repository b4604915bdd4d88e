"""What is rendered for a cluster, and what every document has in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from blueprint.refusal import InvalidManifest
from blueprint.render import BY_DIGEST, RESOURCE, Target
from blueprint.services import Service

Json = dict[str, Any]
PORT = 8080
PORT_NAME = "http"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A namespace, called as the environment is; `images` are by service. Secrets are made in it by the operator."""

    environment: str
    project: str
    public_url: str
    images: Mapping[str, str]
    profile: str = "default"
    bus: str = "postgres"
    databases: str = "one"
    gateway_namespace: str = "istio-ingress"
    gateway_account: str = "istio-ingressgateway"
    labels: Mapping[str, str] = field(default_factory=lambda: {"istio-injection": "enabled"})

    @property
    def trust_domain(self) -> str:
        """The domain of identities: Anthos Service Mesh takes that of the project's workload identities."""
        return f"{self.project}.svc.id.goog"

    @property
    def host(self) -> str:
        """The name that browsers use."""
        return str(urlsplit(self.public_url).hostname)

    def target(self, service: Service) -> Target:
        """Return what the service's manifest is rendered for; account and settings are taken from there."""
        if not BY_DIGEST.fullmatch(self.images.get(service.key, "")):
            raise InvalidManifest(f"--image {service.key}=… is missing, or not by digest; tags move")
        secrets = dict.fromkeys(service.required_secrets, "1")  # Kubernetes has no versions
        return Target(
            *(self.environment, self.project, "1", "europe-west1", self.images[service.key], "gke", secrets),
            profile=self.profile,
            bus=self.bus,
            databases=self.databases,
            public_url=self.public_url,
        )

    def check(self) -> None:
        """Raise InvalidManifest for names that a cluster would not take."""
        for name in (self.environment, self.gateway_namespace, self.gateway_account):
            if not RESOURCE.fullmatch(name):
                raise InvalidManifest(f"{name!r} must be lower-case letters, digits and dashes")

    def address_of(self, service: Service) -> str:
        """Return where a service is called within the cluster; sidecars make mutual TLS of it."""
        return f"http://{self.host_of(service)}"

    def host_of(self, service: Service) -> str:
        """Return a service's name within the cluster."""
        return f"{service.account}.{self.environment}.svc.cluster.local"

    def principal(self, account: str, namespace: str | None = None) -> str:
        """Return an account as Istio's policies name it."""
        return f"{self.trust_domain}/ns/{namespace or self.environment}/sa/{account}"


def document(api: str, kind: str, name: str, cluster: Cluster, body: Mapping[str, Any]) -> Json:
    """Return a document of the cluster's namespace, with the labels that all carry."""
    labels = {"managed-by": "emergence", "environment": cluster.environment}
    metadata = {"name": name, "namespace": cluster.environment, "labels": labels}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **body}


def selector(service: Service) -> dict[str, str]:
    """Return the label by which a service's pods are found."""
    return {"app": service.account}
