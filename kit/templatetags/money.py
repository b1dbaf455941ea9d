from django import template

from kit.local import money

register = template.Library()
register.filter("money", money.money)
register.filter("price", money.price)
