"""Random histories of folders, pins, archive and deletion, beside the simplest model of what a list shows."""

import random
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ
from tests.session.threads.talking import created, listed

STEPS = 60


@dataclass
class Model:
    """Threads in the order in which they were made; what is true of each; folders in their order."""

    threads: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    archived: set[str] = field(default_factory=set)
    pins: list[str] = field(default_factory=list)
    folder_of: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)

    def shown(self, *, archived: bool = False, folder: str | None = None) -> list[str]:
        pinned = [thread for thread in self.pins if thread in self.threads]
        others = [thread for thread in reversed(self.threads) if thread not in self.pins]
        return [
            thread
            for thread in pinned + others
            if thread not in self.deleted
            and (thread in self.archived) == archived
            and (folder is None or self.folder_of.get(thread, "none") == folder)
        ]


class Histories:
    """Does a random step to the service and to the model."""

    def __init__(self, served: ServedSession, person: Person, seed: int) -> None:
        self.served, self.person, self.model = served, person, Model()
        self.random = random.Random(seed)

    async def ask(self, method: str, path: str, body: object = None, *, status: int = 200) -> None:
        answered = await self.served.ask(method, f"/api/threads{path}", self.person, body)
        assert answered.status_code == status, f"{method} {path} {body}: {answered.text}"

    async def step(self) -> None:
        model, choose = self.model, self.random.choice
        thread = choose(model.threads) if model.threads else None
        folder = choose(model.folders) if model.folders else None
        known = 404 if thread in model.deleted else 200
        kind = choose(["new", "new", "pin", "unpin", "archive", "back", "file", "loose", "order", "folder", "shelve",
                       "folders", "delete", "delete", "restore"])  # fmt: skip
        if kind == "new":
            model.threads.append((await created(self.served, self.person))["id"])
        elif kind == "folder":
            made = await self.served.ask("POST", "/api/threads/folders", self.person, {"name": str(uuid4())})
            model.folders.append(made.json()["id"])
        elif kind == "order":
            pins = [each for each in model.pins if each not in model.deleted]
            wanted = self.random.sample(pins, self.random.randint(0, len(pins)))
            await self.ask("PUT", "/pins/order", {"threads": wanted})
            model.pins = (
                wanted
                + [each for each in pins if each not in wanted]
                + [each for each in model.pins if each in model.deleted]
            )
        elif kind == "folders":
            wanted = self.random.sample(model.folders, self.random.randint(0, len(model.folders)))
            await self.ask("PUT", "/folders/order", {"folders": wanted})
            model.folders = wanted + [each for each in model.folders if each not in wanted]
        elif kind == "shelve" and folder:
            await self.ask("DELETE", f"/folders/{folder}", status=204)
            model.folders.remove(folder)
            model.folder_of = {each: into for each, into in model.folder_of.items() if into != folder}
        elif thread:
            await self.of_thread(kind, thread, folder, known)

    async def of_thread(self, kind: str, thread: str, folder: str | None, known: int) -> None:
        model = self.model
        is_known = known == 200
        if kind == "pin":
            await self.ask("PATCH", f"/{thread}", {"pinned": True}, status=known)
            if is_known and thread not in model.pins:
                model.pins.insert(0, thread)
        elif kind in ("unpin", "archive"):
            await self.ask(
                "PATCH", f"/{thread}", {"pinned": False} if kind == "unpin" else {"archived": True}, status=known
            )
            if is_known and thread in model.pins:
                model.pins.remove(thread)
            if is_known and kind == "archive":
                model.archived.add(thread)
        elif kind == "back":
            await self.ask("PATCH", f"/{thread}", {"archived": False}, status=known)
            model.archived -= {thread} if is_known else set()
        elif kind in ("file", "loose"):
            into = folder if kind == "file" else None
            await self.ask("PATCH", f"/{thread}", {"folder": into}, status=known)
            if is_known:
                model.folder_of.pop(thread, None)
                model.folder_of |= {thread: into} if into else {}
        elif kind == "delete":
            await self.ask("DELETE", f"/{thread}")
            model.deleted.add(thread)
        elif kind == "restore":
            await self.ask("POST", f"/{thread}/restore", status=409 if is_known else 200)
            model.deleted.discard(thread)

    async def agrees(self) -> None:
        folders = (await self.served.get("/api/threads/folders", self.person)).json()["folders"]
        assert [each["id"] for each in folders] == self.model.folders
        assert await listed(self.served, self.person) == self.model.shown()
        assert await listed(self.served, self.person, "&archived=true") == self.model.shown(archived=True)
        for folder in ["none", *self.model.folders[:2]]:
            assert await listed(self.served, self.person, f"&folder={folder}") == self.model.shown(folder=folder)


@pytest.mark.parametrize("seed", range(3))
async def test_lists_show_what_the_model_says(database_url: str, ada: Person, seed: int) -> None:
    async with served_session(session_environ(database_url, SESSION_COMMANDS_PER_MINUTE="100000")) as served:
        history = Histories(served, ada, seed)
        for _ in range(STEPS):
            await history.step()
            await history.agrees()
