from practice_site.demo.shapes.reading import TermWords

TERMS = (
    TermWords(
        "hippocampus", "A small part of the brain, one on each side, that helps with memory and with finding one’s way."
    ),
    TermWords("neurogenesis", "The making of new nerve cells."),
    TermWords(
        "plasticity", "That the brain changes with use: connections between its nerve cells grow stronger or weaker."
    ),
    TermWords(
        "working alliance",
        "How well a client and a therapist work together: they agree on what they want and on how to go about it, and "
        "there is a bond.",
    ),
)
