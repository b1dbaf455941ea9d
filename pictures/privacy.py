from kit.guard.privacy import about_nobody

# Who put a picture in goes with their account. Whom a picture shows, nobody here can know.
about_nobody("pictures.picture.*")
