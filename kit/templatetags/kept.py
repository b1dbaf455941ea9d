"""`{% kept "footer" %}…{% endkept %}`: a part of every page that is the same for everybody, rendered once.

Further words of the tag are values that tell one variant from another; nothing else of the page may be used within.
"""

from dataclasses import dataclass

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token

from kit.pages.kept import constant

register = template.Library()


@dataclass
class Kept(template.Node):
    nodelist: NodeList
    names: list[FilterExpression]

    def render(self, context: template.Context) -> str:
        name = " ".join(str(each.resolve(context)) for each in self.names)
        return constant(f"part of a page: {name}", lambda: self.nodelist.render(context))


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    names = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(["endkept"])
    parser.delete_first_token()
    return Kept(nodelist, names)
