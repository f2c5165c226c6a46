"""When Python looks for garbage, in processes that answer others."""

import gc

# Young objects are looked through every ten thousand, and all of them hundreds of times more seldom than Python's own
# figures would: a look at everything that 2,000 open streams hold takes more than a tenth of a second, in which nobody is answered.
_THRESHOLDS = 10_000, 20, 100


def settle() -> None:
    """Call it when everything is loaded: what is there now stays, and is never looked through again."""
    # Garbage goes first, or it would stay too.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
