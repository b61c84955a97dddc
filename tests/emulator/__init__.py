"""The emulator against real HTTP on loopback."""
