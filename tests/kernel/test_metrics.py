"""Requests are counted by the route they matched; slices declare figures of their own."""

import pytest
from fastapi import APIRouter, FastAPI

from emergence.kernel import metrics
from emergence.kernel.service_app import service_app
from tests.kernel.requests_to_app import ask
from tests.kernel.service_plans import plan


def build(name: str, **variables: str) -> FastAPI:
    app = service_app(plan(name, (), **variables))
    router = APIRouter(prefix="/api")

    @router.get("/people/{person}")
    async def person(person: str) -> str:
        return person

    @router.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError

    app.include_router(router, prefix="/v9")
    return app


def count(**labels: str) -> float | None:
    return metrics.registry.get_sample_value("http_requests_total", labels)


async def test_requests_are_counted_by_template_never_by_path() -> None:
    app = build("counted")
    await ask(app, "/v9/api/people/ada")
    await ask(app, "/v9/api/people/alan")

    labels = {"service": "counted", "method": "GET", "route": "/v9/api/people/{person}", "status": "200"}
    assert count(**labels) == 2
    assert metrics.registry.get_sample_value("http_request_duration_seconds_count", labels) == 2


async def test_what_matches_nothing_is_counted_together() -> None:
    app = build("unmatched")
    await ask(app, "/one")
    await ask(app, "/two", method="BREW")

    assert count(service="unmatched", method="GET", route="unmatched", status="404") == 1
    assert count(service="unmatched", method="other", route="unmatched", status="404") == 1


async def test_a_request_that_breaks_is_counted_as_500() -> None:
    await ask(build("breaking"), "/v9/api/broken")

    assert count(service="breaking", method="GET", route="/v9/api/broken", status="500") == 1


def test_a_figure_is_declared_once_however_often_an_app_is_built() -> None:
    first = metrics.counter("test_cakes_total", "Cakes baked.", ("kind",))
    second = metrics.counter("test_cakes_total", "Cakes baked.", ("kind",))
    metrics.gauge("test_ovens", "Ovens that are hot.").set(2)
    metrics.histogram("test_baking_seconds", "Time in the oven.", buckets=(60, 600)).observe(90)
    first.labels("lemon").inc()

    text = metrics.metrics_text().decode()

    assert first is second
    assert 'test_cakes_total{kind="lemon"} 1.0' in text
    assert "test_ovens 2.0" in text
    assert 'test_baking_seconds_bucket{le="600.0"} 1.0' in text


def test_one_name_cannot_be_two_kinds_of_figure() -> None:
    metrics.counter("test_pies_total", "Pies baked.")

    with pytest.raises(ValueError, match="test_pies"):
        metrics.gauge("test_pies_total", "Pies there are.")


async def test_figures_are_open_without_a_token() -> None:
    answer = await ask(build("open"), "/metrics")

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert b"process_resident_memory_bytes" in answer.body


@pytest.mark.parametrize("sent", [None, "", "Bearer", "Bearer wrong", "Basic let-me-see", "Bearer let-me-seé"])
async def test_figures_with_a_token_are_for_those_who_have_it(sent: str | None) -> None:
    app = build("closed", METRICS_TOKEN="let-me-see")

    refused = await ask(app, "/metrics", headers={} if sent is None else {"authorization": sent})
    shown = await ask(app, "/metrics", headers={"authorization": "Bearer let-me-see"})

    assert (refused.status, refused.json()["code"], shown.status) == (401, "unauthenticated", 200)
