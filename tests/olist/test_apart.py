"""The real company stands in the database for who asks for it, and for nobody else."""

import pytest

from company.models import Company
from metrics.models import Edition
from tests.olist.conftest import Olist

pytestmark = pytest.mark.django_db


def test_an_import_made_for_its_figures_leaves_nothing_in_the_database(olist: Olist) -> None:
    assert (Company.objects.count(), Edition.objects.count()) == (0, 0)
