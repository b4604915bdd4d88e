"""What somebody typed after `gcloud`: words and flags."""

from tests.infra.scripts.google.api import answer
from tests.infra.scripts.google.world import Json, World


class Spoken:
    """One command line: words, flags, and what was given on stdin."""

    def __init__(self, world: World, words: list[str], given: str | None) -> None:
        self.world = world
        self.plain = [word for word in words if not word.startswith("--")]
        self.flags = {
            name: value
            for name, _, value in (word.removeprefix("--").partition("=") for word in words if word.startswith("--"))
        }
        self.given = given or ""
        self.project = self.flags.get("project", "")

    def ask(self, api: str, method: str, path: str, body: Json | None = None, **query: str) -> Json:
        return answer(self.world, api, method, path, query, body or {})
