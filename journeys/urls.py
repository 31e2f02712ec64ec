"""Addresses of Dati: the checklist, sending a file, its job and its receipt."""

from django.urls import path

from journeys.views import board, jobs, receipts, settings, uploading

urlpatterns = [
    path("dati/", board.board, name="data"),
    path("dati/carica/", uploading.upload, name="upload"),
    path("dati/lavori/<int:job_id>/", jobs.job, name="job"),
    path("dati/caricamenti/<uuid:upload_id>/", receipts.receipt, name="receipt"),
    path("dati/caricamenti/<uuid:upload_id>/annulla/", receipts.undo, name="undo"),
    path("dati/caricamenti/<uuid:upload_id>/problemi.csv", receipts.problems, name="problems"),
    path("impostazioni/", settings.index, name="settings"),
    path("impostazioni/<slug:slug>/", settings.topic, name="settings_topic"),
]
