"""What the fake takes from Google's servers, each rule with where it stands; nothing else of it is Google's.

Statuses are as documented. Sentences are as users quote them, or ours: the scripts look at statuses, not at sentences.
"""

from typing import Literal, NamedTuple


class Rule(NamedTuple):
    """One behaviour that the scripts lean on, and its source."""

    what: str
    source: str


RULES: dict[str, Rule] = {
    "reserved_env": Rule(
        "A manifest that sets PORT, K_SERVICE, K_REVISION or K_CONFIGURATION is refused with 400 INVALID_ARGUMENT.",
        "cloud.google.com/run/docs/configuring/services/environment-variables, reserved names",
    ),
    "revision_name": Rule(
        "A revision's name begins with the service's and a hyphen, has at most 63 characters, and is never used twice.",
        "cloud.google.com/run/docs/reference/rest/v1/namespaces.services; github.com/pulumi/pulumi-gcp, issue 350",
    ),
    "traffic_sum": Rule(
        "Percents of spec.traffic add up to 100 and name revisions of the service.",
        "cloud.google.com/run/docs/reference/rest/v1/namespaces.services, TrafficTarget",
    ),
    "tag_url": Rule(
        "A tag gives its revision an address of its own, TAG---HOST, also with 0 percent.",
        "cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration, tags",
    ),
    "traffic_stays": Rule(
        "When a new revision does not become ready, the service is not Ready and the traffic stays where it was.",
        "knative.dev/docs/serving spec, Route status; run/docs/managing/revisions",
    ),
    "image_exists": Rule(
        "A revision whose image is not there does not become ready: Image '…' not found.",
        "cloud.google.com/run/docs/troubleshooting, image not found",
    ),
    "network_exists": Rule(
        "A revision with a network interface in a network or subnet that is not there does not become ready.",
        "cloud.google.com/run/docs/configuring/vpc-direct-vpc, before you begin and troubleshooting",
    ),
    "secret_readable": Rule(
        "A revision whose account may not read a pinned secret never becomes ready: Permission denied on secret.",
        "cloud.google.com/run/docs/configuring/services/secrets, at deployment",
    ),
    "startup_probe": Rule(
        "A revision becomes ready when its startup probe succeeds: failureThreshold times, periodSeconds apart.",
        "cloud.google.com/run/docs/configuring/healthchecks, startup probes",
    ),
    "injected_env": Rule(
        "The container finds PORT, K_SERVICE, K_REVISION and K_CONFIGURATION.",
        "cloud.google.com/run/docs/container-contract, environment variables",
    ),
    "sigterm": Rule(
        "An instance that is shut down gets SIGTERM, and SIGKILL ten seconds later.",
        "cloud.google.com/run/docs/container-contract, instance shutdown",
    ),
    "open_requests": Rule(
        "A revision that lost its traffic goes on with the requests, sockets too, that it has; new ones go elsewhere.",
        "cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration; run/docs/triggering/websockets",
    ),
    "resource_version": Rule(
        "A replacement that names another resourceVersion than the present one is refused with 409 ABORTED.",
        "cloud.google.com/run/docs/reference/rest/v1/namespaces.services/replaceService, ObjectMeta.resourceVersion",
    ),
    "versions_immutable": Rule(
        "Adding to a secret makes version n+1; a DISABLED version cannot be accessed: 400 FAILED_PRECONDITION.",
        "cloud.google.com/secret-manager/docs/access-secret-version; reference/rest/v1/projects.secrets.versions",
    ),
    "payload_bytes": Rule(
        "A payload is kept byte for byte, a newline at its end too.",
        "cloud.google.com/secret-manager/docs/reference/rest/v1/SecretPayload",
    ),
    "api_disabled": Rule(
        "A call to an API that the project has not enabled is refused with 403 and the reason SERVICE_DISABLED;"
        " Resource Manager and Billing are asked in gcloud's own project by a person, in its own by a service account.",
        "cloud.google.com/apis/design/errors; service-usage/docs/enabled-service; docs/quotas/quota-project",
    ),
    "unauthenticated": Rule(
        "A call without a valid token is refused with 401 UNAUTHENTICATED.",
        "cloud.google.com/docs/authentication/troubleshoot-adc; apis/design/errors",
    ),
}  # fmt: skip

Status = Literal[
    "ABORTED", "FAILED_PRECONDITION", "INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
    "UNAUTHENTICATED", "UNAVAILABLE", "ALREADY_EXISTS",
]  # fmt: skip
CODES: dict[Status, int] = {
    "ABORTED": 409, "ALREADY_EXISTS": 409, "FAILED_PRECONDITION": 400, "INVALID_ARGUMENT": 400, "NOT_FOUND": 404,
    "PERMISSION_DENIED": 403, "RESOURCE_EXHAUSTED": 429, "UNAUTHENTICATED": 401, "UNAVAILABLE": 503,
}  # fmt: skip


class ApiError(Exception):
    """A refusal as Google's APIs write it."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status: Status = status
        self.code = CODES[status]
