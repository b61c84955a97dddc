"""The whole product against the emulator, and the console in a real browser."""
