"""A shop with a sender, an applier and the emulator as Meta, for whatever a person does to leave."""

from tests.readings.conftest import emulator, gateway, shop

__all__ = ["emulator", "gateway", "shop"]
