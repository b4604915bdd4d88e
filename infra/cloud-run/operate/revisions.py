"""What runs: a service's revisions, and which of them gets how much of the traffic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from operate.programs import Tools
from operate.refusals import Exit, Missing, Refused

OURS = ("managed-by", "emergence")
COMMIT = "commit"  # label on a revision: what it was built from
REPLACES = "replaces"  # label on a revision: the one that had most of the traffic when it was made
PUBLIC_URL = "EMERGENCE_PUBLIC_URL"
MINIMUM = "run.googleapis.com/minScale"  # of the whole service, beside what each revision says; moves no traffic
CANARY = "canary"  # tag of the revision that is being tried, and first part of its address


@dataclass(frozen=True, slots=True)
class Share:
    """A revision's part of the traffic, in percent; `url` is the address of its tag."""

    revision: str
    percent: int
    tag: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """A service as Google has it now."""

    name: str
    url: str
    shares: tuple[Share, ...]
    generation: int
    is_ready: bool
    is_public_ingress: bool
    pinned: Mapping[str, str]  # secret → version that it runs with
    public_url: str | None  # address that it takes for the browsers'
    minimum: str | None = None  # instances that the service keeps, where somebody set that beside its revisions

    @property
    def serving(self) -> dict[str, int]:
        """Return the percent of each revision that gets any, all its entries together."""
        found: dict[str, int] = {}
        for share in self.shares:
            if share.percent:
                found[share.revision] = found.get(share.revision, 0) + share.percent
        return found

    @property
    def main_revision(self) -> str | None:
        """Return the revision that most of the traffic goes to."""
        serving = self.serving
        return max(serving, key=lambda name: serving[name]) if serving else None

    @property
    def canary(self) -> Share | None:
        """Return the entry of the revision that is being tried."""
        return next((share for share in self.shares if share.tag == CANARY), None)


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of a service; `created` is Google's time text, which sorts as time does."""

    name: str
    service: str
    created: str
    is_ready: bool
    is_ours: bool
    commit: str | None
    replaces: str | None
    image: str
    pinned: Mapping[str, str]  # secret → version that it runs with


def live_service(tools: Tools, name: str) -> Live | None:
    """Return the service, or None before its first deployment. Raises Refused."""
    try:
        found = tools.read("run", "services", "describe", name, f"--region={tools.place.region}")
    except Missing:
        return None
    return as_live(found)


def live_services(tools: Tools) -> list[Live]:
    """Return every service of ours in the region. Raises Refused."""
    listed = tools.read("run", "services", "list", f"--region={tools.place.region}") or []
    return [as_live(each) for each in listed if _is_ours(each)]


def as_live(found: Mapping[str, Any]) -> Live:
    """Return what gcloud's JSON of a Knative service says."""
    metadata, status = found["metadata"], found.get("status", {})
    shares = tuple(
        Share(entry.get("revisionName", ""), entry.get("percent") or 0, entry.get("tag"), entry.get("url"))
        for entry in status.get("traffic", [])
    )
    spec = found["spec"]["template"]["spec"]
    ingress = metadata.get("annotations", {}).get("run.googleapis.com/ingress", "all")
    return Live(
        name=metadata["name"],
        url=status.get("url", ""),
        shares=shares,
        generation=int(metadata.get("generation", 0)),
        is_ready=_condition(status) == "True",
        is_public_ingress=ingress == "all",
        pinned=_pinned(spec),
        public_url=next((each["value"] for each in _variables(spec) if each["name"] == PUBLIC_URL), None),
        minimum=metadata.get("annotations", {}).get(MINIMUM),
    )


def _variables(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for one in spec["containers"] for each in one.get("env", [])]


def _pinned(spec: Mapping[str, Any]) -> dict[str, str]:
    references = [each.get("valueFrom", {}).get("secretKeyRef", {}) for each in _variables(spec)]
    return {each["name"]: str(each["key"]) for each in references if each}


