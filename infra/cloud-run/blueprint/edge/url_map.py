"""The load balancer's URL map, in the form that `gcloud compute url-maps import` takes."""

from typing import Any
from urllib.parse import urlsplit

from blueprint.edge.routes import Routes

NAME = "emergence"
COMPUTE = "https://www.googleapis.com/compute/v1"
NOT_FOUND = 404


def url_map(routes: Routes, project: str, public_url: str) -> dict[str, Any]:
    """Return the map of the global external load balancer; other hosts than the public one get the default service.

    Rules are tried in the order of their priority, hidden paths first. A map has no answer of its own, so a hidden
    path is aborted with 404 before any backend is asked.
    """
    default = backend_service(project, routes.default)
    rules = [_hidden(path, default) for path in routes.hidden]
    rules += [_route(each.prefix, backend_service(project, each.backend)) for each in routes.routes]
    return {
        "name": NAME,
        "defaultService": default,
        "hostRules": [{"hosts": [urlsplit(public_url).hostname], "pathMatcher": NAME}],
        "pathMatchers": [
            {
                "name": NAME,
                "defaultService": default,
                "routeRules": [{"priority": number, **rule} for number, rule in enumerate(rules, start=1)],
            }
        ],
    }


def backend_service(project: str, backend: str) -> str:
    """Return the address of the backend service in front of a service's serverless group."""
    return f"{COMPUTE}/projects/{project}/global/backendServices/emergence-{backend}"


def _hidden(path: str, default: str) -> dict[str, Any]:
    if "*" in path:
        matches = [{"pathTemplateMatch": path}, {"pathTemplateMatch": f"{path}/**"}]
    else:
        matches = _itself_and_below(path)
    abort = {"abort": {"httpStatus": NOT_FOUND, "percentage": 100.0}}
    return {"matchRules": matches, "service": default, "routeAction": {"faultInjectionPolicy": abort}}


def _route(prefix: str, service: str) -> dict[str, Any]:
    return {"matchRules": _itself_and_below(prefix), "service": service}


def _itself_and_below(prefix: str) -> list[dict[str, str]]:
    return [{"fullPathMatch": prefix}, {"prefixMatch": f"{prefix}/"}]
