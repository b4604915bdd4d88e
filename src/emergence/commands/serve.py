"""`emergence serve NAME…`: some services in one process, for a deployment in several parts."""

import argparse
import os
import sys

from emergence.composition import build_process, check_names, problems_under_serve
from emergence.kernel.listening import Listening, PortTaken
from emergence.kernel.logs import configure_logs
from emergence.kernel.serving import StartFailed, run_to_end, serve
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.surroundings import CommonSettings, Surroundings
from emergence.process_settings import ProcessSettings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("services", nargs="+", metavar="NAME", help="auth, chat, session, gateway")
    parser.add_argument("--host", help="address to listen on (EMERGENCE_HOST)")
    parser.add_argument("--port", type=int, help="port to listen on (PORT, EMERGENCE_PORT)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal says stop."""
    names = check_names(arguments.services)
    if problems := problems_under_serve(names, os.environ):
        raise SettingsInvalid("\n".join(problems))
    process = ProcessSettings.read(os.environ)
    common = CommonSettings.read(os.environ)
    configure_logs(common.log_level, common.log_format, service="+".join(names))
    surroundings = Surroundings(environ=os.environ)
    app = build_process(names, surroundings, process.neighbours())
    listening = Listening(
        host=arguments.host or process.emergence_host,
        port=process.listening_port() if arguments.port is None else arguments.port,
    )
    try:
        run_to_end(serve(app, listening, drain_time=surroundings.drain_time))
    except (PortTaken, StartFailed) as refusal:
        print(f"emergence serve: {refusal}", file=sys.stderr)
        return 1
    return 0
