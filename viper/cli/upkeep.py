"""Commands that start the app and rebuild what it ships with."""

from typing import Annotated

import typer

from viper.cli.console import AsJson, emit, say


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 7860,
    share: Annotated[bool, typer.Option(help="Also through a public Gradio link.")] = False,
) -> None:
    """Start the web app, as `python app.py` does."""
    import runpy

    from viper.settings import ROOT

    # The app stands above the commands, so it is run, not imported.
    runpy.run_path(str(ROOT / "app.py"), run_name="viper_app")["serve"](
        host=host, port=port, share=share
    )


def doctor(as_json: AsJson = False) -> None:
    """Tell what is installed, chosen and missing; exit 1 if something needed is missing."""
    from viper.cli.doctor import MARKS, findings

    found = tuple(findings())
    for finding in found:
        say(f"{MARKS[finding.verdict]} {finding.text}")
    bad = sum(finding.verdict == "bad" for finding in found)
    say("Everything needed is there." if not bad else f"Needing attention: {bad}.")
    if as_json:
        emit([{"verdict": finding.verdict, "text": finding.text} for finding in found])
    if bad:
        raise typer.Exit(1)
