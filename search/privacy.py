from kit.guard.privacy import about_nobody

about_nobody("search.searchentry.*")  # what is public, copied; it goes with its row
