"""What may be a password (OWASP ASVS 6): length decides, composition does not, what everybody tries is refused."""

import pytest

from api.access.passwords import hash_secret, matches, password_fault


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("elf zeichen", "password_short"),
        ("zwölfzeichen", None),
        ("四月的焊花落在第七工位", "password_short"),
        ("四月的焊花落在第七工位上", None),
        ("ein ganz gewöhnlicher satz ohne ziffern", None),
        ("x7" * 64, "password_common"),
        ("abcdefg hijk " * 9 + "abcdefghijk", None),
        ("k3 " + "noch ein Satz " * 8 + "lang", None),
        ("w" + "noch ein Satz " * 10, "password_long"),
        ("aaaaaaaaaaaa", "password_common"),
        ("123456789012345", "password_common"),
        ("qwertyuiop[]", "password_common"),
        ("zyxwvutsrqponm", "password_common"),
        ("Password12345!", "password_common"),
        ("shibaiqian2021", "password_common"),
        ("woaini1314520", "password_common"),
        ("li.wei.fitter", "password_common"),
        ("Li.Wei.Fitter2021", "password_common"),
    ],
)
def test_password_rule(password, fault):
    found = password_fault(password, "li.wei.fitter")

    assert (found and found.code) == fault


async def test_composed_and_decomposed_characters_are_the_same_password():
    kept = await hash_secret("Schl\u00fcssel im Schlo\u00df")

    assert await matches(kept, "Schlu\u0308ssel im Schlo\u00df")
    assert not await matches(kept, "Schlussel im Schlo\u00df")


async def test_hash_is_argon2id_with_19_mib_at_least():
    assert (await hash_secret("one of many")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
