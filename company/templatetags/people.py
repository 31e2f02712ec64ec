"""Who a number in a row that never changes is."""

from django import template

from company import people

register = template.Library()


@register.filter
def person(text: str) -> str:
    """The name of ``user 12``, or that the person was erased; any other text as it is."""
    return people.named(text or "")
