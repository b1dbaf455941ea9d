from typing import Any

MONEY: dict[str, Any] = {"max_digits": 10, "decimal_places": 2}  # of every amount; in the site's one currency
