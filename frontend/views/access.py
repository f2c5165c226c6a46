"""X2 sign-in, and the page of a problem."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import FormState


class LoginPage(msgspec.Struct, frozen=True):
    """GET and POST /login with act=password (account, password, next) or act=totp (code); POST /login/link uses a link up."""

    TEMPLATE: ClassVar[str] = "access/login.html"

    step: Literal["password", "totp", "link", "link_sent"] = "password"
    next_path: str = ""
    sends_links: bool = False
    """Whether this installation can send somebody a link; without a sender they ask whoever looks after their account."""
    link_minutes: int = 15
    form: FormState = FormState()


class ProblemPage(msgspec.Struct, frozen=True):
    """What happened, is my data safe, what next, and the number to tell support. Texts come from the problem itself."""

    TEMPLATE: ClassVar[str] = "problems/problem.html"

    status: int
    title: str
    detail: str
    data_safe: str
    next_step: str
    request_id: str
    at: datetime
    code: str = ""
    retry_path: str | None = None
    home_path: str = "/"
