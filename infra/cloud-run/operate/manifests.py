"""The manifest of a deployment: rendered by its own program, checked here, with the traffic that stays."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from operate.catalogue import Service
from operate.programs import Tools, blueprint
from operate.refusals import Exit, Refused
from operate.revisions import CANARY, COMMIT, MINIMUM, OURS, REPLACES, Live

PLACEHOLDER = re.compile(r"\$\{(?!env:)[^}]*\}|<[A-Z_]{3,}>|\b(?:CHANGEME|REPLACE_ME|PROJECT_ID|TODO)\b")
NO_DIGEST = "sha256:" + "0" * 64
RESERVED = frozenset({"PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"})  # Cloud Run sets them and refuses ours
NAME_LENGTH = 63  # of a revision: RFC 1123's label


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a manifest is rendered from."""

    service: Service
    project_number: str
    image: str
    secrets: Mapping[str, int]


def render(tools: Tools, wanted: Wanted, suffix: str) -> dict[str, Any]:
    """Return the manifest, looked through. Raises Refused(MANIFEST)."""
    place = tools.place
    words = ["render", wanted.service.key, "--env", place.environment, "--project", place.project]
    words += [
        "--project-number",
        wanted.project_number,
        "--region",
        place.region,
        "--profile",
        place.profile,
        "--bus",
        place.bus,
        "--databases",
        place.databases,
    ]
    words += ["--image", wanted.image, "--revision-suffix", suffix]
    for name, version in wanted.secrets.items():
        words += ["--secret", f"{name}={version}"]
    if place.collector:
        words += ["--collector", place.collector]
    if place.public_url:
        words += ["--public-url", place.public_url]
    if place.is_standby:
        words.append("--standby")
    if place.vpc:
        words += ["--vpc", place.vpc]
    try:
        manifest: dict[str, Any] = json.loads(blueprint(tools, *words))
    except json.JSONDecodeError as malformed:
        raise Refused(Exit.MANIFEST, f"the manifest of {wanted.service.key} is no JSON: {malformed}") from None
    look_through(manifest, wanted.service)
    return manifest


def look_through(manifest: Mapping[str, Any], service: Service) -> None:
    """Raise Refused(MANIFEST) for what Google would refuse late, or accept although nobody wants it."""
    try:
        template = manifest["spec"]["template"]
        containers = template["spec"]["containers"]
        name = manifest["metadata"]["name"]
        account = template["spec"].get("serviceAccountName", "")
        wrong = list(_wrong_in(containers))
    except (KeyError, TypeError, AttributeError) as lacking:
        raise Refused(Exit.MANIFEST, f"the manifest of {service.key} has not the form of one: {lacking}") from None
    if name != service.name:
        wrong.append(f"it is called {name}, not {service.name}")
    if not account or account.endswith("-compute@developer.gserviceaccount.com"):
        wrong.append("it has no service account of its own")
    if left := PLACEHOLDER.search(json.dumps(manifest)):
        wrong.append(f"the placeholder {left[0]} is left in it")
    if wrong:
        raise Refused(Exit.MANIFEST, f"the manifest of {service.key} is wrong: {'; '.join(wrong)}")


def _wrong_in(containers: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for container in containers:
        if "@sha256:" not in str(container.get("image", "")):
            yield f"image {container.get('image')} has no digest"
        for variable in container.get("env", []):
            name = variable.get("name")
            if not name:
                yield "a variable has no name"
            if name in RESERVED:
                yield f"{name} is set, which Cloud Run does itself"
            reference = variable.get("valueFrom", {}).get("secretKeyRef", {})
            if reference and not str(reference.get("key", "")).isdigit():
                yield f"secret {reference.get('name')} is not pinned to a version"


def free_suffix(service: Service, commit: str, taken: Iterable[str]) -> str:
    """Return the commit, with a number behind it where a revision is called so already."""
    known = set(taken)
    suffix, number = commit, 1
    while f"{service.name}-{suffix}" in known:
        number += 1
        suffix = f"{commit}-{number}"
    return suffix[: NAME_LENGTH - len(service.name) - 1]


def with_traffic(manifest: dict[str, Any], live: Live | None, commit: str) -> tuple[dict[str, Any], str]:
    """Return the manifest that leaves traffic where it is and tags the new revision, and that revision's name.

    Before the first deployment there is nothing to leave: all traffic goes to the new one.
    """
    template = manifest["spec"]["template"]
    revision: str = template["metadata"]["name"]
    key, value = OURS
    for metadata in (manifest["metadata"], template["metadata"]):
        metadata.setdefault("labels", {})[key] = value
    template["metadata"]["labels"][COMMIT] = commit
    if live is not None and live.main_revision:
        template["metadata"]["labels"][REPLACES] = live.main_revision
    if live is not None and live.minimum is not None:  # what `make predict` set outlasts a deployment
        manifest["metadata"].setdefault("annotations", {})[MINIMUM] = live.minimum
    serving = {} if live is None else live.serving
    kept = [{"revisionName": name, "percent": percent} for name, percent in serving.items()]
    new = {"revisionName": revision, "percent": 0 if kept else 100, "tag": CANARY}
    manifest["spec"]["traffic"] = [*kept, new]
    return manifest, revision
