"""Every address of the product."""

from django.urls import URLPattern, URLResolver, include, path

from trimestrale import gauges, health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", gauges.gauges, name="gauges"),
    path("api/", include("trimestrale.api")),
    path("", include("company.urls")),
    path("", include("journeys.urls")),
    path("", include("metrics.urls")),
    path("", include("meetings.urls")),
]
