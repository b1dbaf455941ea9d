"""What invented readers have written below the demo's articles."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CommentWords:
    article: str
    name: str
    words: str
    days_ago: int
    status: str = "published"
    email: str = ""
    held_because: str = ""
    reply: str = ""
    voice: str = ""  # author or practice
    replied_days_ago: int = 0


MINDS, CELLS = "minds-are-made-between-people", "can-adult-brains-grow-new-cells"
COMMENTS = (
    CommentWords(
        article=MINDS,
        name="Marit",
        words="The part about being met in the middle of a bad day stopped me. I had always thought that I was meant "
        "to manage those alone.",
        days_ago=9,
        reply="Thank you for saying so, Marit. I hope that somebody pulls up a chair.",
        voice="author",
        replied_days_ago=8,
    ),
    CommentWords(
        article=MINDS,
        name="Old Kettle",
        words="I read this to my sister over the telephone.\n\nWe do not agree about everything in it, but we talked "
        "for an hour, which had not happened for some time.",
        days_ago=5,
    ),
    CommentWords(
        article=CELLS,
        name="J. T., trainee",
        words="Grateful for the table. Could the next review say more about how the tissue was prepared? My course "
        "leans on this study heavily.",
        days_ago=12,
        reply="It could, and will: we have noted it for the next review.",
        voice="practice",
        replied_days_ago=11,
    ),
    CommentWords(
        article=MINDS,
        name="Rook",
        words="Is there a version of this that is short enough to put on a fridge?",
        days_ago=1,
        status="waiting",
        email="rook@example.org",
    ),
    CommentWords(
        article=CELLS,
        name="Best prices",
        words="Grow your own cells at https://cells.example/ and https://more-cells.example/ today.",
        days_ago=1,
        status="held",
        held_because="it has more than one link",
    ),
)
