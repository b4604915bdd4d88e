"""What an image consists of, in CycloneDX 1.6, for one digest."""

from typing import Any
from urllib.parse import quote

from blueprint.images.contents import Contents


def sbom(name: str, digest: str, made_at: str, contents: Contents) -> dict[str, Any]:
    """Return the document; `made_at` is RFC 3339. Components are sorted, so that two runs can be compared."""
    python = [
        _component(package, version, f"pkg:pypi/{package}@{version}", contents.licences.get(package, ""))
        for package, version in sorted(contents.python.items())
    ]
    debian = [
        _component(package, version, f"pkg:deb/debian/{package}@{quote(version, safe='')}", "")
        for package, version in sorted(contents.debian.items())
    ]
    subject = {"type": "container", "name": f"emergence-{name}", "version": digest, "bom-ref": digest}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": made_at, "component": subject},
        "components": python + debian,
    }


def _component(name: str, version: str, address: str, licence: str) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "name": name,
        "version": version,
        "purl": address,
        "bom-ref": address,
    }
    return {**component, "licenses": [{"license": {"name": licence}}]} if licence else component
