"""Tables that commands put into pages of docs, between two comments."""
import os

from . import tools


def fill(page, name, text):
    """Replaces what stands between <!-- NAME --> and <!-- end of NAME -->."""
    path = os.path.join(tools.ROOT, "docs", page)
    with open(path) as file:
        before, _, rest = file.read().partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- end of {name} -->")
    if not end:
        raise SystemExit(f"docs/{page} has no place for {name}")
    with open(path, "w") as file:
        file.write(f"{before}<!-- {name} -->\n{text}{end}{after}")
