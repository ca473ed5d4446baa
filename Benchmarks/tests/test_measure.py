"""What Benchmarks/bench makes of its measurements: python3 -m unittest discover -s Benchmarks/tests"""

import random
import sys
import unittest
import xml.etree.ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from measure import baseline, builds, cold, plot, results, rounds, start, suite, system, tables, targets  # noqa: E402
from measure import translation  # noqa: E402

SUBJECT, RIVAL = "bsduser", "qemu 7.2"


def benchmark(name, classes, native, rival, subject, part="suite"):
    """A measurement whose times are given in nanoseconds."""
    times = {"native": native, RIVAL: rival, SUBJECT: subject}
    return rounds.measurement(part, name, classes,
                              {peer: values and {"cpu": values} for peer, values in times.items()}, "cpu")


def report(*measurements):
    return {"subject": SUBJECT, "rivals": [RIVAL], "measurements": list(measurements), "translation": {}}


def results_of(*measurements, architecture="mips64"):
    return {result.title: result for result in targets.class_results(architecture, report(*measurements))}


class TargetTests(unittest.TestCase):
    def test_a_class_counts_the_geometric_mean_of_medians(self):
        result = results_of(benchmark("a", ["integer"], [10, 10, 10], [80, 20, 20], [10, 10, 90]),
                            benchmark("b", ["integer"], [10], [80], [10]))["integer"]
        self.assertAlmostEqual(result.faster[RIVAL], 4)
        self.assertEqual(result.verdict(), "met")

    def test_a_class_may_not_be_slower_than_asked_against_native_code(self):
        fast_but_slow = benchmark("a", ["integer"], [10], [100], [20])
        self.assertEqual(results_of(fast_but_slow)["integer"].verdict(), "not met")

    def test_no_slower_is_asked_of_each_benchmark(self):
        quick = benchmark("getppid", ["system calls and signals"], [1], [90], [10])
        slow = benchmark("signal", ["system calls and signals"], [1], [10], [11])
        self.assertEqual(results_of(quick)["system calls and signals"].verdict(), "met")
        both = results_of(quick, slow)["system calls and signals"]
        self.assertEqual(both.verdict(), "not met")
        self.assertEqual(both.least[1], "signal")

    def test_a_failed_benchmark_fails_its_class(self):
        failed = benchmark("a", ["integer"], [10], [100], None)
        result = results_of(failed, benchmark("b", ["integer"], [10], [100], [10]))["integer"]
        self.assertIsNone(result.faster[RIVAL])
        self.assertEqual(result.verdict(), "not met")

    def test_no_target_is_neither_met_nor_missed(self):
        compiler = benchmark("compile", ["Go compiler, cold cache"], [10], [20], [10])
        self.assertEqual(results_of(compiler, architecture="mips64")["Go compiler, cold cache"].verdict(), "")
        self.assertEqual(results_of(compiler, architecture="aarch64")["Go compiler, cold cache"].verdict(), "not met")


class TableTests(unittest.TestCase):
    def test_a_cell_has_median_least_and_greatest(self):
        measured = benchmark("a", [], [1_500_000, 1_000_000, 3_000_000], [1], None)
        self.assertEqual(tables.cell(measured, "native"), "1.5 ms (1 ms – 3 ms)")
        self.assertEqual(tables.cell(measured, SUBJECT), "FAIL")
        self.assertEqual(tables.cell(measured, "another"), "–")

    def test_every_row_has_as_many_cells_as_the_header(self):
        text = tables.tables("mips64", report(benchmark("a", ["integer"], [10], [20], [10]),
                                              benchmark("b", ["memory"], [10], [20], None)))
        for block in text.split("\n\n"):
            lines = [line for line in block.splitlines() if line.startswith("|")]
            self.assertLessEqual(len({line.count("|") for line in lines}), 1, block)

    def test_times_are_shown_in_the_unit_that_fits(self):
        self.assertEqual([rounds.show_time(value) for value in (0.5, 12.34, 123_456, 2e9)],
                         ["0.5 ns", "12.3 ns", "123 µs", "2 s"])


class RoundTests(unittest.TestCase):
    class Named:
        def __init__(self, name):
            self.name = name

    def measured(self, products):
        peers = [self.Named(name) for name in products]
        return rounds.interleaved("title", peers, 2, lambda peer: products[peer.name], "cpu")

    def test_a_peer_with_another_product_than_the_first_fails(self):
        found = self.measured({"native": ("same", {"cpu": 1}), "good": ("same", {"cpu": 2}), "bad": ("other", {"cpu": 3})})
        self.assertEqual(found, {"native": {"cpu": [1, 1]}, "good": {"cpu": [2, 2]}, "bad": None})

    def test_a_peer_that_fails_once_fails(self):
        self.assertIsNone(self.measured({"native": ("same", {"cpu": 1}), "bad": None})["bad"])


