"""The colours of the house: readable on paper and on the ground, told apart by who sees colours otherwise."""

import itertools
import math
import re

import pytest

from trimestrale.env import BASE_DIR

Colour = tuple[float, float, float]
CSS = (BASE_DIR / "static/css/site.css").read_text()
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", CSS.partition("@layer base {")[0]))
TEXT = ("ink", "ink-2", "muted", "accent", "better", "worse", "unproven", "error", "warning")
# Dichromats in linear RGB (Viénot, Brettel & Mollon 1999; tritanopia after Machado 2009)
SIGHT = {
    "protanopia": ((0.1121, 0.8853, -0.0005), (0.1127, 0.8897, -0.0001), (0.0045, 0.0001, 1.0019)),
    "deuteranopia": ((0.2920, 0.7054, -0.0003), (0.2934, 0.7089, 0.0000), (-0.0210, 0.0256, 1.0019)),
    "tritanopia": ((1.2555, -0.0767, -0.1788), (-0.0784, 0.9308, 0.1476), (0.0047, 0.6914, 0.3039)),
    "everybody": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}


def linear(name: str) -> Colour:
    """A token as linear RGB."""
    parts = [int(TOKENS[name][place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def luminance(colour: Colour) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two tokens."""
    dark, light = sorted((luminance(linear(one)), luminance(linear(other))))
    return (light + 0.05) / (dark + 0.05)


def seen(name: str, sight: str) -> Colour:
    """A token in CIELAB as somebody sees it."""
    rgb = linear(name)
    red, green, blue = (max(0.0, sum(a * b for a, b in zip(row, rgb, strict=True))) for row in SIGHT[sight])
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize(("text", "ground"), list(itertools.product(TEXT, ("paper", "ground"))))
def test_every_text_colour_is_read_on_paper_and_on_the_ground(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(("mark", "ground"), list(itertools.product(("edge", "better", "worse"), ("paper", "ground"))))
def test_every_mark_and_border_is_seen(mark: str, ground: str) -> None:
    assert contrast(mark, ground) >= 3


def test_white_text_is_read_on_what_is_coloured() -> None:
    assert min(contrast("paper", name) for name in ("better", "worse", "accent", "ink")) >= 4.5


def test_verdicts_are_read_on_their_tints() -> None:
    assert contrast("better", "tint-better") >= 4.5
    assert contrast("worse", "tint-worse") >= 4.5


@pytest.mark.parametrize("sight", SIGHT)
def test_better_and_worse_are_told_apart_by_everybody(sight: str) -> None:
    assert math.dist(seen("better", sight), seen("worse", sight)) >= 30


def test_the_charts_use_the_house_s_colours() -> None:
    from metrics import figures

    names = {"ink": figures.INK, "better": figures.BETTER, "worse": figures.WORSE, "unproven": figures.UNPROVEN}
    names |= {"edge": figures.EDGE, "rule": figures.RULE, "band": figures.BAND, "before": figures.BEFORE}
    assert {name: TOKENS[name] for name in names} == {name: colour.lower() for name, colour in names.items()}
