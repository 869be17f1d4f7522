"""Whether the ledger's memory stays what it is over a million postings."""

from bench.books import Outbox, fill, new_payer, open_books
from bench.figures import Figure, Findings
from bench.measuring import Comparison, Sample
from bench.processor import resident_megabytes
from bench.world import World

POSTINGS = 1_000_000
# What fills on first use has been filled by then.
WARM = 100_000
PEOPLE = 10


async def ledger_memory(world: World, _: float) -> Findings:
    """A million postings of ten people, through gRPC, with the relay beside them."""
    pid = world.pids("ledger")["ledger"]
    uri = world.stack.environment["MONGODB_URI"]
    seen: list[tuple[int, float]] = []
    async with open_books(world) as ledger, Outbox.open(uri) as outbox:
        payers = [await new_payer(world, ledger) for _ in range(PEOPLE)]
        for part in range(1, POSTINGS // WARM + 1):
            await fill(ledger, payers[part % PEOPLE], WARM)
            await outbox.drained()
            seen.append((part * WARM, resident_megabytes(pid)))
            world.say(f"{seen[-1][0]:>9,} postings: {seen[-1][1]:.0f} MB")
    first, last = seen[0][1], seen[-1][1]
    figure = Figure(
        name="ledger.memory",
        unit="MB",
        ours=last,
        baseline=first,
        spread=(min(mb for _, mb in seen) / first, max(mb for _, mb in seen) / first),
        rounds=Comparison([Sample([last], 1.0)], [Sample([first], 1.0)]),
        beside=f"after {WARM:,}",
    )
    return Findings([figure], [", ".join(f"{n // 1000:,} k: {mb:.0f} MB" for n, mb in seen)])
