"""Run a role of the ledger under a clock of its own: `shifted.py OFFSET_FILE ROLE`.

The file holds the seconds by which this process's clock is ahead of the machine's, and may change
while it runs. Monotonic time goes on undisturbed, as it does when a machine's clock is set.
"""

import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine


def main() -> None:
    file = Path(sys.argv[1])
    sys.argv[1:] = sys.argv[2:]
    seen = file.with_name(f"{file.name}-{sys.argv[1]}")
    offset = float(file.read_text())
    start = datetime.now(UTC) + timedelta(seconds=offset)
    with time_machine.travel(start, tick=True) as traveller:
        threading.Thread(target=follow, args=(file, seen, offset, traveller), daemon=True).start()
        from ledger.__main__ import main as ledger

        ledger()


def follow(file: Path, seen: Path, offset: float, traveller: time_machine.Traveller) -> None:
    """Keep to the file, and write into `seen` what is kept to."""
    seen.write_text(str(offset))
    while True:
        wanted = float(file.read_text() or offset)
        if wanted != offset:
            traveller.shift(wanted - offset)
            offset = wanted
            seen.write_text(str(offset))
        time.sleep(0.05)


if __name__ == "__main__":
    main()
