"""Takes what Kubernetes and Istio say of the kinds that we render out of two packages, into cluster_schemas.json.

In an environment apart, with `pip install kubernetes-validate==1.37.0 cloudcoil-models-istio==1.24.2.1`:
`python tests/infra/cloud_run/write_cluster_schemas.py`. Both are licensed under Apache 2.0, as are the schemas in them.
"""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KUBERNETES = "v1.34.0-local-strict"
KINDS = {
    "Namespace": "namespace-v1",
    "ServiceAccount": "serviceaccount-v1",
    "Service": "service-v1",
    "Deployment": "deployment-apps-v1",
    "HorizontalPodAutoscaler": "horizontalpodautoscaler-autoscaling-v2",
    "PodDisruptionBudget": "poddisruptionbudget-policy-v1",
    "NetworkPolicy": "networkpolicy-networking-v1",
}
ISTIO = {
    "security": ("PeerAuthentication", "AuthorizationPolicy"),
    "networking": ("DestinationRule", "Gateway", "VirtualService"),
}
DEFINITIONS = "_definitions.json"
PROSE = ("description", "title", "default", "examples")
Json = dict[str, Any]


def main() -> None:
    """Write the file."""
    folder = Path(import_module("kubernetes_validate").__file__ or "").parent / "kubernetes-json-schema" / KUBERNETES
    kept: Json = {}
    schemas = {kind: plain(load(folder, name, kept)) for kind, name in KINDS.items()}
    for group, kinds in ISTIO.items():
        models = import_module(f"cloudcoil.models.istio.{group}.v1")
        for kind in kinds:
            schema = getattr(models, kind).model_json_schema(by_alias=True)
            schemas[kind] = closed(plain(schema))
            schemas[kind]["properties"]["metadata"] = {"type": "object"}
    file = HERE / "cluster_schemas.json"
    file.write_text(json.dumps({"kinds": schemas, "definitions": kept}, sort_keys=True, separators=(",", ":")) + "\n")


def load(folder: Path, name: str, kept: Json) -> Json:
    """Return one kind's schema, and keep the definitions that it leads to."""
    schema: Json = json.loads((folder / f"{name}.json").read_text())
    definitions: Json = json.loads((folder / DEFINITIONS).read_text())["$defs"]
    waiting = referred(schema)
    while waiting:
        wanted = waiting.pop()
        if wanted not in kept:
            kept[wanted] = {}
            kept[wanted] = plain(definitions[wanted])
            waiting |= referred(definitions[wanted])
    return schema


def referred(tree: Any) -> set[str]:
    """Return the names of the definitions that a schema refers to."""
    if isinstance(tree, dict):
        own = {str(tree["$ref"]).rpartition("/")[2]} if "$ref" in tree else set()
        return own.union(*(referred(value) for value in tree.values())) if tree else own
    return set().union(*(referred(value) for value in tree)) if isinstance(tree, list) else set()


def plain(tree: Any) -> Any:
    """Return a schema without its prose, referring to definitions of the file that is written."""
    if isinstance(tree, list):
        return [plain(value) for value in tree]
    if not isinstance(tree, dict):
        return tree
    found: dict[str, Any] = {}
    for name, value in tree.items():
        if name == "properties":  # a property may be called like a word of the schema
            found[name] = {each: plain(schema) for each, schema in value.items()}
        elif name == "$ref" and DEFINITIONS in value:
            found[name] = f"#/$defs/{value.rpartition('/')[2]}"
        elif name not in PROSE:
            found[name] = plain(value)
    return found


def closed(tree: Any) -> Any:
    """Return a schema that takes no property that it does not name."""
    if isinstance(tree, list):
        return [closed(value) for value in tree]
    if not isinstance(tree, dict):
        return tree
    found = {name: closed(value) for name, value in tree.items()}
    if isinstance(tree.get("properties"), dict) and tree.get("type") == "object":
        found.setdefault("additionalProperties", False)
    return found


if __name__ == "__main__":
    main()
