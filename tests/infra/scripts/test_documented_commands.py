"""Every command of the two guides, in order, from an empty project; and the Makefile's own promises."""

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from operate.commands import COMMANDS
from operate.refusals import Exit
from tests.architecture.sources import ROOT
from tests.infra.scripts.google.server import google
from tests.infra.scripts.google.world import PROJECT, World
from tests.infra.scripts.machine import StandIns
from tests.infra.scripts.on_path import shell
from tests.infra.scripts.scripted_service import TOKEN, ScriptedRuns
from tests.infra.scripts.second_region import REPLICA, lay_second_region
from tests.thorough import IS_THOROUGH

HERE = ROOT / "infra" / "cloud-run"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
SEEDS_TARGETS = [
    "help",
    "setup",
    "secrets",
    "create-jwt-secret",
    "deploy-all",
    "deploy-auth",
    "deploy-session",
    "test",
    "test-auth",
    "test-session",
    "status",
    "urls",
    "logs-auth",
    "logs-session",
    "rollback-auth",
    "rollback-session",
    "clean",
]
MORE_TARGETS = [
    "doctor",
    "plan-main",
    "canary-main",
    "promote-main",
    "abort-main",
    "secrets-check",
    "secrets-rotate",
    "db-migrate",
    "db-user",
    "db-backup",
    "db-restore-test",
    "edge-render",
    "kubernetes",
    "cost",
    "policy",
    "verify",
    "verify-images",
    "local-up",
    "local-down",
    "local-test",
    "sbom",
    "provenance",
    "dashboards",
    "alerts",
    "tf-validate",
    "tf-plan",
    "tf-test",
    "predict",
    "deploy-standby",
    "failover",
    "failover-status",
    "teardown",
]


@pytest.fixture
def runs() -> Iterator[ScriptedRuns]:
    with closing(ScriptedRuns()) as started:
        yield started


@pytest.fixture
def empty(runs: ScriptedRuns) -> World:
    return World(runs)


def blocks_of(document: str) -> list[list[str]]:
    """Return each block's commands, continued lines joined; exported variables go on to the next blocks."""
    text = (HERE / document).read_text().replace("\\\n", " ")
    text = re.sub(r"your-project|votre-projet", PROJECT, text).replace("…", "1f2e3d4c5b6a")
    return [block.strip().splitlines() for block in BLOCK.findall(text)]


def spoken_at_a_terminal(line: str) -> str:
    """Return a line as somebody would finish it who sits there: yes to questions, no two minutes of watching."""
    if line == "make secrets-rotate NAME=OPENAI_API_KEY":
        return f"OPENAI_API_KEY=sk-2a3b4c5d6e7f {line} ARGS=--yes"
    if re.match(r"make (deploy-all|teardown|secrets-rotate|db-restore-test)\b", line):
        return f"{line} ARGS=--yes"
    if re.match(r"make (canary|promote)-", line):
        return f"{line} ARGS='--watch 0'"
    if line == "make setup":  # as they are typed when it asks
        return f"OPENAI_API_KEY=sk-1f2e3d4c5b6a ANTHROPIC_API_KEY=sk-ant-1f2e3d4c5b6a {line}"
    if line.startswith("make logs-"):
        return f"timeout --signal=INT 4 {line} || [ $? -ge 124 ]"  # it ends with Ctrl-C
    return line


@pytest.mark.parametrize("document", ["README.md", "MIGRATION_GUIDE.md"])
def test_a_newcomer_follows_the_guide_from_top_to_bottom(
    document: str, empty: World, runs: ScriptedRuns, tmp_path: Path
) -> None:
    exported = f"export METRICS_TOKEN={TOKEN}"  # what the scripted services know; else it would be generated
    folder = None
    if document == "README.md":  # it begins with a new project, the other one with one that is in use
        for made_by_terraform in (empty.apis, empty.networks, empty.databases):
            made_by_terraform.clear()
    with shell(StandIns(empty), tmp_path) as there:
        for block in blocks_of(document):
            for line in block:
                if line.startswith("cd "):
                    folder = there.scripts
                    assert folder.match(line.removeprefix("cd "))
                elif line.startswith("export "):
                    exported += f"\n{line}"
                else:
                    said = f"{exported}\n{spoken_at_a_terminal(line)}"
                    ended = there.run(said, folder=folder or tmp_path)
                    is_new_project = line == "make doctor" and re.search(
                        "Terraform makes|`make (setup|secrets)` (switches|makes)", ended.stdout
                    )
                    assert ended.returncode == 0 or is_new_project, f"{line}\n{ended.stdout}\n{ended.stderr}"
    if document == "README.md":
        assert empty.run.services == {}, "the last command of the guide is teardown"
    assert f"{PROJECT}\n" == (there.scripts / ".env.dev").read_text().partition("=")[2]


