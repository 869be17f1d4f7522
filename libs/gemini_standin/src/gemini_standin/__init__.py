"""A loopback server that speaks the Gemini HTTP API, and misbehaves on request."""

from gemini_standin.brain import Brain, Reply, share_a_word
from gemini_standin.server import GeminiStandin, Misbehaviour, Recorded

__all__ = ["Brain", "GeminiStandin", "Misbehaviour", "Recorded", "Reply", "share_a_word"]
