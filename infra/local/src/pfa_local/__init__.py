"""Runs the whole system on one machine without Docker: real servers, the services, a demo."""
