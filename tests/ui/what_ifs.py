"""What the tests read of a what-if."""


def metrics(page):
    """Return the figures of the what-if, which come after those of the first line."""
    return {metric.label: metric for metric in page.metric[-4:]}


def texts(page):
    return " ".join(each.value for each in (*page.subheader, *page.markdown, *page.caption))
