"""What people come with, in both practices. What is known is what the ways of working and the articles say, too."""

from practice_site.demo.shapes.practice import ConcernWords

ALLIANCE = (
    "Across nearly three hundred studies, a good working alliance goes with better results. That is a link and not "
    "proof of a cause, and it holds for many kinds of therapy."
)
NICE = (
    "The English guideline on post-traumatic stress (NICE NG116) recommends EMDR among other treatments for adults "
    "after trauma that was not related to combat. Researchers still disagree about what the eye movements add, and no "
    "treatment helps everyone."
)

WITHY_ROOMS = (
    ConcernWords(
        slug="after-something-frightening",
        name="After something frightening",
        summary="When it is over, and does not feel over.",
        may_help=(
            "Adults who are thrown back into an accident, an attack, a birth or a night on a ward: in dreams, in the "
            "body, or by a smell on the stairs. You need no diagnosis to write to us."
        ),
        what_happens=(
            "First you get steadier, and only then do you look at what happened, in pieces that you choose. You never "
            "have to tell all of it. Some of us work with EMDR, others by talking.\n\nIf you are not safe now, because "
            "somebody hurts or threatens you, that comes first: the page “Need help now?” says who answers."
        ),
        evidence=NICE,
        services=("emdr", "relational-therapy"),
    ),
    ConcernWords(
        slug="grief",
        name="Grief",
        summary="After a death, however long ago, and after other endings that nobody sends a card for.",
        may_help=(
            "People whom grief has left alone with it: because the others have stopped asking, because the one who "
            "died was not easy to love, or because the date says that it should be better by now."
        ),
        what_happens=(
            "We talk about who died, and about who you were with them. We do not hurry you to let go, and there are no "
            "stages to pass."
        ),
        evidence=(
            "Many people grieve without therapy, and need time and company rather than us. We say so if we think that "
            f"is you. {ALLIANCE}"
        ),
        services=("relational-therapy", "body-based-work"),
    ),
    ConcernWords(
        slug="low-for-a-long-time",
        name="Low for a long time",
        summary="Tired, flat, hard on yourself, and used to it.",
        may_help=(
            "Adults who have managed for years and can no longer say what for. If the low came suddenly and is deep, "
            "see your GP as well: some causes are of the body, and medicine may be a part of the answer."
        ),
        what_happens=(
            "We look for what the lowness once was good for, and with whom you learned to manage alone. Every six "
            "weeks we ask together whether this is helping."
        ),
        evidence=f"{ALLIANCE} If a short, structured treatment would suit you better, we will say so.",
        services=("relational-therapy", "parts-work", "body-based-work"),
    ),
    ConcernWords(
        slug="the-same-argument-again",
        name="The same argument, again",
        summary="For two people who would like to have a different one.",
        may_help=(
            "Couples of any kind who both want to come, also when they are not sure whether to stay. It is not the "
            "place to start where one of you is afraid of the other: write to us alone, and we think with you."
        ),
        what_happens=(
            "Ravi slows the argument down until both of you can hear it. Between the meetings you try small things, "
            "and tell him what happened."
        ),
        evidence="We can promise neither that you will stay together nor that it will be easier to part.",
        services=("relational-therapy", "parts-work"),
    ),
)

NAPERVILLE = (
    ConcernWords(
        slug="trauma",
        name="Trauma",
        summary="When something that is over does not feel over.",
        may_help="Adults and teenagers whom memories, dreams or their own bodies throw back into what happened.",
        what_happens="First you get steadier; then you look at what happened, in pieces that you choose.",
        evidence=NICE,
        services=("emdr", "body-based-work"),
    ),
    ConcernWords(
        slug="anxiety",
        name="Anxiety that does not let go",
        summary="Worry that runs ahead of you, and a body that believes it.",
        may_help="Adults and teenagers from 13 who plan their days around it.",
        what_happens="You get to know the part of you that worries, and what it is afraid would happen if it stopped.",
        evidence=f"{ALLIANCE} If a short, structured treatment would suit you better, we will say so.",
        services=("internal-family-systems", "body-based-work"),
    ),
    ConcernWords(
        slug="growing-up",
        name="Growing up",
        summary="For teenagers from 13, and for the adults who worry about them.",
        may_help="Young people who would rather talk to somebody who is not a parent, and parents who let them.",
        what_happens="Daniel meets you alone. What he tells your parents is agreed with you first, but for danger.",
        evidence=ALLIANCE,
        services=("internal-family-systems",),
    ),
    ConcernWords(
        slug="grief",
        name="Grief",
        summary="After a death, and after losses that nobody brings a casserole for.",
        may_help="Adults whom grief has left alone with it, in English or Spanish.",
        what_happens="We talk about who died, and about what your family does not say. Nobody hurries you.",
        evidence="Many people grieve without therapy, and need time and company rather than us. If so, we say it.",
        services=("body-based-work",),
    ),
    ConcernWords(
        slug="couples",
        name="Two people, one argument",
        summary="For couples who would like to have a different one.",
        may_help="Couples who both want to come. Where one is afraid of the other, write to us alone first.",
        what_happens="Priya slows the argument down until both of you can hear it.",
        evidence="We can promise neither that you will stay together nor that it will be easier to part.",
    ),
)
