from practice_site.demo.shapes.reading import TopicWords

from . import articles_1, articles_2, articles_3, articles_4, articles_5, articles_6, articles_7, articles_8

TOPICS = (
    TopicWords(
        "relational-neuroscience",
        "Relational neuroscience",
        "What is known about brains in company, and what is only a good story.",
    ),
    TopicWords(
        "attachment-and-repair",
        "Attachment and repair",
        "How closeness is made, missed and made again, at every age.",
    ),
    TopicWords(
        "how-therapy-works", "How therapy works", "What seems to help, what is still open, and what to ask for."
    ),
    TopicWords("reading-research", "Reading research", "Studies, scans and headlines, read slowly."),
)

WRITTEN = (articles_1, articles_2, articles_3, articles_4, articles_5, articles_6, articles_7, articles_8)
ARTICLES = tuple(each.ARTICLE for each in WRITTEN)
