"""What the ledger tells of imports."""

from kit.mongo import Tx
from kit.outbox import Outbox
from ledger.domain.importing.batch import Import
from ledger.domain.importing.decisions import Outcome
from pfa.events.v1.ledger_events_pb2 import ImportCommitted

TOPIC = "pfa.ledger.events"


class ImportAnnouncements:
    """Writes events to the outbox, each in the transaction of what it tells of."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def import_committed(self, tx: Tx, head: Import) -> None:
        event = ImportCommitted(
            user_id=head.owner,
            import_id=head.id,
            document_id=head.source.document_id,
            added=_count(head, Outcome.ADDED),
            already_there=_count(head, Outcome.ALREADY_THERE),
            matched=_count(head, Outcome.MATCHED),
            restored=_count(head, Outcome.RESTORED),
            doubtful=_count(head, Outcome.DOUBTFUL),
            refused=_count(head, Outcome.REFUSED),
            actor_id=head.actor,
            version=head.version,
        )
        await self._outbox.add(tx, user_id=head.owner, topic=TOPIC, event=event, subject=head.id)


def _count(head: Import, outcome: Outcome) -> int:
    return head.outcomes[outcome].count if outcome in head.outcomes else 0
