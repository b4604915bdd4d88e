"""Each YAML file that people edit is refused with its place and 15 when its form is wrong; none ends in a traceback."""

from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import yaml

from blueprint.capacity import capacity
from blueprint.cost_beside import Place
from blueprint.cost_report import report
from blueprint.edge.routes import load_routes
from blueprint.files import FOLDER, load
from blueprint.forms import form_of
from blueprint.policy import about_service, everything
from blueprint.refusal import InvalidManifest
from blueprint.render import rendered
from blueprint.services import container_of, service_of
from tests.infra.cloud_run.targets import target

Json = dict[str, Any]
ANNOTATIONS = ("spec", "template", "metadata", "annotations")
CONTAINER = ("spec", "template", "spec", "containers", 0)
SCALE = "autoscaling.knative.dev/"
MISSING = object()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "cloud-run"
    copytree(FOLDER, copy, ignore=lambda *_: [".venv", "blueprint", "build"])
    return copy


def put(*path: str | int, value: Any) -> Callable[[Json], None]:
    """Return the change that puts `value` at a place, made where it lacks; MISSING takes away what is there."""

    def change(tree: Any) -> None:
        for name in path[:-1]:
            tree = tree[name] if isinstance(name, int) else tree.setdefault(name, {})
        if value is MISSING:
            del tree[path[-1]]
        elif isinstance(tree, list):
            tree.insert(0, value)
        else:
            tree[path[-1]] = value

    return change


def scale(end: str, value: Any) -> Callable[[Json], None]:
    return put("services", "auth", *ANNOTATIONS, SCALE + end, value=value)


# The file, what somebody writes into it, and what the line must name.
BAD_FILES: list[tuple[str, Callable[[Json], None], str]] = [
    ("environments/prod.yaml", put("values", "LOG_LEVEL", value=False), "values.LOG_LEVEL .*reads false"),
    ("environments/prod.yaml", put("values", "LOG_LEVEL", value="LOUD"), "values.LOG_LEVEL must be DEBUG or"),
    ("environments/prod.yaml", put("values", "TRUSTED_HOPS", value=1), "values.TRUSTED_HOPS .*in quotes"),
    ("environments/prod.yaml", put("values", "TRUSTED_HOPS", value="99"), "values.TRUSTED_HOPS must be 1 or 2"),
    ("environments/prod.yaml", put("values", "INGRESS", value="everyone"), "values.INGRESS must be all or"),
    ("environments/prod.yaml", put("values", "INGRESS", value=MISSING), "values.INGRESS is missing"),
    ("environments/prod.yaml", put("values", value=None), "values must be a mapping, not empty"),
    ("environments/prod.yaml", put("valuess", value={}), "valuess is unknown; known: values"),
    ("environments/prod.yaml", put("public_url", value="auht"), "public_url must be auth or main or session"),
    ("environments/prod.yaml", put("services", value=None), "services must be a mapping, not empty"),
    ("environments/prod.yaml", put("services", "auht", value={}), "services.auht is unknown; known: auth"),
    ("environments/prod.yaml", put("services", "auth", value=None), "services.auth must be a mapping"),
    ("environments/prod.yaml", put("services", "auth", "spec", value=None), "services.auth.spec is missing"),
    (
        "environments/prod.yaml",
        put("services", "auth", "spec", "template", "metdata", value={}),
        "auth.*metdata is unk",
    ),
    ("environments/prod.yaml", scale("minScale", 0), "services.auth.*minScale .*reads 0"),
    ("environments/prod.yaml", scale("minScale", "-1"), "services.auth.*minScale must be a number of instances"),
    ("environments/prod.yaml", scale("minScale", "1.5"), "services.auth.*minScale must be a number of instances"),
    ("environments/prod.yaml", scale("maxScale", "1000000"), "services.auth.*maxScale must be a number of instances"),
    ("environments/prod.yaml", put("services", "auth", "kind", value="Pod"), "services.auth.kind must be serving|kind"),
    ("environments/prod.yaml", put("services", "auth", "metadata", "namespace", value="other"), "namespace is unknown"),
    (
        "environments/prod.yaml",
        put("services", "auth", "spec", "traffic", value=[{"percent": 200}, {"percent": -100}]),
        r"traffic\[0\].percent .* 200; .*traffic\[1\].percent",
    ),
    ("profiles/default.yaml", put("database", "max_connections", value="many"), "database.max_connections must be a w"),
    ("profiles/default.yaml", put("service", value={}), "service is unknown"),
    ("buses/postgres.yaml", put("env", value={}), "env must be a list"),
    ("databases/one.yaml", put("each_service", value="no"), "each_service must be true or false"),
    ("auth-service.yaml", put(*ANNOTATIONS, value=None), "annotations must be a mapping, not empty"),
    ("auth-service.yaml", put(*CONTAINER, "env", value=["FOO"]), r"env\[0\] must be a mapping, not 'FOO'"),
    ("auth-service.yaml", put(*CONTAINER, "env", 0, value={"value": "x"}), r"env\[0\].name is missing"),
    (
        "auth-service.yaml",
        put(*CONTAINER, "env", 0, value={"name": "EMERGENCE_ENV", "value": "production"}),
        "env has EMERGENCE_ENV twice",
    ),
    ("auth-service.yaml", put(*CONTAINER, "args", value=[]), "args must have at least 2 entries"),
    (
        "auth-service.yaml",
        put("metadata", "annotations", "emergence.dev/optional-secrets", value=5),
        "optional-secrets",
    ),
    ("auth-service.yaml", put(*CONTAINER, "livenessProbe", value=None), "livenessProbe must be a mapping"),
    ("auth-service.yaml", put(*CONTAINER, "resources", "limits", "memory", value="lots"), "memory must be a size like"),
    (
        "routes.yaml",
        put("routes", 0, value={"prefix": 5, "backend": "auth", "kind": "rest"}),
        r"\[0\].prefix .*reads 5",
    ),
    ("routes.yaml", put("routes", 0, value={"prefix": "/x", "backend": "auth"}), r"routes\[0\].kind is missing"),
    ("routes.yaml", put("hidden", value=MISSING), "hidden is missing"),
    ("routes.yaml", put("hidden", value=[]), "hidden must have /metrics and /api/./internal"),
    ("routes.yaml", put("hidden", value=["/metrics"]), "hidden must have /api/./internal"),
    ("policy/variables.yaml", put("plain", value=None), "plain must be a list"),
    ("rates.yaml", put("request_based", "idle", value=None), "request_based.idle must be a mapping"),
    ("rates.yaml", put("quantities", "registry_gib", value="four"), "quantities.registry_gib must be a number"),
    ("seed-estimate.yaml", put("auth", value=[10, 15]), "auth must be a mapping"),
    ("sidecars/collector.yaml", put("container", "env", value="x"), "container.env must be a list"),
    ("imports.yaml", put("by_name", value=None), "by_name must be a mapping"),
]


