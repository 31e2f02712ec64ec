"""A quarter on which pairs can be tried without files: its draft, and the observations it was made of at hand."""

from pathlib import Path

import pytest

from company.models import Company
from metrics import facts
from metrics.derive.inputs import Inputs
from metrics.derive.pairs import alone
from metrics.derive.report import derive
from metrics.models import Edition
from tests import make_report
from tests.metrics.derive.company import Truth, inputs, observations
from tests.metrics.derive.company import facts as sums


def draft(company: Company, folder: Path, patch: pytest.MonkeyPatch) -> Edition:
    """The small company's draft; ``facts.of_pair`` reads its observations from the folder."""
    rows = observations(Truth(), "now")
    (folder / "whole").mkdir()
    report = derive(inputs(sums(folder / "whole", rows)))

    def of_pair(_edition: Edition, result: str, outcome: str) -> Inputs:
        pair = alone(report, result, outcome)
        (own := folder / f"{result}-{outcome}").mkdir(exist_ok=True)
        return inputs(sums(own, rows, pair), indicators=pair)

    patch.setattr(facts, "of_pair", of_pair)
    return make_report.edition(company, report)
