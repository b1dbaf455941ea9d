from kit.privacy import about_nobody

about_nobody("articles.article.*", "articles.topic.*", "articles.reference.*", "articles.figure.*")
