"""Every published quarter of a real company verified: computed again from its files and compared to the last digit."""

from io import StringIO
from pathlib import Path

from tests.bench.row import Row
from trimestrale import env

OLIST = Path(__file__).parent.parent / "data" / "olist"
SHARED = env.path("SHARED_DIR", "../shared").resolve() / "data" / "olist"
SECONDS = 2


def measure(folder: Path) -> list[Row]:
    """Seconds a quarter; nothing where the company's files are absent, an error where a quarter is not identical."""
    if not SHARED.is_dir():
        print("no shared data: verify_olist is not measured")
        return []
    from django.core.management import call_command

    from company.models import Company
    from metrics.verifying import ask, run
    from tests.publishing import publish_all

    call_command("import_company", str(OLIST), stdout=StringIO())
    call_command("refresh", stdout=StringIO())
    company = Company.objects.get(slug="olist")
    published = publish_all(company)
    found = run(ask(company).pk)
    if not found.identical or len(found.results) != len(published):
        raise RuntimeError(f"not identical: {found.results} {found.findings}")
    each = found.seconds / len(published)
    return [Row("verify_olist", each, SECONDS, each, SECONDS, "s/quarter")]
