# A thin front for Meson: everything here is one or two commands you could type yourself.
#
#   make run          install what is missing, build, and serve on 127.0.0.1:8080
#   make test         install what is missing, build, run every test
#   make test-asan    the C and HTTP tests under AddressSanitizer and UBSan; test-tsan: ThreadSanitizer
#   make lint         style, layers, clang-format, clang-tidy; make tidy: clang-tidy alone
#   make fuzz         each fuzz target for FUZZ_SECONDS
#   make bench        side by side with other registries
#   make conformance  the OCI distribution specification's own test program (needs Go)
#   make install      into DESTDIR and PREFIX
#
# Pass options to the runner with ARGS, for example: make test ARGS='--suite http -k tags'

BUILD        ?= build
PREFIX       ?= /usr/local
DESTDIR      ?=
JOBS         ?= $(shell nproc)
CLANG        ?= clang
FUZZ_SECONDS ?= 60
ARGS         ?=
# The distribution's own Python, for which bootstrap installs pytest; another may be first in PATH.
PYTHON       ?= /usr/bin/python3
SETUP         = meson setup --prefix $(PREFIX)
SANITIZE      = -Db_lundef=false -Doptimization=1 -Dbench=false

.PHONY: build build-tests run test test-asan test-tsan lint tidy fuzz bench conformance install clean

build:
	@scripts/bootstrap build
	@test -f $(BUILD)/build.ninja || $(SETUP) $(BUILD) -Dtests=false -Dbench=false
	ninja -j$(JOBS) -C $(BUILD)

run: build
	$(BUILD)/wharf serve $(ARGS)

# The build with the tests.
build-tests:
	@scripts/bootstrap test
	@test -f $(BUILD)/build.ninja || $(SETUP) $(BUILD)
	@test -d $(BUILD)/tests || meson configure $(BUILD) -Dtests=true
	ninja -j$(JOBS) -C $(BUILD)

test: build-tests
	@$(PYTHON) tests/run.py --build $(BUILD) $(ARGS)

# A crowd of 1,000 x 1,000 would take most of the time here and find nothing more.
test-asan:
	@scripts/bootstrap test
	@test -f build-asan/build.ninja || CC=$(CLANG) $(SETUP) build-asan $(SANITIZE) -Db_sanitize=address,undefined
	ninja -j$(JOBS) -C build-asan
	@WHARF_CROWD=$${WHARF_CROWD:-60} $(PYTHON) tests/run.py --build build-asan --sanitize address --suite unit --suite fuzz --suite http $(ARGS)

test-tsan:
	@scripts/bootstrap test
	@test -f build-tsan/build.ninja || CC=$(CLANG) $(SETUP) build-tsan $(SANITIZE) -Db_sanitize=thread
	ninja -j$(JOBS) -C build-tsan
	@WHARF_CROWD=$${WHARF_CROWD:-60} $(PYTHON) tests/run.py --build build-tsan --sanitize thread --suite unit --suite http $(ARGS)

lint: build-tests
	@$(PYTHON) tests/lint/tidy.py $(BUILD)
	@$(PYTHON) tests/run.py --build $(BUILD) --suite lint $(ARGS)

tidy: build-tests
	@$(PYTHON) tests/lint/tidy.py $(BUILD)

fuzz:
	@scripts/bootstrap test
	@test -f build-fuzz/build.ninja || CC=$(CLANG) $(SETUP) build-fuzz $(SANITIZE) -Dfuzz=true -Db_sanitize=address,undefined
	ninja -j$(JOBS) -C build-fuzz
	@$(PYTHON) tests/fuzz/run.py --build build-fuzz --seconds $(FUZZ_SECONDS) $(ARGS)

bench: build
	@scripts/bootstrap bench
	@test -d $(BUILD)/bench || meson configure $(BUILD) -Dbench=true
	ninja -j$(JOBS) -C $(BUILD)
	bench/run $(ARGS)

# Exit code 77: skipped, with the reason printed.
conformance: build
	tests/conformance/run $(BUILD)/wharf $(ARGS) || test $$? -eq 77

install: build
	@meson configure $(BUILD) --prefix $(PREFIX)
	ninja -j$(JOBS) -C $(BUILD)
	DESTDIR=$(DESTDIR) meson install -C $(BUILD) --no-rebuild

clean:
	rm -rf build build-asan build-tsan build-fuzz
