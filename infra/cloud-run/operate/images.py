"""Images: built from a clean tree, pushed, and from then on known by digest alone."""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from operate.catalogue import Service
from operate.place import REPOSITORY_ROOT, SCRIPTS
from operate.programs import Tools, tell
from operate.refusals import Exit, Missing, Refused

OUR_LABEL = "managed-by=emergence"


def commit_of_tree(tools: Tools) -> str:
    """Return the short hash of what is checked out. Raises Refused(DIRTY_TREE) for production with other changes."""
    commit = tools.run("git", "-C", str(REPOSITORY_ROOT), "rev-parse", "--short=12", "HEAD", code=Exit.TOOL).strip()
    changed = tools.run("git", "-C", str(REPOSITORY_ROOT), "status", "--porcelain", code=Exit.TOOL).strip()
    if not changed:
        return commit
    if tools.place.is_production:
        first = changed.splitlines()[0].strip()
        raise Refused(Exit.DIRTY_TREE, f"production is deployed from a commit, but `{first}` is not committed")
    tell("The tree has changes that are not committed; the revision is named after the commit below them.")
    return commit


def require_image(tools: Tools, image: str) -> str:
    """Return an image by digest after looking that it exists. Raises Refused(IMAGE)."""
    if "@sha256:" not in image:
        raise Refused(Exit.IMAGE, f"{image} has no digest; give it as NAME@sha256:…, tags can be moved")
    try:
        tools.read("artifacts", "docker", "images", "describe", image)
    except Missing:
        raise Refused(Exit.IMAGE, f"the registry does not have {image}; leave --image out to build it") from None
    return image


def build_and_push(tools: Tools, service: Service, commit: str) -> str:
    """Build a service's image, push it, and return it by digest. Raises Refused(BUILD)."""
    name = tools.place.image(service.key)
    tag = f"{name}:{commit}-{datetime.now(UTC):%Y%m%d%H%M%S}"  # tags of the repository cannot be moved
    dockerfile = str(SCRIPTS / Path(service.dockerfile).name)
    words = ["docker", "build", "--file", dockerfile, "--label", OUR_LABEL, "--label", f"commit={commit}"]
    if tools.is_dry:
        tell(f"would build and push {tag}")
        return f"{name}@sha256:{'0' * 64}"
    tell(f"Building {tag} …")
    tools.run(*words, "--tag", tag, str(REPOSITORY_ROOT), code=Exit.BUILD)
    with_registry(tools, lambda more: tools.run("docker", "push", "--quiet", tag, code=Exit.BUILD, more=more))
    digests = tools.run("docker", "image", "inspect", "--format", '{{join .RepoDigests "\\n"}}', tag, code=Exit.BUILD)
    found = next((line for line in digests.split() if line.startswith(f"{name}@sha256:")), None)
    if found is None:
        raise Refused(Exit.BUILD, f"docker knows no digest of {tag} after pushing it")
    return found


def with_registry(tools: Tools, push: Callable[[dict[str, str]], object]) -> None:
    """Call `push` with variables that sign docker in to the registry; the operator's own configuration stays."""
    with tempfile.TemporaryDirectory(prefix="emergence-docker-") as folder:
        more = {"DOCKER_CONFIG": folder}
        token = tools.read_text("auth", "print-access-token").strip()
        login = ["docker", "login", "--username", "oauth2accesstoken", "--password-stdin"]
        tools.run(*login, f"https://{tools.place.registry}", code=Exit.BUILD, given=token, more=more)
        push(more)


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
