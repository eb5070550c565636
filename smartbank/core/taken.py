"""What is said of customers who came on another list between the look at a plan and its release."""

from smartbank.core.wording import plural


def replaced_words(taken: int, replaced: int) -> str:
    """Return who came in the place of so many customers, as a sentence: others, some others, or nobody."""
    if replaced >= taken:
        return "Others took their places."
    if not replaced:
        return f"Nobody was left to take their places: the list is {plural(taken, 'customer')} shorter."
    return f"{replaced:,} of their places went to others: the list is {plural(taken - replaced, 'customer')} shorter."
