"""Which pages of a list are linked: the neighbours and both ends, however many there are."""

from collections.abc import Iterator

from django import template
from django.core.paginator import Page

register = template.Library()


@register.filter
def linked(page: Page) -> Iterator[int | None]:
    """Their numbers, and None where some are left out."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return (number if isinstance(number, int) else None for number in numbers)
