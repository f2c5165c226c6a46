"""Strong ETags from a row's `rev`, and If-Match on changes."""

from api.plumbing.problems import Problem


def etag(rev: int) -> str:
    """The ETag of version `rev`; it depends on nothing else, so that it is the same for every reader."""
    return f'"r{rev}"'


def base_rev_of(if_match: str | None) -> int:
    """The version a change is based on. Raises precondition_required without If-Match, stale for a tag not of ours."""
    if not if_match:
        raise Problem("precondition_required")
    tag = if_match.strip()
    if (
        tag.startswith('"r')
        and tag.endswith('"')
        and tag[2:-1].isascii()
        and tag[2:-1].isdigit()
        and len(tag) < 13
    ):
        return int(tag[2:-1])
    raise Problem("stale")
