"""What auth tells the others."""

from auth.domain import Person
from kit.mongo import Tx
from kit.outbox import Outbox
from pfa.events.v1.auth_events_pb2 import UserRegistered

SOURCE = "auth"
TOPIC = "pfa.auth.events"


class OutboxAnnouncements:
    """Writes events to the outbox."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def registered(self, tx: Tx, person: Person) -> None:
        event = UserRegistered(user_id=person.id, locale=person.locale)
        await self._outbox.add(tx, user_id=person.id, topic=TOPIC, event=event, subject=person.id)
