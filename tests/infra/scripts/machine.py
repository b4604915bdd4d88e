"""A machine whose programs are stand-ins over the fake: quick enough for every row of what can go wrong."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from blueprint.capacity import capacity
from operate.programs import Ended
from operate.refusals import Exit, Refused
from tests.infra.scripts.google.world import NUMBER, PROJECT, REGION, Json, World
from tests.infra.scripts.spoken_gcloud import spoken

DIGEST = "sha256:" + "ab" * 32
SERVICES: list[Json] = [
    {
        "key": key,
        "name": name,
        "serves": ["chat", "memory", "gateway"] if key == "main" else [key],
        "account": f"emergence-{key}",
        "dockerfile": f"{key}-service.Dockerfile",
        "secrets": {"required": required, "optional": optional},
    }
    for key, name, required, optional in (
        (
            "auth",
            "emergence-auth-service",
            ["AUTH_JWT_SECRET", "METRICS_TOKEN"],
            ["SMTP_HOST", "AUTH_JWT_SECRET_PREVIOUS"],
        ),
        ("session", "emergence-session-service", ["METRICS_TOKEN"], []),
        ("main", "emergence-app", ["METRICS_TOKEN", "OPENAI_API_KEY"], []),
    )
]

OWN_DATABASES = {"auth": ["AUTH"], "session": ["SESSION"], "main": ["CHAT", "MEMORY"]}


@dataclass
class StandIns:
    """Runs `gcloud`, `docker`, `git` and `blueprint.sh`. With `gcloud_environ` gcloud is the real one."""

    world: World
    gcloud_environ: Mapping[str, str] | None = None
    gcloud_version: str = "528.0.0"
    terraform_version: str = "1.11.4"
    commit: str = "0a1b2c3d4e5f"
    changed_files: str = ""
    migrations: dict[str, str] = field(default_factory=dict)  # between any two commits
    missing: set[str] = field(default_factory=set)  # programs that are not installed
    failing: dict[str, str] = field(default_factory=dict)  # "docker push" → what it says
    ran: list[list[str]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    ingress: str = "all"
    change_manifest: Any = None  # a bad variant: what it does to a rendered manifest
    meanwhile: Any = None  # what somebody else does while an image is built
    options: dict[str, list[str]] = field(default_factory=dict)  # of the last manifest that was rendered
    services: list[Json] = field(default_factory=lambda: SERVICES)
    capacity: Json = field(default_factory=dict)  # what is otherwise than the manifests say
    local_images: dict[str, str] = field(default_factory=dict)  # id → label

    def run(self, words: Sequence[str], given: str | None = None, more: Mapping[str, str] | None = None) -> Ended:
        """See operate.programs.Machine."""
        self.ran.append(list(words))
        program = Path(words[0]).name
        if program in self.missing:
            raise Refused(Exit.TOOL, f"{program} is not installed; `make doctor` says what is needed")
        for begin, said in self.failing.items():
            if " ".join([program, *words[1:]]).startswith(begin):
                return Ended(1, "", said)
        if given is not None:
            self.given.append(given)
        if program == "gcloud":
            return self._gcloud(words, given)
        return {
            "docker": self._docker,
            "git": self._git,
            "blueprint.sh": self._blueprint,
            "terraform": self._terraform,
            "make": self._make,
        }[program](list(words[1:]))

    def built(self) -> list[list[str]]:
        """Return the words of every build."""
        return [words for words in self.ran if words[:2] == ["docker", "build"]]

    def _gcloud(self, words: Sequence[str], given: str | None) -> Ended:
        if self.gcloud_environ is None:
            if words[1] == "version":
                return Ended(0, f"Google Cloud SDK {self.gcloud_version}\n", "")
            return spoken(self.world, list(words[1:]), given)
        environ = {key: value for key, value in os.environ.items() if not key.startswith("CLOUDSDK_")}
        done = subprocess.run(
            list(words),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            env=environ | dict(self.gcloud_environ),
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def _git(self, words: list[str]) -> Ended:
        if words == ["--version"]:
            return Ended(0, "git version 2.51.0\n", "")
        act = words[2]
        if act == "rev-parse":
            return Ended(0, self.commit + "\n", "")
        if act == "status":
            return Ended(0, self.changed_files, "")
        if act == "diff":
            return Ended(0, "\n".join(self.migrations), "")
        if act == "show":
            return Ended(0, self.migrations[words[3].partition(":")[2]], "")
        known = words[4].removesuffix("^{commit}")
        return Ended(0 if known in ("HEAD", self.commit) or len(known) == len(self.commit) else 1, "", "")

    def _docker(self, words: list[str]) -> Ended:
        if words[0] == "build" and self.meanwhile is not None:
            self.meanwhile()
        if words[0] == "push":
            pushed = self._digest_of(words[-1])
            self.world.images[pushed] = "2027-01-15T09:00:00Z"
            self.world.tags.setdefault(pushed, []).append(words[-1].rpartition(":")[2])
        if words[:2] == ["image", "inspect"]:
            return Ended(0, self._digest_of(words[-1]) + "\n", "")
        if words[:2] == ["image", "ls"]:
            label = next(word for word in words if word.startswith("label=")).removeprefix("label=")
            return Ended(0, "\n".join(each for each, has in self.local_images.items() if has == label), "")
        if words[:2] == ["image", "rm"]:
            del self.local_images[words[-1]]
        return Ended(0, "27.0.0\n", "")

    @staticmethod
    def _make(words: list[str]) -> Ended:
        return Ended(0, "GNU Make 4.4\n", "")

    def _terraform(self, words: list[str]) -> Ended:
        if words[0] == "version":
            return Ended(0, json.dumps({"terraform_version": self.terraform_version}), "")
        if "apply" in words:
            self.world.lay_ground()
        return Ended(0, "", "")

    @staticmethod
    def _digest_of(tag: str) -> str:
        return f"{tag.rpartition(':')[0]}@{DIGEST}"

    def _blueprint(self, words: list[str]) -> Ended:
        if words[0] == "services":
            return Ended(0, json.dumps(services(self.services, _options(words[1:]))), "")
        if words[0] == "capacity":
            return Ended(0, json.dumps(capacity(words[1], "default", "dev") | self.capacity), "")
        if words[0] == "edge":
            return Ended(0, "", "")
        self.options = _options(words[2:])
        manifest = manifest_of(words[1], self.ingress, self.options, self.services)
        if self.change_manifest is not None:
            self.change_manifest(manifest)
        return Ended(0, json.dumps(manifest), "")


def services(known: Sequence[Json], options: Mapping[str, list[str]]) -> list[Json]:
    """Return the services as the renderer lists them; only with a database each do they require its address."""
    if options["--databases"] == ["one"]:
        return [each | {"databases": ["DATABASE_URL"]} for each in known]
    bus = ["EMERGENCE_BUS_URL"] if options["--bus"] == ["postgres"] else []
    found = []
    for each in known:
        own = [f"{name}_DATABASE_URL" for name in OWN_DATABASES[each["key"]]] + bus
        secrets = each["secrets"] | {"required": [*each["secrets"]["required"], *own]}
        found.append(each | {"secrets": secrets, "databases": own})
    return found


def _options(words: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"--standby": ["yes"]} if "--standby" in words else {}
    words = [word for word in words if word != "--standby"]
    for name, value in zip(words[::2], words[1::2], strict=True):
        found.setdefault(name, []).append(value)
    return found


def manifest_of(key: str, ingress: str, options: Mapping[str, list[str]], known: Sequence[Json] = SERVICES) -> Json:
    """Return a manifest as the renderer makes one, as small as Cloud Run takes it."""
    service = next(each for each in known if each["key"] == key)
    pinned = dict(each.split("=") for each in options.get("--secret", []))
    env: list[Json] = [{"name": "LOG_FORMAT", "value": "json"}]
    env += [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": name, "key": version}}}
        for name, version in pinned.items()
    ]
    account = f"{service['account']}@{PROJECT}.iam.gserviceaccount.com"
    container = {"image": options["--image"][0], "env": env, "ports": [{"name": "http1", "containerPort": 8080}]}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {
            "name": service["name"],
            "namespace": NUMBER,
            "labels": {
                "managed-by": "emergence",
                "environment": options.get("--env", ["dev"])[0],
                "cloud.googleapis.com/location": REGION,
            },
            "annotations": {"run.googleapis.com/ingress": ingress, "run.googleapis.com/invoker-iam-disabled": "true"},
        },
        "spec": {
            "template": {
                "metadata": {"name": f"{service['name']}-{options['--revision-suffix'][0]}", "labels": {}},
                "spec": {"serviceAccountName": account, "containers": [container]},
            },
            "traffic": [{"latestRevision": True, "percent": 100}],
        },
    }
