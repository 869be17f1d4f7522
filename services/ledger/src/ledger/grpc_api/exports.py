"""ExportService: the book as a file, and back."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from collections.abc import AsyncIterator

from kit.caller import PermissionDenied
from ledger.domain.fields import FieldCheck
from ledger.grpc_api.callers import owner, writer
from ledger.service.exports import ExportFormat, ExportService
from ledger.service.restoring import RestoreService
from pfa.ledger.v1 import export_pb2 as pb
from pfa.ledger.v1 import export_pb2_grpc

_FORMATS = {
    pb.EXPORT_FORMAT_CSV: ExportFormat.CSV,
    pb.EXPORT_FORMAT_NDJSON: ExportFormat.NDJSON,
    pb.EXPORT_FORMAT_BEANCOUNT: ExportFormat.BEANCOUNT,
    pb.EXPORT_FORMAT_HLEDGER: ExportFormat.HLEDGER,
    pb.EXPORT_FORMAT_OFX: ExportFormat.OFX,
}


class ExportApi(export_pb2_grpc.ExportServiceServicer):
    def __init__(self, *, exports: ExportService, restoring: RestoreService) -> None:
        self._exports = exports
        self._restoring = restoring

    async def ExportBook(
        self, request: pb.ExportBookRequest, context: object
    ) -> AsyncIterator[pb.ExportBookResponse]:
        check = FieldCheck()
        format_ = _FORMATS.get(request.format)
        if format_ is None:
            check.wrong("format", "one of " + ", ".join(ExportFormat))
        check.finish()
        async for chunk in self._exports.export(owner=owner(), format_=format_ or ExportFormat.CSV):
            yield pb.ExportBookResponse(chunk=chunk)

    async def CheckRestore(
        self, request: pb.CheckRestoreRequest, context: object
    ) -> pb.CheckRestoreResponse:
        await self._restoring.require_empty(_restorer())
        return pb.CheckRestoreResponse()

    async def RestoreBook(
        self, request_iterator: AsyncIterator[pb.RestoreBookRequest], context: object
    ) -> pb.RestoreBookResponse:
        owner_ = _restorer()

        async def chunks() -> AsyncIterator[bytes]:
            async for request in request_iterator:
                yield request.chunk

        restored = await self._restoring.restore(owner=owner_, chunks=chunks())
        return pb.RestoreBookResponse(counts=dict(restored.counts))


def _restorer() -> str:
    """The owner of the book. Raises PermissionDenied for anyone else."""
    caller = writer()
    if caller.role == "editor":
        raise PermissionDenied("only its owner may restore a book")
    return caller.owner
