"""A session service to be killed: `python -m tests.session.counting_process PORT`; its agents count for ever."""

import asyncio
import os
import sys

from emergence.contracts.chat import ReplyText
from emergence.kernel.listening import Listening
from emergence.kernel.logs import configure_logs
from emergence.kernel.serving import serve
from tests.session.neighbours import ScriptedAuth, ScriptedChat, Step, started
from tests.session.served_session import DRAIN_TIME, build_between


async def main(port: int) -> None:
    chat = ScriptedChat()
    words: list[Step] = [started()]
    for number in range(100_000):
        words += [ReplyText(text=f"{number} "), 0.01]
    chat.will_say(words)
    app = build_between(dict(os.environ), ScriptedAuth(), chat)
    await serve(
        app,
        Listening("127.0.0.1", port),
        drain_time=DRAIN_TIME,
        on_ready=lambda _: print("ready", flush=True),
    )


if __name__ == "__main__":
    configure_logs()
    asyncio.run(main(int(sys.argv[1])))