def revisions_of(tools: Tools, name: str) -> list[Revision]:
    """Return a service's revisions, newest first. Raises Refused."""
    listed = tools.read("run", "revisions", "list", f"--service={name}", f"--region={tools.place.region}") or []
    found = [_revision(each) for each in listed]
    return sorted(found, key=lambda revision: revision.created, reverse=True)


def _revision(found: Mapping[str, Any]) -> Revision:
    metadata = found["metadata"]
    labels = metadata.get("labels", {})
    return Revision(
        name=metadata["name"],
        service=labels.get("serving.knative.dev/service", ""),
        created=metadata.get("creationTimestamp", ""),
        is_ready=_condition(found.get("status", {})) == "True",
        is_ours=_is_ours(found),
        commit=labels.get(COMMIT),
        replaces=labels.get(REPLACES),
        image=found["spec"]["containers"][0]["image"],
        pinned=_pinned(found["spec"]),
    )


def move_traffic(tools: Tools, name: str, percents: Mapping[str, int], *, untag: bool = False) -> None:
    """Give each revision its percent; they must add up to 100. Raises Refused."""
    if sum(percents.values()) != 100:
        raise ValueError(f"{percents} is not 100 percent")
    wanted = ",".join(f"{revision}={percent}" for revision, percent in percents.items() if percent)
    words = ["run", "services", "update-traffic", name, f"--region={tools.place.region}", f"--to-revisions={wanted}"]
    tools.change(*words, *([f"--remove-tags={CANARY}"] if untag else []))


def take_tag_away(tools: Tools, name: str, live: Live) -> None:
    """Let the revision that was tried have no address of its own any more: with one it may go on running, and costs."""
    if live.canary is not None and live.serving:
        move_traffic(tools, name, live.serving, untag=True)


def require_live(tools: Tools, name: str) -> Live:
    """Return the service. Raises Refused(NO_REVISION) before its first deployment."""
    found = live_service(tools, name)
    if found is None or found.main_revision is None:
        raise Refused(Exit.NO_REVISION, f"{name} was never deployed in {tools.place.project}; deploy it first")
    return found


def previous_revision(revisions: Iterable[Revision], current: str) -> Revision:
    """Return the revision that had the traffic before `current` came. Raises Refused(NO_REVISION).

    Of a revision that does not tell it, the newest ready one of ours that is older.
    """
    listed = list(revisions)
    now = next((each for each in listed if each.name == current), None)
    older = [each for each in listed if now is not None and each.created < now.created]
    if now is not None and now.replaces:
        older = [each for each in older if each.name == now.replaces]
    usable = [each for each in older if each.is_ours and each.is_ready]
    if not usable:
        raise Refused(
            Exit.NO_REVISION,
            f"no earlier revision than {current} of ours that was ready can be gone back to; look with `make status`, "
            "then `--to REVISION`",
        )
    return max(usable, key=lambda revision: revision.created)


def named_revision(revisions: Iterable[Revision], asked: str, service: str) -> Revision:
    """Return the revision called `asked`. Raises Refused(NO_REVISION) unless it is ready, ours and of this service."""
    found = next((each for each in revisions if each.name == asked), None)
    if found is None:
        raise Refused(Exit.NO_REVISION, f"{service} has no revision {asked}; `make status` lists what there is")
    if not found.is_ours or found.service != service:
        raise Refused(Exit.NO_REVISION, f"{asked} is not a revision that these scripts deployed for {service}")
    if not found.is_ready:
        raise Refused(Exit.NO_REVISION, f"{asked} never became ready; take another one")
    return found


def _condition(status: Mapping[str, Any]) -> str:
    ready = [each for each in status.get("conditions", []) if each.get("type") == "Ready"]
    return str(ready[0].get("status")) if ready else "Unknown"


def _is_ours(found: Mapping[str, Any]) -> bool:
    key, value = OURS
    return bool(found["metadata"].get("labels", {}).get(key) == value)
