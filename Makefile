# What a user or contributor calls. `make hello` and `make test` need nothing but Debian 12 and Swift 6.3.

SWIFT ?= swift
JOBS ?= $(shell nproc)
RELEASE := .build/release
PREFIX ?= /usr/local
HELLO := Examples/guests/mips64/hello

.PHONY: hello release debug test check install bench

# Installs what is needed, builds, and runs a FreeBSD/mips64 program.
hello: release
	$(RELEASE)/bsduser $(HELLO) world

release:
	Scripts/install-packages run
	$(SWIFT) build -c release -j $(JOBS)

debug:
	Scripts/install-packages test
	$(SWIFT) build -j $(JOBS)
	$(SWIFT) build -j $(JOBS) --package-path Examples/MinimalPlugin

# The checks of the sources, all tests, and the checks of what was built.
test: debug
	Scripts/check sources
	Scripts/check binaries .build/debug
	$(SWIFT) test -j $(JOBS)

check:
	Scripts/check sources

install: release
	Scripts/install $(RELEASE) $(DESTDIR)$(PREFIX)
