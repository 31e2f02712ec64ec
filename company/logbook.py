"""Registro: the audit log as a person reads it — filtered, a page at a time, each entry in words."""

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from company import formats, people
from company.audit import broken_at, export_broken, exported_on
from company.audited import action, detail, names
from company.models import AuditEntry, AuditHead, Company

HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
QUARTER = re.compile(r"\b(\d{4})-([1-4])\b", re.ASCII)
OF_QUARTER = re.compile(r"(\d{4})-([1-4])( · \d{1,4}|)", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*[+-]\d\d:\d\d", re.ASCII)
CHECKED_AGAIN = 600
SHORT, SHORT_HASH = 140, 12


class LogFilter(forms.Form):
    """Who, what, on what, when; everything may be left empty."""

    person = forms.ChoiceField(label=_("Person"), required=False)
    action = forms.ChoiceField(label=_("Action"), required=False)
    subject = forms.CharField(label=_("On what"), required=False, max_length=120)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, company: Company, data: Any) -> None:
        super().__init__(data)
        self.company = company
        log = company.audit_entries.order_by()
        actors = sorted(log.exclude(actor="").values_list("actor", flat=True).distinct())
        codes = log.values_list("action", flat=True).distinct()
        done = sorted(((code, str(action(code).words)) for code in codes), key=lambda item: item[1])
        self.fields["person"] = forms.ChoiceField(
            label=_("Person"), required=False, choices=[("", _("Everybody")), *people.names(actors).items()]
        )
        self.fields["action"] = forms.ChoiceField(
            label=_("Action"), required=False, choices=[("", _("Every action")), *done]
        )

    def entries(self) -> QuerySet[AuditEntry]:
        """The entries asked for, the latest first; none while the question is wrong."""
        rows = self.company.audit_entries.order_by("-sequence")
        if not self.is_valid():
            return rows.none()
        given = self.cleaned_data
        exact = {"actor": given["person"], "action": given["action"]}
        rows = rows.filter(**{name: value for name, value in exact.items() if value})
        if given["subject"]:
            named = self.company.audit_entries.filter(detail__file__icontains=given["subject"]).values("subject")
            opened = Q(detail__restated__icontains=given["subject"])
            rows = rows.filter(Q(subject__icontains=given["subject"]) | Q(subject__in=named) | opened)
        if given["since"]:
            rows = rows.filter(at__gte=self._midnight(given["since"]))
        if given["until"]:
            rows = rows.filter(at__lt=self._midnight(given["until"]) + timedelta(days=1))
        return rows

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, datetime.min.time(), ZoneInfo(self.company.time_zone))


@dataclass(frozen=True)
class Fact:
    """A detail of an entry: what it is called, and its value, or the value before and after."""

    label: str
    value: str
    before: str | None = None


@dataclass(frozen=True)
class Line:
    """An entry in words. ``href``: where its subject is seen, empty where nowhere."""

    entry: AuditEntry
    who: str
    words: str
    subject: str
    href: str
    facts: tuple[Fact, ...]


