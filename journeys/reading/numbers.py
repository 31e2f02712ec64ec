"""PURE: numbers as departments write them, read strictly: what a person would doubt is refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

DIGITS = 15
PLACES = Decimal("0.000001")
BOUND = 10**9
MOST_CASES = 10**9
SQUARES = 10**22


class NotANumber(ValueError):
    """The text is not a number in this format; ``code`` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class NumberFormat:
    """Decimal mark and thousands mark (none: empty). No exponents, underscores, signs other than one leading.

    ``mixed``: what is not written so may be written the other way round, with point and comma exchanged.
    """

    decimal: str = "."
    thousands: str = ""
    mixed: bool = False

    @cached_property
    def ways(self) -> tuple["NumberFormat", ...]:
        """The formats in which a text is looked for, in this order; one unless they are mixed."""
        if not self.mixed:
            return (self,)
        exchanged = {",": ".", ".": ","}
        other = NumberFormat(exchanged[self.decimal], exchanged.get(self.thousands, self.thousands))
        return NumberFormat(self.decimal, self.thousands), other

    @cached_property
    def pattern(self) -> str:
        """A regular expression, the same for Python and RE2, that whole texts of this format match."""
        if self.mixed:
            return "|".join(f"(?:{way.pattern})" for way in self.ways)
        mark = re.escape(self.decimal)
        plain = f"(?:[0-9]+(?:{mark}[0-9]*)?|{mark}[0-9]+)"
        if self.thousands:
            grouped = f"[0-9]{{1,3}}(?:{re.escape(self.thousands)}[0-9]{{3}})+(?:{mark}[0-9]*)?"
            plain = f"(?:{plain}|{grouped})"
        return f"[+-]?{plain}"

    def parse(self, text: str) -> Decimal:
        """The number, rounded half up to six decimals; NotANumber for anything not written in this format.

        At most 15 significant digits (what a spreadsheet keeps), below 10⁹ in size.
        """
        if not re.fullmatch(self.pattern, text):
            raise NotANumber(self._why(text))
        if self.mixed:
            return next(way for way in self.ways if re.fullmatch(way.pattern, text)).parse(text)
        clean = text.replace(self.thousands, "") if self.thousands else text
        clean = clean.replace(self.decimal, ".")
        if len(clean.lstrip("+-0.").replace(".", "")) > DIGITS:
            raise NotANumber("too_many_digits")
        number = Decimal(clean)
        if abs(number) >= BOUND:
            raise NotANumber("too_large")
        return number.quantize(PLACES, ROUND_HALF_UP)

    def reads(self, text: str) -> bool:
        """Whether the text is a number in this format."""
        try:
            self.parse(text)
        except NotANumber:
            return False
        return True

    def _why(self, text: str) -> str:
        other = NumberFormat("," if self.decimal == "." else ".", "." if self.decimal == "." else ",")
        return "other_number_format" if re.fullmatch(other.pattern, text) else "not_a_number"


STYLES = tuple(
    NumberFormat(decimal, thousands)
    for decimal, marks in ((".", ("", ",", "'", " ")), (",", ("", ".", "'", " ", "\u00a0", "\u202f")))
    for thousands in marks
)


def fitting(texts: Sequence[str]) -> list[NumberFormat]:
    """Every style in which each of the texts is a number, the plainest first."""
    found = list(STYLES)
    for text in texts:
        found = [style for style in found if style.reads(text)]
        if not found:
            break
    return found


def mixed(texts: Sequence[str]) -> tuple[NumberFormat, NumberFormat] | None:
    """Both ways round, the more frequent first, where no one format fits all the texts but the two together do."""
    pair = NumberFormat(",", ".", mixed=True), NumberFormat(".", ",", mixed=True)
    if not all(pair[0].reads(text) for text in texts):
        return None
    often = [sum(style.ways[0].reads(text) for text in texts) for style in pair]
    return pair if often[0] >= often[1] else (pair[1], pair[0])


def doubt(texts: Sequence[str], styles: Sequence[NumberFormat]) -> tuple[str, NumberFormat, NumberFormat] | None:
    """The first text that two of the styles read as different numbers, and those two; None where all agree."""
    for text in texts:
        readings = {style.parse(text): style for style in reversed(styles)}
        if len(readings) > 1:
            first, second = sorted(readings.values(), key=styles.index)[:2]
            return text, first, second
    return None
