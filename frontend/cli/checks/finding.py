"""One line of the doctor."""

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """What was looked at and what was found; with a `mend` it is wrong, or merely missing where it is `optional`."""

    subject: str
    state: str
    mend: str = ""
    optional: bool = False

    @property
    def wrong(self) -> bool:
        return bool(self.mend) and not self.optional

    def line(self) -> str:
        mark = "wrong" if self.wrong else "note " if self.mend else "ok   "
        text = " ".join(f"{self.subject}: {self.state}".split())
        return f"{mark}  {text}" + (f"  →  {self.mend}" if self.mend else "")
