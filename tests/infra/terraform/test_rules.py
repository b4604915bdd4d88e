"""Every plan follows the rules of a deployment, and each rule notices the plan that breaks it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.infra.terraform.conftest import Plans
from tests.infra.terraform.offline import DEPLOYMENTS
from tests.infra.terraform.planned import only
from tests.infra.terraform.rules import faults_of

pytestmark = pytest.mark.xdist_group("terraform")  # one worker plans for all

Spoil = Callable[[dict[str, Any]], object]
DATABASE = "google_sql_database_instance.own"
REGISTRY = "google_artifact_registry_repository.images"
EVENTS = 'google_pubsub_subscription.events["memory"]'
GITHUB = "google_iam_workload_identity_pool_provider.github[0]"
DEPLOYS = 'google_project_iam_member.deploys["roles/run.admin"]'
SOURCE = 'google_project_iam_member.reads_source["checker"]'
CHECKS = "google_project_iam_member.checks"
SESSION = 'google_service_account.service["session"]'


def add(kind: str) -> Spoil:
    """Return what adds a resource of a kind to a plan."""
    extra = {"address": f"{kind}.extra", "type": kind, "values": {}}
    return lambda plan: plan["planned_values"]["root_module"]["resources"].append(extra)


def settings(plan: dict[str, Any]) -> Any:
    return only(plan, DATABASE)["settings"][0]


SPOILT: dict[str, tuple[Spoil, str]] = {
    "one account for two": (lambda plan: only(plan, SESSION).update(account_id="emergence-auth"), "account of its own"),
    "accessor of all secrets": (
        lambda plan: only(plan, DEPLOYS).update(role="roles/secretmanager.secretAccessor"),
        "on the whole project is too much",
    ),
    "editor": (lambda plan: only(plan, DEPLOYS).update(role="roles/editor"), "roles/editor"),
    "a key": (add("google_service_account_key"), "use workload identity"),
    "a secret's value": (add("google_secret_manager_secret_version"), "value would be in the state"),
    "a password": (add("google_sql_user"), "password would be in the state"),
    "public database": (
        lambda plan: settings(plan)["ip_configuration"][0].update(ipv4_enabled=True),
        "no public address",
    ),
    "plain database": (
        lambda plan: settings(plan)["ip_configuration"][0].update(ssl_mode="ALLOW_UNENCRYPTED_AND_ENCRYPTED"),
        "TLS only",
    ),
    "unprotected database": (
        lambda plan: only(plan, DATABASE).update(deletion_protection=False),
        "deletion_protection",
    ),
    "no backups": (lambda plan: settings(plan)["backup_configuration"][0].update(enabled=False), "backups"),
    "tags that move": (
        lambda plan: only(plan, REGISTRY)["docker_config"][0].update(immutable_tags=False),
        "immutable_tags",
    ),
    "no dead letters": (lambda plan: only(plan, EVENTS).update(dead_letter_policy=[]), "needs dead letters"),
    "no order": (lambda plan: only(plan, EVENTS).update(enable_message_ordering=None), "must stay in order"),
    "it expires": (lambda plan: only(plan, EVENTS).update(expiration_policy=[]), "must never expire"),
    "no token": (lambda plan: only(plan, EVENTS)["push_config"][0].update(oidc_token=[]), "needs an OIDC token"),
    "a token for somebody else": (
        lambda plan: only(plan, EVENTS)["push_config"][0]["oidc_token"][0].update(audience="https://example.org"),
        "needs an OIDC token",
    ),
    "old TLS": (
        lambda plan: only(plan, "google_compute_ssl_policy.own[0]").update(min_tls_version="TLS_1_0"),
        "TLS 1.2",
    ),
    "plain HTTP": (
        lambda plan: only(plan, "google_compute_url_map.to_https[0]").update(
            default_url_redirect=[{"https_redirect": False}]
        ),
        "must lead to https",
    ),
    "any repository": (lambda plan: only(plan, GITHUB).update(attribute_condition=None), "others on GitHub"),
    "prod past its reviewers": (
        lambda plan: only(plan, GITHUB).update(
            attribute_condition=only(plan, GITHUB)["attribute_condition"].replace(
                "environment == 'prod'", "actor != ''"
            )
        ),
        "assertion.environment == 'prod'",
    ),
    "any workflow": (
        lambda plan: only(plan, GITHUB).update(
            attribute_condition=only(plan, GITHUB)["attribute_condition"].replace("deploy.yml@", "try.yml@")
        ),
        "deploy.yml",
    ),
    "every bucket": (lambda plan: only(plan, SOURCE).update(condition=[]), "every bucket of the project"),
    "tests that deploy": (lambda plan: only(plan, CHECKS).update(role="roles/run.admin"), "whoever writes a test"),
    "an alert without a runbook": (
        lambda plan: only(plan, 'google_monitoring_alert_policy.own["EventParked"]').update(
            documentation=[{"content": "Something is wrong."}]
        ),
        "name its runbook",
    ),
}


@pytest.mark.parametrize("environment", sorted(DEPLOYMENTS))
def test_every_deployment_follows_the_rules(environment: str, plans: Plans) -> None:
    assert faults_of(plans[environment]) == []


@pytest.mark.parametrize("name", sorted(SPOILT))
def test_a_plan_that_breaks_a_rule_is_noticed(name: str, plans: Plans) -> None:
    spoil, said = SPOILT[name]
    plan = deepcopy(plans["prod"])
    spoil(plan)

    faults = faults_of(plan)

    assert faults != []
    assert [fault for fault in faults if said not in fault] == []
