"""What comes again, what is upcoming, and what balances come to."""
# ruff: noqa: A002 - `id` is its name in the path

from typing import Annotated

from fastapi import Query, Response
from pydantic import ValidationError

from gateway.models.common import DateText, IdText, ItemList, text_or_none
from gateway.models.recurring import (
    AccountForecast,
    DetectedRecurring,
    Dismissal,
    Forecast,
    NewRecurring,
    Occurrence,
    OccurrenceCalendar,
    OccurrenceDay,
    Recurring,
    RecurringChange,
    Settlement,
)
from gateway.parts import PartsDep, ServicesDep
from gateway.problems import currency_changed, of_item
from gateway.requests import ExpectedVersion, IdempotencyKey, PathId, errors, tag
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.common.v1.page_pb2 import PageRequest
from pfa.ledger.v1 import recurring_pb2 as pb
from pfa.ledger.v1.report_pb2 import Period

router = Router(tags=["recurring"])
Days = Annotated[int, Query(ge=1, le=366, description="How many days after today.")]


@router.get("/recurring", responses=errors())
async def list_recurring(services: ServicesDep, _: MemberDep) -> ItemList[Recurring]:
    """All series, in the order of their making."""
    answer = await services.recurring.ListRecurring(pb.ListRecurringRequest())
    return ItemList(items=[Recurring.of(series) for series in answer.recurring])


@router.post("/recurring", status_code=201, responses=errors(403, 404, 409, 415))
async def create_recurring(
    body: NewRecurring,
    response: Response,
    services: ServicesDep,
    key: IdempotencyKey,
    _: MemberDep,
) -> Recurring:
    """Expect income, a bill or a transfer, again and again."""
    request = pb.CreateRecurringRequest(idempotency_key=key, input=body.input())
    answer = await services.recurring.CreateRecurring(request)
    return _answered(response, answer.recurring)


@router.get("/recurring:occurrences", responses=errors())
async def list_occurrences(
    services: ServicesDep,
    _: MemberDep,
    from_: Annotated[DateText, Query(alias="from")],
    to: Annotated[DateText, Query(description="At most 1,100 days on.")],
    recurring_id: Annotated[list[IdText] | None, Query(description="All when absent.")] = None,
) -> OccurrenceCalendar:
    """What was expected in a span against what arrived, by day."""
    answer = await services.recurring.ListOccurrences(
        pb.ListOccurrencesRequest(
            period=Period(from_date=from_, to_date=to), recurring_ids=recurring_id or []
        )
    )
    rows = [Occurrence.of(row) for row in answer.occurrences]
    return OccurrenceCalendar(items=rows, today=answer.today)


@router.get("/recurring:detect", responses=errors())
async def detect_recurring(
    services: ServicesDep,
    _: MemberDep,
    cursor: Annotated[str, Query(max_length=500, description="From `next_cursor`.")] = "",
) -> ItemList[DetectedRecurring]:
    """Series that the last 800 days show, each with its evidence, the surest first within a page.

    A page looks at about 3,000 transactions, of the payees with the fewest first: most books have
    one page. A page without series may have a next one.
    """
    answer = await services.recurring.DetectRecurring(
        pb.DetectRecurringRequest(page=PageRequest(cursor=cursor))
    )
    return ItemList(
        items=[DetectedRecurring.of(each) for each in answer.detected],
        next_cursor=text_or_none(answer.page.next_cursor),
    )


@router.post("/recurring:dismiss", status_code=204, responses=errors(403, 415))
async def dismiss_detected(body: Dismissal, services: ServicesDep, _: MemberDep) -> None:
    """Not recurring: don't suggest it again."""
    await services.recurring.DismissDetected(pb.DismissDetectedRequest(id=body.id, undo=body.undo))


@router.get("/upcoming", responses=errors())
async def list_upcoming(services: ServicesDep, _: MemberDep, days: Days = 60) -> OccurrenceCalendar:
    """What was missed, what is due and what comes; the missed stay until settled or skipped."""
    answer = await services.recurring.ListUpcoming(pb.ListUpcomingRequest(days=days))
    rows = [Occurrence.of(row) for row in answer.occurrences]
    return OccurrenceCalendar(items=rows, today=answer.today)


