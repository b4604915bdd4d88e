"""`emergence doctor`: check this machine and its configuration."""

import argparse
import json
import os
from dataclasses import asdict

from emergence.doctor.configuration import look_at_configuration
from emergence.doctor.machine import look_at_machine
from emergence.doctor.memory import look_at_memory
from emergence.kernel.logs import configure_logs

MARKS = {"ok": "  ok  ", "note": " note ", "problem": " FAIL "}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; exit 1 when there is a problem."""
    configure_logs("CRITICAL", "text")  # what was found is printed below
    findings = [*look_at_machine(os.environ), *look_at_memory(os.environ), *look_at_configuration(os.environ)]
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            print(f"[{MARKS[finding.verdict]}] {finding.subject}: {finding.fact}")
            if finding.mend and finding.verdict != "ok":
                print(f"         → {finding.mend}")
    return 1 if any(finding.verdict == "problem" for finding in findings) else 0
