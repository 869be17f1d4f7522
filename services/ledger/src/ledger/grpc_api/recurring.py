"""RecurringService: what comes again, expected against arrived, and foretold."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from dataclasses import replace
from datetime import date
from itertools import pairwise

from ledger.domain.entry import Status
from ledger.domain.recurring.detect import Detected
from ledger.domain.recurring.forecast import AccountForecast, Point
from ledger.domain.recurring.match import Occurrence, Sighting, State
from ledger.domain.recurring.series import DEFAULT_TOLERANCE, Series, SeriesDraft, SeriesKind
from ledger.domain.report import Period
from ledger.grpc_api.callers import key_of, owner, writer
from ledger.grpc_api.inputs import input_message
from ledger.grpc_api.messages import (
    money_message,
    money_of,
    timestamp,
    transaction_input,
    units_message,
)
from ledger.service.recurring import RecurringService
from ledger.service.recurring_calendar import RecurringCalendar
from pfa.common.v1 import money_pb2
from pfa.common.v1.page_pb2 import PageInfo
from pfa.ledger.v1 import recurring_pb2 as pb
from pfa.ledger.v1 import recurring_pb2_grpc, transaction_pb2

_KINDS = {
    SeriesKind.INCOME: pb.RECURRING_KIND_INCOME,
    SeriesKind.BILL: pb.RECURRING_KIND_BILL,
    SeriesKind.TRANSFER: pb.RECURRING_KIND_TRANSFER,
}
_STATES = {
    State.UPCOMING: pb.OCCURRENCE_STATE_UPCOMING,
    State.DUE: pb.OCCURRENCE_STATE_DUE,
    State.MISSED: pb.OCCURRENCE_STATE_MISSED,
    State.ARRIVED: pb.OCCURRENCE_STATE_ARRIVED,
    State.SKIPPED: pb.OCCURRENCE_STATE_SKIPPED,
}


class RecurringApi(recurring_pb2_grpc.RecurringServiceServicer):
    def __init__(self, recurring: RecurringService, calendar: RecurringCalendar) -> None:
        self._recurring = recurring
        self._calendar = calendar

    async def CreateRecurring(
        self, request: pb.CreateRecurringRequest, context: object
    ) -> pb.CreateRecurringResponse:
        series = await self._recurring.create_series(
            owner=writer().owner,
            draft=_draft(request.input),
            key=key_of(request.idempotency_key, request),
        )
        return pb.CreateRecurringResponse(recurring=await self._message(series))

    async def GetRecurring(
        self, request: pb.GetRecurringRequest, context: object
    ) -> pb.GetRecurringResponse:
        series = await self._recurring.get_series(owner=owner(), series_id=request.id)
        return pb.GetRecurringResponse(recurring=await self._message(series))

    async def ListRecurring(
        self, request: pb.ListRecurringRequest, context: object
    ) -> pb.ListRecurringResponse:
        all_series = await self._recurring.list_series(owner=owner())
        today = await self._recurring.today(owner())
        return pb.ListRecurringResponse(
            recurring=[_series_message(series, today) for series in all_series]
        )

    async def UpdateRecurring(
        self, request: pb.UpdateRecurringRequest, context: object
    ) -> pb.UpdateRecurringResponse:
        series = await self._recurring.update_series(
            owner=writer().owner,
            series_id=request.id,
            expected_version=request.expected_version,
            draft=_draft(request.input),
        )
        return pb.UpdateRecurringResponse(recurring=await self._message(series))

    async def DeleteRecurring(
        self, request: pb.DeleteRecurringRequest, context: object
    ) -> pb.DeleteRecurringResponse:
        await self._recurring.delete_series(
            owner=writer().owner,
            series_id=request.id,
            expected_version=request.expected_version,
        )
        return pb.DeleteRecurringResponse()

    async def SkipOccurrence(
        self, request: pb.SkipOccurrenceRequest, context: object
    ) -> pb.SkipOccurrenceResponse:
        series = await self._recurring.skip(
            owner=writer().owner, series_id=request.id, day=request.date
        )
        return pb.SkipOccurrenceResponse(recurring=await self._message(series))

    async def SettleOccurrence(
        self, request: pb.SettleOccurrenceRequest, context: object
    ) -> pb.SettleOccurrenceResponse:
        series = await self._recurring.settle(
            owner=writer().owner,
            series_id=request.id,
            day=request.date,
            transaction_id=request.transaction_id,
        )
        return pb.SettleOccurrenceResponse(recurring=await self._message(series))

    async def ReopenOccurrence(
        self, request: pb.ReopenOccurrenceRequest, context: object
    ) -> pb.ReopenOccurrenceResponse:
        series = await self._recurring.reopen(
            owner=writer().owner, series_id=request.id, day=request.date
        )
        return pb.ReopenOccurrenceResponse(recurring=await self._message(series))

    async def ListOccurrences(
        self, request: pb.ListOccurrencesRequest, context: object
    ) -> pb.ListOccurrencesResponse:
        calendar = await self._calendar.list_occurrences(
            owner=owner(),
            period=Period(request.period.from_date, request.period.to_date),
            series_ids=request.recurring_ids,
        )
        return pb.ListOccurrencesResponse(
            occurrences=[_occurrence_message(row, calendar.today) for row in calendar.rows],
            today=calendar.today.isoformat(),
        )

    async def ListUpcoming(
        self, request: pb.ListUpcomingRequest, context: object
    ) -> pb.ListUpcomingResponse:
        calendar = await self._calendar.list_upcoming(owner=owner(), days=request.days)
        return pb.ListUpcomingResponse(
            occurrences=[_occurrence_message(row, calendar.today) for row in calendar.rows],
            today=calendar.today.isoformat(),
        )

    async def Forecast(self, request: pb.ForecastRequest, context: object) -> pb.ForecastResponse:
        found = await self._calendar.forecast(
            owner=owner(), days=request.days, account_ids=request.account_ids
        )
        return pb.ForecastResponse(
            accounts=[_forecast_message(account) for account in found.accounts],
            occurrences=[_occurrence_message(row, found.today) for row in found.rows],
            today=found.today.isoformat(),
        )

    async def DetectRecurring(
        self, request: pb.DetectRecurringRequest, context: object
    ) -> pb.DetectRecurringResponse:
        found = await self._calendar.detect(owner=owner(), cursor=request.page.cursor)
        return pb.DetectRecurringResponse(
            detected=[_detected_message(each) for each in found.series],
            page=PageInfo(next_cursor=found.next.text() if found.next else ""),
        )

    async def DismissDetected(
        self, request: pb.DismissDetectedRequest, context: object
    ) -> pb.DismissDetectedResponse:
        await self._recurring.dismiss(
            owner=writer().owner, detected_id=request.id, undo=request.undo
        )
        return pb.DismissDetectedResponse()

    async def _message(self, series: Series) -> pb.Recurring:
        return _series_message(series, await self._recurring.today(series.owner))


def _draft(message: pb.RecurringInput) -> SeriesDraft:
    template = transaction_input(message.transaction)
    if message.transaction.status == transaction_pb2.TRANSACTION_STATUS_UNSPECIFIED:
        # The bank has not said so yet.
        template = replace(template, status=Status.PENDING)
    return SeriesDraft(
        name=message.name,
        template=template,
        rule=message.rule,
        low=money_of(message.low) if message.HasField("low") else None,
        high=money_of(message.high) if message.HasField("high") else None,
        tolerance_days=(
            message.tolerance_days if message.HasField("tolerance_days") else DEFAULT_TOLERANCE
        ),
        autopost=message.autopost,
    )


def _series_message(series: Series, today: date) -> pb.Recurring:
    following = series.next_after(today)
    has_range = series.low != series.high
    return pb.Recurring(
        id=series.id,
        kind=_KINDS[series.kind],
        input=pb.RecurringInput(
            name=series.name,
            transaction=input_message(series.template),
            rule=series.rule.text,
            low=_money(series, series.low) if has_range else None,
            high=_money(series, series.high) if has_range else None,
            tolerance_days=series.tolerance_days,
            autopost=series.autopost,
        ),
        tracked_from=series.tracked_from.isoformat(),
        next_on=following.isoformat() if following else "",
        skipped=sorted(day.isoformat() for day in series.skipped),
        problem=series.problem,
        version=series.version,
        created_at=timestamp(series.created_at),
        updated_at=timestamp(series.updated_at),
    )


def _occurrence_message(row: Occurrence, today: date) -> pb.Occurrence:
    series, arrived = row.series, row.arrived
    message = pb.Occurrence(
        recurring_id=series.id,
        name=series.name,
        kind=_KINDS[series.kind],
        date=row.day.isoformat(),
        state=_STATES[row.state],
        account_id=series.template.account_id,
        to_account_id=series.template.to_account_id,
        amount=money_message(series.amount),
        low=_money(series, series.low),
        high=_money(series, series.high),
        price_changed=row.price_changed,
        days_late=row.days_late(today),
    )
    if arrived is not None:
        message.transaction_id = arrived.transaction_id
        message.arrived_on = arrived.day.isoformat()
        message.arrived_amount.CopyFrom(_amount(arrived))
    return message


def _forecast_message(found: AccountForecast) -> pb.AccountForecast:
    def point(of: Point) -> pb.BalancePoint:
        balance = units_message(of.balance, found.currency)
        return pb.BalancePoint(date=of.day.isoformat(), balance=balance)

    return pb.AccountForecast(
        account_id=found.account_id,
        points=[point(each) for each in found.points],
        lowest=point(found.lowest),
    )


def _detected_message(found: Detected) -> pb.DetectedRecurring:
    def money(minor_units: int) -> money_pb2.Money:
        return units_message(minor_units, found.currency)

    has_range = found.low != found.high
    gaps = [0, *((b.day - a.day).days for a, b in pairwise(found.evidence))]
    return pb.DetectedRecurring(
        id=found.id,
        kind=_KINDS[found.kind],
        interval=found.interval.name,
        confidence=found.confidence,
        input=pb.RecurringInput(
            name=found.payee,
            transaction=transaction_pb2.TransactionInput(
                account_id=found.account_id,
                date=found.next_on.isoformat(),
                amount=money(found.amount),
                payee=found.payee,
            ),
            rule=found.rule,
            low=money(found.low) if has_range else None,
            high=money(found.high) if has_range else None,
        ),
        evidence=[
            pb.Evidence(
                transaction_id=seen.transaction_id,
                date=seen.day.isoformat(),
                amount=_amount(seen),
                gap_days=gap,
            )
            for seen, gap in zip(found.evidence, gaps, strict=True)
        ],
    )


def _money(series: Series, minor_units: int) -> money_pb2.Money:
    return units_message(minor_units, series.amount.currency)


def _amount(seen: Sighting) -> money_pb2.Money:
    return units_message(seen.minor_units, seen.currency)
