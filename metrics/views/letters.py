"""Whether a person wants the letter of the quarter; its language is the person's own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from company.access import member
from metrics.paperwork import Correspondent


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest) -> HttpResponseBase:
    """GET shows what is chosen, POST keeps it."""
    person = member(request).user
    if request.method == "POST":
        Correspondent.objects.update_or_create(person=person, defaults={"wanted": "wanted" in request.POST})
        messages.success(request, _("Saved."))
        return redirect("letters")
    held = getattr(person, "correspondent", None) or Correspondent(person=person)
    return render(request, "metrics/letters/choices.html", {"chosen": held})
