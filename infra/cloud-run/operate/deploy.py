"""Deploys one service: everything is looked at first, traffic moves last, and only to what answered."""

import json
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from operate.catalogue import Service
from operate.compatibility import require_compatible
from operate.images import build_and_push, commit_of_tree, require_image
from operate.manifests import NO_DIGEST, Wanted, free_suffix, render, with_traffic
from operate.programs import Tools, tell
from operate.refusals import Exit, Refused
from operate.revisions import Live, live_service, move_traffic, revisions_of, take_tag_away
from operate.secret_store import Looked, check_secrets, secret_value
from operate.secret_values import ADDRESS
from operate.smoke import Asked, Outcome, smoke

LOG_LINES = 15
# How gcloud and Google speak of a manifest, in contrast to a revision that does not start.
REFUSED_MANIFEST = ("Failed to parse", "Cannot parse YAML", "INVALID_ARGUMENT", "spec.template")
EVERYBODY = "allUsers"
INVOKER = "roles/run.invoker"
NO_INVOKER_CHECK = "run.googleapis.com/invoker-iam-disabled"


@dataclass(frozen=True, slots=True)
class Plan:
    """What one deployment was asked to do. `image` skips building; `known` are secrets that were looked at already."""

    service: Service
    project_number: str
    image: str | None = None
    moves_traffic: bool = True
    accept_schema: bool = False
    known: dict[str, Looked] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deployed:
    """A revision that is ready and answered; `before` is who had the traffic until now."""

    service: Service
    revision: str
    before: Live | None
    url: str


def deploy(tools: Tools, plan: Plan) -> Deployed:
    """Bring one service to what is checked out. Raises Refused; the traffic is then where it was."""
    service = plan.service
    given = None if plan.image is None else require_image(tools, service, plan.image)
    commit = commit_of_tree(tools) if given is None else given.commit
    pinned = check_secrets(tools, service, plan.known)
    before = live_service(tools, service.name)
    listed = revisions_of(tools, service.name) if before else []
    serves = None if before is None else before.main_revision
    if serves is not None and not plan.accept_schema:  # a service brings its schema with it when it starts
        serving = next((each for each in listed if each.name == serves), None)
        require_compatible(tools, None if serving is None else serving.commit, commit)
        _require_same_databases(service, before, pinned)
    suffix = free_suffix(service, commit, [revision.name for revision in listed])
    image = f"{tools.place.image(service.key)}@{NO_DIGEST}" if given is None else given.image
    wanted = Wanted(service, plan.project_number, image, pinned)
    rendered = render(tools, wanted, suffix)
    if given is None:  # rendered once already, so that a mistake is found before minutes of building
        built = build_and_push(tools, service, commit)
        rendered = render(tools, replace(wanted, image=built), suffix)
        _require_unmoved(tools, service, before, live_service(tools, service.name))
    manifest, revision = with_traffic(rendered, before, commit)
    start_revision(tools, service, revision, manifest)
    if tools.is_dry:
        return Deployed(service, revision, before, "")
    _let_everybody_in(tools, service, manifest)
    return _tried(tools, plan, revision, before)


def _tried(tools: Tools, plan: Plan, revision: str, before: Live | None) -> Deployed:
    """Look at the new revision by its tag's address, then give it the traffic if that was asked."""
    service = plan.service
    after = live_service(tools, service.name)
    if after is None or after.canary is None or after.canary.revision != revision:
        raise Refused(Exit.BUSY, f"somebody else deployed {service.name} meanwhile; look with `make status`")
    if before is not None and after.generation != before.generation + 1:  # gcloud itself notices no second writer
        raise Refused(
            Exit.BUSY, f"somebody else changed {service.name} meanwhile; look at its traffic with `make status`"
        )
    stays = ", ".join(f"{name} {percent} %" for name, percent in after.serving.items())
    look_at(tools, service, after, f"{revision} has no traffic" if before else f"{revision} is the first revision")
    if plan.moves_traffic:
        move_traffic(tools, service.name, {revision: 100}, untag=True)
    if plan.moves_traffic and before is not None:
        tell(f"{service.name}: all traffic goes to {revision}; before: {stays}")
    return Deployed(service, revision, before, after.url)


def _require_same_databases(service: Service, before: Live | None, pinned: Mapping[str, int]) -> None:
    """Raise Refused(SCHEMA) where the new revision would begin with another, so probably empty, database."""
    was = {name for name in (before.pinned if before else ()) if name.endswith(ADDRESS)}
    wanted = {name for name in pinned if name.endswith(ADDRESS)}
    if was and was != wanted:
        raise Refused(
            Exit.SCHEMA,
            f"{service.name} keeps its data in {', '.join(sorted(was))}, not in {', '.join(sorted(wanted))}; "
            "mend DATABASES, or move the data (MIGRATION_GUIDE.md, 8) and say --accept-schema",
        )


