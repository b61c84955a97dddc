"""The demo on the terminal: what is being started, a bar split by state, a closing table."""

from collections.abc import Callable
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from switchboard.cli.demo.report import Report

# The console's colours for the same states.
_COLOURS = {
    "read": "green",
    "delivered": "cyan",
    "sent": "blue",
    "failed": "red",
    "skipped": "magenta",
    "held": "yellow",
    "waiting": "bright_black",
}
_WIDTH = 60


class Display:
    """Talks to the person; says nothing on standard output when only JSON is wanted there."""

    def __init__(self, *, is_json: bool) -> None:
        self.console = Console(stderr=is_json, highlight=False)

    def say(self, sentence: str) -> None:
        """Print a line."""
        self.console.print(sentence)

    def step(self, what: str, action: Callable[[], Any]) -> Any:
        """Show what is being done while it is being done, then a tick."""
        with self.console.status(what):
            result = action()
        self.console.print(f"[green]✓[/] {what}")
        return result

    def open_live(self) -> Live:
        """Return the area in which the progress is redrawn."""
        return Live(console=self.console, refresh_per_second=4, transient=False)

    def closing_table(self, report: Report) -> None:
        """Print what became of everybody, and whether every promise was kept."""
        table = Table(title="What became of the broadcast", title_justify="left", show_header=False)
        table.add_column(justify="left")
        table.add_column(justify="right")
        for name in ("planned", "sent", "delivered", "read", "replies", "opted_out", "waiting", "unknown"):
            table.add_row(name.replace("_", " "), f"{getattr(report, name):,}")
        for hold in report.held:
            table.add_row(f"  held: {hold['gate'].replace('_', ' ')} until {hold['until']}", f"{hold['count']:,}")
        for code, count in sorted(report.failed.items()):
            table.add_row(f"failed {code}", f"{count:,}", style="red")
        for reason, count in sorted(report.skipped.items()):
            table.add_row(f"skipped: {reason}", f"{count:,}", style="magenta")
        table.add_section()
        table.add_row("people who got it twice", f"{report.duplicates:,}")
        table.add_row("messages lost between the ledgers", f"{report.lost:,}")
        table.add_row("posted too late after a STOP", f"{report.sent_after_opt_out:,}")
        table.add_row("longest time from a STOP to a POST", f"{report.worst_opt_out_delay_seconds:.1f} s")
        table.add_row("seconds until settled", f"{report.seconds:,.1f}")
        table.add_row("messages per second", f"{report.messages_per_second:,.0f}")
        table.add_row("most messages of one number in a minute", f"{report.busiest_minute:,}")
        table.add_row("memory of our processes", f"{report.memory_mib:,} MiB")
        self.console.print()
        self.console.print(table)
        for sentence in report.broken_promises:
            self.console.print(f"[bold red]Broken promise:[/] {sentence}.")
        if not report.broken_promises:
            self.console.print("[green]Every promise kept, by the emulator's ledger and by ours.[/]")


def draw_progress(counts: dict[str, int], planned: int, speed: float, busiest: str, note: str) -> Panel:
    """Return the bar split by state with its legend; `counts` are exclusive and add up to `planned`."""
    bar = Text()
    for name, width in split_bar(counts, planned, _WIDTH):
        bar.append("█" * width, style=_COLOURS[name])
    legend = Text()
    for name in _COLOURS:
        if counts.get(name):
            legend.append("■ ", style=_COLOURS[name])
            legend.append(f"{name} {counts[name]:,}   ")
    pace = Text(f"{speed:,.1f} messages a second   {busiest}", style="dim")
    return Panel(
        Group(bar, legend, pace, Text(note, style="dim")), title=f"{planned:,} people", title_align="left", expand=False
    )


def split_bar(counts: dict[str, int], total: int, width: int) -> list[tuple[str, int]]:
    """Return how many of `width` cells each state gets: every state that has people gets at least one."""
    present = [(name, counts.get(name, 0)) for name in _COLOURS if counts.get(name, 0) > 0]
    if not present or total <= 0:
        return []
    cells = {name: max(1, round(width * count / total)) for name, count in present}
    largest = max(cells, key=lambda name: cells[name])
    cells[largest] = max(1, cells[largest] + width - sum(cells.values()))
    return [(name, cells[name]) for name, _ in present]
