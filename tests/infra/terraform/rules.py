"""The rules of a deployment, each asked of a plan; a fault says what to do."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.infra.terraform.planned import resources

Plan = dict[str, Any]
Rule = Callable[[Plan], Iterator[str]]
MUCH_TOO_MUCH = {"roles/owner", "roles/editor", "roles/secretmanager.admin", "roles/iam.serviceAccountAdmin"}
OF_THE_PROJECT = {
    "roles/run.admin",
    "roles/logging.viewer",
    "roles/logging.logWriter",
    "roles/ondemandscanning.admin",
    "roles/browser",
    "roles/serviceusage.serviceUsageViewer",
    "roles/compute.networkViewer",
    "roles/cloudbuild.builds.viewer",
    "roles/storage.objectViewer",
    "roles/monitoring.metricWriter",
}
CHECKERS_SOURCE = 'google_project_iam_member.reads_source["checker"]'
OF_THE_CHECKER = {"roles/logging.logWriter", "roles/storage.objectViewer"}
TRUSTED = (
    "assertion.repository == '",
    "assertion.repository_id == '",
    "assertion.ref == 'refs/heads/main'",
    "/.github/workflows/deploy.yml@refs/heads/main'",
)
IN_THE_STATE = {
    "google_secret_manager_secret_version": "a secret's value would be in the state",
    "google_service_account_key": "a key would be in the state; use workload identity",
    "google_sql_user": "a password would be in the state",
}


def accounts_are_own(plan: Plan) -> Iterator[str]:
    """Each service has an account of its own, and a secret is read by account and secret."""
    names = [resource.values["account_id"] for resource in resources(plan, "google_service_account")]
    if len(set(names)) != len(names) or len(names) < 4:
        yield "give each service an account of its own"
    for grant in resources(plan, "google_project_iam_member"):
        is_storage, condition = grant.values["role"].startswith("roles/storage."), grant.values.get("condition") or []
        if is_storage and not any("buckets/" in each["expression"] for each in condition):
            yield f"{grant.address}: every bucket of the project is too much, Terraform's state is in one"
        if grant.values["role"] not in OF_THE_PROJECT:
            yield f"{grant.address}: {grant.values['role']} on the whole project is too much"
    for resource in resources(plan):
        if resource.values.get("role") in MUCH_TOO_MUCH:
            yield f"{resource.address}: {resource.values['role']} is too much"


def nothing_secret_is_in_the_state(plan: Plan) -> Iterator[str]:
    """Values of secrets, passwords and keys never pass through Terraform."""
    for resource in resources(plan):
        if resource.kind in IN_THE_STATE:
            yield f"{resource.address}: {IN_THE_STATE[resource.kind]}"


def the_database_is_safe(plan: Plan) -> Iterator[str]:
    """The database has no public address, takes TLS only, is backed up, and cannot be deleted by mistake."""
    for database in resources(plan, "google_sql_database_instance"):
        [settings] = database.values["settings"]
        [network] = settings["ip_configuration"]
        is_replica = bool(database.values.get("master_instance_name"))
        [backup] = settings["backup_configuration"] or [{"enabled": False}]
        if network["ipv4_enabled"] or network["authorized_networks"]:
            yield f"{database.address}: no public address"
        if network["ssl_mode"] != "ENCRYPTED_ONLY":
            yield f"{database.address}: TLS only"
        if not (database.values["deletion_protection"] and settings["deletion_protection_enabled"]):
            yield f"{database.address}: deletion_protection, in both places"
        if not is_replica and not (backup["enabled"] and backup["point_in_time_recovery_enabled"]):
            yield f"{database.address}: backups to a point in time"


def images_keep_their_names(plan: Plan) -> Iterator[str]:
    """A tag of an image never comes to mean another one."""
    for repository in resources(plan, "google_artifact_registry_repository"):
        if not repository.values["docker_config"][0]["immutable_tags"]:
            yield f"{repository.address}: immutable_tags"


def events_are_pushed_to_somebody_who_checks(plan: Plan) -> Iterator[str]:
    """Events are ordered, never expire, are set aside when they fail, and carry a token for that very endpoint."""
    for subscription in resources(plan, "google_pubsub_subscription"):
        values = subscription.values
        if values["expiration_policy"] != [{"ttl": ""}]:
            yield f"{subscription.address}: must never expire"
        for push in values["push_config"]:
            token = push["oidc_token"]
            if not token or token[0]["audience"] != push["push_endpoint"]:
                yield f"{subscription.address}: needs an OIDC token whose audience is the endpoint"
            if not values["enable_message_ordering"]:
                yield f"{subscription.address}: events of a subject must stay in order"
            if not values["dead_letter_policy"]:
                yield f"{subscription.address}: needs dead letters"


def the_edge_speaks_tls(plan: Plan) -> Iterator[str]:
    """Browsers speak TLS 1.2 or newer; plain HTTP only leads there."""
    for policy in resources(plan, "google_compute_ssl_policy"):
        if policy.values["min_tls_version"] != "TLS_1_2" or policy.values["profile"] not in {"MODERN", "RESTRICTED"}:
            yield f"{policy.address}: TLS 1.2 and the modern profile"
    for redirected in resources(plan, "google_compute_url_map"):
        if redirected.key == "0" and redirected.values["name"].endswith("to-https"):
            [redirect] = redirected.values["default_url_redirect"]
            if not redirect["https_redirect"]:
                yield f"{redirected.address}: must lead to https"


def ci_is_one_workflow(plan: Plan) -> Iterator[str]:
    """Only one workflow on one repository's main branch deploys, in the environment whose reviewers agreed."""
    environment = plan["variables"]["environment"]["value"]
    for provider in resources(plan, "google_iam_workload_identity_pool_provider"):
        conditions = (provider.values["attribute_condition"] or "").split(" && ")
        for wanted in (*TRUSTED, f"assertion.environment == '{environment}'"):
            if not any(wanted in condition for condition in conditions):
                yield f"{provider.address}: others on GitHub could deploy, it does not ask for {wanted}"


def tests_run_as_nobody(plan: Plan) -> Iterator[str]:
    """The account that runs the tests of a change may write its log and read the source."""
    for grant in resources(plan):
        is_checkers = grant.address in ("google_project_iam_member.checks", CHECKERS_SOURCE)
        if is_checkers and grant.values["role"] not in OF_THE_CHECKER:
            yield f"{grant.address}: {grant.values['role']} in the hands of whoever writes a test"


def somebody_is_told(plan: Plan) -> Iterator[str]:
    """Every alert says what to do."""
    for policy in resources(plan, "google_monitoring_alert_policy"):
        if "runbooks/" not in policy.values["documentation"][0]["content"]:
            yield f"{policy.address}: name its runbook"


RULES: tuple[Rule, ...] = (
    accounts_are_own,
    nothing_secret_is_in_the_state,
    the_database_is_safe,
    images_keep_their_names,
    events_are_pushed_to_somebody_who_checks,
    the_edge_speaks_tls,
    ci_is_one_workflow,
    tests_run_as_nobody,
    somebody_is_told,
)


def faults_of(plan: Plan) -> list[str]:
    """Return every fault of a plan."""
    return [fault for rule in RULES for fault in rule(plan)]
