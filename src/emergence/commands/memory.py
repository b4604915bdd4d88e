"""`emergence memory`: look at what is remembered, correct it, forget it, take it along."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote
from uuid import UUID

from pydantic import BaseModel

from emergence.contracts.memory.items import (
    ForgetPreview,
    Forgotten,
    Found,
    Item,
    ItemHistory,
    Items,
    MemoryState,
)
from emergence.contracts.memory.problems import UnknownItem
from emergence.contracts.memory.turns import AskedTurn, KeptTurn
from emergence.kernel.errors import ServiceError
from emergence.terminal.plain_text import shown_text
from emergence.terminal.server import Server
from emergence.terminal.sign_in import TerminalProblem, chosen_sign_in
from emergence.terminal.system_language import system_language

Answer = TypeVar("Answer", bound=BaseModel)

ITEMS = "/api/memory/items"
KINDS = ("fact", "preference", "event", "summary", "note", "instruction")
WRITTEN = ("note", "fact", "preference", "instruction")
# What is so now in the place of what was said.
_SINCE = {"corrected": "you corrected it:", "changed": "no longer so:", "edited": "put later as"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.set_defaults(run=run)
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    def act(name: str, explanation: str) -> argparse.ArgumentParser:
        declared = acts.add_parser(name, help=explanation, description=explanation)
        declared.add_argument("--json", action="store_true", help="print JSON")
        declared.add_argument("--url", help="sign in to this server instead of the one on this machine")
        return declared

    act("state", "Say how much is remembered, and what was chosen.")
    listed = act("list", "List what is remembered, pinned things and then the newest first.")
    listed.add_argument("--kind", choices=KINDS)
    listed.add_argument("--state", choices=("active", "superseded", "archived"), default="active")
    listed.add_argument("--all", action="store_true", help="all of it, not only the latest")
    sought = act("search", "Search by words and by meaning.")
    sought.add_argument("--kind", choices=KINDS)
    sought.add_argument("words", nargs="+")
    act("show", "Show one thing with its sources and former versions.").add_argument("item", type=UUID, metavar="ID")
    added = act("add", "Write something into memory.")
    added.add_argument("--kind", choices=WRITTEN, default="note")
    added.add_argument("words", nargs="+")
    edited = act("edit", "Correct one thing; its former text stays as a version.")
    edited.add_argument("item", type=UUID, metavar="ID")
    edited.add_argument("words", nargs="+")
    for name, explanation in (("pin", "Pin one thing."), ("unpin", "Pin one thing no longer.")):
        act(name, explanation).add_argument("item", type=UUID, metavar="ID")
    forgotten = act("forget", "Forget one thing for good: an item, or a message that was remembered.")
    forgotten.add_argument("item", type=UUID, metavar="ID")
    for name, explanation in (
        ("remember", "Choose whether anything is remembered."),
        ("hints", "Choose whether agents may bring something up unasked."),
    ):
        act(name, explanation).add_argument("chosen", choices=("on", "off"))
    about = act("forget-about", "Show what holds these words, and forget it for good when told to.")
    about.add_argument("words", nargs="+")
    about.add_argument("--yes", action="store_true", help="forget it without being asked")
    about.add_argument("--keep", action="append", default=[], metavar="ID", help="what of it stays; may come again")
    exported = act("export", "Take everything along that is remembered.")
    exported.add_argument("--format", choices=("json", "markdown"), default="json")
    exported.add_argument(
        "--language", choices=("en", "fr"), default=system_language(os.environ), help="of headings; default: from LANG"
    )
    exported.add_argument("--output", type=Path, metavar="FILE", help="write to this file instead of the terminal")


def run(arguments: argparse.Namespace) -> int:
    """Do what is asked for."""
    try:
        return asyncio.run(_run(arguments))
    except (TerminalProblem, ServiceError) as problem:
        reason = problem.detail if isinstance(problem, ServiceError) else problem
        print(f"emergence memory: {reason}", file=sys.stderr)
        return 1
    except OSError as failed:
        print(f"emergence memory: {failed.strerror or failed}", file=sys.stderr)
        return 1


async def _run(arguments: argparse.Namespace) -> int:
    async with Server(chosen_sign_in(arguments.url, os.environ)) as server:
        match arguments.act:
            case "state":
                _print(arguments, await server.get("/api/memory/state", MemoryState), _state)
            case "list":
                await _list(server, arguments)
            case "search":
                path = f"/api/memory/search?limit=50&q={quote(_words(arguments))}{_of_kind(arguments)}"
                _print(arguments, await server.get(path, Found), _found)
            case "show":
                _print(arguments, await server.get(f"{ITEMS}/{arguments.item}", ItemHistory), _history)
            case "add":
                body = {"kind": arguments.kind, "text": _words(arguments)}
                _print(arguments, await server.ask("POST", ITEMS, Item, body), _item)
            case "edit":
                await _change(server, arguments, {"text": _words(arguments)})
            case "pin" | "unpin":
                await _change(server, arguments, {"pinned": arguments.act == "pin"})
            case "forget":
                await _forget(server, arguments.item)
                print("{}" if arguments.json else "Forgotten.")
            case "remember" | "hints":
                await _choose(server, arguments)
            case "forget-about":
                return await _forget_about(server, arguments)
            case _:
                await _export(server, arguments)
    return 0


def _words(arguments: argparse.Namespace) -> str:
    return " ".join(arguments.words)


def _of_kind(arguments: argparse.Namespace) -> str:
    return f"&kind={arguments.kind}" if arguments.kind else ""


def _print(arguments: argparse.Namespace, answer: Answer, shown: Callable[[Answer], str]) -> None:
    print(answer.model_dump_json(indent=2) if arguments.json else shown(answer))


async def _change(server: Server, arguments: argparse.Namespace, body: dict[str, object]) -> None:
    _print(arguments, await server.ask("PATCH", f"{ITEMS}/{arguments.item}", Item, body), _item)


async def _forget(server: Server, known_as: UUID) -> None:
    try:
        await server.tell("DELETE", f"{ITEMS}/{known_as}")
    except ServiceError as problem:
        if problem.code != UnknownItem.code:
            raise
        await server.tell("DELETE", f"/api/memory/turns/{known_as}")


async def _choose(server: Server, arguments: argparse.Namespace) -> None:
    choices = (await server.get("/api/memory/state", MemoryState)).choices
    name = "remembers" if arguments.act == "remember" else "hints"
    body = choices.model_copy(update={name: arguments.chosen == "on"}).model_dump()
    _print(arguments, await server.ask("PUT", "/api/memory/choices", MemoryState, body), _state)


async def _list(server: Server, arguments: argparse.Namespace) -> None:
    path = f"{ITEMS}?state={arguments.state}{_of_kind(arguments)}"
    page = await server.get(path, Items)
    items = list(page.items)
    while arguments.all and page.next is not None:
        page = await server.get(f"{path}&after={quote(page.next)}", Items)
        items += page.items
    if arguments.json:
        print(Items(items=items, next=page.next).model_dump_json(indent=2))
        return
    for item in items:
        print(_item(item))
    if not items:
        print("Nothing is remembered.")
    if page.next is not None:
        print("… more with --all", file=sys.stderr)


async def _forget_about(server: Server, arguments: argparse.Namespace) -> int:
    about = {"about": _words(arguments)}
    preview = await server.ask("POST", "/api/memory/forget/preview", ForgetPreview, about)
    print(preview.model_dump_json() if arguments.json else _preview(preview), flush=True)
    if not preview.items and not preview.turns:
        return 0
    if strange := set(arguments.keep) - {str(each) for each in _ids_of(preview)}:
        raise TerminalProblem(f"Nothing of this has the id {', '.join(sorted(strange))}. Nothing was forgotten.")
    if not arguments.yes and not _agreed():
        print("Nothing was forgotten.", file=sys.stderr)
        return 1
    items, turns = [str(item.id) for item in preview.items], [str(turn.message) for turn in preview.turns]
    going = {
        "items": [each for each in items if each not in arguments.keep],
        "turns": [each for each in turns if each not in arguments.keep],
        "kept_items": [each for each in items if each in arguments.keep],
        "kept_turns": [each for each in turns if each in arguments.keep],
    }
    gone = await server.ask("POST", "/api/memory/forget", Forgotten, going)
    print(gone.model_dump_json() if arguments.json else f"Forgotten: {gone.items} items, {gone.turns} turns.")
    return 0


def _ids_of(preview: ForgetPreview) -> list[UUID]:
    return [*(item.id for item in preview.items), *(turn.message for turn in preview.turns)]


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise TerminalProblem("Nobody can be asked here. Say --yes when all of this shall be forgotten.")
    print("Forget all of this for good? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes", "o", "oui")


async def _export(server: Server, arguments: argparse.Namespace) -> None:
    format_ = "json" if arguments.json else arguments.format
    path = f"/api/memory/export?format={format_}&language={arguments.language}"
    if arguments.output is None:
        async for chunk in server.stream(path):
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    part = arguments.output.with_name(arguments.output.name + ".part")
    try:
        with part.open("wb") as file:
            async for chunk in server.stream(path):
                file.write(chunk)
        part.replace(arguments.output)
    finally:
        part.unlink(missing_ok=True)
    print(f"Written: {arguments.output}", file=sys.stderr)


def _item(item: Item) -> str:
    marks = "".join((" *" if item.pinned else "", "" if item.state == "active" else f" [{item.state}]"))
    return f"{item.id}  {item.recorded_at.astimezone():%Y-%m-%d}  {item.kind:<11} {shown_text(item.text)}{marks}"


def _turn(turn: KeptTurn) -> str:
    speaker = "You" if turn.role == "user" else turn.speaker
    line = f"{turn.message}  {turn.said_at.astimezone():%Y-%m-%d}  {shown_text(speaker)}: {shown_text(turn.text)}"
    since = turn.since if isinstance(turn, AskedTurn) else []
    return "\n".join([line, *(f"      {_SINCE[now.how]} “{shown_text(now.text)}”" for now in since)])


def _found(found: Found) -> str:
    lines = [_item(item) for item in found.items if item.id not in found.similar]
    lines += [_turn(turn) for turn in found.turns if turn.message not in found.similar]
    alike = [_item(item) for item in found.items if item.id in found.similar]
    alike += [_turn(turn) for turn in found.turns if turn.message in found.similar]
    if alike:
        lines += ["Similar in meaning:" if lines else "Nothing holds these words. Similar in meaning:", *alike]
    return "\n".join(lines) or "Nothing is remembered of that."


def _preview(preview: ForgetPreview) -> str:
    if not preview.items and not preview.turns:
        return "Nothing holds that."
    turns = [AskedTurn(**turn.model_dump()) for turn in preview.turns]
    shown = _found(Found(items=preview.items, turns=turns))
    return shown + "\n… and more: do this again afterwards." * preview.is_cut


def _history(history: ItemHistory) -> str:
    item = history.item
    lines = [_item(item), f"   {item.origin}, used {item.uses} times"]
    for source in item.sources:
        lines.append(f"   “{shown_text(source.quote)}”  {source.said_at.astimezone():%Y-%m-%d}")
        if source.since is not None:
            lines.append(f"      put later as “{shown_text(source.since.text)}”")
    lines += [f"   before: {shown_text(version.text)}" for version in history.versions]
    return "\n".join(lines)


def _state(state: MemoryState) -> str:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(state.items.items())) or "none"
    return "\n".join(
        (
            f"Remembering: {_on(state.choices.remembers)}; hints: {_on(state.choices.hints)}",
            f"Turns: {state.turns}; active items: {kinds}",
            f"Found by meaning: {_on(state.finds_by_meaning)}; waiting: {state.pending_vectors}",
        )
    )


def _on(is_on: bool) -> str:
    return "on" if is_on else "off"
