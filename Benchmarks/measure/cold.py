"""Cold code: functions that run once, so that an emulator's translation is what takes the time."""

import random

from .rounds import by_mode, interleaved

FUNCTIONS = 8000
STATEMENTS = 6
GROUP = 100


def statement(numbers):
    constant, first, second, bit = (numbers.randrange(1, 1 << 20), numbers.randrange(64), numbers.randrange(64),
                                    numbers.randrange(20))
    return numbers.choice((
        f"x = x * {constant | 1}u + m[{first}];",
        f"if (x & {1 << bit}u) x ^= m[{first}]; else m[{second}] += x;",
        f"m[{first}] = x ^ (x >> {1 + second % 30});",
        f"x += (x << {1 + first % 20}) ^ {constant}u;",
        f"while ((x & 7) == {first % 8}) x = x * 5 + {1 + 2 * (second // 2)};",
        f"x -= m[{first}] & {constant}u;",
    ))


def write_functions(path):
    """The benchmark as C; the same every time."""
    numbers = random.Random(1)
    lines = ['#include "bench.h"']
    for index in range(FUNCTIONS):
        body = " ".join(statement(numbers) for _ in range(STATEMENTS))
        lines.append(f"static NOINLINE uint32_t f{index}(uint32_t x, uint32_t *m) {{ {body} return x; }}")
    # Compilers take long for one function with all calls.
    for first in range(0, FUNCTIONS, GROUP):
        calls = " ".join(f"x = f{index}(x, m);" for index in range(first, first + GROUP))
        lines.append(f"static NOINLINE uint32_t g{first}(uint32_t x, uint32_t *m) {{ {calls} return x; }}")
    lines += ["static uint64_t bench_cold(unsigned n) {", "    static uint32_t m[64];", "    uint64_t sum = 0;",
              "    uint32_t x = 1;", "    for (unsigned i = 0; i < 64; i++) m[i] = i * 2654435761u;", "    while (n--) {"]
    lines += [f"        x = g{first}(x, m);" for first in range(0, FUNCTIONS, GROUP)]
    lines += ["        sum = mix(sum, x);", "    }", "    return sum;", "}",
              'const struct bench benchmarks[] = {{"cold", bench_cold, 1, "cold"}, {0, 0, 0, 0}};']
    text = "\n".join(lines) + "\n"
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def measure(session):
    """CPU time of the whole process, which runs every function once."""
    name = f"{FUNCTIONS:,} functions run once"
    if not session.wants("cold"):
        return
    session.builds.build(["cold"])

    def sample(peer):
        done = peer.timed("cold", ["cold"])
        # The last word that it prints is a time.
        return done and (done[0].split()[2], done[1])

    for _, peer in session.peers.modes:
        peer.words("cold", "cold")
    results = interleaved(name, session.peers.with_modes(), session.rounds, sample, "cpu")
    yield from by_mode("cold", name, "cold code", session.peers, results, "cpu")
