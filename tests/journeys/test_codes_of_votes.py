"""Which whole numbers beside a scale are taken for codes that are not votes, and which for counts."""

import pytest

from journeys.reading.columns import describe


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (["1", "2", "3", "4", "5"] * 20 + ["99", "99"], ("99",)),
        (["1", "2", "3", "4", "5"] * 20 + ["6"], ("6",)),
        (["1"] * 60 + ["2"] * 20 + ["3"] * 8 + ["4"] * 4 + ["5"] * 4 + ["6", "7", "8", "9"], ()),
    ],
    ids=["far off the scale", "one beside it", "counts that go on"],
)
def test_a_number_is_a_code_only_where_it_stands_off_the_scale(values: list[str], codes: tuple[str, ...]) -> None:
    assert describe(0, "domanda", values).column.codes == codes
