"""`emergence threads`: list conversations, or show one."""

import argparse
import asyncio
import os
import sys
from uuid import UUID

from emergence.contracts.session.threads import Message, MessagePage, Thread, ThreadPage
from emergence.kernel.errors import ServiceError
from emergence.program_name import program_name
from emergence.terminal.conversation import text_of
from emergence.terminal.plain_text import shown_text
from emergence.terminal.server import Server
from emergence.terminal.sign_in import TerminalProblem, chosen_sign_in


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("thread", nargs="?", type=UUID, metavar="ID", help="show this conversation")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--all", action="store_true", help="all of them, not only the latest")
    parser.add_argument("--url", help="sign in to this server instead of the one on this machine")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what is asked for."""
    try:
        asyncio.run(_show(arguments))
    except (TerminalProblem, ServiceError) as problem:
        reason = problem.detail if isinstance(problem, ServiceError) else problem
        print(f"emergence threads: {reason}", file=sys.stderr)
        return 1
    return 0


async def _show(arguments: argparse.Namespace) -> None:
    async with Server(chosen_sign_in(arguments.url, os.environ)) as server:
        if arguments.thread is not None:
            await _show_thread(server, arguments.thread, as_json=arguments.json)
        else:
            await _list(server, every=arguments.all, as_json=arguments.json)


async def _list(server: Server, *, every: bool, as_json: bool) -> None:
    page = await server.get("/api/threads", ThreadPage)
    if as_json:
        threads = list(page.threads)
        while every and page.next is not None:
            page = await server.get(f"/api/threads?before={page.next}", ThreadPage)
            threads += page.threads
        print(ThreadPage(threads=threads, next=page.next).model_dump_json(indent=2))
        return
    if not page.threads:
        print(f'No conversation yet. Begin one:  {program_name()} chat --once "Hello"')
    while True:
        for thread in page.threads:
            print(_line(thread))
        if page.next is None:
            return
        if not every:
            print("… more with --all", file=sys.stderr)
            return
        page = await server.get(f"/api/threads?before={page.next}", ThreadPage)


def _line(thread: Thread) -> str:
    when = thread.updated_at.astimezone().strftime("%Y-%m-%d %H:%M")
    running = "  (answering)" if thread.running else ""
    return f"{thread.id}  {when}  {thread.agent:<6} {shown_text(thread.title)}{running}"


async def _show_thread(server: Server, thread: UUID, *, as_json: bool) -> None:
    messages: list[Message] = []
    before = ""
    while True:
        page = await server.get(f"/api/threads/{thread}/messages{before}", MessagePage)
        messages[:0] = page.messages
        if page.next is None:
            break
        before = f"?before={page.next}"
    if as_json:
        print(MessagePage(messages=messages, seq=page.seq).model_dump_json(indent=2))
        return
    for message in messages:
        speaker = "You" if message.role == "user" else (message.agent or "agent").capitalize()
        note = "" if message.status == "complete" else f"  [{message.status}]"
        print(f"── {speaker}{note}\n{shown_text(text_of(message))}\n")
        if message.run is not None and message.run.problem is not None:
            print(f"   {message.run.problem.message}\n")
