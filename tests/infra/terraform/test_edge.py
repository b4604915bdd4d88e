"""The load balancer sends each path to its owner and hides what is nobody's business."""

import re
from typing import Any

import pytest
import yaml

from tests.infra.terraform.conftest import Plans
from tests.infra.terraform.offline import CLOUD_RUN
from tests.infra.terraform.planned import only, resources

pytestmark = pytest.mark.xdist_group("terraform")  # one worker plans for all

ROUTES: dict[str, Any] = yaml.safe_load((CLOUD_RUN / "routes.yaml").read_text())
URL_MAP = "google_compute_url_map.own[0]"
HIDDEN = ["/metrics", "/metrics/x", "/api/auth/internal", "/api/auth/internal/introspect", "/api/x/internal/a/b"]


def matches(rule: dict[str, Any], path: str) -> bool:
    """Return whether one match rule takes a path, as the load balancer does: `*` is one segment, `**` what follows."""
    if rule["full_path_match"]:
        return bool(path == rule["full_path_match"])
    if rule["prefix_match"]:
        return path.startswith(rule["prefix_match"])
    pattern = re.escape(rule["path_template_match"]).replace(r"\*\*", ".+").replace(r"\*", "[^/]+")
    return re.fullmatch(pattern, path) is not None


def number_of(plan: dict[str, Any], path: str) -> int | None:
    """Return the priority of the rule that takes a path, or None for the default."""
    [matcher] = only(plan, URL_MAP)["path_matcher"]
    for rule in sorted(matcher["route_rules"], key=lambda rule: int(rule["priority"])):
        if any(matches(each, path) for each in rule["match_rules"]):
            return int(rule["priority"])
    return None


def owner_of(plan: dict[str, Any], path: str) -> str:
    """Return the service that a path goes to. Their addresses are unknown before."""
    number = number_of(plan, path)
    if number is None:
        return str(ROUTES["default"])
    ordered = sorted(ROUTES["routes"], key=lambda route: (len(route["prefix"]), route["prefix"]), reverse=True)
    backend: str = ordered[number - 1 - len(ROUTES["hidden"])]["backend"]
    return backend


@pytest.mark.parametrize("path", HIDDEN)
def test_what_is_hidden_is_aborted_with_404(path: str, plans: Plans) -> None:
    number = number_of(plans["prod"], path)
    [matcher] = only(plans["prod"], URL_MAP)["path_matcher"]

    [rule] = [rule for rule in matcher["route_rules"] if rule["priority"] == number]
    [action] = rule["route_action"]
    assert action["fault_injection_policy"][0]["abort"] == [{"http_status": 404, "percentage": 100}]


@pytest.mark.parametrize("route", ROUTES["routes"], ids=lambda route: str(route["prefix"]))
def test_a_prefix_and_what_lies_below_go_to_its_owner(route: dict[str, str], plans: Plans) -> None:
    prefix = route["prefix"]

    assert owner_of(plans["prod"], prefix) == route["backend"]
    assert owner_of(plans["prod"], f"{prefix}/below") == route["backend"]
    assert number_of(plans["prod"], f"{prefix}x") != number_of(plans["prod"], prefix)


def test_everything_else_is_mains_and_is_not_hidden(plans: Plans) -> None:
    for path in ("/", "/assets/index.js", "/api/health", "/api/internal", "/metricsx"):
        assert number_of(plans["prod"], path) is None, path


def test_rules_are_for_the_public_host_only_and_each_service_has_a_backend(plans: Plans) -> None:
    [host] = only(plans["prod"], URL_MAP)["host_rule"]
    backends = {resource.key for resource in resources(plans["prod"], "google_compute_backend_service")}

    assert host["hosts"] == ["chat.example.org"]
    assert backends == {"auth", "session", "main"}
    assert {route["backend"] for route in ROUTES["routes"]} <= backends
