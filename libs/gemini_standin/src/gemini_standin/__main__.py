"""`python -m gemini_standin [--port N] [--misbehave HOW]`: serve until interrupted."""

import argparse
import signal
import sys
import threading

from gemini_standin.server import GeminiStandin, Misbehaviour


def main() -> None:
    """Run the server and say where it is."""
    arguments = argparse.ArgumentParser(prog="gemini_standin", description=__doc__)
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--misbehave", type=Misbehaviour, choices=list(Misbehaviour))
    chosen = arguments.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with GeminiStandin(port=chosen.port) as standin:
        standin.misbehave(chosen.misbehave)
        sys.stdout.write(f"GEMINI_BASE_URL={standin.url}\n")
        sys.stdout.flush()
        stopped.wait()


if __name__ == "__main__":
    main()
