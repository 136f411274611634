"""The hub: from files that many parties send to measures that everyone trusts. Start reading at definitions.py."""
