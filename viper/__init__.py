"""ViPer: pictures that follow one person's taste."""
