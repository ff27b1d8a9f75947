"""The web app: four screens over the studio, and three endpoints. The only Gradio.

    app.py ──► launch(studio, settings) ──► page ── Discover, My taste, Create, Gallery   (Blocks)
                                            ├── api: /extract, /generate, /score          (Blocks)
                                            └── routes: a person's pictures and files     (ASGI)

Handlers bring values in, call one use case, and bring values out; what they show is HTML of our
own (`markup`), because Gradio's gallery would copy pictures to where everybody can read them.
"""
