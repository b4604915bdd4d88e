"""The OpenAPI document (2.0) of Google's API Gateway: the product's REST routes, each sent to its owner."""

import re
from typing import Any

from blueprint.edge.routes import Routes

PARAMETER = re.compile(r"\{(\w+)\}")
DEADLINE_S = 60.0
LONG_DEADLINE_S = 300.0  # what streams a file may take longer than a page
DOWNLOADS = ("/export", "/import", "/download")


def api_gateway(routes: Routes, product: dict[str, Any], addresses: dict[str, str]) -> dict[str, Any]:
    """Return the document; `product` is the product's own OpenAPI document, `addresses` maps a service to its URL.

    What holds connections open is left out: the gateway has neither WebSocket nor streams. Bodies and answers pass
    through as they are, so their schemas stay in the product's own document.
    """
    paths: dict[str, Any] = {}
    for path, item in sorted(product["paths"].items()):
        route = routes.route_of(path)
        owner = routes.owner_of(path)
        if owner is None or (route is not None and route.kind == "live"):
            continue
        parameters = [_parameter(name) for name in PARAMETER.findall(path)]
        paths[path] = {
            method: _operation(method, path, operation, addresses[owner], parameters)
            for method, operation in item.items()
            if method in ("get", "put", "post", "delete", "patch")
        }
    return {
        "swagger": "2.0",
        "info": {"title": "Emergence", "version": product["info"]["version"]},
        "schemes": ["https"],
        "produces": ["application/json"],
        "paths": paths,
    }


def _operation(
    method: str, path: str, operation: dict[str, Any], address: str, parameters: list[dict[str, Any]]
) -> dict[str, Any]:
    is_long = path.endswith(DOWNLOADS)
    described = {
        "operationId": re.sub(r"\W+", "_", f"{method}{path}").strip("_"),
        "summary": operation.get("summary", path),
        "x-google-backend": {
            "address": address,
            "path_translation": "APPEND_PATH_TO_ADDRESS",
            "deadline": LONG_DEADLINE_S if is_long else DEADLINE_S,
            "disable_auth": True,  # the gateway would put its own token in place of the person's
        },
        "responses": {"default": {"description": "As the product's own OpenAPI document says."}},
    }
    return {**described, "parameters": parameters} if parameters else described


def _parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "type": "string"}