def test_the_manifests_own_commands_are_the_real_ones_and_read_the_files_here(empty: World, tmp_path: Path) -> None:
    """A file that is written wrong stops each of them; what `make policy` looks at is tested beside its rules."""
    with shell(StandIns(empty), tmp_path) as there:
        shutil.copytree(ROOT / "docs" / "api", there.scripts.parents[1] / "docs" / "api")
        edge, cost = (
            there.run(line, PUBLIC_URL="https://chat.example.org") for line in ("make edge-render", "make cost")
        )
        dev, routes = there.scripts / "environments" / "dev.yaml", there.scripts / "routes.yaml"
        dev.write_text(dev.read_text().replace("services:", "servces:"))
        no_cost, no_policy = there.run("make cost"), there.run("make policy")
        routes.write_text(routes.read_text().replace("  - /metrics\n", ""))
        no_edge = there.run("make edge-render", PUBLIC_URL="https://chat.example.org")

    assert (edge.returncode, cost.returncode) == (0, 0), f"{edge.stderr}\n{cost.stderr}"
    assert "/metrics" in (there.scripts / "build" / "edge" / "url-map.yaml").read_text()
    assert "US dollars a month in dev" in cost.stdout
    for ended in (no_cost, no_policy):
        assert (ended.returncode, ended.stdout) == (2, ""), "make's own; the script's stands in its line"
        assert re.search(r"environments/dev.yaml: servces is unknown.*\n.*Error 15", ended.stderr), ended.stderr
    assert "routes.yaml: hidden must have /metrics" in no_edge.stderr
    assert "Error 15" in no_edge.stderr


@pytest.mark.skipif(not IS_THOROUGH, reason="a whole project once more takes `make thorough`")
def test_a_second_region_is_made_and_takes_over_by_its_page(empty: World, tmp_path: Path) -> None:
    lay_second_region(empty)
    empty.lay_ground()
    empty.topics.clear()  # events go through the database here
    with google(empty, tmp_path) as environ, shell(StandIns(empty), tmp_path) as there:
        name = "CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING"
        exported = f"export METRICS_TOKEN={TOKEN} AUTH_ADMIN_EMAILS=you@example.org {name}={environ[name]}"
        exported += f" http_proxy=http://127.0.0.1:{environ['CLOUDSDK_PROXY_PORT']}"
        for line in [
            "make db-user",
            "make setup",
            *(line for block in blocks_of("SECOND_REGION.md") for line in block),
        ]:
            ended = there.run(f"{exported}\n{spoken_at_a_terminal(line)}")
            assert ended.returncode == 0, f"{line}\n{ended.stdout}\n{ended.stderr}"

    assert re.search(r"^RPO: at most .*\nRTO: ", ended.stdout, re.MULTILINE)
    assert REPLICA not in empty.replicas


def test_the_minimum_is_set_where_apply_says_so_and_nowhere_else(empty: World, tmp_path: Path) -> None:
    with shell(StandIns(empty), tmp_path) as there:
        spoken = {word: there.run(f"make --dry-run predict {word}").stdout for word in ("", "APPLY=0", "APPLY=1")}

    assert [word for word, said in spoken.items() if "--apply" in said] == ["APPLY=1"]


def test_scripts_run_from_any_directory_with_their_exit_code(empty: World, tmp_path: Path) -> None:
    empty.apis.clear()
    with shell(StandIns(empty), tmp_path) as there:
        for script in sorted(there.scripts.glob("deploy-*.sh")):
            ended = there.run(f"'{script}' --yes", folder=tmp_path)

            assert ended.returncode == Exit.PROJECT, ended.stderr  # the first look finds that its APIs are off
            assert len(ended.stderr.strip().splitlines()) == 1
        assert there.run(f"'{there.scripts}/test-services.sh' --url http://127.0.0.1:9").returncode == Exit.SMOKE
        old = tmp_path / "python3"
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
        path = f"{tmp_path}:/usr/bin:/bin"
        for name in ("python3.11", "python3.12", "python3.13"):
            (tmp_path / name).symlink_to(old)
        assert there.run("./operate.sh status", PYTHON=str(old), PATH=path).returncode == Exit.TOOL
    assert empty.changes == []


def test_the_makefile_has_every_target_that_was_promised(empty: World, tmp_path: Path) -> None:
    with shell(StandIns(empty), tmp_path) as there:
        ended = there.run(f"make --dry-run {' '.join(SEEDS_TARGETS + MORE_TARGETS)}")
        listed = there.run("make help").stdout

    assert ended.returncode == 0, ended.stderr
    rules = re.findall(r"^([a-z%-]+):(?=.*##)", (HERE / "Makefile").read_text(), re.MULTILINE)
    assert re.findall(r"^  make (\S+) ", listed, re.MULTILINE) == rules


def test_an_unknown_target_is_an_error(empty: World, tmp_path: Path) -> None:
    with shell(StandIns(empty), tmp_path) as there:
        assert there.run("make deploy").returncode != 0


def test_every_script_of_the_makefile_exists() -> None:
    named = set(re.findall(r"^\t@\$\(IN\) (?:\./)?([a-z/-]+\.sh)", (HERE / "Makefile").read_text(), re.MULTILINE))

    recipes = re.findall(r"^\t@.*", (HERE / "Makefile").read_text(), re.MULTILINE)
    assert [line for line in recipes if "$(IN) " not in line and "$(OPERATE) " not in line] == []
    assert len(named) >= 10
    assert [script for script in named if (HERE / script).parent.is_dir() and not (HERE / script).is_file()] == []


def test_every_command_is_one_of_the_makefiles_or_a_script() -> None:
    said = (HERE / "Makefile").read_text() + "".join(path.read_text() for path in HERE.glob("*.sh"))

    assert [name for name in COMMANDS if not re.search(rf"(?:OPERATE\)|operate.sh\") {name}\b", said)] == []


def test_the_readme_lists_every_exit_code() -> None:
    listed = set(re.findall(r"^\| (\d+) \|", (HERE / "README.md").read_text(), re.MULTILINE))

    assert listed == {str(code.value) for code in Exit} - {"0", "1"}
