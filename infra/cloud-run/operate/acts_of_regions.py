"""What the commands of the second region do, from the words to the exit code."""

from argparse import Namespace

from operate import failover
from operate.catalogue import catalogue
from operate.deploy_all import deploy_all as deploy_every
from operate.one_at_a_time import one_at_a_time
from operate.preflight import check_sign_in, check_tools, preflight, project_number
from operate.programs import Tools
from operate.refusals import Exit
from operate.standby import second


def deploy_standby(tools: Tools, asked: Namespace) -> int:
    there = Tools(tools.machine, second(tools.place, serves=False), tools.is_dry)
    with one_at_a_time(there.place):
        number = preflight(there, docker=not tools.is_dry)
        deploy_every(there, catalogue(there), number, resume=asked.resume, accept_schema=asked.accept_schema)
    return Exit.DONE


def failover_status(tools: Tools, asked: Namespace) -> int:
    check_sign_in(tools)
    failover.status(tools, catalogue(tools), asked.most_loss)
    return Exit.DONE


def fail_over(tools: Tools, asked: Namespace) -> int:
    second(tools.place, serves=True)
    check_tools(tools, docker=False)
    check_sign_in(tools)
    with one_at_a_time(tools.place):
        wish = failover.Wish(asked.confirm, asked.most_loss)
        failover.failover(tools, catalogue(tools), project_number(tools), wish)
    return Exit.DONE
