"""Whether a request comes from a page of ours: the rule for everything that changes something, in every service."""

from collections.abc import Callable, Mapping

from emergence.contracts.auth.problems import CrossSiteRequest


def require_own_page(headers: Mapping[str, str], is_own: Callable[[str], bool], *, or_no_browser: bool) -> None:
    """Refuse what other sites' pages send; `is_own` knows our origins. Raises CrossSiteRequest.

    Browsers say where a request comes from by Sec-Fetch-Site, older ones by Origin at least.
    `or_no_browser` lets requests pass that say neither: their credential must not be one that
    browsers attach by themselves.
    """
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise CrossSiteRequest("Send application/json.")
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        is_ours = site == "same-origin"
    elif origin is not None:
        is_ours = is_own(origin)
    elif or_no_browser:
        is_ours = True
    else:
        raise CrossSiteRequest("Beside the cookie, send the header Origin with the address of this server.")
    if not is_ours:
        raise CrossSiteRequest()
