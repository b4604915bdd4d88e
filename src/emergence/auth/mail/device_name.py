"""Call a browser by names of ours: what it calls itself is a stranger's text, and has no place in a letter."""

# In this order, because each also carries names of those after it.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
    ("emergence", "Emergence"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device_name(agent: str | None) -> str:
    """Return something like `Firefox, Windows`; empty when nothing is recognised."""
    found = (next((name for mark, name in marks if mark in (agent or "")), None) for marks in (BROWSERS, SYSTEMS))
    return ", ".join(name for name in found if name)
