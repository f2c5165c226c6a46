"""The centre as a venue server speaks to it: a few requests, each answered or refused in words."""

import json
import ssl
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import click

from api.plumbing.problems import Problem
from api.venue.schemas import Difference, Report

PATIENCE = 60
OCTETS = "application/octet-stream"


class RefusedError(click.ClickException):
    """The centre has said no; the words are its own."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        lines = [
            f"{body.get('detail', '')}{body.get('next', '')}",
            f"{body.get('detail_en', '')} {body.get('next_en', '')}",
        ]
        super().__init__(
            "\n".join(line for line in lines if line.strip()) or f"The centre answered {status}."
        )
        self.code = body.get("code", "")


class Centre:
    """Requests in the name of an API token. The token never stands in a message."""

    def __init__(self, url: str, token: str, ca: Path | None) -> None:
        parts = urlsplit(url)
        local = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise click.ClickException(
                "The centre's address must begin with https://: a token and hashes of PINs travel."
            )
        self.base = f"{parts.scheme}://{parts.netloc}/api/v1"
        self.token = token
        self.tls = ssl.create_default_context(cafile=str(ca) if ca else None)

    def get(self, path: str) -> bytes:
        """The body of an answer. Raises RefusedError."""
        return self._send("GET", path, None, {})

    def post(self, path: str, content: bytes, content_type: str = "application/json") -> bytes:
        """The same for a request that changes something; sent again it is another one."""
        headers = {"Content-Type": content_type, "Idempotency-Key": str(uuid4())}
        return self._send("POST", path, content, headers)

    def _send(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            self.base + path,
            data=content,
            method=method,
            headers={**headers, "Authorization": f"Bearer {self.token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE, context=self._context()) as answer:  # noqa: S310
                body: bytes = answer.read()
                return body
        except urllib.error.HTTPError as error:
            raise RefusedError(error.code, _problem(error)) from error
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            reason = getattr(error, "reason", error)
            raise click.ClickException(
                f"The centre cannot be reached ({reason}). Nothing is lost: try again, or use --out FILE and a USB stick."
            ) from error

    def _context(self) -> ssl.SSLContext | None:
        return self.tls if self.base.startswith("https") else None


def _problem(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        body = json.loads(error.read())
    except ValueError:
        return {"detail_en": f"The centre answered {HTTPStatus(error.code).phrase}."}
    return body if isinstance(body, dict) else {}


def said(problem: Problem) -> click.ClickException:
    """A problem of our own side, in both languages."""
    body = problem.body()
    return click.ClickException(f"{body.detail}{body.next}\n{body.detail_en} {body.next_en}")


KINDS = {
    "mark": "marks",
    "sheet_move": "submissions, signatures and returns",
    "incident": "raised hands",
    "incident_answer": "answers to raised hands",
    "clock_event": "clock events",
    "judge_signature": "judges' signatures",
    "paper_copy": "paper copies",
    "paper_transfer": "paper transfers",
    "standing": "absences and the like",
    "act": "acts on record",
}
GAPS = {
    "sheet_open": "not submitted",
    "sheet_unsigned": "not signed",
    "tablet_holds": "marks still on a tablet",
    "older": "older than what the centre has",
}


def told(report: Report) -> str:
    """A report as a person reads it."""
    tallies = ", ".join(
        f"{tally.new} of {tally.sent} {KINDS.get(tally.kind, tally.kind)}"
        for tally in report.tallies
        if tally.sent
    )
    lines = [
        f"bundle {report.bundle} of hand-out {report.number}: new {tallies or 'nothing'}",
        f"  {report.equal} of {report.sheets} sheets have the same last link on both sides; session {report.state}",
    ]
    for gap in report.gaps:
        place = f"station {gap.station:02d} " if gap.station is not None else ""
        done = f" ({gap.done}/{gap.of})" if gap.of is not None else ""
        lines.append(f"  gap: {place}{gap.judge or ''} {GAPS[gap.kind]}{done}")
    for each in report.differences:
        lines.append(f"  to settle: {_difference(each)}")
    lines.append(
        "  complete: the centre may take the session back" if report.complete else "  not complete yet"
    )
    return "\n".join(lines)


def _difference(each: Difference) -> str:
    if each.kind == "judge_avoidance":
        return f"{each.judge} comes from the unit of a contestant of this item"
    return f"station {each.station or 0:02d} is {each.here} at the centre and {each.there} at the venue ({each.reason})"


token_option = click.option(
    "--token",
    envvar="SHIBAIQIAN_TOKEN",
    required=False,
    help="API token with the scopes venue.run and venue.read; better in SHIBAIQIAN_TOKEN, where no list of processes shows it.",
)
ca_option = click.option(
    "--ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The centre's own CA, if it has one.",
)
