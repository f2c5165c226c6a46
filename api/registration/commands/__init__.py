"""The acts of registration in the order an entry lives through them."""

from api.registration.commands.registering import correct_entry, register_entry, set_rules
from api.registration.commands.reviewing import move_entry
from api.registration.commands.standings import change_standing

__all__ = ["change_standing", "correct_entry", "move_entry", "register_entry", "set_rules"]
