"""Writes of a transaction as whole commands, sent together: a server that is asked for seven things
one after the other wakes up seven times, and so does whoever asks."""
# ruff: noqa: SLF001 - the driver's own parts; `_in_one_go` says why

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import ReadPreference
from pymongo.errors import DuplicateKeyError, WriteError
from pymongo.helpers_shared import _check_command_response
from pymongo.message import _op_msg

from kit.money import SumTooLarge
from kit.mongo import Document, Tx

# Of one command: even with the largest documents that a service stores it stays under 16 MiB.
MAX_WRITES = 100
_DUPLICATE_KEY = 11000
_BAD_VALUE = 2


def inserts(collection: str, documents: Sequence[Document]) -> Sequence[Document]:
    """The commands that insert these in order; few, for less processor time than `insert_many`
    takes."""
    return [
        {"insert": collection, "documents": documents[first : first + MAX_WRITES]}
        for first in range(0, len(documents), MAX_WRITES)
    ]


def updates(collection: str, changes: Sequence[Mapping[str, Any]]) -> Sequence[Document]:
    """The commands that make these changes in order: each with `q`, `u` and, where wanted, `upsert`
    and `multi`."""
    return [
        {"update": collection, "updates": changes[first : first + MAX_WRITES]}
        for first in range(0, len(changes), MAX_WRITES)
    ]


async def insert_all(tx: Tx, collection: str, documents: Sequence[Document]) -> None:
    """Insert in order. Raises DuplicateKeyError, WriteError."""
    await write_together(tx, inserts(collection, documents))


async def write_together(tx: Tx, commands: Sequence[Document]) -> Sequence[int]:
    """Carry out writes in order, and answer of each how many documents it found or made.

    What comes after one that fails has no effect: the server has ended the transaction by then.
    Raises DuplicateKeyError, SumTooLarge where an increment passes 64 bits, WriteError,
    OperationFailure, as the first that failed says.
    """
    if not commands:
        return []
    client: Any = tx.db.client
    if client._event_listeners.enabled_for_commands:
        # Whoever listens hears each.
        return [_found(await tx.db.command(c, session=tx.session)) for c in commands]
    return await _in_one_go(client, tx, commands)


def _found(answer: Document) -> int:
    for error in answer.get("writeErrors", ()):
        if error["code"] == _BAD_VALUE and "$inc" in error.get("errmsg", ""):
            raise SumTooLarge
        kind = DuplicateKeyError if error["code"] == _DUPLICATE_KEY else WriteError
        raise kind(error.get("errmsg", ""), error["code"], error)
    return int(answer["n"])


# The driver has no call for this before MongoDB 8.0 (`MongoClient.bulk_write`), though the protocol
# allows it: a server takes from a connection one message after the other. So this does with the
# driver's own parts what `AsyncDatabase.command` does, but sends all before it reads an answer.
async def _in_one_go(client: Any, tx: Tx, commands: Sequence[Document]) -> Sequence[int]:
    session: Any = tx.session
    async with await client._conn_for_writes(session, "update") as connection:
        numbers, messages = [], []
        for command in commands:
            number, message = _encoded(client, tx, connection, command)
            numbers.append(number)
            messages.append(message)
            if session._starting_transaction:
                session._transaction.set_in_progress()
        await connection.send_message(b"".join(messages), 0)
        # Also what follows a failure is read, or the connection's next user would get it.
        replies = [await connection.receive_message(number) for number in numbers]
        # Within the block, which tells the driver of a primary that is none any more.
        found = []
        for reply in replies:
            (answer,) = reply.unpack_response(codec_options=tx.db.codec_options)
            await client._process_response(answer, session)
            _check_command_response(answer, connection.max_wire_version)
            found.append(_found(answer))
        return found


def _encoded(client: Any, tx: Tx, connection: Any, command: Document) -> tuple[int, bytes]:
    """The number of the message and its bytes, with all that makes it one of this transaction."""
    command = dict(command)  # the caller's may be sent again, in another transaction
    connection.add_server_api(command)
    session: Any = tx.session
    session._apply_to(command, False, ReadPreference.PRIMARY, connection)
    client._send_cluster_time(command, session)
    number, message, _, _ = _op_msg(
        0,
        command,
        tx.db.name,
        ReadPreference.PRIMARY,
        tx.db.codec_options,
        ctx=connection.compression_context,
    )
    return number, message
