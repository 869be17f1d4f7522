"""Which failures are the surroundings' and pass by themselves, so that waiting is right and giving
up is wrong."""

import grpc
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError
from pymongo.errors import ConnectionFailure, ExecutionTimeout, PyMongoError

_PASSING_CODES = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    }
)


def is_transient(error: BaseException) -> bool:
    """True for a server that is away, a primary that steps down, a deadline passed under load."""
    if isinstance(error, grpc.aio.AioRpcError):
        return error.code() in _PASSING_CODES
    if isinstance(error, PyMongoError):
        return isinstance(error, ConnectionFailure | ExecutionTimeout) or error.has_error_label(
            "TransientTransactionError"
        )
    return isinstance(error, KafkaConnectionError | KafkaTimeoutError | ConnectionError)
