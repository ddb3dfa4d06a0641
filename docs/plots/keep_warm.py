"""The plot of docs/keep-warm.md: cold starts by traffic, as lambwsgi/deploy/stage/simulation.py models them."""

from __future__ import annotations

import sys

import matplotlib as mpl

mpl.use("svg")
# The same picture gives the same bytes.
mpl.rcParams["svg.hashsalt"] = "lambwsgi"

from matplotlib import pyplot as plt  # noqa: E402 - after the choice of how to draw

from lambwsgi.deploy.stage.simulation import Strategy, Traffic, simulate  # noqa: E402 - the same

REQUESTS = [10 * 10 ** (step / 6) for step in range(25)]
STRATEGIES = [Strategy("nothing"), *(Strategy(f"keep {count} warm", warm=count) for count in (1, 3, 5, 10))]


def main() -> None:
    """Draw into the file that is named on the command line."""
    figure, axes = plt.subplots(figsize=(7.5, 4.5))
    for strategy in STRATEGIES:
        days = [simulate(Traffic(count, 3, 0.1, 1.0), strategy) for count in REQUESTS]
        axes.plot(REQUESTS, [day.cold / day.requests * 100 if day.requests else 0 for day in days], label=strategy.name)
    axes.set_xscale("log")
    axes.set_xlabel("requests a day, three at once")
    axes.set_ylabel("requests that wait for INIT, %")
    # Linear below a tenth of a percent, so that none at all can be shown.
    axes.set_yscale("symlog", linthresh=0.1)
    axes.set_yticks([0, 0.1, 1, 10, 100], ["0", "0.1", "1", "10", "100"])
    axes.set_ylim(bottom=0, top=110)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(sys.argv[1], metadata={"Date": None})


if __name__ == "__main__":
    main()
