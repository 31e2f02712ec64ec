"""Forms of the data room and of the forecast. What a file holds is checked by the job, not here."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from company.formats import number
from journeys.forecasting import Sheet
from journeys.models import Source, Upload
from journeys.orders import MOST_ROWS
from journeys.reading.problems import Problem
from journeys.reading.xlsx import MOST_PACKED
from journeys.wording import sentence

STATUS = {
    "same_bytes": HTTPStatus.CONFLICT,
    "quarter_closed": HTTPStatus.CONFLICT,
    "other_kind": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "file_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
NAME_LENGTH = Upload._meta.get_field("filename").max_length


class UploadForm(forms.Form):
    """A source among those the sender may feed, and one file.

    ``twin``: the upload that brought the same bytes; ``foreign``: the source of a department that is not the sender's.
    """

    source = forms.CharField(
        label=gettext_lazy("Source"),
        widget=forms.Select(attrs={"data-test": "source"}),
        error_messages={"required": gettext_lazy("Choose which source the file is.")},
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.ods,text/csv", "data-test": "file"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def __init__(self, *args: Any, sources: Sequence[Source], allowed: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = {source.slug: source for source in sources}
        self.allowed = allowed
        self.fields["file"].help_text = _limits()
        self.twin, self.foreign, self.status = "", "", HTTPStatus.UNPROCESSABLE_ENTITY
        choices = [("", _("Choose the source"))]
        choices += [(source.slug, f"{source.name} · {source.department}") for source in self.choosable]
        cast(forms.Select, self.fields["source"].widget).choices = choices

    @property
    def choosable(self) -> list[Source]:
        """The sources the sender may feed."""
        return [source for source in self.sources.values() if source.pk in self.allowed]

    def clean_source(self) -> Source:
        """The source; a sentence when it is unknown or another department's."""
        source = self.sources.get(self.cleaned_data["source"])
        if source is None:
            raise forms.ValidationError(_("This source does not exist. Choose one from the list."))
        if source.pk not in self.allowed:
            self.foreign = source.slug
            message = _("“%(source)s” is a file of %(department)s: only that department and its analysts send it.")
            raise forms.ValidationError(message % {"source": source.name, "department": source.department.name})
        return source

    def clean_file(self) -> "UploadedFile[bytes]":
        """The file under a name that fits."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        file.name = (file.name or "")[:NAME_LENGTH]
        return file

    def refuse(self, problem: Problem) -> None:
        """The file is not received: why, and the answer's status."""
        self.add_error("file", sentence(problem))
        self.twin, self.status = str(problem.extra.get("upload", "")), STATUS.get(problem.code, self.status)

    def too_large(self) -> None:
        """Replaces what Django says of a file cut off at the limit."""
        self.errors.pop("file", None)
        limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
        message = _("The file is too large. The limit is %(limit)s: remove columns you do not need, or split it.")
        self.add_error("file", message % {"limit": limit})


def _limits() -> str:
    size, rows = filesizeformat(settings.UPLOAD_MAX_BYTES), number(MOST_ROWS, 0, get_language() or "it")
    text = _(
        "CSV, TSV, Excel (.xlsx) or OpenDocument (.ods), with a line of headings. A text may have %(bytes)s and "
        "%(rows)s rows, a workbook %(packed)s."
    )
    return text % {"bytes": size, "rows": rows, "packed": filesizeformat(min(MOST_PACKED, settings.UPLOAD_MAX_BYTES))}


class ForecastForm(forms.Form):
    """A number from 0 to 100 for each stage of a sheet that is still open; at least one."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, sheet: Sheet) -> None:
        super().__init__(data, prefix=str(sheet.code))
        for row in sheet.open:
            field = forms.DecimalField(
                label=row.stage.name,
                help_text=row.stage.question,
                initial=row.held and row.held.value,
                min_value=Decimal(0),
                max_value=Decimal(100),
                max_digits=4,
                decimal_places=1,
                required=False,
                localize=True,
            )
            field.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", "size": 6}
            self.fields[row.stage.slug] = field

    @property
    def values(self) -> dict[str, Decimal]:
        """What was said, by the stages' slugs."""
        return {slug: value for slug, value in self.cleaned_data.items() if value is not None}

    def clean(self) -> dict[str, Any]:
        """At least one stage is said."""
        found = super().clean() or self.cleaned_data
        if not self.errors and not self.values:
            raise forms.ValidationError(_("Write at least one number from 0 to 100."))
        return found
