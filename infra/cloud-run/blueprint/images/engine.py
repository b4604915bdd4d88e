"""The program that builds and runs images: Docker where its engine answers, else podman with a store of its own."""

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from blueprint.files import REPOSITORY
from blueprint.refusal import MissingTool, Refusal
from blueprint.services import every_service

STORE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "emergence-images"
BUILD_LIMIT_S = 1800
NEEDED = ("podman", "runc")
LIMITS = ("nofile=16384:16384", "nproc=4096:4096")


class BuildFailed(Refusal):
    """An image could not be built; the message holds the last lines."""

    status = 20


@dataclass(frozen=True, slots=True)
class Engine:
    """`command` begins every call; podman also needs to be told how to build without a daemon."""

    command: tuple[str, ...]
    building: tuple[str, ...] = ()

    @property
    def is_podman(self) -> bool:
        return self.command[0] == "podman"

    def build(self, dockerfile: Path, tag: str, arguments: Sequence[str] = ()) -> None:
        """Build an image from the repository's root. Raises BuildFailed."""
        words = ["build", *self.building, "-f", str(dockerfile), "-t", tag]
        for argument in arguments:
            words += ["--build-arg", argument]
        done = self._called([*words, str(REPOSITORY)], BUILD_LIMIT_S)
        if done.returncode != 0:
            raise BuildFailed(f"{dockerfile.name}: " + "\n".join((done.stdout + done.stderr).splitlines()[-15:]))

    def run(self, *words: str) -> str:
        """Return what a call printed. Raises Refusal."""
        done = self._called(words, 300)
        if done.returncode != 0:
            raise Refusal(f"{self.command[0]} {words[0]}: {done.stderr.strip()[-500:]}")
        return done.stdout.strip()

    def state(self, name: str, what: str) -> str:
        """Return one figure of a container's state, as the engine writes it; nothing where it is gone."""
        return self._called(["inspect", "-f", f"{{{{.State.{what}}}}}", name], 60).stdout.strip()

    def logs(self, name: str) -> str:
        """Return what a container printed, on both its outputs."""
        done = self._called(["logs", name], 60)
        return done.stdout + done.stderr

    def has(self, image: str) -> bool:
        """Return whether an image is here."""
        return self._called(["image", "inspect", image], 60).returncode == 0

    def inspect(self, image: str) -> dict[str, Any]:
        """Return what the engine knows of an image. Raises Refusal."""
        found: dict[str, Any] = json.loads(self.run("image", "inspect", image))[0]
        return found

    def digest(self, image: str) -> str:
        """Return the digest under which the image was pushed, else that of its configuration."""
        found = self.inspect(image)
        pushed = [name.partition("@")[2] for name in found.get("RepoDigests") or [] if "@" in name]
        return pushed[0] if pushed else "sha256:" + str(found["Id"]).removeprefix("sha256:")

    @contextmanager
    def files(self, image: str) -> Iterator[tarfile.TarFile]:
        """Yield everything in an image as a stream of a tar archive, to be read once from its beginning."""
        name = self.run("create", *([] if not self.is_podman else ["--pull=never"]), image).splitlines()[-1]
        try:
            with subprocess.Popen([*self.command, "export", name], stdout=subprocess.PIPE) as exported:
                assert exported.stdout is not None
                with tarfile.open(fileobj=exported.stdout, mode="r|") as archive:
                    yield archive
                exported.stdout.read()
        finally:
            with suppress(Refusal):
                self.run("rm", "-f", name)

    def _called(self, words: Sequence[str], limit_s: float) -> "subprocess.CompletedProcess[str]":
        command = [*self.command, *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit_s)


def find_engine(store: Path = STORE) -> Engine:
    """Return what CONTAINER_ENGINE names, else what works here. Raises MissingTool, which says how to get one."""
    wanted = os.environ.get("CONTAINER_ENGINE", "")
    if wanted in ("", "docker") and _docker_answers():
        return Engine(("docker",))
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if wanted == "docker" or missing:
        raise MissingTool("no Docker engine answers; start one, or: apt-get install buildah podman runc")
    if os.geteuid() != 0:
        raise MissingTool("no Docker engine answers, and podman with limits needs root here")
    store.mkdir(parents=True, exist_ok=True)
    short = Path("/run") / f"emergence-{sha256(str(store).encode()).hexdigest()[:8]}"  # podman takes 50 characters
    place = ("--root", str(store), "--runroot", str(short), "--storage-driver", "overlay")
    building = ("--pull=never", "--isolation", "chroot", "--network", "host", "--layers")
    return Engine(("podman", *place, "--cgroup-manager=cgroupfs", "--runtime", "runc"), building)


def built_name(key: str) -> str:
    """Return what `images` calls the image of a service."""
    return f"localhost/emergence-{key}:verify"


def named_images(engine: Engine, words: Sequence[str]) -> dict[str, str]:
    """Return service to image, from words like auth=REPOSITORY/auth@sha256:…; default: what was built here.

    Raises Refusal when an image is not here.
    """
    pairs = [word.partition("=") for word in words or [service.key for service in every_service()]]
    found = {key: image or built_name(key) for key, _, image in pairs}
    for key, image in found.items():
        if not engine.has(image):
            raise Refusal(f"{key}: {image} is not here; build it with blueprint.sh images {key}, or pull it")
    return found


def _docker_answers() -> bool:
    if shutil.which("docker") is None:
        return False
    try:
        return subprocess.run(["docker", "info"], capture_output=True, check=False, timeout=20).returncode == 0
    except subprocess.TimeoutExpired:
        return False
