"""A Stripe look-alike for tests and demos: loopback only, standard library only, no money."""

from .standin import StandIn
from .till import API_VERSION

__all__ = ["API_VERSION", "StandIn"]
