"""A quarter that is not out, asked for: not a dead end, but when it comes and what can be read meanwhile."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from company.access import handles_files, member
from metrics.access import latest_edition, sees_drafts
from metrics.models import Edition
from metrics.shown import NotOut


class WhatInstead:
    """Answers ``NotOut`` of every page of the report; files of a quarter that is not out stay plainly not found."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page, as 404: what was asked for is not there."""
        if not isinstance(error, NotOut) or not request.path.endswith("/"):
            return None
        membership, quarter = member(request), error.quarter
        coming = quarter.editions.filter(state=Edition.State.PUBLISHED).order_by("visible_from").first()
        latest = latest_edition(request)
        context = {
            "quarter": quarter,
            "out": coming.visible_from if coming else quarter.due,
            "prepared": sees_drafts(membership),
            "sends": handles_files(membership),
            "latest": str(latest.quarter.code) if latest else "",
        }
        response = render(request, "metrics/unpublished.html", context, status=HTTPStatus.NOT_FOUND)
        add_never_cache_headers(response)
        return response
