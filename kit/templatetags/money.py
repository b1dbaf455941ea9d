from django import template

from kit import money

register = template.Library()
register.filter("money", money.money)
register.filter("price", money.price)
