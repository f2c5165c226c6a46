"""The acts of handing out, in the order a session lives through them: out, in at the venue, back, taken back."""
