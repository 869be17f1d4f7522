"""From bytes to what they say: media types, images, text recognition, receipts, OFX and CSV.

What computes or could be attacked runs in worker processes (`pool`); the functions here are pure
but for that.
"""
