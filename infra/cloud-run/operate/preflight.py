"""Looks at tools, sign-in and project before anything is changed; doctor.py shows the same to the operator."""

import re
from concurrent.futures import ThreadPoolExecutor

from operate.programs import Tools
from operate.refusals import Exit, Missing, Refused
from operate.revisions import OURS

OLDEST_GCLOUD = (500, 0, 0)  # `run services replace --dry-run` is older; this is what was tested and is a year old
APIS = (
    "cloudresourcemanager.googleapis.com",  # who asks as a service account needs this and the next in its own project
    "cloudbilling.googleapis.com",
    "iam.googleapis.com",
    "compute.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "artifactregistry.googleapis.com",
    "sqladmin.googleapis.com",
    "logging.googleapis.com",
)
ENVIRONMENT = "environment"  # label of services, by environments/*.yaml
PUBSUB = "pubsub.googleapis.com"
TOPIC = "emergence-events"  # terraform/events.tf makes it where event_bus is pubsub


def check_tools(tools: Tools, *, docker: bool) -> None:
    """Raise Refused(TOOL) for a missing or too old one."""
    said = tools.machine.run(["gcloud", "version"]).out
    match = re.search(r"Google Cloud SDK (\d+)\.(\d+)\.(\d+)", said)
    version = tuple(map(int, match.groups())) if match else (0, 0, 0)
    if version < OLDEST_GCLOUD:
        wanted = ".".join(map(str, OLDEST_GCLOUD))
        raise Refused(
            Exit.TOOL, f"gcloud {'.'.join(map(str, version))} is too old; `gcloud components update` ({wanted})"
        )
    if docker:
        check_docker(tools)


def check_docker(tools: Tools) -> None:
    """Raise Refused(TOOL) unless docker answers, engine included."""
    if tools.machine.run(["docker", "version", "--format", "{{.Server.Version}}"]).status:
        raise Refused(Exit.TOOL, "docker's engine does not answer; start it, or give --image NAME@sha256:…")


def check_sign_in(tools: Tools) -> None:
    """Raise Refused(NOT_SIGNED_IN). A listed account proves nothing: its credentials may have ended."""
    try:
        token = tools.read_text("auth", "print-access-token").strip()
    except Refused as refused:
        raise Refused(Exit.NOT_SIGNED_IN, f"gcloud gives no access token; `gcloud auth login` ({refused})") from None
    if not token:
        raise Refused(Exit.NOT_SIGNED_IN, "gcloud gives no access token; type `gcloud auth login`")


def project_number(tools: Tools) -> str:
    """Return the number of the project. Raises Refused(PROJECT)."""
    project = tools.place.project
    try:
        found = tools.read("projects", "describe", project)
    except (Missing, Refused) as refused:
        if refused.code in (Exit.NOT_SIGNED_IN, Exit.API):
            raise
        raise Refused(Exit.PROJECT, f"project {project} does not exist, or this account may not see it") from None
    if found.get("lifecycleState", "ACTIVE") != "ACTIVE":
        raise Refused(Exit.PROJECT, f"project {project} is {found['lifecycleState']}")
    return str(found["projectNumber"])


def check_billing(tools: Tools) -> None:
    """Raise Refused(PROJECT) where nobody pays."""
    if not (tools.read("billing", "projects", "describe", tools.place.project) or {}).get("billingEnabled"):
        raise Refused(Exit.PROJECT, f"project {tools.place.project} has no billing; link an account in the console")


def missing_apis(tools: Tools) -> list[str]:
    """Return which of the APIs that we use are off. Raises Refused."""
    enabled = {each["config"]["name"] for each in tools.read("services", "list", "--enabled") or []}
    wanted = (*APIS, PUBSUB) if tools.place.bus == "pubsub" else APIS
    return [api for api in wanted if api not in enabled]


def check_apis(tools: Tools) -> None:
    """Raise Refused(PROJECT) where an API is off."""
    if missing := missing_apis(tools):
        raise Refused(
            Exit.PROJECT, f"off in {tools.place.project}: {', '.join(missing)}; `make setup` switches them on"
        )


def check_network(tools: Tools) -> None:
    """Raise Refused(PROJECT) without the subnet that services leave through; Google would say so after the build."""
    network, subnet = tools.place.network
    region = tools.place.region
    try:
        found = tools.read("compute", "networks", "subnets", "describe", subnet, f"--region={region}")
    except Missing:
        raise Refused(
            Exit.PROJECT, f"there is no subnet {subnet} in {region}; Terraform makes it (README.md), or set VPC"
        ) from None
    if not str(found.get("network", "")).endswith(f"/{network}"):
        raise Refused(Exit.PROJECT, f"the subnet {subnet} belongs to another network than {network}; set VPC")


def check_bus(tools: Tools) -> None:
    """Raise Refused(PROJECT) where services would listen to another bus than Terraform made."""
    try:
        tools.read("pubsub", "topics", "describe", TOPIC)
    except Refused as refused:
        if refused.code not in (Exit.PROJECT, Exit.FAILED):
            raise
        if tools.place.bus == "pubsub":
            raise Refused(
                Exit.PROJECT, f'BUS=pubsub, but there is no topic {TOPIC}; Terraform makes it with event_bus = "pubsub"'
            ) from None
    else:
        if tools.place.bus != "pubsub":
            raise Refused(
                Exit.PROJECT, f"Terraform made Pub/Sub's topic {TOPIC}, but BUS={tools.place.bus}; set BUS=pubsub"
            )


def check_environment(tools: Tools) -> None:
    """Raise Refused(PROJECT) where services of another environment are deployed. Names do not carry it, labels do."""
    wanted = tools.place.environment
    try:
        listed = tools.read("run", "services", "list", f"--region={tools.place.region}") or []
    except Refused as refused:
        if refused.code is not Exit.PROJECT:
            raise
        return  # Cloud Run is off, so nothing runs; who may not list services is told so by what changes them
    for each in listed:
        labels = each["metadata"].get("labels", {})
        found = labels.get(ENVIRONMENT, wanted)
        if labels.get(OURS[0]) == OURS[1] and found != wanted:
            raise Refused(
                Exit.PROJECT,
                f"{tools.place.project} holds the environment {found}, not {wanted}; mend ENVIRONMENT or PROJECT_ID",
            )


def preflight(tools: Tools, *, docker: bool) -> str:
    """Look at everything that a deployment needs of the machine and the project; return the project's number."""
    check_tools(tools, docker=docker)
    check_sign_in(tools)
    with ThreadPoolExecutor() as pool:  # a second each, one after the other
        number = pool.submit(project_number, tools)
        others = [pool.submit(check, tools) for check in CHECKS]
        found = number.result()  # a wrong project explains the rest, so it is told first
        for other in others:
            other.result()
    return found


CHECKS = (check_billing, check_apis, check_network, check_bus, check_environment)
