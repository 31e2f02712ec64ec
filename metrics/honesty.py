"""PURE: whether a title a person writes says no more than the data: the rules that generated sentences obey.

At most 90 characters and two numbers; never a cause; a verb of change only where a change is demonstrated, and never
the opposite one.
"""

import re

LONGEST, NUMBERS = 90, 2
NUMBER = re.compile(r"[−+-]?\d+(?:[.,\u00a0\u202f]\d+)*")
CAUSE = {
    "it": r"\b(causa\w*|provoca\w*|determina\w*|a causa|per colpa|colpa|grazie a\w*|perciò|quindi)\b",
    "en": r"\b(caus(?:e|es|ed|ing)|because|due to|thanks to|leads? to|led to|therefore|blame\w*)\b",
    "fr": r"\b(cause[sr]?|causé\w*|provoque\w*|à cause|faute d\w*|grâce|entraîne\w*|donc)\b",
}
BETTER = {
    "it": r"\b(miglior\w+|sal(?:e|gono|ita)|cresc\w+|aument\w+|guadagn\w+)\b",
    "en": r"\b(improv\w+|ris(?:e|es|ing)|rose|grow\w*|gain\w*|better)\b",
    "fr": r"\b(amélior\w+|mont(?:e|ent|ée)|augment\w+|progress\w+|gagn\w+)\b",
}
WORSE = {
    "it": r"\b(peggior\w+|scend\w+|cal[ao]\w*|perd\w+|diminu\w+|cad\w+)\b",
    "en": r"\b(worse\w*|fall\w*|fell|drop\w*|lose\w*|lost|declin\w+|decreas\w+)\b",
    "fr": r"\b(dégrad\w+|baiss\w+|perd\w*|dimin\w+|recul\w+|chut\w+)\b",
}


def faults(text: str, code: str, language: str) -> list[str]:
    """Codes of what is wrong with a title in the place of the message ``code``: long, numbers, cause, change, against.

    ``change``: it speaks of a change that is not demonstrated; ``against``: of the opposite of the demonstrated one.
    """
    found = []
    if len(text) > LONGEST:
        found.append("long")
    if len(NUMBER.findall(text)) > NUMBERS:
        found.append("numbers")
    if _says(CAUSE, text, language):
        found.append("cause")
    better, worse = _says(BETTER, text, language), _says(WORSE, text, language)
    verdict = code.rpartition(".")[2]
    if (better or worse) and verdict in ("unproven", "too_little", "first", "none", "hidden", "reduced"):
        found.append("change")
    if (verdict == "worse" and better and not worse) or (verdict == "better" and worse and not better):
        found.append("against")
    return found


def _says(words: dict[str, str], text: str, language: str) -> bool:
    return re.search(words[language], text.replace("’", "'"), re.IGNORECASE) is not None
