"""Random histories of sending, editing, asking again and going back, beside the simplest model of a tree."""

import random
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from tests.session.live_client import Json, LiveClient, live_client
from tests.session.neighbours import Person, answer
from tests.session.served_session import ServedSession
from tests.session.threads.talking import shown, text_of

STEPS = 40


@dataclass
class Tree:
    """What was said, after what, in the order in which it was; and where the branch that is shown ends."""

    parents: dict[str, str | None] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    leaf: str | None = None

    def say(self, ack: Json, parent: str | None, question: str | None, reply: str) -> None:
        if question is not None:
            self.parents[ack["message"]], self.texts[ack["message"]] = parent, question
        self.parents[ack["reply"]], self.texts[ack["reply"]] = ack["message"], reply
        self.leaf = ack["reply"]

    def select(self, message: str) -> None:
        while following := [child for child, parent in self.parents.items() if parent == message]:
            message = following[-1]
        self.leaf = message

    def branch(self, leaf: str | None = None) -> list[str]:
        way, at = [], leaf or self.leaf
        while at is not None:
            way.append(at)
            at = self.parents[at]
        return way[::-1]

    def siblings(self, message: str) -> list[str]:
        same = [other for other, parent in self.parents.items() if parent == self.parents[message]]
        return same if len(same) > 1 else []


class Histories:
    """Does a random step to the service and to the model."""

    def __init__(self, served: ServedSession, client: LiveClient, seed: int) -> None:
        self.served, self.client, self.tree = served, client, Tree()
        self.random = random.Random(seed)
        self.thread: str | None = None

    async def step(self) -> None:
        tree = self.tree
        questions = [message for message in tree.parents if self.is_question(message)]
        kind = "send" if not questions else self.random.choice(["send", "send", "edit", "again", "select"])
        text, reply = f"Q{uuid4()}", f"A{uuid4()}"
        if kind == "select":
            chosen = self.random.choice(list(tree.parents))
            await self.client.ask("branch.select", message=chosen)
            tree.select(chosen)
            return
        self.served.chat.will_say(answer(reply))
        if kind == "send":
            parent, question = tree.leaf, text
            ack = await self.client.send(text, thread=self.thread)
            self.thread = ack["thread"]
        elif kind == "edit":
            chosen = self.random.choice(questions)
            parent, question = tree.parents[chosen], text
            ack = await self.client.ask("message.edit", message=chosen, text=text)
        else:
            chosen = self.random.choice([message for message in tree.parents if message not in questions])
            parent, question = None, None
            ack = await self.client.ask("message.regenerate", message=chosen)
        tree.say(ack, parent, question, reply)
        await self.client.until("run.ended", run=ack["run"])
        before = [tree.texts[message] for message in tree.branch()[:-1]]
        assert [turn.text for turn in self.served.chat.requests[-1].turns] == before

    def is_question(self, message: str) -> bool:
        return self.tree.texts[message].startswith("Q")


@pytest.mark.parametrize("seed", range(3))
async def test_a_thread_shows_what_the_model_shows(served: ServedSession, ada: Person, seed: int) -> None:
    async with live_client(served.url, ada) as client:
        histories = Histories(served, client, seed)
        for _ in range(STEPS):
            await histories.step()
            assert histories.thread is not None
            page = await shown(served, ada, histories.thread, limit=histories.random.randint(1, 9))
            tree = histories.tree
            assert [message["id"] for message in page] == tree.branch()
            assert [text_of(message) for message in page] == [tree.texts[message] for message in tree.branch()]
            assert [message["siblings"] for message in page] == [tree.siblings(each) for each in tree.branch()]
