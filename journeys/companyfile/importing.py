"""The import of a folder told line by line: what ``manage.py import_company`` and the demo company do."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from company.models import Company
from journeys.companyfile.loading import FileResult, Loaded, load_definitions, load_file
from journeys.companyfile.parse import parse_company
from journeys.models import Source

Say = Callable[[str], None]
SHOWN = 20
LANES = 2


def import_folder(folder: Path, say: Say) -> tuple[Company, list[FileResult]]:
    """The company and what became of each file of the folder, each step told through ``say``.

    CompanyFileError, with nothing written, when the ``company.yml`` cannot be used.
    """
    entry = parse_company(folder)
    loaded = load_definitions(entry)
    _tell_definitions(loaded, say)
    sources = {source.slug: source for source in Source.objects.filter(company=loaded.company)}
    work = [(sources[item.slug], folder / name) for item in entry.sources for name in item.files]
    results = []
    for (source, _path), result in zip(work, _load_files(work), strict=True):
        _tell_file(result, source, say)
        results.append(result)
    return loaded.company, results


def _load_files(work: list[tuple[Source, Path]]) -> Iterator[FileResult]:
    """What became of each file, in order; two at a time, unless a transaction around us ties all to one connection."""
    if connection.in_atomic_block:
        yield from (load_file(source, path) for source, path in work)
        return
    language = get_language() or settings.LANGUAGE_CODE
    with ThreadPoolExecutor(LANES) as pool:
        yield from pool.map(partial(_load_apart, language), work)


def _load_apart(language: str, work: tuple[Source, Path]) -> FileResult:
    """The file loaded on a connection and in the language of its own thread."""
    try:
        with override(language):
            return load_file(*work)
    finally:
        connection.close()


def _tell_definitions(loaded: Loaded, say: Say) -> None:
    words = {"name": loaded.company.name}
    if loaded.created:
        say(_("%(name)s: company created.") % words)
    elif loaded.changed:
        say(_("%(name)s: definitions updated; the open quarters will be computed again.") % words)
    else:
        say(_("%(name)s: definitions unchanged.") % words)
    if loaded.kept:
        slugs = ", ".join(loaded.kept)
        say(_("Not in the file, left as they are: %(slugs)s.") % {"slugs": slugs})
    for slug in loaded.remapped:
        say(
            _(
                "The mapping of source “%(slug)s” changed: files accepted before keep their old reading; "
                "undo them and send them again to read them anew."
            )
            % {"slug": slug}
        )


def _tell_file(result: FileResult, source: Source, say: Say) -> None:
    words = {"file": result.path.name, "source": source.name}
    if result.skipped:
        say(_("%(file)s (%(source)s): these very bytes are already accepted, skipped.") % words)
    elif result.accepted and result.upload is not None:
        observations = result.upload.observations
        count = ngettext("%(count)d observation", "%(count)d observations", observations) % {"count": observations}
        rows = result.upload.rows_in
        lines = ngettext("%(count)d row", "%(count)d rows", rows) % {"count": rows}
        say(_("%(file)s (%(source)s): accepted.") % words + f" {lines} → {count}.")
    else:
        say(_("%(file)s (%(source)s): refused.") % words)
        for problem in result.problems[:SHOWN]:
            say(f"  {problem}")
        more = len(result.problems) - SHOWN
        if more > 0:
            say("  " + ngettext("and %(count)d more problem", "and %(count)d more problems", more) % {"count": more})
