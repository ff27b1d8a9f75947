"""What four personalized pictures cost, measured in a process of their own.

`python -m viper.evaluation.cost` draws them and prints seconds and peak memory as JSON.
"""

import json
import subprocess
import sys
import time

from viper.evaluation.statistics import Figures, plain

PICTURES = 4
DEGREE = 0.8


def cost() -> Figures:
    """Seconds of drawing (loading apart) and peak memory of the whole process, in GB (10^9)."""
    command = [sys.executable, "-m", "viper.evaluation.cost"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return {name: plain(value) for name, value in measured.items()}


def main() -> None:
    """Draws, and prints what it took."""
    import resource  # not on every system, and only this process needs it

    from viper.evaluation.drawn import TASTE
    from viper.generation import GenerationRequest
    from viper.generation.models import load_generator

    started = time.perf_counter()
    generator = load_generator("builtin", device="cpu")
    loaded, worked = time.perf_counter(), time.process_time()
    request = GenerationRequest(
        prompt="a castle", preference=TASTE, count=PICTURES, liked_degree=DEGREE,
        disliked_degree=DEGREE,
    )  # fmt: skip
    list(generator.generate(request))
    drawn = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    measured = {
        "seconds_to_load": loaded - started,
        f"seconds_for_{PICTURES}_pictures": drawn - loaded,
        # Of all cores together: what it takes where others are working, too.
        f"cpu_seconds_for_{PICTURES}_pictures": time.process_time() - worked,
        # Kilobytes on Linux, bytes on macOS.
        "peak_memory_gb": peak * (1 if sys.platform == "darwin" else 1024) / 1e9,
    }
    json.dump(measured, sys.stdout)


if __name__ == "__main__":
    main()
