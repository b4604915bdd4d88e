"""Images: built from a clean tree, pushed, and from then on known by digest alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from operate.catalogue import Service
from operate.docker_sign_in import signed_in
from operate.place import REPOSITORY_ROOT, SCRIPTS
from operate.programs import Tools, tell
from operate.refusals import Exit, Missing, Refused

OUR_LABEL = "managed-by=emergence"
COMMIT_LENGTH = 12
PLATFORM = "linux/amd64"  # Cloud Run takes no other, and some machines build another by themselves
TAG = re.compile(r"([0-9a-f]{12,40})(?:-.*)?")  # the commit that an image was built from


@dataclass(frozen=True, slots=True)
class Built:
    """An image by digest, and the commit that it was built from."""

    image: str
    commit: str


def commit_of_tree(tools: Tools) -> str:
    """Return the short hash of what is checked out. Raises Refused(DIRTY_TREE) for production with other changes."""
    commit = tools.run(
        "git", "-C", str(REPOSITORY_ROOT), "rev-parse", f"--short={COMMIT_LENGTH}", "HEAD", code=Exit.TOOL
    ).strip()
    changed = tools.run("git", "-C", str(REPOSITORY_ROOT), "status", "--porcelain", code=Exit.TOOL).strip()
    if not changed:
        return commit
    if tools.place.is_production:
        first = changed.splitlines()[0].strip()
        raise Refused(Exit.DIRTY_TREE, f"production is deployed from a commit, but `{first}` is not committed")
    tell("The tree has changes that are not committed; the revision is named after the commit below them.")
    return commit


def require_image(tools: Tools, service: Service, image: str) -> Built:
    """Return an image of this service with its commit, after looking that it exists. Raises Refused(IMAGE)."""
    name, _, digest = image.partition("@")
    if not digest.startswith("sha256:"):
        raise Refused(Exit.IMAGE, f"{image or 'nothing'} has no digest; give it as NAME@sha256:…, tags can be moved")
    if name != tools.place.image(service.key):
        raise Refused(
            Exit.IMAGE, f"{image} is none of {service.key}'s; they are called {tools.place.image(service.key)}@…"
        )
    try:
        tools.read("artifacts", "docker", "images", "describe", image)
    except Missing:
        raise Refused(Exit.IMAGE, f"the registry does not have {image}; leave --image out to build it") from None
    found = next((built for built in _built(tools, service) if built.image == image), None)
    if found is None:
        raise Refused(Exit.IMAGE, f"nobody knows what {image} was built from: none of its tags begins with a commit")
    return found


def image_of_commit(tools: Tools, service: Service, commit: str) -> str:
    """Return the image that was built last from a commit, by digest. Raises Refused(IMAGE)."""
    found = next((built.image for built in _built(tools, service) if built.commit == commit), None)
    if found is None:
        raise Refused(Exit.IMAGE, f"the registry has no image of {service.key} from {commit}; deploy or build it first")
    return found


def _built(tools: Tools, service: Service) -> Iterator[Built]:
    """Yield the images of a service whose tags tell their commit, the newest first."""
    name = tools.place.image(service.key)
    try:
        listed = tools.read("artifacts", "docker", "images", "list", name, "--include-tags", "--sort-by=~UPDATE_TIME")
    except Missing:
        return
    for each in listed or []:
        commit = next((match[1] for tag in each.get("tags") or [] if (match := TAG.fullmatch(tag))), None)
        if commit is not None:
            yield Built(f"{each['package']}@{each['version']}", commit[:COMMIT_LENGTH])


def build_and_push(tools: Tools, service: Service, commit: str) -> str:
    """Build a service's image, push it, and return it by digest. Raises Refused(BUILD)."""
    name = tools.place.image(service.key)
    tag = f"{name}:{commit}-{datetime.now(UTC):%Y%m%d%H%M%S}"  # tags of the repository cannot be moved
    dockerfile = str(SCRIPTS / Path(service.dockerfile).name)
    words = ["docker", "build", "--platform", PLATFORM, "--file", dockerfile]
    words += ["--label", OUR_LABEL, "--label", f"commit={commit}"]
    words += ["--build-arg", f"REVISION={_revision(tools, commit)}"]
    if tools.is_dry:
        tell(f"would build and push {tag}")
        return f"{name}@sha256:{'0' * 64}"
    tell(f"Building {tag} …")
    tools.run(*words, "--tag", tag, str(REPOSITORY_ROOT), code=Exit.BUILD)
    with signed_in(tools) as more:
        tools.run("docker", "push", "--quiet", tag, code=Exit.BUILD, more=more)
    digests = tools.run("docker", "image", "inspect", "--format", '{{join .RepoDigests "\\n"}}', tag, code=Exit.BUILD)
    found = next((line for line in digests.split() if line.startswith(f"{name}@sha256:")), None)
    if found is None:
        raise Refused(Exit.BUILD, f"docker knows no digest of {tag} after pushing it")
    return found


def _revision(tools: Tools, commit: str) -> str:
    """Return what the image says that it was built from: with other changes in the tree it is of no commit."""
    changed = tools.run("git", "-C", str(REPOSITORY_ROOT), "status", "--porcelain", code=Exit.TOOL).strip()
    return f"{commit}-dirty" if changed else commit


def remove_our_images(tools: Tools) -> int:
    """Remove the images on this machine that carry our label, no others; return how many. Raises Refused."""
    words = ("docker", "image", "ls", "--all", "--quiet", "--no-trunc", "--filter", f"label={OUR_LABEL}")
    found = sorted(set(tools.run(*words, code=Exit.TOOL).split()))
    for image in found:
        if tools.is_dry:
            tell(f"would remove {image}")
        else:
            tools.run("docker", "image", "rm", "--force", image, code=Exit.FAILED)
    return len(found)
