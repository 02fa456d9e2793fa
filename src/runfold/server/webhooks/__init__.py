"""Webhooks sent: to addresses that they may go to, once by one server, again when it failed."""
