"""Splits services of the product out of the process that runs them: four new files, and three lines elsewhere."""

import re
from pathlib import Path

from blueprint.files import FOLDER, MANIFEST
from blueprint.refusal import InvalidManifest, MissingTool
from blueprint.services import Service, backend_of, every_service

KEY = re.compile(r"[a-z][a-z0-9-]{1,20}")
ENV = re.compile(r"(?<=^          env:\n).*?(?=^  traffic:\n)", re.DOTALL | re.MULTILINE)
ENTRY = re.compile(r"(?=^            - name: )", re.MULTILINE)
PATTERN = "auth"
GATEWAY = "gateway"


def new_service(key: str, serves: list[str], folder: Path = FOLDER) -> dict[Path, str]:
    """Return the text of every file that is new or changes, but for the lock. Raises InvalidManifest, MissingTool.

    The service gets those variables and secrets of the process that ran it which it reads; what nobody reads there any
    more leaves that process. Its sizes are modest; it starts with its first request.
    """
    services = every_service(folder)
    if not KEY.fullmatch(key) or key in {service.key for service in services}:
        raise InvalidManifest(f"{key!r} must be a new name in lower-case letters, digits and dashes")
    donor = _donor(serves, services)
    rest = [name for name in donor.serves if name not in serves]
    donor_path = folder / f"{donor.key}{MANIFEST}"
    entries = _entries(donor_path.read_text())
    return {
        folder / f"{key}{MANIFEST}": _manifest(key, serves, _read_by(serves, entries), folder),
        folder / f"{key}-service.Dockerfile": _dockerfile(key, serves, folder),
        folder / f"deploy-{key}-service.sh": _script(key),
        donor_path: _without(donor_path.read_text(), rest, _read_by(rest, entries)),
        folder / "routes.yaml": _rerouted(key, serves, folder),
    }


def _donor(serves: list[str], services: list[Service]) -> Service:
    found = {service.key: service for service in (backend_of(name, services) for name in serves)}
    if len(found) != 1:
        raise InvalidManifest(f"{', '.join(serves)} must all run in one process now; they run in {', '.join(found)}")
    (donor,) = found.values()
    if not set(donor.serves) - set(serves) or GATEWAY in serves:
        raise InvalidManifest(f"{donor.key} would be left without anything to run, or without the gateway")
    return donor


def _entries(manifest: str) -> list[str]:
    found = ENV.search(manifest)
    if found is None:
        raise InvalidManifest("a manifest must end with env and then traffic, as the others do")
    return [entry for entry in ENTRY.split(found[0]) if entry]


def _name(entry: str) -> str:
    return entry.splitlines()[0].removeprefix("            - name: ")


def _read_by(names: list[str], entries: list[str]) -> list[str]:
    try:
        from emergence.composition import settings_of
        from emergence.process_settings import ProcessSettings
    except ImportError:
        raise MissingTool("the repository's own environment is missing: run make setup there") from None
    read = set(ProcessSettings.variables()).union(*(settings_of(name).variables() for name in names))
    return [entry for entry in entries if _name(entry) in read]


def _manifest(key: str, serves: list[str], entries: list[str], folder: Path) -> str:
    text = (folder / f"{PATTERN}{MANIFEST}").read_text()
    heading = f"# {key} on Cloud Run: {', '.join(serves)} by itself. It starts with its first request.\n"
    text = re.sub(r"\A(#.*\n)*", heading, text)
    text = re.sub(r"^    emergence.dev/optional-secrets:.*\n", "", text, flags=re.MULTILINE)
    text = text.replace(f"emergence-{PATTERN}", f"emergence-{key}").replace(f"service: {PATTERN}", f"service: {key}")
    text = text.replace(f"- name: {PATTERN}\n", f"- name: {key}\n", 1).replace('minScale: "1"', 'minScale: "0"')
    text = re.sub(r"args: \[.*\]", f"args: [{', '.join(['serve', *serves])}]", text)
    return ENV.sub(lambda _: "".join(entries), text)


def _dockerfile(key: str, serves: list[str], folder: Path) -> str:
    text = (folder / f"{PATTERN}-service.Dockerfile").read_text()
    text = re.sub(r"\A# .*?\. Built", f"# The image of {key}: {', '.join(serves)} by itself. Built", text)
    text = text.replace(f"{PATTERN}-", f"{key}-").replace(f"emergence-{PATTERN}", f"emergence-{key}")
    command = ", ".join(f'"{word}"' for word in ("serve", *serves))
    return re.sub(r"^CMD \[.*\]", f"CMD [{command}]", text, flags=re.MULTILINE)


def _script(key: str) -> str:
    return f"""#!/usr/bin/env bash
# Builds, checks and deploys {key}; traffic moves when the new revision answers. Options: --help.
set -euo pipefail
exec "$(dirname "$(readlink -f "${{BASH_SOURCE[0]}}")")/operate.sh" deploy {key} "$@"
"""


def _without(manifest: str, rest: list[str], entries: list[str]) -> str:
    text = re.sub(r"args: \[.*\]", f"args: [{', '.join(['serve', *rest])}]", manifest)
    return ENV.sub(lambda _: "".join(entries), text)


def _rerouted(key: str, serves: list[str], folder: Path) -> str:
    from emergence.gateway.routes import ROUTES

    text = (folder / "routes.yaml").read_text()
    for route in ROUTES:
        if route.service in serves:
            line = rf"(\{{prefix: {re.escape(route.prefix)}, backend: )[a-z0-9-]+"
            text = re.sub(line, rf"\g<1>{key}", text)
    return text
