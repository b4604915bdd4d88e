"""What MICROSERVICES_ARCHITECTURE.md says of sizes and money is what the manifests say."""

from blueprint.connections import connections, max_connections
from blueprint.cost import sizes
from blueprint.cost_report import report, text
from blueprint.files import FOLDER, REPOSITORY
from blueprint.services import every_service

PAGE = (FOLDER / "MICROSERVICES_ARCHITECTURE.md").read_text()
DECISION = next((REPOSITORY / "docs" / "decisions").glob("0025-*.md")).read_text()


def test_the_page_shows_the_table_that_the_command_prints() -> None:
    assert text(report("default")) in PAGE


def test_each_service_stands_in_the_page_with_its_sizes() -> None:
    of = {size.key: size for size in sizes("default")}

    for service in every_service():
        size = of[service.key]
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{service.name}`"))
        memory = f"{size.gib * 1024:.0f} MiB" if size.gib < 1 else f"{size.gib} GiB"
        assert f"{size.least}-{size.most} instances, {size.vcpu} vCPU, {memory}" in row
        assert ("billed by request" in row) == size.is_request_based


def test_the_connections_that_are_told_are_those_that_are_counted() -> None:
    held = sum(each["instances"] * each["per_instance"] for each in connections("default"))

    assert f"may hold {held}, the database allows {max_connections('default')}" in PAGE
    assert f"{held} of {max_connections('default') * 8 // 10} in the" in DECISION
