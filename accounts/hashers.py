from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """With the least that OWASP advises (its Password Storage Cheat Sheet): 19 MiB, two passes, one thread.

    Django's own settings take 100 MiB and eight threads for each try, and a small server has neither to spare while
    several people sign in at once.
    """

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