@router.get("/forecast", responses=errors(404))
async def get_forecast(
    services: ServicesDep,
    _: MemberDep,
    days: Days = 60,
    account_id: Annotated[
        list[IdText] | None, Query(description="All open accounts when absent.")
    ] = None,
) -> Forecast:
    """What accounts will hold, day by day, with what is booked ahead and what is expected."""
    answer = await services.recurring.Forecast(
        pb.ForecastRequest(days=days, account_ids=account_id or [])
    )
    return Forecast(
        accounts=[AccountForecast.of(account) for account in answer.accounts],
        occurrences=[Occurrence.of(row) for row in answer.occurrences],
        today=answer.today,
    )


@router.get("/recurring/{id}", responses=errors(404))
async def get_recurring(
    id: PathId, response: Response, services: ServicesDep, _: MemberDep
) -> Recurring:
    """One series."""
    answer = await services.recurring.GetRecurring(pb.GetRecurringRequest(id=id))
    return _answered(response, answer.recurring)


@router.patch("/recurring/{id}", responses=errors(403, 404, 412, 415))
async def update_recurring(
    id: PathId,
    body: RecurringChange,
    response: Response,
    parts: PartsDep,
    version: ExpectedVersion,
    _: MemberDep,
) -> Recurring:
    """Change it; what was said of its days stays."""
    stub = parts.services.recurring

    async def merge() -> pb.Recurring:
        known = (await stub.GetRecurring(pb.GetRecurringRequest(id=id))).recurring
        standing = Recurring.of(known)
        if missing := body.missing_amounts(standing):
            raise currency_changed(missing)
        try:
            whole = body.over(standing)
        except ValidationError as error:
            raise of_item(error) from None
        request = pb.UpdateRecurringRequest(
            id=id, expected_version=version or known.version, input=whole.input()
        )
        # JSON has no word for it: it stays.
        request.input.transaction.origin.CopyFrom(known.input.transaction.origin)
        return (await stub.UpdateRecurring(request)).recurring

    return _answered(response, await parts.merging(id, merge, version=version))


@router.delete("/recurring/{id}", status_code=204, responses=errors(403, 404, 412))
async def delete_recurring(
    id: PathId, services: ServicesDep, version: ExpectedVersion, _: MemberDep
) -> None:
    """Expect it no more; transactions stay."""
    request = pb.DeleteRecurringRequest(id=id, expected_version=version)
    await services.recurring.DeleteRecurring(request)


@router.post("/recurring/{id}:skip", responses=errors(403, 404, 415))
async def skip_occurrence(
    id: PathId, body: OccurrenceDay, response: Response, services: ServicesDep, _: MemberDep
) -> Recurring:
    """Take one day out."""
    answer = await services.recurring.SkipOccurrence(
        pb.SkipOccurrenceRequest(id=id, date=body.date)
    )
    return _answered(response, answer.recurring)


@router.post("/recurring/{id}:settle", responses=errors(403, 404, 415))
async def settle_occurrence(
    id: PathId, body: Settlement, response: Response, services: ServicesDep, _: MemberDep
) -> Recurring:
    """Say which transaction is that of the day."""
    request = pb.SettleOccurrenceRequest(id=id, date=body.date, transaction_id=body.transaction_id)
    answer = await services.recurring.SettleOccurrence(request)
    return _answered(response, answer.recurring)


@router.post("/recurring/{id}:reopen", responses=errors(403, 404, 415))
async def reopen_occurrence(
    id: PathId, body: OccurrenceDay, response: Response, services: ServicesDep, _: MemberDep
) -> Recurring:
    """Take back what was said of the day."""
    answer = await services.recurring.ReopenOccurrence(
        pb.ReopenOccurrenceRequest(id=id, date=body.date)
    )
    return _answered(response, answer.recurring)


def _answered(response: Response, message: pb.Recurring) -> Recurring:
    tag(response, message.version)
    return Recurring.of(message)
