"""Create or update dashboards and alert policies in Cloud Monitoring from the files here, without Terraform.

Python's standard library and gcloud's token only, so that it runs on an operator's machine. What has our label and the
same name is updated, everything else is left alone; channels of notification that somebody connected stay connected.
"""

import json
import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, build_opener

from operate.place import find_place
from operate.refusals import Exit, Refused

HERE = Path(__file__).resolve().parent
DEADLINE_S = 30
PAGE = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """Dashboards or alert policies: where they are in the API, under which label, and which files they come from."""

    path: str
    labels: str
    patterns: tuple[str, ...]


KINDS = {
    "dashboards": Kind("v1/projects/{}/dashboards", "labels", ("dashboards/*.json",)),
    "alerts": Kind("v3/projects/{}/alertPolicies", "userLabels", ("alerts/platform/*.json",)),
}
FIGURES = "alerts/figures/*.json"


def address() -> str:
    """Return where Cloud Monitoring is: gcloud's own variable and, without it, its own default."""
    return os.environ.get("CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING") or "https://monitoring.googleapis.com/"


@dataclass(frozen=True, slots=True)
class Api:
    """Cloud Monitoring for one project."""

    token: str
    address: str = field(default_factory=address)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the answer. Raises Refused."""
        request = Request(
            self.address.rstrip("/") + "/" + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with build_opener().open(request, timeout=DEADLINE_S) as answer:
                found: dict[str, Any] = json.loads(answer.read())
                return found
        except HTTPError as refused:
            raise Refused(code_of(refused.code), f"{method} {path}: {said_by(refused)}") from None
        except (URLError, TimeoutError) as away:
            raise Refused(Exit.API, f"Cloud Monitoring does not answer ({away}); try again") from None

    def listed(self, kind: Kind, project: str) -> Iterator[dict[str, Any]]:
        """Yield what there is of a kind, page by page."""
        items = kind.path.rsplit("/", 1)[1]
        page = ""
        while True:
            answer = self.call("GET", f"{kind.path.format(project)}?pageSize={PAGE}&pageToken={quote(page)}")
            yield from answer.get(items, [])
            page = answer.get("nextPageToken", "")
            if not page:
                return


def code_of(status: int) -> Exit:
    """Return the exit code for an answer of the API."""
    if status == 401:
        return Exit.NOT_SIGNED_IN
    if status in (403, 404):
        return Exit.PROJECT
    return Exit.API if status == 429 or status >= 500 else Exit.FAILED


def said_by(refused: HTTPError) -> str:
    """Return the API's own words in one line."""
    try:
        said = json.loads(refused.read())["error"]["message"]
    except (ValueError, KeyError, TypeError):
        said = refused.reason
    return " ".join(f"{refused.code} {said}".split())


def access_token() -> str:
    """Return gcloud's token. Raises Refused."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        raise Refused(Exit.TOOL, "gcloud is missing; install the Google Cloud CLI")
    asked = subprocess.run([gcloud, "auth", "print-access-token"], capture_output=True, text=True, check=False)
    if asked.returncode or not asked.stdout.strip():
        raise Refused(Exit.NOT_SIGNED_IN, "gcloud gives no access token; `gcloud auth login`")
    return asked.stdout.strip()


def apply_file(api: Api, path: Path, place: tuple[Kind, str], there: dict[str, Any] | None) -> str:
    """Create what the file holds, or update what is there; return which. Raises Refused."""
    kind, project = place
    content: dict[str, Any] = json.loads(path.read_text())
    if there is None:
        api.call("POST", kind.path.format(project), content)
        return "created"
    version = kind.path.split("/")[0]
    if "etag" in there:  # dashboards are replaced whole, by whoever saw the newest
        content |= {"name": there["name"], "etag": there["etag"]}
        api.call("PATCH", f"{version}/{there['name']}", content)
    else:
        api.call("PATCH", f"{version}/{there['name']}?updateMask={','.join(content)}", content)
    return "updated"


def run(words: list[str]) -> Exit:
    """Do what was asked. Raises Refused."""
    parser = ArgumentParser(prog="apply.sh", description=__doc__, allow_abbrev=False)
    parser.add_argument("what", choices=sorted(KINDS))
    parser.add_argument("--project", help="default: $PROJECT_ID, else .env.$ENVIRONMENT")
    parser.add_argument("--only", metavar="FILE", help="name of one file, without .json")
    parser.add_argument(
        "--figures", action="store_true", help="alerts about the product's figures too: needs a collector"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    asked = parser.parse_args(words)
    kind = KINDS[asked.what]
    patterns = (*kind.patterns, FIGURES) if asked.figures and asked.what == "alerts" else kind.patterns
    paths = [path for pattern in patterns for path in sorted(HERE.glob(pattern)) if asked.only in (None, path.stem)]
    if not paths:
        raise Refused(Exit.NOT_ASKED, f"there is no file {asked.only}.json; the folder of {asked.what} lists them")
    project = asked.project or find_place(None).project
    api = Api(access_token())
    ours = {
        each["displayName"]: each
        for each in api.listed(kind, project)
        if each.get(kind.labels, {}).get("managed-by") == "emergence"
    }
    for path in paths:
        name = json.loads(path.read_text())["displayName"]
        there = ours.get(name)
        if asked.dry_run:
            print(f"{name}: would be {'updated' if there else 'created'}")
        else:
            print(f"{name}: {apply_file(api, path, (kind, project), there)}", flush=True)
    return Exit.DONE


if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except Refused as refused:
        print(f"apply.sh: {refused}", file=sys.stderr)
        sys.exit(refused.code)