def _require_unmoved(tools: Tools, service: Service, before: Live | None, now: Live | None) -> None:
    """Raise Refused(BUSY) where somebody else changed the service while its image was built."""
    if (before and before.generation) != (now and now.generation):
        raise Refused(Exit.BUSY, f"somebody else changed {service.name} meanwhile; look with `make status`, try again")


def look_at(tools: Tools, service: Service, live: Live, otherwise: str) -> None:
    """Ask the canary what it must answer. Raises Refused(SMOKE); `otherwise` says how things then are."""
    outcomes = canary_outcomes(tools, service, live)
    failed = [outcome for outcome in outcomes if outcome.problem]
    for outcome in outcomes:
        tell(f"  {outcome}")
    if failed:
        take_tag_away(tools, service.name, live)
        raise Refused(Exit.SMOKE, f"{failed[0].name}: {failed[0].problem}; {otherwise}")


def canary_outcomes(tools: Tools, service: Service, live: Live) -> list[Outcome]:
    """Return what the canary answered at its own address; nothing where the network keeps us out."""
    assert live.canary is not None
    if not live.is_public_ingress:
        tell("  skipped: only the load balancer may call it, so it is judged by its startup probe and its log")
        return []
    return smoke(asked_of(tools, service, live, live.canary.url or "", is_public_host=False))


def asked_of(tools: Tools, service: Service, live: Live, url: str, *, is_public_host: bool) -> Asked:
    """Return what to ask a service at `url`; with the token for its figures where the operator may read it.

    At the public address figures are hidden from everybody, so they are not asked for there.
    """
    token = None
    if (version := live.pinned.get("METRICS_TOKEN")) and not (is_public_host and url != live.url):
        with suppress(Refused):
            token = secret_value(tools, "METRICS_TOKEN", version).strip()
    is_refused = service.key == "main" and not is_public_host
    return Asked(service.key, service.known_as, url.rstrip("/"), token, only_health=is_refused)


def start_revision(tools: Tools, service: Service, revision: str, manifest: dict[str, Any]) -> None:
    """Hand the manifest to Google and wait until the revision is ready. Raises Refused."""
    with tempfile.TemporaryDirectory(prefix="emergence-manifest-") as folder:
        file = Path(folder) / "service.json"
        file.write_text(json.dumps(manifest))
        words = ["run", "services", "replace", str(file), f"--region={tools.place.region}"]
        try:
            if tools.is_dry:
                tools.read(*words, "--dry-run")
                tell(f"{service.name}: Google accepts {revision}; nothing was changed")
                return
            tell(f"{service.name}: starting {revision} without traffic …")
            tools.change(*words)
        except Refused as refused:
            raise _explained(tools, service, revision, refused) from None


def _explained(tools: Tools, service: Service, revision: str, refused: Refused) -> Refused:
    """Return why Google did not start a revision: its manifest, or the revision with its last words."""
    said = str(refused)
    if refused.code in (Exit.NOT_SIGNED_IN, Exit.API, Exit.BUSY, Exit.PROJECT):
        return refused
    if any(word in said for word in REFUSED_MANIFEST):
        return Refused(Exit.MANIFEST, f"Google refuses the manifest of {service.key}: {said}")
    with suppress(Refused):
        for line in revision_log(tools, service.name, revision):
            tell(f"  {line}")
    return Refused(Exit.NOT_READY, f"{revision} did not become ready; the traffic is where it was ({said})")


def revision_log(tools: Tools, name: str, revision: str) -> list[str]:
    """Return the last lines that a revision wrote, oldest first. Raises Refused."""
    about = f'resource.labels.service_name="{name}" AND resource.labels.revision_name="{revision}"'
    words = ["logging", "read", f'resource.type="cloud_run_revision" AND {about}', f"--limit={LOG_LINES}"]
    return [text_of(entry) for entry in reversed(tools.read(*words) or [])]


def text_of(entry: dict[str, Any]) -> str:
    """Return an entry of the log as one line."""
    said = entry.get("textPayload") or entry.get("jsonPayload") or entry.get("httpRequest") or ""
    text = said if isinstance(said, str) else json.dumps(said, sort_keys=True)
    return f"{entry.get('timestamp', '')} {entry.get('severity', 'DEFAULT')} {text}".strip()


def _let_everybody_in(tools: Tools, service: Service, manifest: dict[str, Any]) -> None:
    """Bind the public to a service whose manifest does not switch the check off; ingress keeps others out."""
    if manifest["metadata"].get("annotations", {}).get(NO_INVOKER_CHECK) == "true":
        return
    region = f"--region={tools.place.region}"
    policy = tools.read("run", "services", "get-iam-policy", service.name, region) or {}
    bindings = [each for each in policy.get("bindings", []) if each["role"] == INVOKER]
    if not any(EVERYBODY in each["members"] for each in bindings):
        words = ["run", "services", "add-iam-policy-binding", service.name, region]
        tools.change(*words, f"--member={EVERYBODY}", f"--role={INVOKER}")
