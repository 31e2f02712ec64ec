"""The whole report in order: one leaf, one message. Paper, slides and workbook share this order."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from company import formats
from metrics import labels, panels
from metrics.figures import base
from metrics.report import Report
from metrics.shown import Shown

NAMED = re.compile(r'\b(id|aria-labelledby|aria-describedby|data-fig)="([^"]+)"')
UNSAFE = re.compile(r"[^\w .,:;/·–'-]")


@dataclass(frozen=True)
class Leaf:
    """A page of the report and what it is about: a stage's or department's slug, or nothing."""

    page: str
    subject: str = ""

    @property
    def template(self) -> str:
        return f"metrics/{self.page}.html"


def leaves(report: Report, subject: str = "") -> list[Leaf]:
    """Every page in reading order, or the one page of a department."""
    if subject:
        return [Leaf("department", subject)]
    return [
        Leaf("front"),
        Leaf("journey"),
        *(Leaf("stage", stage.slug) for stage in report.stages),
        Leaf("impact"),
        Leaf("bridge"),
        *(Leaf("department", department.slug) for department in report.departments),
    ]


def neutral(shown: Shown) -> Shown:
    """The report as it is for nobody in particular, which is how it stands on paper."""
    return replace(shown, contests=False, mine=())


def compose(shown: Shown, chosen: list[Leaf], tell: Callable[[int], object] = lambda place: None) -> str:
    """The leaves as one HTML document; ``tell`` hears after each how many are done."""
    bodies = []
    for place, leaf in enumerate(chosen, start=1):
        bodies.append(body(shown, leaf, place, tables=len(chosen) > 1))
        tell(place)
    return render_to_string("metrics/paper/print.html", paper_context(shown, chosen, bodies))


def paper_context(shown: Shown, chosen: list[Leaf], bodies: list[str]) -> dict[str, object]:
    """What the printed document needs; ``subject`` where it is one department's page."""
    subject = chosen[0].subject if len(chosen) == 1 else ""
    figure_base = base(formats.separators(labels.locale()))
    return {"shown": shown, "leaves": bodies, "subject": subject, "figure_base": figure_base}


def body(shown: Shown, leaf: Leaf, place: int, tables: bool = True) -> str:
    """A page's content as it is on screen, its ``tables`` open; its names get the leaf's number."""
    context = {**panels.build(leaf.page, shown, leaf.subject), "shown": shown, "layout": "metrics/paper/leaf.html"}
    html: str = render_to_string(leaf.template, context)
    html = html.replace("<details>", "<details open>") if tables else html
    return NAMED.sub(lambda found: f'{found[1]}="{_numbered(found[2], place)}"', html)


def _numbered(names: str, place: int) -> str:
    return " ".join(f"{name}-{place}" for name in names.split())


def style(shown: Shown) -> str:
    """The style sheet of the paper's margins: what, in which state, where it stands, which figures, which page."""
    report, quarter = shown.report, labels.quarter(shown.quarter)
    marks = [_("DRAFT")] if shown.draft else []
    marks += [_("GENERATED DATA")] if report.company.generated else []
    head = [_("The Customer's Quarterly"), report.company.name, quarter]
    boxes = {
        "top-left": _quoted(" · ".join(head)),
        "top-right": _quoted(" · ".join(marks)),
        "bottom-left": _quoted(
            f"{settings.SITE_URL}/t/{shown.quarter}/ · SHA-256 {shown.digest} · {labels.method(report)}"
        ),
        "bottom-right": 'counter(page) " / " counter(pages)',
    }
    lines = "".join(f"@{place} {{ content: {content}; }}" for place, content in boxes.items())
    return f"@page {{ {lines} }}"


def _quoted(text: str) -> str:
    """A CSS string that cannot end early."""
    return '"' + UNSAFE.sub(lambda found: f"\\{ord(found[0]):x} ", text) + '"'
