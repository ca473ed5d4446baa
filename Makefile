# Short names for what a contributor calls often. Scripts/ does the work.

SWIFT ?= swift
RELEASE := .build/release
PREFIX ?= /usr/local

.PHONY: hello release test check stress install uninstall bench

# Installs what is needed, builds, and runs a FreeBSD/mips64 program.
hello:
	Scripts/try

release:
	Scripts/install-packages run
	$(SWIFT) build -c release

# The checks of the sources, all tests, and the checks of what was built.
test:
	Scripts/test

check:
	Scripts/check sources

# Signal storms, crowds of threads and Go's stress tests, for twenty minutes; STRESS holds options of Tests/Stress/stress.
stress: release
	Tests/Stress/stress $(STRESS)

# Compares with native code and with qemu-user; every checksum is checked. BENCH holds options of Benchmarks/bench.
bench: release
	Scripts/install-packages bench
	Benchmarks/bench $(BENCH)

# PREFIX is where it will be used; DESTDIR, for packages, is put before it.
install: release
	Scripts/install $(RELEASE) $(DESTDIR)$(PREFIX)

uninstall:
	Scripts/uninstall $(DESTDIR)$(PREFIX)
