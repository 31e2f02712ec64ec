"""Addresses of the report. A quarter is written the same way in every language."""

from django.urls import path

from metrics.views import files, letters, lineage, objections, paper, publishing, remarks, report, search, verification

urlpatterns = [
    path("", report.home, name="home"),
    path("t/<str:code>/", report.front, name="front"),
    path("t/<str:code>/percorso/", report.journey, name="journey"),
    path("t/<str:code>/percorso/<slug:slug>/", report.stage, name="stage"),
    path("t/<str:code>/reparti/<slug:slug>/", report.department, name="department"),
    path("t/<str:code>/impatto/", report.impact, name="impact"),
    path("t/<str:code>/ponte/", report.bridge, name="bridge"),
    path("t/<str:code>/tabella/<str:name>.csv", files.table, {"kind": "csv"}, name="table"),
    path("t/<str:code>/tabella/<str:name>.xlsx", files.table, {"kind": "xlsx"}, name="table_xlsx"),
    path("t/<str:code>/tabelle.xlsx", files.tables, name="tables"),
    path("t/<str:code>/trimestrale.pptx", files.slides, name="slides"),
    path("t/<str:code>/edizione.json", files.edition, name="edition"),
    path("t/<str:code>/provenienza/", lineage.lineage, name="lineage"),
    path("t/<str:code>/note/", remarks.notes, name="notes"),
    path("t/<str:code>/titoli/", remarks.titles, name="titles"),
    path("t/<str:code>/pubblica/", publishing.publishing, name="publish"),
    path("t/<str:code>/contestazioni/", objections.objections, name="objections"),
    path("t/<str:code>/contestazioni/<int:objection_id>/", objections.answer, name="answer_objection"),
    path("verifica/", verification.verification, name="verification"),
    path("cerca/", search.search, name="search"),
    path("t/<str:code>/stampa/", paper.printed, name="print"),
    path("t/<str:code>/stampa.css", paper.style, name="paper_style"),
    path("t/<str:code>/pdf/", paper.ordering, name="paper"),
    path("carta/<int:paper_id>/", paper.job, name="paper_job"),
    path("carta/<int:paper_id>/trimestrale.pdf", paper.file, name="paper_file"),
    path("lettere/", letters.letters, name="letters"),
    path("archivio/", report.archive, name="archive"),
    path("metodo/", report.method, name="method"),
]
