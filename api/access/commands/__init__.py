"""Acts of the access room, by what they concern."""

from api.access.commands.accounts import (
    change_account,
    create_account,
    create_administrator,
    make_badge,
    make_link,
    remove_totp,
)
from api.access.commands.devices import enrol_device, revoke_device
from api.access.commands.grants import give_grant, revoke_grant, take_support
from api.access.commands.own import change_password, confirm_totp, enrol_totp
from api.access.commands.signing_in import sign_in, sign_in_by_badge, sign_in_by_link
from api.access.commands.tokens import create_token, revoke_token
from api.access.sessions import sign_out

__all__ = [
    "change_account",
    "change_password",
    "confirm_totp",
    "create_account",
    "create_administrator",
    "create_token",
    "enrol_device",
    "enrol_totp",
    "give_grant",
    "make_badge",
    "make_link",
    "remove_totp",
    "revoke_device",
    "revoke_grant",
    "revoke_token",
    "sign_in",
    "sign_in_by_badge",
    "sign_in_by_link",
    "sign_out",
    "take_support",
]
