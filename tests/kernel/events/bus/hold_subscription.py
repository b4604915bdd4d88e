"""A process that holds a subscription until it is killed: `hold_subscription.py URL SUBSCRIBER` says "held"."""

import asyncio
import sys

from emergence.kernel.events.bus.nats import NatsBus


async def hold(url: str, subscriber: str) -> None:
    async with NatsBus(url).subscription(subscriber):
        print("held", flush=True)
        await asyncio.Event().wait()


asyncio.run(hold(*sys.argv[1:]))
