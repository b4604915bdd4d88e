"""A transport that is made when it is first needed, and a start that does not pay for it."""

import asyncio
import subprocess
import sys

from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.messages import Transport
from emergence.kernel.wire.on_first_call import OnFirstCall
from emergence.kernel.wire.peers import Peers
from tests.kernel.service_plans import tokens
from tests.kernel.wire.neighbour import Neighbour, NeighbourClient

BUILD_SESSION = """
import sys
from emergence.composition import DOCUMENTED_ENVIRONMENT, build_process
from emergence.kernel.surroundings import Surroundings
build_process(["session"], Surroundings(environ=DOCUMENTED_ENVIRONMENT), {"chat": "http://127.0.0.1:9"})
print("aiohttp" in sys.modules)
"""


class Workshop:
    """Makes transports and counts them."""

    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour
        self.made = 0

    def make(self) -> Transport:
        self.made += 1
        return InProcess(self._neighbour.app, service="neighbour", tokens=tokens())


async def test_calls_that_come_at_once_share_one_transport(neighbour: Neighbour) -> None:
    workshop = Workshop(neighbour)
    peers = Peers({"neighbour": OnFirstCall(workshop.make)})
    client = NeighbourClient(peers)
    assert workshop.made == 0

    answers = await asyncio.gather(*(client.word(f"/words/{number}") for number in range(3)))

    assert [answer.word for answer in answers] == ["0", "1", "2"]
    assert workshop.made == 1
    await peers.close()


async def test_a_transport_that_nobody_used_is_closed_without_being_made(neighbour: Neighbour) -> None:
    workshop = Workshop(neighbour)

    await OnFirstCall(workshop.make).close()

    assert workshop.made == 0


def test_a_service_starts_without_the_library_that_calls_its_neighbours() -> None:
    built = subprocess.run([sys.executable, "-c", BUILD_SESSION], capture_output=True, text=True, check=True)

    assert built.stdout.strip() == "False"
