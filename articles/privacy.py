from articles.commenting.ending import KEPT as COMMENTS_KEPT
from articles.reports import KEPT
from kit.guard.privacy import Kept, about_nobody, days, delete_rows, keeps
from practice.markers import marker

keeps(
    Kept(
        "articles.errorreport",
        columns=("words", "source", "email", "found"),
        by="email",
        why="They found an error in an article, and some ask for an answer.",
        until=f"{days(KEPT)}.",
        erase=delete_rows,
    ),
)
keeps(
    Kept(
        "articles.comment",
        columns=("name", "email", "words", "agreed_words", "address_mark", "network_mark", "reply"),
        by="email",
        is_sealed=True,
        names=("name",),
        why="They wrote something below an article, to be published.",
        until="While it is published, until they delete it. What is not published, and from which network it came: "
        f"{days(COMMENTS_KEPT)}.",
        erase=delete_rows,
    ),
)
about_nobody("articles.article.*", "articles.topic.*", "articles.reference.*", "articles.figure.*")
about_nobody("articles.glossaryterm.*")
about_nobody("articles.claim.*", "articles.articlechange.*", "articles.errorreport.answer_by")
marker("error reports kept", "how long what readers report of an article is kept")(lambda: days(KEPT))
about_nobody("articles.publicationplan.*")
about_nobody("articles.commentblock.*")  # whose address or network it is cannot be read from it; a year at most
about_nobody("articles.reviewcomment.words", "articles.reviewcomment.passage")  # colleagues about an article
about_nobody("articles.previewlink.secret")  # leads to an article
marker("comments kept", "how long a comment that is not published is kept")(lambda: days(COMMENTS_KEPT))
