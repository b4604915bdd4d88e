"""Lays a patch over a manifest: mappings by key, lists of named things by name, everything else whole."""

from collections.abc import Mapping
from typing import Any

Tree = dict[str, Any]


def merged(below: Any, above: Any) -> Any:
    """Return `below` with `above` laid over it; neither is changed. A null in `above` takes a key away."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        joined = {key: merged(below.get(key), value) for key, value in above.items()}
        return {key: value for key, value in {**below, **joined}.items() if value is not None}
    if _is_named(below) and _is_named(above):
        patches = {entry["name"]: entry for entry in above}
        kept = [merged(entry, patches.pop(entry["name"], {})) for entry in below]
        return kept + list(patches.values())
    return above


def _is_named(value: Any) -> bool:
    return isinstance(value, list) and all(_has_name(entry) for entry in value)


def _has_name(entry: Any) -> bool:
    return isinstance(entry, Mapping) and isinstance(entry.get("name"), str)
