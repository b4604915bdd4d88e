"""The neighbour, reached in both ways: every test of a client runs over each transport."""

from collections.abc import AsyncIterator

import pytest

from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.over_https import OverHttps
from emergence.kernel.wire.peers import Peers
from tests.kernel.service_plans import tokens
from tests.kernel.wire.neighbour import Neighbour, NeighbourClient
from tests.served_app import served


@pytest.fixture
async def neighbour() -> Neighbour:
    return Neighbour()


@pytest.fixture(params=["in_process", "over_https"])
async def peers(request: pytest.FixtureRequest, neighbour: Neighbour) -> AsyncIterator[Peers]:
    peers = Peers()
    if request.param == "in_process":
        peers.connect("neighbour", InProcess(neighbour.app, service="neighbour", tokens=tokens()))
        yield peers
        await peers.close()
        return
    async with served(neighbour.app) as url:
        peers.connect("neighbour", OverHttps(url, service="neighbour", tokens=tokens()))
        yield peers
        await peers.close()


@pytest.fixture
def client(peers: Peers) -> NeighbourClient:
    return NeighbourClient(peers)
