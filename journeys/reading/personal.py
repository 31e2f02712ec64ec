"""PURE: what is personal in a file: columns that tell workers apart, identifiers of people, and words to be masked."""

import re
from collections.abc import Iterable, Sequence

MASK = "•••"
_WORKER = re.compile(
    r"(^|[^a-z])(operator[ei]?|operatrice|agent[ei]?|matricola|badge|cassier[aei]|addett[oaei]|dipendent[ei]|"
    r"interno|employee|cashier|clerk|staff id|worker|courier id|driver id)([^a-z]|$)"
)
_KINDS = {
    "email": r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+",
    "iban": r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",
    "fiscal_code": r"\b[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]\b",
    "phone": r"(?<![\w.,/-])(?:(?:\+|00)[0-9]{2}[ ./-]?)?(?:3[0-9]{2}|0[0-9]{1,3})"
    r"[ ./-]?[0-9]{2,4}(?:[ ./-]?[0-9]{2,4}){1,2}(?![\w,/-])",
}
_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE if kind != "phone" else 0) for kind, pattern in _KINDS.items()}
_ANY = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in _PATTERNS.values()), re.IGNORECASE)
_SOME = """
alberto alessandra alessandro alessia alessio alice andrea angela angelo anna antonella antonio arianna
barbara beatrice bruno camilla carla carlo caterina cecilia chiara claudia claudio cristian cristina daniela
daniele davide debora diego domenico donatella edoardo elena eleonora elisa elisabetta emanuela emanuele emma
enrico erica fabio fabrizio federica federico filippo francesca francesco gabriele gaia giacomo gianluca
gianni giorgia giorgio giovanna giovanni giulia giuliano giulio giuseppe giuseppina ilaria irene jacopo katia
lara laura lidia lorenzo luca lucia luciano luigi luisa manuela marcello marco margherita maria mario marta
martina massimo matteo maurizio mauro michela michele mirko monica nadia nicola nicoletta noemi paola paolo
patrizia pietro raffaele raffaella riccardo rita roberta roberto rosa rossella salvatore samuele sara serena
sergio silvia simona simone sofia sonia stefania stefano susanna teresa tiziana tommaso umberto valentina
valeria vincenzo vittoria vittorio james john mary linda robert patricia michael jennifer david elizabeth
william susan
"""
_GIVEN = frozenset(_SOME.split())
_CALLS = re.compile("tel|phone|cell|mobil|contatt|contact", re.IGNORECASE)
_NAME = re.compile(r"([^\W\d_]+)((?: [^\W\d_'’]+['’]?[^\W\d_]*){1,2})")


def names_a_worker(column: str) -> bool:
    """True for a header that identifies single workers (art. 4, L. 300/1970)."""
    return _WORKER.search(re.sub(r"[_\-.]+", " ", column.strip().casefold())) is not None


def identifier(text: str) -> str:
    """What identifies a person when the whole text does: email, phone, iban, fiscal_code; else empty."""
    text = text.strip()
    for kind, pattern in _PATTERNS.items():
        if pattern.fullmatch(text) and (kind != "phone" or _dials(text)):
            return kind
    return ""


def identifiers(texts: Iterable[str], heading: str = "") -> str:
    """The kind of identifier that at least half of the texts are; else empty.

    Bare digits are telephone numbers only under a heading that says so: order numbers look the same.
    """
    found = [identifier(text) for text in texts if text.strip() and (not text.isdigit() or _CALLS.search(heading))]
    kinds = [kind for kind in found if kind]
    return max(kinds, key=kinds.count) if found and len(kinds) * 2 >= len(found) else ""


def is_a_name(text: str) -> bool:
    """True for what looks like a person's name: a known given name and a surname, in either order."""
    match = _NAME.fullmatch(text.strip())
    if match is None or not text.strip().istitle():
        return False
    words = text.casefold().split()
    return words[0] in _GIVEN or words[-1] in _GIVEN


def names(texts: Sequence[str]) -> list[str]:
    """The texts that look like names, where they are too many to be chance: three, and over a third of all."""
    found = [text for text in texts if is_a_name(text)]
    return found if len(found) >= 3 and len(found) * 3 > len(texts) else []


def masked(text: str) -> str:
    """The text with every e-mail address, telephone number, IBAN and codice fiscale replaced."""
    return _ANY.sub(lambda match: MASK if _worth(match[0]) else match[0], text)


def initials(name: str) -> str:
    """A name of which only the first letters are left."""
    return " ".join(f"{word[:1]}{MASK}" for word in name.split())


def _worth(text: str) -> bool:
    return not _PATTERNS["phone"].fullmatch(text) or _dials(text)


def _dials(text: str) -> bool:
    """A number long enough to be called: eight digits and more, and marked as one by a prefix or nine digits."""
    digits = sum(character.isdigit() for character in text)
    return digits >= 8 and (text.startswith(("+", "00")) or digits >= 9)
