"""PURE: a quarter's report from its definitions and facts, ready to be hashed."""

from dataclasses import replace

from metrics.derive.bridging import bridge_rows, mean_weights
from metrics.derive.contributions import contribution_rows, joint_rows, unit_contributions
from metrics.derive.driving import driver_rows, share_rows
from metrics.derive.effects import goals, impact_rows, impacts
from metrics.derive.estimates import indicator_figures
from metrics.derive.fits import fits
from metrics.derive.health import Compared, health_figures
from metrics.derive.inputs import Inputs, questions
from metrics.derive.robust import with_robustness
from metrics.derive.units import unit_figures
from metrics.derive.weekly import weekly_fits
from metrics.report import METHOD, Report
from metrics.sentences import write


def derive(inputs: Inputs) -> Report:
    """The report of the quarter: figures, effects, bridge and the sentences that go with them."""
    units, figures = unit_figures(inputs), indicator_figures(inputs)
    healths = with_robustness(inputs, health_figures(inputs), units)
    asked = questions(inputs.indicators)
    contributed, held = unit_contributions(inputs, asked), goals(inputs, asked)  # until here cases are being joined
    by_case, by_week = fits(inputs, asked), weekly_fits(inputs, asked)
    change, level = mean_weights(inputs)
    found = impacts(inputs, [*by_case, *by_week], held, change, level)
    report = Report(
        quarter=inputs.quarter,
        starts=inputs.starts,
        ends=inputs.ends,
        previous=inputs.previous,
        company=inputs.company,
        stages=inputs.stages,
        departments=inputs.departments,
        indicators=inputs.indicators,
        units=inputs.units,
        figures=(*healths, *figures, *units),
        effects=(
            *impact_rows(inputs, found),
            *driver_rows([*by_case, *by_week], level),
            *share_rows(by_case),
            *contribution_rows(inputs, asked, contributed),
            *joint_rows(inputs, asked),
        ),
        targets=tuple(sorted(inputs.targets.items())),
        bridge=tuple(bridge_rows(inputs, Compared(inputs, inputs.before), found)),
        method=METHOD,
    )
    return replace(report, messages=write(report))
