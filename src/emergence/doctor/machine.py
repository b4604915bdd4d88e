"""Looks at the machine: Python, processor, folder, disk, port, and whether a server runs."""

import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from emergence.chat.local_model import LocalModel
from emergence.doctor.finding import Finding
from emergence.gateway.client_files import CLIENT_FOLDER
from emergence.kernel.listening import Listening, PortTaken, check_port
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.embedded.binaries import wheel_binaries
from emergence.kernel.storage.embedded.data_folder import data_folder
from emergence.kernel.storage.embedded.errors import EngineError
from emergence.kernel.storage.embedded.folder_lock import FolderLock
from emergence.kernel.storage.embedded.processor import SENTENCES, this_processor, vector_support
from emergence.local_install import LocalInstall, RunningServer
from emergence.process_settings import ProcessSettings
from emergence.program_name import program_name

ENOUGH_DISK_BYTES = 2 * 1024**3  # PostgreSQL's own files and logs of the first weeks
GIB = 1024**3


def look_at_machine(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what this machine offers; nothing is changed but an empty data folder that may be made."""
    version = platform.python_version()
    yield Finding("python", "ok", f"{version} at {sys.executable}")
    yield _processor()
    running = LocalInstall.existing(environ).running()
    yield from _folder(environ, running)
    yield _server(running)
    if running is None:
        yield _port(environ)
    yield _packages(environ)
    yield _local_model()
    yield _client()


def _processor() -> Finding:
    support = vector_support(this_processor())
    if support == "indexed":
        return Finding("processor", "ok", SENTENCES[support])
    return Finding("processor", "note", SENTENCES[support], "Nothing to do: the program chooses what works here.")


def _folder(environ: Mapping[str, str], running: RunningServer | None) -> Iterator[Finding]:
    try:
        folder = data_folder(environ)
    except EngineError as unusable:
        yield Finding("data folder", "problem", str(unusable), "Set EMERGENCE_DATA_DIR to a folder that you can write.")
        return
    yield Finding("data folder", "ok", f"{folder} can be written")
    yield _disk(folder)
    if running is not None:
        return
    try:
        with FolderLock(folder):
            pass
    except EngineError as in_use:
        yield Finding("data folder", "note", str(in_use), "Fine when that is your running server.")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    fact = f"{free / GIB:.1f} GiB free"
    if free >= ENOUGH_DISK_BYTES:
        return Finding("disk", "ok", fact)
    return Finding("disk", "problem", fact, "Free some space, or set EMERGENCE_DATA_DIR to another disk.")


def _server(running: RunningServer | None) -> Finding:
    if running is None:
        return Finding("server", "note", "none runs from this data folder", f"Start one: {program_name()} up")
    return Finding("server", "ok", f"process {running.pid} at {running.url}")


def _port(environ: Mapping[str, str]) -> Finding:
    try:
        process = ProcessSettings.read(environ)
        listening = Listening(process.emergence_host, process.listening_port())
        check_port(listening)
    except SettingsInvalid as invalid:
        return Finding("port", "problem", str(invalid), "Correct that variable.")
    except PortTaken as taken:
        return Finding("port", "problem", str(taken), "Set EMERGENCE_PORT to a free port.")
    return Finding("port", "ok", f"{listening.url()} is free")


def _packages(environ: Mapping[str, str]) -> Finding:
    if environ.get("DATABASE_URL"):
        return Finding("PostgreSQL", "ok", "an external server is set by DATABASE_URL")
    try:
        binaries = wheel_binaries()
    except EngineError as missing:
        return Finding("PostgreSQL", "problem", str(missing), "Run `make setup`, or set DATABASE_URL.")
    return Finding("PostgreSQL", "ok", f"own server from {binaries}")


def _local_model() -> Finding:
    reason = LocalModel.unavailable_reason()
    if reason is None:
        return Finding("built-in model", "ok", "the demonstration model can run")
    return Finding("built-in model", "note", reason, "Add a provider key or an Ollama address instead.")


def _client() -> Finding:
    if (CLIENT_FOLDER / "index.html").is_file():
        return Finding("web client", "ok", "built")
    return Finding("web client", "problem", "not built", "Run `make web`, or install a released wheel.")
