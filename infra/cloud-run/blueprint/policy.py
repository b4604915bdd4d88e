"""Asks the rules in policy/*.rego about manifests, Dockerfiles and the deployment as a whole."""

import json
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from blueprint.connections import BESIDE_POOL, connections, max_connections
from blueprint.databases import services_with
from blueprint.dockerfile import instructions
from blueprint.edge.routes import load_routes
from blueprint.files import FOLDER, load
from blueprint.forms import RENDERED
from blueprint.refusal import InvalidManifest, MissingTool, Refusal
from blueprint.render import Target, rendered
from blueprint.services import Service, every_service

EXAMPLE = {
    "project": "emergence-example",
    "project_number": "123456789012",
    "region": "europe-west1",
    "revision": "0000000",
    "public_url": "https://chat.example.org",
}


def findings(package: str, asked: dict[str, Any], folder: Path = FOLDER) -> list[str]:
    """Return what one package's rules say about `asked`, sorted. Raises MissingTool, Refusal for broken rules."""
    engine = _engine(folder)
    engine.set_input(asked)
    answer: Any = str(engine.query(f"data.emergence.{package}.deny"))
    try:
        answer = json.loads(answer)
        (found,) = answer["expressions"]
    except (KeyError, TypeError, ValueError):
        raise Refusal(f"policy/{package}.rego gives no answer: {answer}") from None
    return sorted(found)


@cache
def _engine(folder: Path) -> Any:
    """Return the engine with every rule of a folder."""
    try:
        from regopy import Interpreter
    except ImportError:
        raise MissingTool("regopy is missing: run blueprint.sh, which installs it") from None
    engine = Interpreter()
    for path in sorted((folder / "policy").glob("*.rego")):
        engine.add_module(path.stem, path.read_text())
    return engine


def about_service(
    service: Service, environment: str, manifest: dict[str, Any], folder: Path = FOLDER, target: Target | None = None
) -> list[str]:
    """Return what is wrong with one rendered manifest; it must be of the target's project where that is known.

    What has not the form of a manifest is told alone: no rule can be asked about it.
    """
    if malformed := list(RENDERED.problems(manifest, "")):
        return [f"form: {sentence}" for sentence in malformed]
    addresses = {f"{name.upper()}_SERVICE_URL": each.name for each in every_service(folder) for name in each.serves}
    asked = {
        "key": service.key,
        "serves": list(service.serves),
        "environment": environment,
        "manifest": manifest,
        "variables": load(folder / "policy" / "variables.yaml"),
        "neighbours": addresses,
        "project": target.project if target else "",
        "project_number": target.project_number if target else "",
    }
    return findings("service", asked, folder)


def require_kept(service: Service, target: Target, manifest: dict[str, Any], folder: Path = FOLDER) -> None:
    """Raise InvalidManifest with every rule that a manifest breaks: nothing else is ever handed to Google."""
    found = about_service(service, target.environment, manifest, folder, target)
    if found := found + about_deployment(target.profile, folder, target.environment):
        raise InvalidManifest(f"{service.key} breaks {len(found)} of policy/'s rules: {'; '.join(found)}")


def about_cluster(documents: list[dict[str, Any]], folder: Path = FOLDER) -> list[str]:
    """Return what is wrong with everything that is rendered for a cluster."""
    return findings("kubernetes", {"documents": documents}, folder)


def require_guarded(documents: list[dict[str, Any]], folder: Path = FOLDER) -> None:
    """Raise InvalidManifest with every rule that the documents break."""
    if found := about_cluster(documents, folder):
        raise InvalidManifest(f"the documents break {len(found)} of policy/'s rules: {'; '.join(found)}")


def about_image(key: str, dockerfile: str, folder: Path = FOLDER) -> list[str]:
    """Return what is wrong with the text of a Dockerfile."""
    return findings("image", {"key": key, "instructions": instructions(dockerfile)}, folder)


def about_deployment(profile: str, folder: Path = FOLDER, environment: str | None = None) -> list[str]:
    """Return what is wrong with all services together, in the sizes of an environment or the profile's own."""
    services = [
        {"key": each.key, "account": each.account, "serves": list(each.serves)} for each in every_service(folder)
    ]
    asked = {
        "product": sorted(BESIDE_POOL),
        "services": services,
        "connections": connections(profile, folder, environment),
        "max_connections": max_connections(profile, folder),
    }
    return findings("deployment", asked, folder)


def about_routes(folder: Path = FOLDER) -> list[str]:
    """Return what is wrong with routes.yaml: whoever reads it refuses the same."""
    try:
        load_routes(folder)
    except InvalidManifest as invalid:
        return [f"routes: {invalid}"]
    return []


def everything(folder: Path = FOLDER) -> Iterator[tuple[str, list[str]]]:
    """Yield what was looked at, with what was found: services in each environment and profile, images, the whole."""
    services = every_service(folder)
    secrets = {name: "1" for each in services for name in (*each.required_secrets, *each.optional_secrets)}
    profiles, environments, buses = (
        sorted(path.stem for path in (folder / kind).glob("*.yaml")) for kind in ("profiles", "environments", "buses")
    )
    yield "routes.yaml", about_routes(folder)
    for environment, profile in product(environments, profiles):
        yield f"all services, {environment}, {profile}", about_deployment(profile, folder, environment)
    for environment, profile, bus, service in product(environments, profiles, buses, services):
        image = f"europe-west1-docker.pkg.dev/{EXAMPLE['project']}/emergence/{service.key}@sha256:{'0' * 64}"
        target = Target(environment=environment, profile=profile, bus=bus, secrets=secrets, image=image, **EXAMPLE)
        found = about_service(service, environment, rendered(service.key, target, folder), folder)
        yield f"{service.key}, {environment}, {profile}, {bus}", found
    for environment, bus, service in product(environments, buses, services):
        own = services_with("each", bus, folder)
        needed = {name: "1" for each in own for name in (*each.required_secrets, *each.optional_secrets)}
        image = f"europe-west1-docker.pkg.dev/{EXAMPLE['project']}/emergence/{service.key}@sha256:{'0' * 64}"
        target = Target(environment=environment, bus=bus, databases="each", secrets=needed, image=image, **EXAMPLE)
        found = about_service(service, environment, rendered(service.key, target, folder), folder)
        yield f"{service.key}, {environment}, {bus}, a database each", found
    for environment, service in product(environments, services):
        repository = f"europe-west1-docker.pkg.dev/{EXAMPLE['project']}/emergence"
        image, beside = (f"{repository}/{name}@sha256:{'0' * 64}" for name in (service.key, "collector"))
        target = Target(environment=environment, collector=beside, secrets=secrets, image=image, **EXAMPLE)
        found = about_service(service, environment, rendered(service.key, target, folder), folder)
        yield f"{service.key}, {environment}, with the collector", found
    for service in services:
        text = (folder / f"{service.key}-service.Dockerfile").read_text()
        yield f"{service.key}-service.Dockerfile", about_image(service.key, text, folder)
