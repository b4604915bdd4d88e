"""Where things lie below infra/cloud-run, and how its YAML is read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from blueprint.forms import form_of
from blueprint.refusal import InvalidManifest

FOLDER = Path(__file__).resolve().parents[1]
REPOSITORY = FOLDER.parents[1]
MANIFEST = "-service.yaml"
WITH_FOLDER = ("environments", "profiles", "buses", "databases", "sidecars", "policy")
FASTEST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where the package was built with it
LOADER: Any = type("Loader", (FASTEST,), {})


def load(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds, in its form of forms.py. Raises InvalidManifest, with the place."""
    name = path.name if path.parent.name not in WITH_FOLDER else f"{path.parent.name}/{path.name}"
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506 - it is a safe one
    except OSError as missing:
        raise InvalidManifest(f"{name} cannot be read: {missing.strerror}") from None
    except UnicodeDecodeError:
        raise InvalidManifest(f"{name} is no text in UTF-8") from None
    except yaml.YAMLError as malformed:
        said = " ".join(str(malformed).split()).replace('"<unicode string>", ', "")
        raise InvalidManifest(f"{name} is no YAML: {said}") from None
    services = sorted(each.name.removesuffix(MANIFEST) for each in path.parent.parent.glob(f"*{MANIFEST}"))
    if wrong := list(form_of(f"{path.parent.name}/{path.name}", services).problems(found, "")):
        raise InvalidManifest(f"{name}: {'; '.join(wrong)}")
    kept: dict[str, Any] = found
    return kept


def choose(folder: Path, kind: str, name: str) -> dict[str, Any]:
    """Return the file `name` of a folder of alternatives. Raises InvalidManifest, which lists the known ones."""
    known = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in known:
        raise InvalidManifest(f"unknown {kind} {name!r}; known: {', '.join(known)}")
    return load(folder / f"{name}.yaml")


def _mapping(loader: Any, node: Any) -> Iterator[dict[Any, Any]]:
    """Make a mapping as YAML's own loader does, but refuse a key that stands in it twice: one would be lost."""
    names = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    if twice := [key for place, key in enumerate(names) if key.value in [other.value for other in names[:place]]]:
        raise yaml.constructor.ConstructorError(None, None, f"{twice[0].value} stands twice", twice[0].start_mark)
    found: dict[Any, Any] = {}
    yield found
    found.update(loader.construct_mapping(node))


LOADER.add_constructor("tag:yaml.org,2002:map", _mapping)
