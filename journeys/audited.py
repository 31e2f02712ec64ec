"""What is recorded about files and definitions, in words (see ``company.audited``)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from company.audited import Action, Glossary
from company.models import Company
from journeys.defining import TOPICS
from journeys.models import Stage, Upload
from journeys.structure import KINDS


def topic(slug: str) -> str:
    """The title of a page of the settings."""
    return str(TOPICS[slug].title) if slug in TOPICS else slug


def stages(company: Company) -> dict[str, str]:
    """The names of the company's stages."""
    return dict(Stage.objects.filter(journey__company=company).values_list("slug", "name"))


ELEMENT: Any = {"view": "settings_element", "takes": (0, 1), "lists": frozenset({"order"})}
GLOSSARY = Glossary(
    {
        "upload.refused": Action(_("File refused at the door"), among="source"),
        "upload.received": Action(_("File received"), "receipt", 1),
        "upload.recognised": Action(_("Doubts about a file answered"), "draft", 1),
        "upload.matched": Action(_("Columns of a file matched"), "draft", 1),
        "upload.keys_set": Action(_("Keys of a file's columns set"), "draft", 1),
        "upload.derived": Action(_("Said how a file's indicator is made"), "draft", 1),
        "upload.corrected": Action(_("Rows of a file corrected"), "draft", 1),
        "upload.correction_withdrawn": Action(_("Correction of a file taken back"), "draft", 1),
        "upload.patched": Action(_("Corrected rows of a file sent"), "draft", 1),
        "upload.agreed": Action(_("Warnings about a file accepted"), "draft", 1),
        "upload.confirmed": Action(_("File confirmed"), "receipt", 1),
        "upload.accepted": Action(_("File accepted"), "receipt", 1),
        "upload.rejected": Action(_("File refused"), "receipt", 1),
        "upload.discarded": Action(_("Draft discarded"), "receipt", 1),
        "upload.undone": Action(_("File undone"), "receipt", 1),
        "job.quarantined": Action(_("File set aside: its work ended badly"), "receipt", 1),
        "settings.changed": Action(_("Settings changed"), "settings_topic", 0, topic, lists=frozenset({"restated"})),
        "indicator.added": Action(_("Indicator added"), "settings_indicator", 0, among="indicator"),
        "indicator.changed": Action(
            _("Indicator changed"), "settings_indicator", 0, among="indicator", lists=frozenset({"restated"})
        ),
        "element.added": Action(_("Part of the company added"), **ELEMENT),
        "element.changed": Action(_("Part of the company changed"), **ELEMENT),
        "element.moved": Action(_("Part of the company moved"), **ELEMENT),
        "element.retired": Action(_("Part of the company retired"), **ELEMENT),
        "element.restored": Action(_("Part of the company in use again"), **ELEMENT),
        "company.imported": Action(_("Definitions imported"), among="company"),
        "forecast.given": Action(_("Forecast of the customers' vote given"), "forecast", 0),
    },
    {
        "file": _("file"),
        "sha256": _("imprint (SHA-256)"),
        "size": _("bytes"),
        "source": _("source"),
        "way": _("way"),
        "rows": _("rows"),
        "observations": _("observations"),
        "problems": _("problems"),
        "how": _("what the rows do"),
        "edits": _("corrections"),
        "columns": _("columns"),
        "agreed": _("warnings accepted"),
        "error": _("error"),
        "attempts": _("attempts"),
        "changed": _("figures change"),
        "restated": _("restatements opened"),
        "order": _("order"),
        "what": _("among"),
        "since": _("from"),
        "blind": _("before the quarter's last day"),
    },
    {
        "source": lambda company: dict(company.sources.values_list("slug", "name")),
        "indicator": lambda company: dict(company.indicators.values_list("slug", "name")),
        "stage": stages,
        "what": lambda _company: {kind.slug: kind.title for kind in KINDS.values()},
        "way": lambda _company: dict(Upload.Way.choices),
        "how": lambda _company: dict(Upload.How.choices),
    },
)
