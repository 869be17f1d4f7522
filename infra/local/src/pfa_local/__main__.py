"""The commands behind the Makefile: `python -m pfa_local run | demo`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pfa_local.demo import demo
from pfa_local.environment import HOME
from pfa_local.runner import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pfa_local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run_parser = commands.add_parser("run", help="start everything, with a demo book, until Ctrl-C")
    demo_parser = commands.add_parser("demo", help="do the main job once and check the books")
    demo_parser.add_argument("--seed", type=int, help="draw the same papers again")
    for command in (run_parser, demo_parser):
        command.add_argument("--home", type=Path, default=HOME, help="where the data is kept")
    arguments = parser.parse_args()
    if arguments.command == "run":
        return run(home=arguments.home.resolve())
    return demo(home=arguments.home.resolve(), seed=arguments.seed)


if __name__ == "__main__":
    sys.exit(main())
