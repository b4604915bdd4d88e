"""The form of every YAML file that people edit here. Ranges and what must agree are rules of policy/ instead."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from blueprint.form import Anything, Fields, Flag, Form, Listed, Number, Text, every, one_of

TEXT, NUMBER, MAPPING = Text(), Number(is_whole=False), Fields({}, others=Anything())
TEXTS, TABLE = Listed(TEXT), Fields({}, others=TEXT)
PORT = Number(1, 65_535)
INSTANCES = Text("[0-9]{1,4}", 'a number of instances like "2"')
REFERENCE = every(TEXT, secretKeyRef=every(TEXT, "name", "key"))
VARIABLE = Fields(
    {"name": Text("[A-Za-z_][A-Za-z0-9_]*", "a variable's name"), "value": TEXT, "valueFrom": REFERENCE}, ("name",)
)
VARIABLES = Listed(VARIABLE)
TIMES = ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold")
PROBE = Fields(
    {
        "httpGet": Fields({"path": TEXT, "port": PORT}, ("path",)),
        "tcpSocket": every(PORT, "port"),
        **dict.fromkeys(TIMES, Number(0, 3600)),
    }
)
LIMITS: dict[str, Form] = {"cpu": TEXT, "memory": Text("[1-9][0-9]*(Mi|Gi)", "a size like 512Mi or 1Gi")}
CONTAINER: dict[str, Form] = {
    "name": TEXT,
    "image": TEXT,
    "args": TEXTS,
    "command": TEXTS,
    "ports": Listed(Fields({"name": TEXT, "containerPort": PORT}, ("containerPort",))),
    "resources": every(TEXT, limits=Fields(LIMITS, tuple(LIMITS))),
    "env": VARIABLES,
    "startupProbe": PROBE,
    "livenessProbe": PROBE,
}
SCALE: dict[str, Form] = {f"autoscaling.knative.dev/{end}Scale": INSTANCES for end in ("min", "max")}
SHARE = Fields(
    {"latestRevision": Flag(), "revisionName": TEXT, "percent": Number(0, 100), "tag": TEXT}, required=("percent",)
)


def manifest(is_file: bool) -> Fields:
    """Return the form of a service's manifest; a file has what is read from it, in a rendered one rules ask for it.

    What a container, a revision or its annotations have beside this, rules of policy/ refuse by name.
    """
    container = Fields(
        CONTAINER | ({"args": Listed(TEXT, 2)} if is_file else {}),
        ("name", "image", "args", "resources", "env") if is_file else ("name",),
        Anything(),
    )
    revision = Fields(
        {
            "serviceAccountName": TEXT,
            "containerConcurrency": Number(),
            "timeoutSeconds": Number(),
            "containers": Listed(container, 1),
        },
        ("containers",),
        Anything(),
    )
    annotations = Fields(SCALE, tuple(SCALE) if is_file else (), TEXT)
    described = Fields({"name": TEXT, "labels": TABLE, "annotations": annotations}, ("annotations",))
    return every(
        TEXT,
        apiVersion=one_of("serving.knative.dev/v1"),
        kind=one_of("Service"),
        metadata=every(TABLE, "labels", "annotations", name=TEXT),
        spec=every(TEXT, template=every(TEXT, metadata=described, spec=revision), traffic=Listed(SHARE, 1)),
    )


SERVICE, RENDERED = manifest(is_file=True), manifest(is_file=False)


def _environment(services: Sequence[str]) -> Form:
    values: dict[str, Form] = {
        "INGRESS": one_of("all", "internal-and-cloud-load-balancing"),
        "TRUSTED_HOPS": one_of("1", "2"),
        "LOG_LEVEL": one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    }
    placeholders = Fields(values, tuple(values), TEXT)
    of: dict[str, Form] = {"values": placeholders, "public_url": one_of(*services), "services": _sizes(services)}
    return Fields(of, ("values",))


def _profile(services: Sequence[str]) -> Form:
    database = every(Number(1, 1_000_000), "max_connections")
    return Fields({"database": database, "services": _sizes(services)}, ("database",))


def _sizes(services: Sequence[str]) -> Form:
    """Return the form of what is laid over manifests: what comes of it must have a manifest's own form again."""
    return Fields(dict.fromkeys(services, MAPPING))


RATE = every(NUMBER, "vcpu_second", "gib_second")
FREE = Fields({}, others=NUMBER)
RATES = every(
    TEXT,
    "source",
    as_of=Anything(),
    month_seconds=Number(1),
    request_based=every(NUMBER, "million_requests", "smallest_step_seconds", active=RATE, idle=RATE, free=FREE),
    instance_based=every(RATE, "always", free=FREE),
    beside=Fields(
        {"cloud_sql": Fields({"shared_core_hour": FREE}, ("source", "shared_core_hour"), Anything())},
        ("cloud_sql",),
        Fields({"source": TEXT, "uncertain": TEXT}, ("source",), NUMBER),
    ),
    quantities=FREE,
)
SEEDS = every(Listed(NUMBER, 2), "minimum", "maximum")
ROUTES = every(
    TEXT, "default", hidden=TEXTS, routes=Listed(every(TEXT, "prefix", "backend", kind=one_of("rest", "live")))
)
IMPORTS = every(TABLE, "left_out", by_name=Fields({}, others=TEXTS))
KNOWN_VARIABLES = every(TEXTS, "plain", "secret")
COLLECTOR = every(Fields(CONTAINER, ("name", "image", "resources", "env")), "container")


def form_of(file: str, services: Sequence[str]) -> Form:
    """Return the form of `file`, named with its folder, where `services` are deployed."""
    forms: dict[str, Form] = {
        "*-service.yaml": SERVICE,
        "environments/*": _environment(services),
        "profiles/*": _profile(services),
        "buses/*": every(VARIABLES, "env"),
        "databases/*": every(Flag(), "each_service"),
        "sidecars/collector.yaml": COLLECTOR,
        "policy/variables.yaml": KNOWN_VARIABLES,
        "*/routes.yaml": ROUTES,
        "*/imports.yaml": IMPORTS,
        "*/rates.yaml": RATES,
        "*/seed-estimate.yaml": Fields({}, others=SEEDS),
    }
    return next((form for pattern, form in forms.items() if fnmatchcase(file, pattern)), MAPPING)
