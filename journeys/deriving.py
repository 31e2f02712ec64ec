"""How an indicator is made of a file's columns, as a form: the closed list of derivations, one at a time."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.models import Indicator
from journeys.reading.mapping import SECONDS_BY

KINDS = (
    ("", gettext_lazy("not in this file")),
    ("column", gettext_lazy("the number in the column")),
    ("duration", gettext_lazy("the time from the column to the second one")),
    ("later", gettext_lazy("whether the column comes after the second one")),
    ("in", gettext_lazy("whether the column is one of the values")),
    ("over", gettext_lazy("whether the column is over the threshold")),
    ("longer", gettext_lazy("whether the time between the two columns is over the threshold")),
    ("filled", gettext_lazy("whether the column is filled in")),
    ("blank", gettext_lazy("whether the column is empty")),
    ("count", gettext_lazy("the number of rows of each case")),
)
BY = (
    ("hours", gettext_lazy("in hours")),
    ("days", gettext_lazy("in days")),
    ("working_days", gettext_lazy("in working days")),
)
NEEDS = {
    "column": ("column",),
    "duration": ("column", "second"),
    "later": ("column", "second"),
    "in": ("column", "values"),
    "over": ("column", "threshold"),
    "longer": ("column", "second", "threshold"),
    "filled": ("column",),
    "blank": ("column",),
}


class KeysForm(forms.Form):
    """The columns that say when, for whom and where."""

    date = forms.ChoiceField(label=gettext_lazy("Date of each row"), required=False)
    case = forms.ChoiceField(label=gettext_lazy("Customer or case (kept only as a pseudonym)"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)

    def __init__(self, *args: Any, columns: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            _offer(self, name, columns)

    def laid_on(self, mapping: Mapping[str, Any]) -> dict[str, Any]:
        """The mapping with these keys."""
        made = {key: value for key, value in mapping.items() if key not in self.fields}
        return {**made, **{key: value for key, value in self.cleaned_data.items() if value}}


class DerivationForm(forms.Form):
    """One indicator's derivation; what a kind does not need is ignored."""

    kind = forms.ChoiceField(label=gettext_lazy("Made of"), choices=KINDS, required=False)
    column = forms.ChoiceField(label=gettext_lazy("Column"), required=False)
    second = forms.ChoiceField(label=gettext_lazy("Second column"), required=False)
    by = forms.ChoiceField(label=gettext_lazy("Time is counted"), choices=BY, required=False)
    values = forms.CharField(label=gettext_lazy("Values, separated by semicolons"), required=False, max_length=2000)
    threshold = forms.CharField(label=gettext_lazy("Threshold"), required=False, max_length=30)
    codes = forms.CharField(
        label=gettext_lazy("Codes that are not votes, separated by semicolons"), required=False, max_length=500
    )
    reverse = forms.BooleanField(label=gettext_lazy("The scale runs the other way"), required=False)

    def __init__(self, *args: Any, columns: Sequence[str], indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        for name in ("column", "second"):
            _offer(self, name, columns)

    def clean(self) -> dict[str, Any]:
        """What the kind needs is there."""
        given = super().clean() or {}
        for name in NEEDS.get(given.get("kind", ""), ()):
            if not given.get(name):
                self.add_error(name, _("This is needed here."))
        if given.get("reverse") and (self.indicator.lowest is None or self.indicator.highest is None):
            self.add_error("reverse", _("The indicator has no lowest and highest value to turn round."))
        return given

    def laid_on(self, mapping: Mapping[str, Any]) -> dict[str, Any]:
        """The mapping with this derivation in the place of the indicator's earlier one."""
        given, slug = self.cleaned_data, self.indicator.slug
        values = [entry for entry in mapping.get("values", ()) if entry["indicator"] != slug]
        if given["kind"]:
            values.append({"indicator": slug, **_entry(given)})
        made = {**mapping, "values": values}
        if given["column"] and (given["codes"] or given["reverse"]):
            answers = {**mapping.get("columns", {}).get(given["column"], {}), **self._answers()}
            made["columns"] = {**mapping.get("columns", {}), given["column"]: answers}
        return made

    def _answers(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if self.cleaned_data["codes"]:
            made["null"] = _listed(self.cleaned_data["codes"])
        if self.cleaned_data["reverse"]:
            ends = (self.indicator.lowest, self.indicator.highest)
            made["reversed"] = [f"{end.normalize():f}" for end in ends if end is not None]
        return made


def initial(mapping: Mapping[str, Any], slug: str) -> dict[str, Any]:
    """The indicator's derivation in a mapping, as the form's first values."""
    entry: Mapping[str, Any] = next((one for one in mapping.get("values", ()) if one["indicator"] == slug), {})
    found: dict[str, Any] = {"kind": next((kind for kind, _label in KINDS if kind in entry), "")}
    inner = entry.get(found["kind"]) if found["kind"] else None
    if isinstance(inner, str):
        found["column"] = inner
    elif isinstance(inner, Mapping):
        if found["kind"] == "over" and "start" in inner:
            found["kind"] = "longer"
        found |= {
            "column": inner.get("column") or inner.get("start", ""),
            "second": inner.get("than") or inner.get("end", ""),
            "by": inner.get("by", ""),
            "values": "; ".join(map(str, inner.get("values", ()))),
            "threshold": inner.get("threshold", ""),
        }
    answers = mapping.get("columns", {}).get(found.get("column", ""), {})
    return {**found, "codes": "; ".join(answers.get("null", ())), "reverse": "reversed" in answers}


def _entry(given: Mapping[str, Any]) -> dict[str, Any]:
    kind, column, second = given["kind"], given["column"], given["second"]
    by = given["by"] if given["by"] in SECONDS_BY else "hours"
    threshold = given["threshold"].strip().replace(",", ".")
    return {
        "column": {"column": column},
        "duration": {"duration": {"start": column, "end": second, "by": by}},
        "later": {"later": {"column": column, "than": second, "by": "day" if by != "hours" else "moment"}},
        "in": {"in": {"column": column, "values": _listed(given["values"])}},
        "over": {"over": {"column": column, "threshold": threshold}},
        "longer": {"over": {"start": column, "end": second, "by": by, "threshold": threshold}},
        "filled": {"filled": column},
        "blank": {"blank": column},
        "count": {"count": "rows"},
    }[kind]


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _offer(form: forms.Form, name: str, columns: Sequence[str]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = [("", _("none")), *((column, column) for column in columns)]
