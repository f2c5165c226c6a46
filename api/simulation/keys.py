"""Keys that follow from a seed and a number, so that whoever knows the number of a worker knows the person's key without asking."""

from hashlib import blake2b

# 1 January 2021 in milliseconds: keys of a simulated season sort before those that the database makes.
_BEGINNING = 1_609_459_200_000


class Keys:
    """UUIDs as text, which is how COPY and the hash chains want them. Two seasons of one database need two seeds."""

    def __init__(self, seed: int) -> None:
        self._key = blake2b(f"keys/{seed}".encode(), digest_size=32).digest()
        self._tails: dict[str, str] = {}

    def ordered(self, kind: str, number: int) -> str:
        """A key of version 7 that sorts by number, as those of persons, entries and operations do."""
        tail = self._tails.get(kind)
        if tail is None:
            digest = self._digest(kind)
            tail = self._tails[kind] = f"8{digest[:3]}-{digest[3:15]}"
        time = f"{_BEGINNING + (number >> 12):012x}"
        return f"{time[:8]}-{time[8:]}-7{number & 0xFFF:03x}-{tail}"

    def scattered(self, kind: str, group: int, number: int) -> str:
        """A key of version 4 that tells nothing inside its group, such as a contest; groups lie apart, so that an index stays local."""
        digest = self._digest(f"{kind}/{group}/{number}")
        return f"{group & 0xFFFFFFFF:08x}-{digest[:4]}-4{digest[4:7]}-8{digest[7:10]}-{digest[10:22]}"

    def salt(self, kind: str, number: int) -> bytes:
        """16 bytes."""
        return bytes.fromhex(self._digest(f"{kind}/{number}"))

    def _digest(self, text: str) -> str:
        return blake2b(text.encode(), digest_size=16, key=self._key).hexdigest()
