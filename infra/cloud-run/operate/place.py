"""Where a command works: environment, project, region; from the process's environment, then `.env.<environment>`."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from operate.refusals import Exit, Refused

SCRIPTS = Path(__file__).resolve().parents[1]
REPOSITORY_ROOT = SCRIPTS.parents[1]
ENVIRONMENTS = ("dev", "staging", "prod")
DEFAULTS = {
    "REGION": "europe-west1",
    "REPOSITORY": "emergence",
    "SQL_INSTANCE": "emergence",
    "PROFILE": "default",
    "BUS": "postgres",
    "DATABASES": "one",
    "STANDBY_INSTANCE": "emergence-standby",
}
VARIABLES = (*DEFAULTS, "PROJECT_ID", "PUBLIC_URL", "VPC", "COLLECTOR", "STANDBY_REGION")
PROJECT_ID = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")  # Google's rule for project ids
NAME = r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
# What each setting may be; they become words of gcloud and parts of addresses, so nothing else goes through.
FORMS: Mapping[str, tuple[str, str]] = {
    "REGION": (r"[a-z]+-[a-z]+[0-9]{1,2}", "a region like europe-west1"),
    "REPOSITORY": (NAME, "the name of an image repository"),
    "SQL_INSTANCE": (NAME, "the name of a Cloud SQL instance"),
    "STANDBY_REGION": (r"[a-z]+-[a-z]+[0-9]{1,2}", "a region like europe-west4"),
    "STANDBY_INSTANCE": (NAME, "the name of a Cloud SQL instance"),
    "PROFILE": (NAME, "the name of a file in profiles/"),
    "PUBLIC_URL": (
        r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?",
        "an address like https://chat.example.org, without a path",
    ),
    "VPC": (f"{NAME}(/{NAME})?", "NETWORK or NETWORK/SUBNETWORK"),
    "BUS": ("postgres|pubsub", "postgres or pubsub"),
    "DATABASES": ("one|each", "one (for all services) or each (service its own)"),
    "COLLECTOR": (r"[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}", "the collector's image by its digest"),
}
LINE = re.compile(r"(?:export )?([A-Z_]+)=(\"?)([^\"'$`\\#\s]*)\2")


@dataclass(frozen=True, slots=True)
class Place:
    """One environment; a project each, so that names in it do not carry the environment."""

    environment: str
    project: str
    region: str
    repository: str
    sql_instance: str
    profile: str
    public_url: str | None
    vpc: str | None
    bus: str = DEFAULTS["BUS"]
    collector: str | None = None
    databases: str = DEFAULTS["DATABASES"]
    standby_region: str | None = None
    standby_instance: str = DEFAULTS["STANDBY_INSTANCE"]
    is_standby: bool = False  # the second region, while it serves nobody

    @property
    def is_production(self) -> bool:
        return self.environment == "prod"

    @property
    def registry(self) -> str:
        """Return the host of the image registry."""
        return f"{self.region}-docker.pkg.dev"

    @property
    def network(self) -> tuple[str, str]:
        """Return network and subnet that services leave through, as terraform/network.tf calls them without VPC."""
        network, _, subnet = (self.vpc or "emergence").partition("/")
        return network, subnet or f"{network}-{self.region}"

    def image(self, service: str) -> str:
        """Return the name of a service's image, without tag."""
        return f"{self.registry}/{self.project}/{self.repository}/{service}"


NOWHERE = Place("dev", "", "", "", "", "", None, None)  # for commands that ask Google nothing


def state_folder() -> Path:
    """Return where these scripts keep what they need from one command to the next."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "emergence"


def find_place(environment: str | None, environ: Mapping[str, str] = os.environ, folder: Path = SCRIPTS) -> Place:
    """Return the place that a command is for. Raises Refused."""
    name, given = settings(environment, environ, folder)
    project = given.get("PROJECT_ID", "")
    if not PROJECT_ID.fullmatch(project):
        wrong = f"PROJECT_ID={project!r} is no project id" if project else "PROJECT_ID is not set"
        raise Refused(Exit.PROJECT, f"{wrong}; write PROJECT_ID=your-project into {folder}/.env.{name}, or export it")
    return Place(
        environment=name,
        project=project,
        region=given["REGION"],
        repository=given["REPOSITORY"],
        sql_instance=given["SQL_INSTANCE"],
        profile=given["PROFILE"],
        public_url=given.get("PUBLIC_URL"),
        vpc=given.get("VPC"),
        bus=given["BUS"],
        collector=given.get("COLLECTOR"),
        databases=given["DATABASES"],
        standby_region=given.get("STANDBY_REGION"),
        standby_instance=given["STANDBY_INSTANCE"],
    )


def settings(
    environment: str | None, environ: Mapping[str, str] = os.environ, folder: Path = SCRIPTS
) -> tuple[str, dict[str, str]]:
    """Return the environment's name and what is set there, for commands that need no project too. Raises Refused."""
    name = environment or environ.get("ENVIRONMENT", "").strip() or "dev"
    if name not in ENVIRONMENTS:
        raise Refused(Exit.NOT_ASKED, f"there is no environment {name!r}; take one of {', '.join(ENVIRONMENTS)}")
    kept = _kept(folder / f".env.{name}")
    exported = {key: environ[key].strip() for key in VARIABLES if environ.get(key, "").strip()}
    two = [each["PROJECT_ID"] for each in (kept, exported) if each.get("PROJECT_ID")]
    if len(set(two)) > 1:
        raise Refused(
            Exit.PROJECT, f".env.{name} says PROJECT_ID={two[0]}, exported is {two[1]}; unset it, or change the file"
        )
    given = DEFAULTS | kept | exported
    for key, (form, expected) in FORMS.items():
        if key in given and not re.fullmatch(form, given[key]):
            raise Refused(Exit.NOT_ASKED, f"{key}={given[key]!r} must be {expected}")
    return name, given


def _kept(file: Path) -> dict[str, str]:
    """Return what the file sets. It is read, not run: a file of settings must not be able to do anything."""
    if not file.is_file():
        return {}
    found = {}
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Refused(Exit.NOT_ASKED, f"{file} is no text in UTF-8") from None
    for number, text in enumerate(lines, start=1):
        line = text.strip()
        if not line or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if match is None or match[1] not in VARIABLES:
            raise Refused(Exit.NOT_ASKED, f"{file}:{number} {_lacking(line)}")
        found[match[1]] = match[3]
    return found


def _lacking(line: str) -> str:
    """Return what keeps a line from being a setting: it is not shell, so that what shells take off would stay."""
    name, sign, value = line.removeprefix("export ").partition("=")
    if not sign or name.strip() not in VARIABLES:
        return f"must be NAME=value with one of {', '.join(VARIABLES)}"
    if name != name.strip() or value != value.strip():
        return "must have no blanks around ="
    if "#" in value:
        return "must have no comment behind the value; write it on a line of its own"
    return 'must have its value bare or in "double quotes", without \' $ ` and \\'
