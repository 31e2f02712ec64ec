"""Addresses of Dati: the checklist, sending and preparing a file, its job and its receipt."""

from django.urls import path

from journeys.views import (
    blanks,
    board,
    deriving,
    drafts,
    forecasting,
    jobs,
    receipts,
    settings,
    structure,
    uploading,
    writing,
)

urlpatterns = [
    path("dati/", board.board, name="data"),
    path("dati/inserimento/", writing.start, name="by_hand"),
    path("dati/inserimento/<slug:slug>/<str:code>/", writing.grid, name="grid"),
    path("dati/modelli/<slug:slug>.csv", blanks.blank, {"kind": "csv"}, name="blank_csv"),
    path("dati/modelli/<slug:slug>.xlsx", blanks.blank, {"kind": "xlsx"}, name="blank_xlsx"),
    path("dati/carica/", uploading.upload, name="upload"),
    path("dati/bozze/<uuid:upload_id>/", drafts.draft, name="draft"),
    path("dati/bozze/<uuid:upload_id>/riconosci/", drafts.recognise, name="recognise"),
    path("dati/bozze/<uuid:upload_id>/abbina/", drafts.match, name="match"),
    path("dati/bozze/<uuid:upload_id>/indicatori/", deriving.define, name="define"),
    path("dati/bozze/<uuid:upload_id>/indicatori/<slug:slug>/", deriving.derive, name="derive"),
    path("dati/bozze/<uuid:upload_id>/controlla/", drafts.check, name="check"),
    path("dati/bozze/<uuid:upload_id>/conferma/", drafts.confirm, name="confirm"),
    path("dati/bozze/<uuid:upload_id>/righe/", drafts.patch, name="patch"),
    path("dati/bozze/<uuid:upload_id>/errori.xlsx", drafts.bad_sheet, name="bad_sheet"),
    path("dati/bozze/<uuid:upload_id>/scarta/", drafts.discard, name="discard"),
    path("dati/lavori/<int:job_id>/", jobs.job, name="job"),
    path("dati/caricamenti/<uuid:upload_id>/", receipts.receipt, name="receipt"),
    path("dati/caricamenti/<uuid:upload_id>/annulla/", receipts.undo, name="undo"),
    path("dati/caricamenti/<uuid:upload_id>/problemi.csv", receipts.problems, name="problems"),
    path("previsioni/<slug:slug>/", forecasting.forecast, name="forecast"),
    path("impostazioni/", settings.index, name="settings"),
    path("impostazioni/indicatori/", settings.indicators, name="settings_indicators"),
    path("impostazioni/nuovo-indicatore/", settings.new_indicator, name="settings_new_indicator"),
    path("impostazioni/indicatori/<slug:slug>/", settings.indicator, name="settings_indicator"),
    path("impostazioni/struttura/<slug:kind>/", structure.structure, name="settings_structure"),
    path("impostazioni/struttura/<slug:kind>/<int:element_id>/", structure.element, name="settings_element"),
    path(
        "impostazioni/struttura/<slug:kind>/<int:element_id>/<slug:step>/", structure.step, name="settings_element_step"
    ),
    path("impostazioni/<slug:slug>/", settings.topic, name="settings_topic"),
]
