"""A procedural painter: pictures whose attributes are known, because a program made them.

scene (what) + palette (colors) + style (how) + finish (light, texture) ──► painting
"""
