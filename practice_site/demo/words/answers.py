"""Words to begin an answer with, for both practices. They go out from the practice's own mail program."""

from practice_site.demo.shapes.practice import AnswerWords

ANSWERS = (
    AnswerWords(
        title="There is a place",
        body="""Dear [name],

thank you for writing to us. I have read your message, and [clinician] has time for a first conversation.

Would one of these times suit you: … or …? Please answer with a day and an hour only; everything else is for when we
speak.

With kind regards
[me], [practice]""",
    ),
    AnswerWords(
        title="There is a waiting list",
        body="""Dear [name],

thank you for writing to us. [clinician] has no place at the moment; the wait is about … weeks. Would you like to wait,
or shall I ask a colleague who has time sooner?

With kind regards
[me], [practice]""",
    ),
    AnswerWords(
        title="We are not the right people",
        body="""Dear [name],

thank you for writing to us. For what you are looking for, others are better placed than we are: …

If it would help to talk for a few minutes about where to turn, I am glad to ring you.

With kind regards
[me], [practice]""",
    ),
)
