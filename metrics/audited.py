"""What is recorded about quarters, figures and what is written on them, in words (see ``company.audited``)."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from company.audited import Action, Glossary
from metrics.models import Figure

GLOSSARY = Glossary(
    {
        "quarter.review": Action(_("Quarter put in review"), "publish", 0),
        "quarter.open": Action(_("Quarter taken back from review"), "publish", 0),
        "quarter.looked": Action(_("Draft's figures looked at: what changes from here on is shown"), "publish", 0),
        "quarter.proposed": Action(_("Publication proposed: a second person confirms"), "publish", 0),
        "quarter.published": Action(_("Quarter published"), "publish", 0),
        "quarter.restated": Action(_("Restatement published"), "publish", 0),
        "restatement.opened": Action(_("Restatement opened"), "publish", 0),
        "restatement.withdrawn": Action(_("Restatement taken back"), "publish", 0),
        "definitions.changed": Action(_("Definitions of figures changed"), "settings"),  # of logs begun before
        "figure.contested": Action(_("Figure contested"), "objections", 0),
        "objection.upheld": Action(_("Objection upheld"), "objections", 0),
        "objection.dismissed": Action(_("Objection dismissed"), "objections", 0),
        "pair.tried": Action(_("Pair of result and outcome tried"), "pairs", 0),
        "title.written": Action(_("Title written"), "titles", 1),
        "note.written": Action(_("Note written"), "notes", 1),
        "note.removed": Action(_("Note removed"), "notes", 1),
        "verification.asked": Action(_("Verification asked for"), "verification", among="company"),
        "verification.failed": Action(
            _("Verification: something is not as published"),
            "verification",
            among="company",
            lists=frozenset({"quarters", "findings"}),
        ),
    },
    {
        "digest": _("imprint of the figures"),
        "seal": _("seal"),
        "version": _("version"),
        "reason": _("reason"),
        "redefined": _("with today's definitions"),
        "past": _("restates the past"),
        "level": _("figure"),
        "stage": _("stage"),
        "indicator": _("indicator"),
        "unit": _("unit"),
        "department": _("department"),
        "answer": _("answer"),
        "place": _("place"),
        "result": _("result"),
        "outcome": _("outcome"),
        "language": _("language"),
        "text": _("text"),
        "quarters": _("quarters that differ"),
        "findings": _("guards that do not hold"),
    },
    {
        "level": lambda _company: dict(Figure.Level.choices),
        "department": lambda company: dict(company.departments.values_list("slug", "name")),
        "unit": lambda company: dict(company.units.values_list("code", "name")),
        "language": lambda _company: dict(settings.LANGUAGES),
    },
)
