"""The shapes of the demo's words: plain data, with the names of the model's own fields wherever that is possible.

Money and hours are strings for Decimal, dates are given relative to the day on which the demo is built. HTML holds only
what the rich text allows (h2, h3, p, ul, ol, li, blockquote, strong, em, a).
"""
