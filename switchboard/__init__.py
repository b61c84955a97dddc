"""Switchboard: a self-hosted control panel for many WhatsApp Business numbers."""
