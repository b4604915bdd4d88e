"""Every alert has a runbook, every runbook an alert, and what a runbook names exists."""

import re

import pytest

from emergence.composition import every_settings_class
from tests.architecture.sources import ROOT
from tests.infra.monitoring.figures import declared, product_words
from tests.infra.monitoring.files import FIGURE_POLICIES, MONITORING, PLATFORM_POLICIES, content_of

RUNBOOKS = sorted((MONITORING / "runbooks").glob("*.md"))
SECTION = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
POINTER = re.compile(r"See (runbooks/\w+\.md)#(\w+)\.$")
WORD = re.compile(r"`([a-z]+(?:_[a-z]+)+)`")
TYPED = re.compile(r"make -C infra/cloud-run ([a-z-]+)")
TARGET = re.compile(r"^([a-z][a-z%-]*):", re.MULTILINE)
VARIABLE = re.compile(r"`([A-Z]+(?:_[A-Z]+)+)`")
OF_TERRAFORM = frozenset({"database_tier", "database_disk_limit_gb"})
OF_POSTGRESQL = frozenset({"max_connections"})


def sections() -> dict[tuple[str, str], str]:
    """Return the text of each section by the runbook's place and the alert's name."""
    return {
        (f"runbooks/{path.name}", name): text for path in RUNBOOKS for name, text in SECTION.findall(path.read_text())
    }


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    pointed = {}
    for path in FIGURE_POLICIES + PLATFORM_POLICIES:
        policy = content_of(path)
        pointer = POINTER.search(policy["documentation"]["content"])
        assert pointer is not None, f"{path.name} does not say where its runbook is"
        assert pointer[2] == policy["displayName"].lower()
        pointed[pointer[1], policy["displayName"]] = path

    assert set(pointed) == set(sections())


@pytest.mark.parametrize("name", sorted(name for _, name in sections()))
def test_a_runbook_says_what_it_means_where_to_look_and_what_mends_it(name: str) -> None:
    text = next(text for (_, found), text in sections().items() if found == name)

    assert re.findall(r"^- \*\*(\w+):\*\*", text, flags=re.MULTILINE) == ["Means", "Look", "Mend"]


def test_targets_that_a_runbook_types_exist() -> None:
    typed = {target for path in RUNBOOKS for target in TYPED.findall(path.read_text())}
    operators = ROOT / "infra" / "cloud-run" / "Makefile"

    assert {"status", "rollback-auth"} <= typed
    if not operators.is_file():
        pytest.skip("the operators' Makefile is not in this tree")
    known = [name.replace("%", "[a-z]+") for name in TARGET.findall(operators.read_text())]
    assert [target for target in typed if not any(re.fullmatch(name, target) for name in known)] == []


@pytest.mark.parametrize("path", RUNBOOKS, ids=[path.stem for path in RUNBOOKS])
def test_figures_log_lines_and_variables_that_a_runbook_names_exist(path: object) -> None:
    text = next(runbook.read_text() for runbook in RUNBOOKS if runbook == path)
    variables = {name for kind in every_settings_class() for name in kind.variables()}

    lost = set(WORD.findall(text)) - declared().keys() - product_words() - OF_TERRAFORM - OF_POSTGRESQL
    assert lost == set()
    assert set(VARIABLE.findall(text)) - variables == set()
