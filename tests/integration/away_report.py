"""What an outage has done, as a table."""

import statistics
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Effect:
    """What became of one kind of thing that people caused while the store was away.

    Attributes:
        name: what it is.
        outcome: how many of how many, in words.
        when: when it was there, in words.
        is_right: whether nothing was lost that must not be, and nothing doubled.
    """

    name: str
    outcome: str
    when: str
    is_right: bool


@dataclass
class Report:
    """What an outage has done.

    Attributes:
        seconds: how long the store was away.
        took: how many seconds each request took meanwhile, by what was asked for.
        effects: what became of what.
    """

    seconds: float
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    effects: list[Effect] = field(default_factory=list)

    @property
    def slowest(self) -> float:
        """How many seconds the slowest request took."""
        return max(max(times) for times in self.took.values())

    def table(self) -> str:
        """Returns it in words."""
        lines = [f"The store was away for {self.seconds:.0f} s.", ""]
        lines += [f"{'asked for meanwhile':<24}{'times':>6}{'median':>10}{'slowest':>10}"]
        lines += [
            f"{what:<24}{len(times):>6}{statistics.median(times):>8.3f} s{max(times):>8.3f} s"
            for what, times in self.took.items()
        ]
        lines += ["", f"{'effect':<30}{'outcome':<46}when"]
        lines += [
            f"{effect.name:<30}{effect.outcome:<46}{effect.when}{'' if effect.is_right else '   WRONG'}"
            for effect in self.effects
        ]
        return "\n".join(lines)
