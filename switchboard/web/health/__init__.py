"""Whether the installation works, and what to do where it does not."""
