"""`python -m fapi_runner agent --state DIR`, or `pod`: the command line of the runner."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def main() -> int:
    """Run the named program and return its exit code."""
    parser = make_parser()
    arguments = parser.parse_args()
    # Each program imports only its own half: the agent never loads FastAPI, the zygote never loads the agent.
    if arguments.program == "zygote":
        from fapi_runner.zygote import run_zygote

        return run_zygote(arguments.fd, arguments.state, arguments.isolation_limit)

    from fapi_runner.agent.disk.collector import Allowance
    from fapi_runner.agent.disk.folder import FolderError, refuse_long_path
    from fapi_runner.agent.egress.boundary import parse_forbidden
    from fapi_runner.agent.machine import Machine
    from fapi_runner.agent.main import run_agent
    from fapi_runner.agent.options import Options
    from fapi_runner.agent.pod.main import run_pod
    from fapi_runner.agent.pod.settings import SettingError

    try:
        never = [parse_forbidden(text) for text in arguments.egress_never]
    except ValueError as error:
        parser.error(f"--egress-never: {error}")
    options = Options(
        isolation_limit=arguments.isolation_limit,
        blanks=arguments.blanks,
        folder_mebibytes=arguments.folder_mebibytes,
        egress_never=never,
        language_idle_s=arguments.language_idle_seconds,
        keeps_language_spare=arguments.language_spare,
        revisions=Allowance(arguments.revisions_kept, arguments.revisions_mebibytes << 20),
    )
    try:
        if arguments.program == "pod":
            return run_pod(os.environ, options)
        refuse_long_path(arguments.state)
        return run_agent(arguments.state, options, lambda folder: Machine(folder, arguments.orphan_seconds or None))
    except (FolderError, SettingError) as error:
        print(error, file=sys.stderr)
        return 2


def make_parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    parser = argparse.ArgumentParser(prog="fapi_runner")
    programs = parser.add_subparsers(dest="program", required=True)
    agent = programs.add_parser("agent", help="hold the apps of one state folder")
    agent.add_argument("--state", type=Path, required=True)
    agent.add_argument("--orphan-seconds", type=float, default=600.0, help="0 means never")
    pod = programs.add_parser("pod", help="be the first process of a runner pod; the rest is in its environment")
    for each in (agent, pod):
        add_bounds(each)
    zygote = programs.add_parser("zygote", help="the agent starts this one itself")
    zygote.add_argument("--fd", type=int, required=True)
    zygote.add_argument("--state", type=Path, required=True)
    zygote.add_argument("--isolation-limit", type=int, required=True)
    return parser


def add_bounds(agent: argparse.ArgumentParser) -> None:
    """Add what every agent may be told of its children."""
    agent.add_argument("--isolation-limit", type=int, choices=range(4), default=3, help="try no level above this one")
    agent.add_argument("--blanks", type=int, default=3, help="how many children wait isolated for the next app")
    agent.add_argument("--folder-mebibytes", type=int, default=512, help="how much one app may keep in its folder")
    agent.add_argument(
        "--egress-never",
        action="append",
        default=[],
        metavar="ADDRESS[/BITS][:PORT]",
        help="an address of the gateway, the server or another program of ours: no app is ever connected to it",
    )
    agent.add_argument(
        "--language-idle-seconds", type=float, default=600.0, help="how long an editor's session may hear nothing"
    )
    agent.add_argument(
        "--language-spare",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="whether language servers wait for the next editor while somebody edits (some 120 MB)",
    )
    agent.add_argument("--revisions-kept", type=int, default=50, help="how many revisions to keep that no app needs")
    agent.add_argument("--revisions-mebibytes", type=int, default=500, help="how much these may take on the disk")


if __name__ == "__main__":
    sys.exit(main())
