"""What programs read of the facts, and send to them."""

from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Body, Header, Path, Query, Router, Status
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from company.access import member
from company.bearer import ROWS_A_MINUTE, Bearer, Number, Refusal, spend
from company.models import ApiToken, Scope
from journeys import observing
from journeys.access import quarters as quarters_of
from journeys.access import source_for_upload, sources_for_upload, upload_or_404, uploads_visible_to
from journeys.calendar import QuarterCode
from journeys.calls import once
from journeys.ingest import Refused, refuse_closed
from journeys.models import Source, Upload
from journeys.problemlist import problems_of
from journeys.reading import dates
from journeys.reading.numbers import NotANumber, NumberFormat
from journeys.wording import sentence

MOST = 1000
PAGE, PAGES = 50, 10_000
WAIT = 60
router = Router(tags=["facts"])
FACTS, WRITE = Bearer(Scope.FACTS), Bearer(Scope.WRITE)


def exact(value: object) -> Decimal:
    """A number as a person writes it: no exponent, at most 15 digits. 9.0 keeps its decimals: it is no whole vote."""
    if not isinstance(value, Number):
        raise PydanticCustomError("number", "a number is expected")
    try:
        found, said = NumberFormat().parse(value.text), Decimal(value.text)
        return said if said == found else found
    except NotANumber as error:
        raise PydanticCustomError(error.code, "not a plain number of at most 15 digits") from error


def whole(value: object) -> int:
    """A whole number from 1 on."""
    if not isinstance(value, Number) or not value.text.isdigit() or not 0 < int(value.text[:12]) < 10**9:
        raise PydanticCustomError("whole_number", "a whole number from 1 on is expected")
    return int(value.text)


def day(value: object) -> date:
    """A day as 2026-09-12, and no other way."""
    found = dates.parse(value, ("%Y-%m-%d",)) if isinstance(value, str) and len(value) == len("2026-09-12") else None
    if found is None:
        raise PydanticCustomError("day", "a day is expected, as 2026-09-12")
    return found.date()


Exact = Annotated[Decimal, BeforeValidator(exact), WithJsonSchema({"type": "number"})]
Whole = Annotated[int, BeforeValidator(whole), WithJsonSchema({"type": "integer", "minimum": 1})]
Day = Annotated[date, BeforeValidator(day), WithJsonSchema({"type": "string", "format": "date"})]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ObservationIn(Strict):
    """One value of one indicator. A ``case`` (an order, a ticket) sent again takes the place of what was said."""

    indicator: str = Field(min_length=1, max_length=60, examples=["ritardo"])
    date: Day = Field(examples=["2026-09-12"])
    value: Exact = Field(examples=[1])
    n: Whole = Field(1, description="How many cases the value is the mean of.")
    sd: Exact | None = Field(None, description="Their standard deviation, for means of several cases.")
    case: str = Field("", max_length=400, examples=["ORD-2026-118"], description="Kept only as a pseudonym.")
    unit: str = Field("", max_length=400, examples=["MI-01"])


class BatchIn(Strict):
    """Observations of one source: all are taken, or none."""

    source: str = Field(min_length=1, max_length=60, examples=["tempi-di-consegna"])
    observations: list[ObservationIn] = Field(min_length=1)


class ErrorOut(BaseModel):
    pointer: str = Field(examples=["/observations/3/value"])
    code: str = Field(examples=["out_of_range"])
    message: str


class ErrorsOut(BaseModel):
    detail: str
    errors: list[ErrorOut] = []


class SentOut(BaseModel):
    upload: UUID
    observations: int
    receipt: str = Field(examples=["/api/uploads/8c1f…"])


class QuarterOut(BaseModel):
    code: str = Field(examples=["2026-3"])
    starts: date
    ends: date
    state: str
    stale: bool


class SourceOut(BaseModel):
    slug: str
    name: str
    department: str
    indicators: list[str]


class UploadOut(BaseModel):
    id: UUID
    source: str
    filename: str
    sha256: str
    sender: str
    received: datetime
    way: str
    state: str
    rows: int
    observations: int


class ReceiptOut(UploadOut):
    quarters: dict[str, int]
    indicators: dict[str, dict[str, int]]
    problems: list[ErrorOut]


class Page(Strict):
    model_config = ConfigDict(extra="forbid")
    page: int = Field(1, ge=1, le=PAGES)


REFUSALS = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422, 429), ErrorsOut)


@router.get(
    "/quarters", auth=Bearer(Scope.REPORT), response={200: list[QuarterOut], 401: ErrorsOut}, url_name="api_quarters"
)
def quarters(request: HttpRequest) -> Any:
    """The company's quarters, oldest first."""
    return [
        QuarterOut(code=str(row.code), starts=row.starts, ends=row.ends, state=row.state, stale=row.stale)
        for row in quarters_of(request)
    ]


