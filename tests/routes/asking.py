"""Sends a declared request to where its route is served, and finds in the answer what must not be there."""

from collections.abc import Iterable

import httpx2

from tests.routes.declaration import Declaration, Guard, Target, declared
from tests.routes.person import Person, request
from tests.routes.walk import Operation, operations
from tests.routes.world import World


def guarded(*guards: Guard, owned: bool | None = None) -> list[Operation]:
    """Return the operations whose declaration has one of these guards."""
    found = []
    for operation in operations():
        declaration = declared().get(operation.route)
        if declaration and declaration.guard in guards and owned in (None, declaration.is_owned):
            found.append(operation)
    return found


def named(operation: Operation) -> str:
    """Return how a test of this operation is called."""
    return operation.route


def declaration_of(operation: Operation) -> Declaration:
    """Return what the operation's route says of itself."""
    return declared()[operation.route]


async def ask_as(person: Person, operation: Operation, target: Target) -> httpx2.Response:
    """Ask as a signed-in person."""
    return await person.ask(operation.method, target.url(operation.path), target.body, query=target.query)


async def ask_with(
    world: World, operation: Operation, target: Target, authorization: str | None, *, past_gateway: bool = False
) -> httpx2.Response:
    """Ask with this Authorization header, or none, without cookies; through the gateway or at the service itself."""
    headers = {} if authorization is None else {"authorization": authorization}
    client = await world.client(world.service_urls[operation.service] if past_gateway else None)
    path = target.url(operation.path)
    return await request(client, operation.method, path, target.body, headers=headers, query=target.query)


def given_away(answer: httpx2.Response, traces: Iterable[str], target: Target) -> list[str]:
    """Return the texts that the answer holds and the question did not."""
    said = f"{answer.text} {dict(answer.headers)}"
    return [trace for trace in traces if trace in said and not target.names(trace)]
