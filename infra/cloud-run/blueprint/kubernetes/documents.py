"""Everything for one cluster, in the order in which it is applied."""

from pathlib import Path

from blueprint.databases import services_with
from blueprint.edge.routes import load_routes
from blueprint.files import FOLDER
from blueprint.kubernetes.cluster import Cluster, Json
from blueprint.kubernetes.entrance import entrance
from blueprint.kubernetes.guards import of_namespace, of_service
from blueprint.kubernetes.workloads import workload


def documents(cluster: Cluster, folder: Path = FOLDER) -> list[Json]:
    """Return every document: who may call first, then what is called. Raises InvalidManifest."""
    cluster.check()
    services, routes = services_with(cluster.databases, cluster.bus, folder), load_routes(folder)
    guards = [each for service in services for each in of_service(service, services, routes, cluster)]
    workloads = [each for service in services for each in workload(service, services, cluster)]
    return [*of_namespace(cluster), *guards, *workloads, *entrance(services, routes, cluster)]
