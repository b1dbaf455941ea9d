"""From where a page may load, whereto it may send, who may frame it."""


def directives(*, pays_at: str) -> dict[str, list[str]]:
    """In the shape of Django 6's SECURE_CSP. Own sources and nothing inline; `form-action` covers the redirect to the
    payment page. What the desk needs beyond that stands with the middleware."""
    return {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'", pays_at],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
