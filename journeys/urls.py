"""Addresses of Dati: the checklist, sending a file, its job and its receipt."""

from django.urls import path

from journeys.views import board

urlpatterns = [
    path("dati/", board.board, name="data"),
]
