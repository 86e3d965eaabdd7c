"""How earlier Keras wrote things: tables of strings, and pure functions on them.

Nothing here knows layers or models. Those who read old code or old files ask.
"""
