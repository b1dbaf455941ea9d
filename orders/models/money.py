MONEY = {"max_digits": 10, "decimal_places": 2}  # of every amount; in the site's one currency