def lines(company: Company, entries: Iterable[AuditEntry], longest: int = SHORT) -> list[Line]:
    """The entries in words, details cut at so many characters."""
    rows = list(entries)
    subjects = {row.subject for row in rows}
    files = company.audit_entries.filter(subject__in=subjects, detail__has_key="file")
    known = Named(
        dict(files.values_list("subject", "detail__file")),
        names(company, (key for row in rows for key in (action(row.action).among, *row.detail))),
        people.names(text for row in rows for text in (row.actor, *_texts(row.detail))),
        longest,
    )
    return [
        Line(
            row,
            known.people[row.actor],
            str(action(row.action).words),
            _subject(row, known),
            _href(row),
            tuple(_facts(row, known)),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Named:
    """What entries' codes are called: files by subject, the company's things by detail and code, people by number."""

    files: Mapping[str, str]
    things: Mapping[str, Mapping[str, str]]
    people: Mapping[str, str]
    longest: int

    def written(self, key: str, value: Any) -> str:
        """A detail's value in the reader's language, cut where it is long."""
        return _cut(self._whole(key, value), self.longest)

    def _whole(self, key: str, value: Any) -> str:
        locale = get_language() or "it"
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if isinstance(value, int):
            return formats.number(value, 0, locale)
        if isinstance(value, list):
            return ", ".join(self._whole(key, item) for item in value)
        text, things = str(value), self.things.get(key, {})
        if text in things:
            return things[text]
        if (person := self.people.get(text, text)) != text:
            return person
        if found := OF_QUARTER.fullmatch(text):
            return formats.quarter_short(int(found[1]), int(found[2]), locale) + found[3]
        if found := MOMENT.fullmatch(text):
            at = timezone.localtime(datetime.fromisoformat(text))
            return formats.moment(at, locale)
        parts = text.split(", ")
        return ", ".join(things[part] for part in parts) if set(parts) <= things.keys() else text


def _texts(detail: Mapping[str, Any]) -> Iterable[str]:
    """Every text that is a detail, or one of a list of details."""
    for value in detail.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                yield item


def _subject(row: AuditEntry, known: Named) -> str:
    """A file by its name, a quarter as it is written, a page of the settings by its title; else as it stands."""
    meant = action(row.action)
    if meant.name is not None:
        return meant.name(row.subject)
    if row.subject in known.files:
        return known.files[row.subject]
    if meant.among:
        word = row.subject.split()[-1]
        return known.things.get(meant.among, {}).get(word, word)
    if found := QUARTER.search(row.subject):
        return formats.quarter_short(int(found[1]), int(found[2]), get_language() or "it")
    return str(row.detail.get("name") or row.detail.get("key") or row.subject)


def _href(row: AuditEntry) -> str:
    view, takes = action(row.action).view, action(row.action).takes
    places = () if takes is None else (takes,) if isinstance(takes, int) else takes
    words = row.subject.split()
    try:
        return reverse(view, args=[words[place] for place in places if place < len(words)]) if view else ""
    except NoReverseMatch:
        return ""


def _facts(row: AuditEntry, known: Named) -> Iterable[Fact]:
    lists = action(row.action).lists
    for key, value in row.detail.items():
        if value in ("", [], None) or (key == "file" and known.longest == SHORT):
            continue
        if key not in lists and isinstance(value, list) and len(value) == 2 and all(isinstance(i, str) for i in value):
            yield Fact(detail(key), known.written(key, value[1]), known.written(key, value[0]))
        else:
            yield Fact(detail(key), known.written(key, value))


def _cut(text: str, longest: int) -> str:
    if longest == SHORT and HASH.fullmatch(text):
        return text[:SHORT_HASH] + "…"
    return text if len(text) <= longest else text[:longest] + "…"


@dataclass(frozen=True)
class Chain:
    """The state of the log's chain: its head, where it breaks if anywhere, and the copies of the head kept apart."""

    sequence: int
    digest: str
    broken: int | None
    copies_broken: int
    copied: date | None
    checked: datetime

    @property
    def holds(self) -> bool:
        return self.broken is None and not self.copies_broken


def chain(company: Company) -> Chain:
    """Checked from the first entry on, at most every ten minutes as long as the head is the same."""
    head = AuditHead.objects.filter(company=company).first() or AuditHead(company=company)
    return _chain(company, head.sequence, head.digest, int(time.time()) // CHECKED_AGAIN)


@lru_cache(maxsize=64)
def _chain(company: Company, sequence: int, digest: str, _moment: int) -> Chain:
    copies, broken = len(export_broken(company)), broken_at(company)
    return Chain(sequence, digest, broken, copies, exported_on(company), timezone.now())


HEAD = (_("number"), _("when"), _("who"), _("what"), _("code"), _("on what"), _("details"), _("hash"))


def _told(fact: Fact, locale: str) -> str:
    value = fact.value if fact.before is None else f"{fact.before} → {fact.value}"
    return f"{formats.headed(fact.label, locale)} {value}"


def table(company: Company, entries: QuerySet[AuditEntry]) -> list[list[object]]:
    """The entries as rows of a file, the head first; details in full."""
    locale = get_language() or "it"
    rows: list[list[object]] = [[str(word) for word in HEAD]]
    for line in lines(company, entries, longest=10_000):
        row = line.entry
        facts = formats.apart((_told(fact, locale) for fact in line.facts), locale)
        at = formats.moment(timezone.localtime(row.at), locale)
        rows.append([row.sequence, at, line.who, line.words, row.action, line.subject, facts, row.digest])
    return rows
