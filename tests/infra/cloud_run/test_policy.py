"""Each rule lets pass what we ship and catches a variant made for it; no rule is without such a variant."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from blueprint.__main__ import main
from blueprint.dockerfile import instructions
from blueprint.files import FOLDER, REPOSITORY
from blueprint.merging import merged
from blueprint.policy import about_image, about_service, everything, findings
from blueprint.render import rendered
from blueprint.services import container_of, service_of
from tests.infra.cloud_run.targets import DIGEST, target

Json = dict[str, Any]
CLUSTER = "kubernetes"  # its rules have their variants in test_kubernetes_rules.py
SESSION_IMAGE = f"europe-west1-docker.pkg.dev/emergence-prod/emergence/session@{DIGEST}"
BASE = re.compile(r"^ARG BASE=.*$", re.MULTILINE)


def annotated(**annotations: str | None) -> Json:
    return {"spec": {"template": {"metadata": {"annotations": {_annotation(k): v for k, v in annotations.items()}}}}}


def _annotation(word: str) -> str:
    prefix = "autoscaling.knative.dev/" if word.endswith("Scale") else "run.googleapis.com/"
    return prefix + word.replace("_", "-")


def contained(**parts: Any) -> Json:
    return {"spec": {"template": {"spec": {"containers": [{"name": "session", **parts}]}}}}


def setting(name: str, value: str) -> Json:
    return contained(env=[{"name": name, "value": value}])


def bound(name: str, version: str) -> Json:
    return contained(env=[{"name": name, "valueFrom": secret(name, version)}])


def secret(name: str, version: str) -> Json:
    return {"secretKeyRef": {"name": name, "key": version}}


def templated(**parts: Any) -> Json:
    return {"spec": {"template": {"spec": parts}}}


COLLECTOR_IMAGE = f"europe-west1-docker.pkg.dev/emergence-prod/emergence/collector@{DIGEST}"


def beside(**parts: Any) -> Json:
    """Return the change that puts a collector beside session of which some parts are otherwise."""
    manifest = rendered("session", target(image=SESSION_IMAGE, collector=COLLECTOR_IMAGE))
    first, collector = manifest["spec"]["template"]["spec"]["containers"]
    changed = {name: value for name, value in (collector | parts).items() if value is not None}
    return {"spec": {"template": {"spec": {"containers": [{"name": first["name"]}, changed]}}}}


def known_to_collector(*more: Json) -> list[Json]:
    token = {"secretKeyRef": {"name": "METRICS_TOKEN", "key": "1"}}
    return [{"name": "COLLECTOR_CONFIG", "value": "x"}, {"name": "METRICS_TOKEN", "valueFrom": token}, *more]


# What a variant of session's manifest for prod changes, and the rule that must say so.
BAD_MANIFESTS: list[tuple[str, Json]] = [
    ("own-account", templated(serviceAccountName=None)),
    ("own-account", templated(serviceAccountName="123456789012-compute@developer.gserviceaccount.com")),
    ("own-account", templated(serviceAccountName="emergence-auth@emergence-prod.iam.gserviceaccount.com")),
    ("own-account", templated(serviceAccountName="emergence-session@somebody-elses.iam.gserviceaccount.com")),
    ("own-image", contained(image=f"docker.io/library/session@{DIGEST}")),
    ("own-image", contained(image=f"europe-west1-docker.pkg.dev/somebody-elses/emergence/session@{DIGEST}")),
    ("own-image", contained(image=f"europe-west1-docker.pkg.dev/emergence-prod/emergence/main@{DIGEST}")),
    ("own-image", contained(image=f"evil.example/europe-west1-docker.pkg.dev/emergence-prod/x/session@{DIGEST}")),
    ("one-container", beside(name="miner")),
    ("one-container", beside(ports=[{"containerPort": 4317}])),
    ("own-collector", beside(image=f"docker.io/otel/collector@{DIGEST}")),
    ("own-collector", beside(image="europe-west1-docker.pkg.dev/emergence-prod/emergence/collector:latest")),
    ("own-collector", beside(image=SESSION_IMAGE)),
    ("plain-collector", beside(securityContext={"privileged": True})),
    ("plain-collector", beside(args=["--config=https://evil.example/"])),
    ("plain-collector", beside(env=known_to_collector({"name": "LD_PRELOAD", "value": "/tmp/x.so"}))),
    ("plain-collector", beside(env=[*known_to_collector()[:1], {"name": "METRICS_TOKEN", "value": "in the open"}])),
    ("plain-collector", beside(env=known_to_collector()[:1])),
    ("small-collector", beside(resources=None)),
    ("small-collector", beside(resources={"limits": {"cpu": "2", "memory": "128Mi"}})),
    ("small-collector", beside(resources={"limits": {"cpu": "100m", "memory": "4Gi"}})),
    ("placeholder", beside(args=["--config=${SOMETHING}"])),
    ("known-variable", setting("LD_PRELOAD", "/tmp/library.so")),
    ("known-variable", setting("GITHUB_PAT", "ghp_0000")),
    ("known-variable", setting("PYTHONPATH", "/tmp")),
    ("known-variable", bound("GITHUB_PAT", "1")),
    ("known-variable", bound("LOG_LEVEL", "1")),
    ("known-variable", contained(env=[{"name": "LOG_FORMAT"}])),
    ("plain-container", contained(securityContext={"privileged": True})),
    ("plain-container", contained(volumeMounts=[{"name": "host", "mountPath": "/host"}])),
    ("plain-container", templated(volumes=[{"name": "host", "hostPath": {"path": "/"}}])),
    ("known-annotation", {"metadata": {"annotations": {"run.googleapis.com/invoker-iam-disabled": "true"}}}),
    ("known-annotation", annotated(cloudsql_instances="somebody-elses:europe-west1:other")),
    ("pinned-secret", bound("DATABASE_URL", "latest")),
    ("own-secret", contained(env=[{"name": "METRICS_TOKEN", "valueFrom": secret("CHAT_KEY_SECRET", "1")}])),
    ("neighbours", setting("AUTH_SERVICE_URL", "https://evil.example")),
    ("neighbours", setting("AUTH_SERVICE_URL", "https://emergence-auth-service-666.europe-west1.run.app")),
    ("neighbours", setting("AUTH_SERVICE_URL", "https://emergence-app-123456789012.europe-west1.run.app")),
    ("secret-in-manifest", setting("OPENAI_API_KEY", "sk-0000")),
    ("secret-in-manifest", setting("EMERGENCE_BUS_URL", "nats://user:password@10.0.0.3:4222")),
    ("secret-in-manifest", setting("AUTH_DATABASE_URL", "postgresql://user:password@10.0.0.3/emergence")),
    ("image-by-digest", contained(image="europe-west1-docker.pkg.dev/p/emergence/session:latest")),
    ("reserved-variable", setting("PORT", "8080")),
    ("reserved-variable", setting("K_SERVICE", "session")),
    ("placeholder", setting("LOG_LEVEL", "${LOG_LEVEL}")),
    ("startup-probe", contained(startupProbe=None)),
    ("startup-probe", contained(startupProbe={"failureThreshold": 200})),
    ("liveness-probe", contained(livenessProbe=None)),
    ("liveness-probe", contained(livenessProbe={"httpGet": {"path": "/api/ready"}})),
    ("probes-differ", contained(startupProbe={"httpGet": {"path": "/api/health"}})),
    ("cpu-boost", annotated(startup_cpu_boost=None)),
    ("ingress", {"metadata": {"annotations": {"run.googleapis.com/ingress": "all"}}}),
    ("ingress", {"metadata": {"annotations": {"run.googleapis.com/ingress": None}}}),
    ("ingress", {"metadata": {"annotations": {"run.googleapis.com/ingress": "everyone"}}}),
    ("hops", setting("AUTH_TRUSTED_HOPS", "1")),
    ("hops", setting("AUTH_TRUSTED_HOPS", "99")),
    ("sockets", templated(timeoutSeconds=900)),
    ("affinity", annotated(sessionAffinity=None)),
    ("throttled", annotated(cpu_throttling="true")),
    ("throttled", annotated(cpu_throttling=None)),
    ("private-network", annotated(network_interfaces=None)),
    ("private-network", annotated(vpc_access_egress="all-traffic")),
    ("shared-database", setting("EMERGENCE_DATA_DIR", "/tmp/emergence")),
    ("own-database", bound("SESSION_DATABASE_URL", "1")),
    ("own-database", bound("AUTH_DATABASE_URL", "1")),
    ("serve", contained(args=["up"])),
    ("entrypoint", contained(command=["sh", "-c", "emergence serve session"])),
    ("production", setting("EMERGENCE_ENV", "development")),
    ("production", setting("AUTH_DEV_LOGIN", "true")),
    ("public-url", setting("EMERGENCE_PUBLIC_URL", "http://chat.example.org")),
    ("scale", annotated(minScale="5")),
    ("scale", annotated(maxScale=None)),
    ("scale", annotated(maxScale="1001")),
    ("concurrency", templated(containerConcurrency=5000)),
    ("concurrency", templated(containerConcurrency=None)),
    ("size", contained(resources={"limits": {"memory": "256Mi"}})),
    ("size", contained(resources={"limits": {"cpu": "4", "memory": "1Gi"}})),
    ("size", contained(resources={"limits": {"memory": "900Gi"}})),
    ("size", contained(resources=None)),
    ("labels", {"metadata": {"labels": {"managed-by": None}}}),
    ("labels", {"spec": {"template": {"metadata": {"labels": {"environment": "dev"}}}}}),
    ("revision", {"spec": {"template": {"metadata": {"name": None}}}}),
    ("traffic", {"spec": {"traffic": [{"latestRevision": True, "percent": 99}]}}),
]


def without(name: str) -> Callable[[Json], None]:
    def remove(manifest: Json) -> None:
        container = container_of(manifest)
        container["env"] = [entry for entry in container["env"] if entry["name"] != name]

    return remove


def renamed(name: str, other: str) -> Callable[[Json], None]:
    def rename(manifest: Json) -> None:
        for entry in container_of(manifest)["env"]:
            entry["name"] = other if entry["name"] == name else entry["name"]

    return rename


# What no overlay can say.
BAD_CHANGES: list[tuple[str, Callable[[Json], None]]] = [
    ("shared-database", without("DATABASE_URL")),
    ("own-database", without("DATABASE_URL")),
    ("own-database", renamed("DATABASE_URL", "SESSION_DATABASE_URL")),
    ("production", without("EMERGENCE_ENV")),
    ("protected-figures", without("METRICS_TOKEN")),
    ("one-container", lambda manifest: manifest["spec"]["template"]["spec"]["containers"].append({"name": "other"})),
]
GOOD = service_of("auth"), (FOLDER / "auth-service.Dockerfile").read_text()
BAD_IMAGES: list[tuple[str, Callable[[str], str]]] = [
    ("base", lambda text: BASE.sub("ARG BASE=python:3.11-slim", text)),
    ("base", lambda text: BASE.sub("", text)),
    ("from", lambda text: text.replace("FROM ${BASE}\nARG", "FROM python:3.11\nARG")),
    ("stages", lambda text: text[text.index("FROM ${BASE}\nARG") :]),
    ("user", lambda text: text.replace("USER 10001:10001\n", "")),
    ("user", lambda text: text.replace("USER 10001:10001", "USER root")),
    ("hashes", lambda text: text.replace("--no-deps --require-hashes \\\n    --only-binary", "--only-binary")),
    ("hashes", lambda text: text.replace("-r auth-requirements.txt", "-r session-requirements.txt")),
    ("nothing-runs", lambda text: text.replace("USER 10001", "RUN apt-get install -y gcc\nUSER 10001")),
    ("entrypoint", lambda text: text.replace('ENTRYPOINT ["emergence"]', "ENTRYPOINT emergence")),
    ("no-bytecode", lambda text: text.replace("PYTHONDONTWRITEBYTECODE=1", "PYTHONUTF8=1")),
    ("label", lambda text: text.replace("managed-by=emergence", "by=us")),
    ("port", lambda text: text.replace("HOME=/tmp", "PORT=8080")),
]


def names_of(found: list[str]) -> set[str]:
    return {sentence.partition(":")[0] for sentence in found}


def test_everything_that_can_be_rendered_keeps_every_rule() -> None:
    looked_at = list(everything())

    ways = 3 * 2 * 2 * 3 + 3 * 2 * 3 + 3 * 3
    assert len(looked_at) == 1 + 3 * 2 + ways + 3, (
        "routes; environments and profiles; services each way, with a database each, with a collector; images"
    )
    assert [(what, found) for what, found in looked_at if found] == []


@pytest.mark.parametrize(("rule", "change"), BAD_MANIFESTS)
def test_a_bad_manifest_is_caught_by_its_rule(rule: str, change: Json) -> None:
    wanted = target(image=SESSION_IMAGE)
    manifest = merged(rendered("session", wanted), change)

    assert rule in names_of(about_service(service_of("session"), "prod", manifest, target=wanted))


@pytest.mark.parametrize(("rule", "change"), BAD_CHANGES)
def test_what_is_missing_is_caught_by_its_rule(rule: str, change: Callable[[Json], None]) -> None:
    manifest = rendered("session", target(image=SESSION_IMAGE))
    change(manifest)

    assert rule in names_of(about_service(service_of("session"), "prod", manifest))


@pytest.mark.parametrize(("rule", "change"), BAD_IMAGES)
def test_a_bad_image_is_caught_by_its_rule(rule: str, change: Callable[[str], str]) -> None:
    service, text = GOOD
    assert change(text) != text

    assert about_image(service.key, text) == []
    assert rule in names_of(about_image(service.key, change(text)))


def test_services_that_share_an_account_or_a_duty_are_caught() -> None:
    one = {"key": "auth", "account": "emergence-auth", "serves": ["auth", "chat"]}
    other = {"key": "chat", "account": "emergence-auth", "serves": ["chat"]}
    asked = {"product": ["auth", "chat", "memory"], "services": [one, other], "connections": [], "max_connections": 9}

    found = findings("deployment", asked)

    assert names_of(found) == {"accounts", "once"}
    assert [sentence.split()[1] for sentence in found if sentence.startswith("once")] == ["chat", "memory"]


def test_variables_that_manifests_may_set_are_settings_of_the_product() -> None:
    known = yaml.safe_load((FOLDER / "policy" / "variables.yaml").read_text())
    documented = set(
        re.findall(r"^\| `([A-Z_]+)`", (REPOSITORY / "docs" / "configuration.md").read_text(), re.MULTILINE)
    )

    assert {name for names in known.values() for name in names} - documented == set()
    assert {"LD_PRELOAD", "GITHUB_PAT"} & documented == set()


def test_no_rule_is_without_a_variant_that_it_catches() -> None:
    sources = "\n".join(path.read_text() for path in (FOLDER / "policy").glob("*.rego") if path.stem != CLUSTER)
    rules = set(re.findall(r'^deny contains (?:sprintf\()?["`]([a-z-]+):', sources, re.MULTILINE))

    tried = {rule for rule, _ in [*BAD_MANIFESTS, *BAD_CHANGES, *BAD_IMAGES]} | {"connections", "accounts", "once"}

    assert rules == tried


def test_a_bad_file_fails_the_command_with_its_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = rendered("session", target(image=SESSION_IMAGE))
    good, bad, nothing = (tmp_path / f"{name}.json" for name in ("good", "bad", "nothing"))
    good.write_text(json.dumps(manifest))
    bad.write_text(yaml.safe_dump(merged(manifest, setting("PORT", "1"))))
    nothing.write_text("[]")

    assert main(["policy", str(good)]) == 0
    assert main(["policy", str(good), str(bad)]) == 15
    assert "reserved-variable: PORT" in capsys.readouterr().out
    assert main(["policy", str(nothing)]) == 15


def test_a_dockerfile_is_read_with_its_stages_and_continued_lines() -> None:
    read = instructions("# a\nARG BASE=x\nFROM x AS one\nRUN a && \\\n    # why\n    b\nFROM y\nUSER 1\n")

    assert read == [
        {"stage": 0, "name": "ARG", "value": "BASE=x"},
        {"stage": 0, "name": "FROM", "value": "x AS one"},
        {"stage": 0, "name": "RUN", "value": "a && b"},
        {"stage": 1, "name": "FROM", "value": "y"},
        {"stage": 1, "name": "USER", "value": "1"},
    ]