def read_all(folder: Path) -> None:
    """Read every file through those who use it."""
    load_routes(folder)
    report("default", folder, Place(has_collector=True))
    load(folder / "imports.yaml")
    capacity("auth", "default", "prod", folder)
    if bad := [sentence for _, found in everything(folder) for sentence in found]:
        raise InvalidManifest("; ".join(bad))


@pytest.mark.parametrize(("file", "change", "sentence"), BAD_FILES)
def test_what_is_wrong_in_a_file_is_told_with_its_place(
    folder: Path, file: str, change: Callable[[Json], None], sentence: str
) -> None:
    path = folder / file
    tree = yaml.safe_load(path.read_text())
    change(tree)
    path.write_text(yaml.safe_dump(tree))

    with pytest.raises(InvalidManifest, match=f"{file}: .*{sentence}"):
        read_all(folder)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (b"values: {}\nvalues: {}\n", "no YAML: values stands twice in line 2"),
        ("values: é\n".encode("latin-1"), "no text in UTF-8"),
        (b"values: [\n", "no YAML: while parsing"),
        (b"- values\n", "it must be a mapping, not a list"),
        (b"", "it must be a mapping, not empty"),
        (b"? [a, b]\n: c\n", "no YAML"),
    ],
)
def test_what_is_no_mapping_in_yaml_is_told_with_its_file(folder: Path, written: bytes, sentence: str) -> None:
    (folder / "environments" / "prod.yaml").write_bytes(written)

    with pytest.raises(InvalidManifest, match=f"environments/prod.yaml.*{sentence}"):
        read_all(folder)


def test_every_yaml_file_that_is_edited_here_has_a_form() -> None:
    """The collector's own configuration and what Prometheus reads are checked by those programs."""
    anything = form_of("monitoring/collector.yaml", [])
    theirs = ("monitoring", "terraform", "cloudbuild")
    files = [path for path in FOLDER.rglob("*.yaml") if not {".venv", "build"} & set(path.parts)]
    names = [f"{path.parent.name}/{path.name}" for path in files if not _is_theirs(path, theirs)]

    assert len(names) >= 18
    assert [name for name in names if form_of(name, ["auth"]) == anything] == []


def _is_theirs(path: Path, theirs: Sequence[str]) -> bool:
    return str(path.relative_to(FOLDER)).startswith(tuple(theirs))


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        (["FOO"], "must be a mapping, not 'FOO'"),
        ([{"value": "x"}], "name is missing"),
        ([{"name": "LOG_LEVEL", "value": "INFO"}], "env has LOG_LEVEL twice"),
    ],
)
def test_a_rendered_manifest_that_no_rule_could_read_does_not_pass(entries: list[Any], sentence: str) -> None:
    manifest = rendered("auth", target())
    container_of(manifest)["env"] += entries

    found = about_service(service_of("auth"), "prod", manifest)

    assert [each for each in found if each.startswith("form: ") and sentence in each] == found != []
