"""How the built-in models are trained, from nothing but paintings.

paintings ──► autoencoder ──► denoiser      the generator
          └─► encoder                       the scorer

Presets: `cpu` and `gpu` are what ships; `tiny` has the same shape and learns little, in seconds:
it shows that a training works from end to end before hours are spent on it.
"""
