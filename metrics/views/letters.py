"""Whether a person wants the letter of the quarter, and in which language."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from company.access import member
from metrics.paperwork import Correspondent


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest) -> HttpResponseBase:
    """GET shows what is chosen, POST keeps it; a language the product does not speak is not kept."""
    person = member(request).user
    known = dict(settings.LANGUAGES)
    if request.method == "POST":
        language = request.POST.get("language", "")
        chosen = {"wanted": "wanted" in request.POST, "language": language if language in known else get_language()}
        Correspondent.objects.update_or_create(person=person, defaults=chosen)
        messages.success(request, _("Saved."))
        return redirect("letters")
    held = getattr(person, "correspondent", None) or Correspondent(person=person)
    return render(request, "metrics/letters/choices.html", {"chosen": held, "languages": settings.LANGUAGES})
