"""The words of a page, explained where they stand."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

PAGES = {
    "front": ("health", "interval", "base", "unproven", "bridge", "impact"),
    "journey": ("health", "interval", "touchpoint", "unproven", "unknown"),
    "stage": ("health", "interval", "base", "touchpoint", "contribution", "driver"),
    "department": ("impact", "unknown", "interval", "contribution", "chain"),
    "impact": ("weight", "driver", "interval", "unproven"),
    "bridge": ("bridge", "health", "interval", "unproven"),
}


@dataclass(frozen=True)
class Term:
    """A word and what it means here, with the paragraph of the method that says more."""

    word: str
    meaning: str
    method: str


def glossary(page: str) -> list[Term]:
    """The terms a page uses, in the order a reader meets them."""
    terms = _terms()
    return [terms[name] for name in PAGES.get(page, ())]


def _terms() -> dict[str, Term]:
    return {
        "health": Term(
            _("Health"), _("What customers say and do, from 0 to 100. Nothing of our own enters it."), "salute"
        ),
        "interval": Term(
            _("Interval"),
            _("“Between 65.4 and 69.0”: where the true value very probably lies, since we heard only some customers."),
            "intervalli",
        ),
        "base": Term(_("Base (n)"), _("How many answers a number comes from. Under the minimum it is hidden."), "basi"),
        "unproven": Term(
            _("Not demonstrated"),
            _("There may be a change; these data cannot show it. It is not “stable”."),
            "verdetti",
        ),
        "bridge": Term(_("Bridge"), _("The steps from the last health to this one; they add up exactly."), "ponte"),
        "impact": Term(
            _("Impact"), _("Points of health that go along with a department's results. It is not a cause."), "impatto"
        ),
        "unknown": Term(_("Impact unknown"), _("The data needed to tell are missing. It is never zero."), "impatto"),
        "touchpoint": Term(_("Touchpoint"), _("A moment in which the customer meets the company."), "salute"),
        "contribution": Term(
            _("Contribution"), _("The vote with these cases minus the vote without them. No model."), "contributo"
        ),
        "driver": Term(_("Driver"), _("A result that explains part of the difference between votes."), "fattori"),
        "weight": Term(
            _("Weight"), _("Points of health between the worst and the best level of eight quarters."), "fattori"
        ),
        "chain": Term(
            _("Chain to the customer"),
            _("From the department's result to health, each link with how sure it is."),
            "impatto",
        ),
    }
