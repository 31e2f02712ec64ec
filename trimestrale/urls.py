"""Every address of the product."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from trimestrale import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    *(path("", include(f"{app}.urls")) for app in ("company", "journeys", "metrics") if find_spec(f"{app}.urls")),
]
