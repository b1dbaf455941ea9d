"""Zoom as far as the site can tell: an own server on loopback that speaks HTTP, in the shapes that Zoom publishes."""

from .standin import ZoomStandIn

__all__ = ["ZoomStandIn"]
