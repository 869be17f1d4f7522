"""Rates of exchange: looked up, listed, a book's own set and deleted."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Path, Query, Request

from gateway import problems
from gateway.bodies import STREAMED, takes
from gateway.models.common import AmountText, CurrencyCode, DateText, ItemList, money_message
from gateway.models.rates import Conversion, NewRate, Rate, RatesImported
from gateway.parts import ServicesDep
from gateway.problems import ProblemError
from gateway.requests import errors
from gateway.routing import Router
from gateway.security import MemberDep
from gateway.streams import StreamedBody
from pfa.ledger.v1 import rate_pb2
from pfa.ledger.v1.report_pb2 import Period

router = Router(prefix="/rates", tags=["rates"])
Day = Annotated[DateText, Path(description="The day of the rate.")]
Base = Annotated[CurrencyCode, Path()]
IMPORT_SECONDS = 60
# The whole history was 8 MB in 2026.
IMPORT_BYTES = 32 * 1024 * 1024
_XML_TYPES = ("application/xml", "text/xml")
_XML_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/xml": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("", responses=errors())
async def list_rates(
    services: ServicesDep,
    _: MemberDep,
    base: Annotated[CurrencyCode, Query()],
    quote: Annotated[CurrencyCode, Query()],
    from_: Annotated[DateText, Query(alias="from")],
    to: Annotated[DateText, Query()],
) -> ItemList[Rate]:
    """What is known of a pair, in either direction, newest first; of one day the first counts."""
    answer = await services.rates.ListRates(
        rate_pb2.ListRatesRequest(
            base=base, quote=quote, period=Period(from_date=from_, to_date=to)
        )
    )
    return ItemList(items=[Rate.of(rate) for rate in answer.rates])


@router.get("/{date}/{base}/{quote}", responses=errors(404))
async def get_rate(
    date: Day,
    base: Base,
    quote: Base,
    services: ServicesDep,
    _: MemberDep,
    amount: Annotated[AmountText | None, Query(description="In the first currency.")] = None,
) -> Conversion:
    """The rate from the first currency to the second that counts on a day, and what an amount comes
    to at it."""
    request = rate_pb2.GetRateRequest(from_currency=base, to_currency=quote, on=date)
    if amount is not None:
        request.amount.CopyFrom(money_message(amount, base))
    return Conversion.of(await services.rates.GetRate(request))


@router.put("/{date}/{base}/{quote}", responses=errors(403, 415))
async def set_rate(
    date: Day, base: Base, quote: Base, body: NewRate, services: ServicesDep, _: MemberDep
) -> Rate:
    """Keep a rate of one's own for a day; it counts before that of the ECB."""
    answer = await services.rates.SetRate(
        rate_pb2.SetRateRequest(date=date, base=base, quote=quote, rate=body.rate)
    )
    return Rate.of(answer.rate)


@router.delete("/{date}/{base}/{quote}", status_code=204, responses=errors(403, 404))
async def delete_rate(
    date: Day, base: Base, quote: Base, services: ServicesDep, _: MemberDep
) -> None:
    """Take a rate of one's own back."""
    await services.rates.DeleteRate(rate_pb2.DeleteRateRequest(date=date, base=base, quote=quote))


@router.post(":import", responses=errors(403, 413, 415), openapi_extra=_XML_BODY)
@takes(STREAMED)
async def import_rates(request: Request, services: ServicesDep, _: MemberDep) -> RatesImported:
    """Read a file of the ECB (eurofxref-daily.xml, -hist-90d.xml, -hist.xml) into one's own book;
    the same file again changes nothing."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _XML_TYPES:
        raise ProblemError(problems.UNSUPPORTED_MEDIA_TYPE, "send XML, as application/xml")

    async with StreamedBody.of(request, limit=IMPORT_BYTES) as body:
        call = services.rates.ImportRates(_requests(body), timeout=IMPORT_SECONDS)
        return RatesImported.of(await body.answered(call))


async def _requests(body: StreamedBody) -> AsyncIterator[rate_pb2.ImportRatesRequest]:
    async for chunk in body.chunks():
        yield rate_pb2.ImportRatesRequest(chunk=chunk)
