"""A venue's own authority vouches for its room and for nothing else, and the page tells how to install it."""

import html
import stat
import subprocess

import httpx
import pytest
from click.testing import CliRunner
from cryptography import x509

from api.venue.certificates import (
    NotLocalError,
    ca_der,
    ca_fingerprint,
    make_certificate,
    served_names,
)
from frontend.cli import main
from frontend.cli.venue_page import install_page


def test_certificate_is_for_what_was_named(tmp_path):
    files = make_certificate(tmp_path / "venue", ["venue.local"], ["192.168.1.20"])

    assert served_names(files) == (["venue.local"], ["192.168.1.20"])


def test_openssl_finds_the_chain_sound_for_the_name_and_for_no_other(tmp_path):
    files = make_certificate(tmp_path / "venue", ["venue.local"], ["192.168.1.20"])

    def verified(*options):
        return subprocess.run(
            ["openssl", "verify", "-CAfile", files.ca, *options, files.server],
            capture_output=True,
            check=False,
        ).returncode

    assert verified("-verify_hostname", "venue.local", "-purpose", "sslserver") == 0
    assert verified("-verify_ip", "192.168.1.20") == 0
    assert verified("-verify_hostname", "other.local") != 0


def test_authority_may_vouch_for_private_addresses_and_local_names_only(tmp_path):
    files = make_certificate(tmp_path / "venue", ["venue.local"], [])
    authority = x509.load_pem_x509_certificate(files.ca.read_bytes())

    constraint = authority.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = {str(each.value) for each in constraint.value.permitted_subtrees or ()}

    assert constraint.critical
    assert "192.168.0.0/16" in permitted
    assert "local" in permitted
    assert not {name for name in permitted if name.endswith((".com", ".cn", "0.0.0.0/0"))}


def test_private_keys_are_their_owners_alone(tmp_path):
    files = make_certificate(tmp_path / "venue", ["venue.local"], [])

    assert {stat.S_IMODE(path.stat().st_mode) for path in (files.ca_key, files.server_key)} == {0o600}


def test_authority_stays_when_the_address_changes(tmp_path):
    """What is installed on forty tablets is not installed again."""
    first = make_certificate(tmp_path / "venue", ["venue.local"], ["192.168.1.20"])
    authority, key = first.ca.read_bytes(), first.server_key.read_bytes()

    second = make_certificate(tmp_path / "venue", ["venue.local"], ["10.0.0.5"])

    assert second.ca.read_bytes() == authority
    assert second.server_key.read_bytes() != key
    assert served_names(second)[1] == ["10.0.0.5"]


@pytest.mark.parametrize(
    ("names", "addresses"),
    [(["contest.example.org"], []), ([], ["8.8.8.8"]), ([], ["fe80::1"]), ([], ["none"]), ([], [])],
)
def test_public_names_and_addresses_are_refused(tmp_path, names, addresses):
    with pytest.raises(NotLocalError):
        make_certificate(tmp_path / "venue", names, addresses)
    assert not (tmp_path / "venue" / "ca.key").exists()


def test_command_says_what_it_made_and_no_key(tmp_path):
    answer = CliRunner().invoke(
        main, ["venue", "cert", "--name", "venue.local", "--ip", "192.168.1.20", "--data", str(tmp_path)]
    )

    assert answer.exit_code == 0, answer.output
    assert "SHA-256" in answer.output
    assert f"venue serve --data {tmp_path}" in answer.output
    assert "PRIVATE" not in answer.output


def test_page_hands_out_the_authority_and_nothing_else(tmp_path):
    files = make_certificate(tmp_path / "venue", ["venue.local"], [])
    with (
        install_page(files, "127.0.0.1", 0, "https://127.0.0.1:8443") as url,
        httpx.Client(base_url=url) as client,
    ):
        chinese, english = (html.unescape(client.get(path).text) for path in ("/", "/en"))
        certificate = client.get("/ca.crt")
        absent = [
            client.get(path).status_code for path in ("/ca.key", "/server.key", "/../ca.key", "/venue/ca.key")
        ]

    assert certificate.content == ca_der(files)
    for page in (chinese, english):
        assert ca_fingerprint(files) in page
        assert page.count("data:image/svg+xml") == 2
    assert "安卓平板" in chinese
    assert "Android tablet" in english
    assert absent == [404] * 4


@pytest.mark.parametrize("part", ["pull", "serve", "push", "cert"])
def test_every_part_explains_itself(part):
    answer = CliRunner().invoke(main, ["venue", part, "--help"], terminal_width=100)

    assert answer.exit_code == 0
    assert "--data" in answer.output


def test_token_does_not_go_over_plain_http_to_another_machine(tmp_path):
    answer = CliRunner().invoke(
        main,
        ["venue", "pull", "--from", "http://contest.example.org", "--session", "ses_0", "--out", str(tmp_path / "x.sbq")],
        env={"SHIBAIQIAN_TOKEN": "skc_live_secret"},
    )  # fmt: skip

    assert answer.exit_code == 1
    assert "https://" in answer.output
    assert "skc_live_secret" not in answer.output
