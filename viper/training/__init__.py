"""How the built-in models are trained: paintings ──► autoencoder ──► denoiser; paintings ──► encoder."""
