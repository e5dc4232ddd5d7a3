#!/usr/bin/python3
"""Where two workers' time goes while they answer session checks: a flame graph, from perf's samples.

script/bench flamegraph runs it, as root (or with kernel.perf_event_paranoid of at most 1). The wider a box, the more of
the samples had this function on their stack; what stands on it was called by it. Writes docs/flamegraph.svg.
"""
import collections
import os
import re
import subprocess
import sys
import tempfile
import typing
import xml.sax.saxutils

import stage

SECONDS = 5  # of samples
HERTZ = 499  # no multiple of the kernel's tick
STACK_BYTES = 16384  # copied with each sample, because the libraries keep no frame pointers
LEAST_SHARE = 0.002  # of the samples; a narrower box could not be read
WIDTH, ROW, LETTER = 1200, 17, 6.6  # pixels
COLOURS = {"Postern": "#8fc3a3", "SQLite": "#e8b55c", "other libraries": "#dcc9a8", "the kernel": "#c9d3dc"}


class Function(typing.NamedTuple):
    name: str
    owner: str  # a key of COLOURS


def record(pids, seconds):
    """The lines of perf script about that time of these processes."""
    with tempfile.TemporaryDirectory(prefix="postern-flame-") as directory:
        data = f"{directory}/perf.data"
        subprocess.run(["perf", "record", "--quiet", f"--freq={HERTZ}", f"--call-graph=dwarf,{STACK_BYTES}",
                        f"--output={data}", f"--pid={','.join(map(str, pids))}", "--", "sleep", str(seconds)],
                       check=True, stdout=subprocess.DEVNULL)
        shown = subprocess.run(["perf", "script", f"--input={data}", "--fields=comm,ip,sym,dso", "--no-inline"],
                               check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return shown.stdout.splitlines()


def function_of(frame):
    """Of "  55d0 web::check_session(web::Visit&)+0x12 (/usr/sbin/postern)"."""
    found = re.match(r"\s*[0-9a-f]+ (.*) \((.*)\)$", frame)
    symbol, file = (found[1], os.path.basename(found[2])) if found else ("[unknown]", "")
    library = file.split(".so")[0]
    name = f"[{library}]" if symbol.startswith("[unknown]") else bare(symbol)
    owner = {"libsqlite3": "SQLite", "postern": "Postern"}.get(library, "other libraries")
    return Function(name, "the kernel" if library.startswith("[kernel") else owner)


def bare(symbol):
    """Without parameters and template arguments."""
    symbol = symbol.replace("(anonymous namespace)::", "")
    before = None
    while symbol != before:
        before, symbol = symbol, re.sub(r"\([^()]*\)|<[^<>]*>|\+0x[0-9a-f]+$", "", symbol)
    return symbol.removesuffix(" const").split(" ")[-1]


def stacks_of(lines):
    """How many samples each stack has; the outermost function comes first."""
    stacks, frames = collections.Counter(), []
    for line in [*lines, ""]:
        if line[:1].isspace():
            frames.append(function_of(line))
        elif not line and frames:
            stacks[tuple(reversed(frames))] += 1
            frames = []
    return stacks


class Box:
    def __init__(self, function):
        self.function, self.samples, self.callees = function, 0, {}

    def add(self, stack, samples):
        box = self
        box.samples += samples
        for function in stack:
            box = box.callees.setdefault(function, Box(function))
            box.samples += samples

    def height(self, least):
        return 1 + max((callee.height(least) for callee in self.callees.values() if callee.samples >= least), default=0)


class Drawing:
    def __init__(self, root):
        self.scale = WIDTH / root.samples
        self.least = max(1, root.samples * LEAST_SHARE)
        self.rows = root.height(self.least)
        self.parts = []
        self.legend()
        self.draw(root, 0, 0)

    def legend(self):
        for place, (owner, colour) in enumerate(COLOURS.items()):
            self.parts.append(f'<rect x="{4 + 150 * place}" y="4" width="12" height="12" fill="{colour}"/>'
                              f'<text x="{21 + 150 * place}" y="14">{owner}</text>')

    def draw(self, box, left, row):
        width, top = box.samples * self.scale, (self.rows - row) * ROW
        name = xml.sax.saxutils.escape(box.function.name)
        shown = xml.sax.saxutils.escape(box.function.name[:max(0, int((width - 4) / LETTER))])
        self.parts.append(f'<g><title>{name}: {100 * width / WIDTH:.1f} %</title><rect x="{left:.1f}" y="{top}" '
                          f'width="{width:.1f}" height="{ROW - 1}" fill="{COLOURS[box.function.owner]}"/>'
                          f'<text x="{left + 2:.1f}" y="{top + 12}">{shown}</text></g>')
        for callee in sorted(box.callees.values(), key=lambda callee: callee.function):
            if callee.samples >= self.least:
                self.draw(callee, left, row + 1)
                left += callee.samples * self.scale

    def text(self):
        height = (self.rows + 1) * ROW
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="monospace" '
                f'font-size="11"><title>Session checks in two workers</title><rect width="{WIDTH}" height="{height}" '
                f'fill="#fff"/>{"".join(self.parts)}</svg>\n')


def share_of_owners(stacks):
    """By who is at the top of the stack: 0 to 1."""
    counts = collections.Counter()
    for stack, samples in stacks.items():
        counts[stack[-1].owner] += samples
    return {owner: counts[owner] / sum(counts.values()) for owner in COLOURS}


def main():
    stage.options(__doc__, "the same")
    with stage.filled() as state, stage.Server(state) as server:
        loading = stage.start_load(f"{server.origin}/account/session", connections=32, seconds=SECONDS + 3,
                                   lines=state / "sessions", **stage.SESSION)
        lines = record(server.workers(), SECONDS)
        result = stage.finish_load(loading)
        stacks = stacks_of(lines)
    root = Box(Function("two workers", "Postern"))
    for stack, samples in stacks.items():
        root.add(stack, samples)
    if not result["valid"] or root.samples == 0:
        return 1
    (stage.ROOT / "docs" / "flamegraph.svg").write_text(Drawing(root).text(), encoding="utf-8")
    shares = ", ".join(f"{owner} {share:.0%}" for owner, share in share_of_owners(stacks).items())
    text = (f"{stage.machine()}; {root.samples:,} samples of {SECONDS} s, {result['rate']:,.0f} session checks a second "
            f"meanwhile. The workers' time by who spent it: {shares}.\n\n![Flame graph of the session check](flamegraph.svg)")
    return stage.conclude("flamegraph", text, [])


if __name__ == "__main__":
    sys.exit(main())
