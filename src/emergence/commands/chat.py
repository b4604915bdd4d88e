"""`emergence chat`: talk with an agent from a shell."""

import argparse
import asyncio
import json
import os
import signal
import sys
from contextlib import aclosing
from uuid import UUID

from emergence.contracts.chat import Agents, FinishReason, Language
from emergence.contracts.session.threads import Message
from emergence.kernel.errors import ServiceError
from emergence.terminal.conversation import Conversation, Finished, Question, Said, Started, text_of
from emergence.terminal.plain_text import shown_text, typed_text
from emergence.terminal.server import Server
from emergence.terminal.sign_in import TerminalProblem, chosen_sign_in
from emergence.terminal.system_language import system_language
from emergence.terminal.time_zone import local_time_zone

INTERRUPTED = 130  # the status of a program that SIGINT ended
DEMONSTRATION: dict[Language, str] = {
    "en": "(A small demonstration model answered, in simple English. For a better one add a key or an Ollama "
    "address in the settings, or set ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENAI_COMPATIBLE_BASE_URL.)",
    "fr": "(Réponse d’un petit modèle de démonstration, qui ne parle qu’un anglais simple. Pour mieux, ajoutez une clé "
    "ou une adresse Ollama dans les réglages, ou définissez ANTHROPIC_API_KEY, OPENAI_API_KEY ou "
    "OPENAI_COMPATIBLE_BASE_URL.)",
}

CUT_SHORT: dict[FinishReason, dict[Language, str]] = {
    "max_tokens": {
        "en": "(The answer reached the longest length that the model may give. Say “go on” to have the rest.)",
        "fr": "(La réponse a atteint la longueur que le modèle peut donner. Dites « continue » pour avoir la suite.)",
    },
    "refusal": {
        "en": "(The model declined to say more about this.)",
        "fr": "(Le modèle a refusé d’en dire plus à ce sujet.)",
    },
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--once", metavar="TEXT", help="say this, print the answer, and end; - reads standard input")
    parser.add_argument("--agent", default="anima", help="anima, neo or nexus (default: anima)")
    parser.add_argument("--thread", type=UUID, metavar="ID", help="go on in this conversation")
    parser.add_argument("--json", action="store_true", help="print each answer as one JSON object")
    parser.add_argument(
        "--language", choices=("en", "fr"), default=system_language(os.environ), help="default: from LANG"
    )
    parser.add_argument("--url", help="sign in to this server instead of the one on this machine")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Talk; exit 1 when the last answer failed or could not be asked for."""
    try:
        return asyncio.run(_talk(arguments))
    except (TerminalProblem, ServiceError) as problem:
        reason = problem.detail if isinstance(problem, ServiceError) else problem
        print(f"emergence chat: {reason}", file=sys.stderr)
        return 1


async def _talk(arguments: argparse.Namespace) -> int:
    async with Server(chosen_sign_in(arguments.url, os.environ)) as server:
        conversation = Conversation(server)
        if arguments.once is not None:
            text = sys.stdin.read() if arguments.once == "-" else arguments.once
            question = _question(text, arguments, arguments.thread)
            return _status(await _answer(conversation, question, as_json=arguments.json))
        return await _read_and_answer(server, conversation, arguments)


async def _read_and_answer(server: Server, conversation: Conversation, arguments: argparse.Namespace) -> int:
    names = {agent.id: agent.name for agent in (await server.get("/api/agents", Agents)).agents}
    if arguments.agent not in names:
        raise TerminalProblem(f"there is no agent called {arguments.agent!r}; known: {', '.join(names)}.")
    thread: UUID | None = arguments.thread
    if sys.stdin.isatty():
        print(
            f"You are talking with {names[arguments.agent]}. Ctrl-C stops an answer, Ctrl-D ends.",
            file=sys.stderr,
        )
    status = 0
    while (line := await _typed_line()) is not None:
        if not line.strip():
            continue
        if sys.stdin.isatty():
            print(f"\n{names[arguments.agent]} › ", end="", flush=True)
        question = _question(line, arguments, thread)
        message = await _answer(conversation, question, as_json=arguments.json)
        thread = message.thread
        status = _status(message)
        print(flush=True)
    return status


def _question(text: str, arguments: argparse.Namespace, thread: UUID | None) -> Question:
    zone = local_time_zone(os.environ)
    return Question(typed_text(text), arguments.agent, arguments.language, thread, zone)


async def _typed_line() -> str | None:
    """Return the next line, or None at the end; Ctrl-C leaves at once, though a thread still waits for the line."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, _leave)
    try:
        return await asyncio.to_thread(_next_line)
    finally:
        loop.remove_signal_handler(signal.SIGINT)


def _leave() -> None:
    print(flush=True)
    os._exit(INTERRUPTED)


def _next_line() -> str | None:
    try:
        return input("You › " if sys.stdin.isatty() else "")
    except EOFError:
        return None


async def _answer(conversation: Conversation, question: Question, *, as_json: bool) -> Message:
    """Print the answer as it comes and return it as it is stored; Ctrl-C stops the answer, not the program."""
    loop = asyncio.get_running_loop()
    stopping: set[asyncio.Task[None]] = set()
    loop.add_signal_handler(signal.SIGINT, lambda: stopping.add(loop.create_task(conversation.stop())))
    final: Message | None = None
    try:
        async with aclosing(conversation.ask(question)) as heard:
            async for piece in heard:
                match piece:
                    case Said(text) if not as_json:
                        print(shown_text(text), end="", flush=True)
                    case Finished(message):
                        final = message
                    case Started():
                        pass
    finally:
        loop.remove_signal_handler(signal.SIGINT)
    if final is None:
        raise TerminalProblem("the connection was lost. The answer is kept on the server: emergence threads")
    _report(final, question.language, as_json=as_json)
    return final


def _report(message: Message, language: Language, *, as_json: bool) -> None:
    if as_json:
        document = message.model_dump(mode="json") | {"text": text_of(message)}
        print(json.dumps(document, ensure_ascii=False), flush=True)
        return
    print(flush=True)
    run_ = message.run
    if run_ is not None and run_.problem is not None:
        hint = f" {run_.problem.hint}" if run_.problem.hint else ""
        print(f"emergence chat: {run_.problem.message}{hint}", file=sys.stderr)
    elif message.status != "complete":
        print(f"emergence chat: the answer was {message.status}; its text so far is kept.", file=sys.stderr)
    elif run_ is not None and run_.finish_reason in CUT_SHORT:
        print(CUT_SHORT[run_.finish_reason][language], file=sys.stderr)
    if run_ is not None and run_.demonstration:
        print(DEMONSTRATION[language], file=sys.stderr)


def _status(message: Message) -> int:
    return 0 if message.status in ("complete", "stopped") else 1
