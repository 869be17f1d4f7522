"""RateService: rates of exchange by day."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from collections.abc import AsyncIterator
from decimal import Decimal, InvalidOperation
from tempfile import SpooledTemporaryFile

from ledger.domain.ecb import MAX_BYTES, RatesUnreadable
from ledger.domain.fields import EntryDate
from ledger.domain.rate import Applied, Rate, RateSource
from ledger.domain.report import Period
from ledger.grpc_api.callers import owner, writer
from ledger.grpc_api.messages import money_message, money_of
from ledger.service.rates import RateService
from pfa.ledger.v1 import rate_pb2 as pb
from pfa.ledger.v1 import rate_pb2_grpc, report_pb2

_IN_MEMORY = 1024 * 1024
_NO_RATE = Decimal("NaN")
_SOURCES = {
    RateSource.ECB: pb.RATE_SOURCE_ECB,
    RateSource.FILE: pb.RATE_SOURCE_FILE,
    RateSource.MANUAL: pb.RATE_SOURCE_MANUAL,
}


class RateApi(rate_pb2_grpc.RateServiceServicer):
    def __init__(self, rates: RateService) -> None:
        self._rates = rates

    async def GetRate(self, request: pb.GetRateRequest, context: object) -> pb.GetRateResponse:
        found = await self._rates.get_rate(
            owner=owner(),
            from_=request.from_currency,
            to=request.to_currency,
            on=request.on,
            amount=money_of(request.amount) if request.HasField("amount") else None,
        )
        legs = [rate_message(leg.rate) for leg in found.applied.legs]
        response = pb.GetRateResponse(applied=applied_message(found.applied), legs=legs)
        if found.converted is not None:
            response.converted.CopyFrom(money_message(found.converted))
        return response

    async def ListRates(
        self, request: pb.ListRatesRequest, context: object
    ) -> pb.ListRatesResponse:
        rates = await self._rates.list_rates(
            owner=owner(),
            base=request.base,
            quote=request.quote,
            period=Period(request.period.from_date, request.period.to_date),
        )
        return pb.ListRatesResponse(rates=[rate_message(rate) for rate in rates])

    async def SetRate(self, request: pb.SetRateRequest, context: object) -> pb.SetRateResponse:
        rate = Rate(
            EntryDate(request.date),
            request.base,
            request.quote,
            _decimal(request.rate),
            RateSource.MANUAL,
        )
        kept = await self._rates.set_rate(owner=writer().owner, rate=rate)
        return pb.SetRateResponse(rate=rate_message(kept))

    async def DeleteRate(
        self, request: pb.DeleteRateRequest, context: object
    ) -> pb.DeleteRateResponse:
        await self._rates.delete_rate(
            owner=writer().owner, base=request.base, quote=request.quote, on=request.date
        )
        return pb.DeleteRateResponse()

    async def ImportRates(
        self, request_iterator: AsyncIterator[pb.ImportRatesRequest], context: object
    ) -> pb.ImportRatesResponse:
        caller = writer()
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            async for request in request_iterator:
                if file.tell() + len(request.chunk) > MAX_BYTES:
                    raise RatesUnreadable(f"the file is larger than {MAX_BYTES // 2**20} MiB")
                file.write(request.chunk)
            file.seek(0)
            if caller.role == "service":
                imported = await self._rates.import_shared(file=file)
            else:
                imported = await self._rates.import_own(owner=caller.owner, file=file)
        return pb.ImportRatesResponse(
            days=imported.days,
            rates=imported.rates,
            first_date=imported.first,
            last_date=imported.last,
            passed_over=imported.passed_over,
        )


def rate_message(rate: Rate) -> pb.Rate:
    return pb.Rate(
        date=rate.date,
        base=rate.base,
        quote=rate.quote,
        rate=format(rate.value, "f"),
        source=_SOURCES[rate.source],
    )


def applied_message(applied: Applied) -> report_pb2.AppliedRate:
    source = applied.source
    return report_pb2.AppliedRate(
        from_currency=applied.from_,
        to_currency=applied.to,
        on=applied.on,
        date=applied.date,
        rate=applied.shown(),
        source="" if source is None else source.name.lower(),
        days_old=applied.days_old,
        stale=applied.is_stale,
    )


def _decimal(text: str) -> Decimal:
    """What is no plain decimal is no rate, which the use case says."""
    try:
        return Decimal(text) if len(text) <= 40 else _NO_RATE
    except InvalidOperation:
        return _NO_RATE