class BaselineTests(unittest.TestCase):
    figures = {"fib": {"bytes": 2.0}, "sieve": {"bytes": 4.0}}

    def test_three_percent_are_no_difference(self):
        self.assertEqual(baseline.differences(self.figures, {"fib": {"bytes": 2.05}, "sieve": {"bytes": 3.9}}), ([], [], []))

    def test_more_is_worse_and_less_is_better(self):
        worse, better, missing = baseline.differences(self.figures, {"fib": {"bytes": 2.1}, "sieve": {"bytes": 3.0}})
        self.assertEqual((len(worse), len(better), missing), (1, 1, []))
        self.assertIn("fib: bytes: 2.000 before, 2.100 now (+5.0%)", worse)

    def test_a_benchmark_without_figures_is_noticed(self):
        self.assertTrue(baseline.differences(self.figures, {"fib": {"bytes": 2.0}, "sieve": {}})[2])
        self.assertTrue(baseline.differences(self.figures, {"fib": {"bytes": 2.0}})[2])
        self.assertTrue(baseline.differences({}, {"fib": {}})[2])

    def test_figures_need_both_counts(self):
        chosen = {"bytes": ("host", "guest"), "instructions": ("executed", "guest")}
        self.assertEqual(translation.figures({"host": 6, "guest": 2, "executed": None}, chosen), {"bytes": 3})
        self.assertEqual(translation.figures(None, chosen), {})


class ResultTests(unittest.TestCase):
    def test_later_results_add_to_earlier_ones_and_replace_them(self):
        first = report(benchmark("a", [], [1], [1], [1]), benchmark("b", [], [1], [1], [1]))
        second = report(benchmark("b", [], [2], [2], [2]))
        found = results.merged([{"host": "one", "architectures": {"mips64": {**first, "translation": {"bytes": 3}}}},
                                {"host": "two", "architectures": {"mips64": second, "aarch64": second}}])
        self.assertEqual(found["host"], "two")
        mips64 = found["architectures"]["mips64"]
        self.assertEqual([targets.median(m, "native") for m in mips64["measurements"]], [1, 2])
        self.assertEqual(mips64["translation"], {"bytes": 3})
        self.assertEqual(len(found["architectures"]["aarch64"]["measurements"]), 1)


class PlotTests(unittest.TestCase):
    def test_the_drawing_is_xml_with_a_bar_for_each_class(self):
        measured = report(benchmark("a", ["integer"], [10], [30], [10]), benchmark("b", ["memory"], [10], [5], [10]))
        text = plot.drawing({"architectures": {"mips64": measured, "aarch64": measured}})
        texts = [element.text for element in xml.etree.ElementTree.fromstring(text).iter() if element.tag.endswith("text")]
        self.assertEqual(texts.count("3.00"), 2)
        self.assertEqual(texts.count("0.50"), 2)
        self.assertIn("aarch64, qemu 7.2", texts)

    def test_without_results_it_is_empty_and_no_error(self):
        xml.etree.ElementTree.fromstring(plot.drawing({"architectures": {"mips64": report()}}))


class BuildTests(unittest.TestCase):
    class Session:
        """Builds nothing, and notes what it was asked for."""

        architecture = "mips64"

        def __init__(self, *only):
            self.only = only
            self.built = []
            self.builds = self

        def wants(self, name):
            return name in self.only

        def wanted(self, names):
            return [name for name in names if self.wants(name)]

        def build(self, names):
            self.built += names
            # What would be measured then is no matter.
            raise InterruptedError

    def built(self, *only):
        session = self.Session(*only)
        for part in (suite, cold, start, system):
            try:
                list(part.measure(session))
            except InterruptedError:
                pass
        return session.built

    def test_a_benchmark_takes_its_own_program_alone(self):
        self.assertEqual(self.built("fib"), ["bench"])
        self.assertEqual(self.built("mutex,two_threads"), ["system"])
        self.assertEqual(self.built("cold"), ["cold"])
        self.assertEqual(self.built("hello"), ["hello"])
        self.assertEqual(self.built("lua"), [])

    def test_the_sources_name_every_benchmark(self):
        go = [builds.HERE / "go/computing.go", builds.HERE / "go/threads.go"]
        counts = [len(set(builds.declared(sources))) for sources in (suite.TABLE, system.TABLES, go)]
        self.assertEqual(counts, [51, 16, 23])


class ColdTests(unittest.TestCase):
    def test_statements_are_the_same_every_time(self):
        self.assertEqual([cold.statement(random.Random(1)) for _ in range(2)], [cold.statement(random.Random(1))] * 2)


if __name__ == "__main__":
    unittest.main()
