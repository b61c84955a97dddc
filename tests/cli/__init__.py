"""Tests of the command line, the embedded server and the supervisor."""
