"""Threads of one person with one number: sessions, state, priority, who is answering, timers, business hours."""