@router.get(
    "/sources", auth=FACTS, response={200: list[SourceOut], 401: ErrorsOut, 403: ErrorsOut}, url_name="api_sources"
)
def sources(request: HttpRequest) -> Any:
    """The sources the key may send for, with the indicators each takes."""
    return [
        SourceOut(
            slug=row.slug,
            name=row.name,
            department=row.department.slug,
            indicators=sorted(observing.indicators_of(row)),
        )
        for row in sources_for_upload(request)
    ]


@router.get(
    "/uploads", auth=FACTS, response={200: list[UploadOut], 401: ErrorsOut, 403: ErrorsOut}, url_name="api_uploads"
)
def uploads(request: HttpRequest, asked: Query[Page]) -> Any:
    """What was sent, the latest first, fifty a page."""
    start = (asked.page - 1) * PAGE
    rows = uploads_visible_to(member(request)).exclude(state=Upload.State.DRAFT).order_by("-received")
    return [UploadOut(**_upload(row)) for row in rows[start : start + PAGE]]


@router.get("/uploads/{uuid:upload_id}", auth=FACTS, response={200: ReceiptOut, **REFUSALS}, url_name="api_receipt")
def receipt(request: HttpRequest, upload_id: Path[UUID]) -> Any:
    """The receipt of an upload: what became of its rows, quarter by quarter and indicator by indicator."""
    upload = upload_or_404(request, upload_id)
    said = upload.receipt
    problems = [
        ErrorOut(pointer=_place(upload, one.row, one.column), code=one.code, message=sentence(one))
        for one in problems_of(upload)
    ]
    return ReceiptOut(
        **_upload(upload),
        quarters=said.get("quarters", {}),
        indicators=said.get("indicators", {}),
        problems=problems,
    )


@router.post("/observations", auth=WRITE, response={202: SentOut, **REFUSALS}, url_name="api_observations")
def observations(
    request: HttpRequest,
    batch: Body[BatchIn],
    key: Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$")],
) -> Any:
    """Observations of a source: all of them are taken in, or none, and a job checks and counts them.

    The same request again with the same Idempotency-Key gets the same answer and adds nothing, for thirty days.
    An observation with a case takes the place of what the source had said of that case and indicator.
    """
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    if len(batch.observations) > MOST:
        detail = _("%(count)s observations, at most %(most)s at a time.")
        raise Refusal(413, detail % {"count": len(batch.observations), "most": MOST})
    source = source_for_upload(request, batch.source)
    spend(token, "rows", len(batch.observations), ROWS_A_MINUTE)
    answer, _before = once(token, key, request.body, lambda: _send(token, source, batch, key))
    return Status(HTTPStatus.ACCEPTED, SentOut(**answer))


def _send(token: ApiToken, source: Source, batch: BatchIn, key: str) -> dict[str, Any]:
    """The answer once the batch is on record; ``Refusal`` with every fault when it has one."""
    found = [
        observing.Observation(one.indicator, one.date, one.value, one.n, one.sd, one.case, one.unit)
        for one in batch.observations
    ]
    if wrong := observing.faults(source, found):
        errors = [
            {
                "pointer": f"/observations/{fault.place}/{fault.field}",
                "code": fault.problem.code,
                "message": sentence(fault.problem),
            }
            for fault in wrong[:MOST]
        ]
        closed = all(fault.problem.code == "published_quarter" for fault in wrong)
        detail = _("Nothing was stored: every observation must hold.")
        raise Refusal(HTTPStatus.CONFLICT if closed else HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors)
    upload = observing.draft(source, token.owner, Upload.Way.API, Upload.How.MERGE)
    try:
        month = source.company.fiscal_start_month
        refuse_closed(source.company, {QuarterCode.of(one.day, month) for one in found})
        observing.send(upload, found, f"API · {token.name}", f"{token.prefix}-{key}")
    except Refused as refusal:
        wait = WAIT if refusal.problem.code == "quarter_busy" else None
        raise Refusal(HTTPStatus.CONFLICT, sentence(refusal.problem), retry_after=wait) from refusal
    place = reverse("api_receipt", args=[upload.pk])
    return {"upload": str(upload.pk), "observations": len(found), "receipt": place}


def _upload(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.pk,
        "source": upload.source.slug,
        "filename": upload.filename,
        "sha256": upload.sha256,
        "sender": upload.sender.email if upload.sender else "",
        "received": upload.received,
        "way": upload.way,
        "state": upload.state,
        "rows": upload.rows_in,
        "observations": upload.observations,
    }


def _place(upload: Upload, row: int | None, column: str) -> str:
    """Where in the batch a problem lies that only the reading child found; else its row and column in the file."""
    if row is not None and upload.way == Upload.Way.API:
        return f"/observations/{row - 2}"
    return "/".join(["", *([] if row is None else [str(row)]), *([column] if column else [])]) or "/"
