# FakeTensor: everything a developer or user types. `make help` lists it.
SWIFT   ?= swift
PREFIX  ?= /usr/local
CONFIG  ?= configs/mlp.json
PYTHON  ?= python3
BIN     := .build/release

# Debug builds compile the C kernels optimized: they are 20 to 90 times slower otherwise.
C_FLAGS := -Xcc -O2
# STRICT=1 turns warnings into errors, as CI does.
ifdef STRICT
STRICT_FLAGS := -Xswiftc -warnings-as-errors -Xcc -Werror
endif

FUZZ_FILTER := FuzzTests|MutationTests|HostileFileTests

.PHONY: help deps build train test fuzz torture test-cuda conformance bench bench-peers op-table cuda-table cuda-roofline test-gpu bench-gpu gpu-bundle docs lint format install dist clean

help:
	@echo "make train     build, write the default dataset and train $(CONFIG)"
	@echo "make test      build and run every test"
	@echo "make test-cuda  the CUDA backend without a GPU: every operation and config, three orders of threads"
	@echo "make fuzz      damaged configs and checkpoints, under the address sanitizer"
	@echo "make torture   kills, faults, damage: a thousand tries to break fttrain (needs Python)"
	@echo "make conformance  the library against PyTorch's operator database (needs Python with torch)"
	@echo "make build     release build: $(BIN)/fttrain"
	@echo "make bench     train-step times of the standard workloads"
	@echo "make bench-peers  the same in PyTorch, and the ratios (needs Python with torch)"
	@echo "make op-table  every operation: backward, tangent, second order, batching"
	@echo "make cuda-table  what CUDA's compiler makes of the kernels, into docs/cuda.md (needs Python)"
	@echo "make cuda-roofline  what a step takes on an H100, on paper, into docs/cuda.md"
	@echo "make test-gpu  the CUDA backend on an NVIDIA GPU against the CPU; DEVICE=emulated needs none"
	@echo "make bench-gpu  its times beside PyTorch's; make gpu-bundle makes a folder that does both"
	@echo "make docs      browsable API documentation: dist/docs/index.html"
	@echo "make lint      formatter and linter; make format fixes what it can"
	@echo "make install   fttrain into PREFIX/bin (PREFIX=$(PREFIX))"
	@echo "make dist      one file that runs without Swift, HDF5 and OpenBLAS: dist/fttrain"
	@echo "make deps      system libraries only (all of the above call it)"

deps:
	@scripts/deps

build: deps
	$(SWIFT) build -c release --product fttrain $(STRICT_FLAGS)

train: build
	@test -e data/digits.h5 || $(BIN)/fttrain data digits data/digits.h5
	$(BIN)/fttrain $(CONFIG)

test: deps
	$(SWIFT) build --build-tests $(C_FLAGS) $(STRICT_FLAGS)
	SWIFT=$(SWIFT) scripts/test-suites
	scripts/test-cuda-kernels --quick
	SWIFT=$(SWIFT) scripts/test-formulas
	scripts/test-example
	scripts/test-guides
	SWIFT=$(SWIFT) scripts/test-pages

# Kernels under the address sanitizer, the whole operation table and all configs, emulated.
test-cuda: deps
	$(SWIFT) build --build-tests $(C_FLAGS) $(STRICT_FLAGS)
	SWIFT=$(SWIFT) scripts/test-cuda

# Random damage to configs and checkpoints, with the address sanitizer watching.
fuzz: deps
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --disable-xctest --scratch-path .build/sanitized --sanitize=address \
		$(C_FLAGS) --filter '$(FUZZ_FILTER)'

# Kills, faults of file calls, flipped bits, hostile files, limits; prints tried and survived.
torture: deps
	@SWIFT=$(SWIFT) PYTHON=$(PYTHON) scripts/torture

# Values, types, gradients and rejected calls of the samples that PyTorch tests itself with.
conformance: deps
	@SWIFT=$(SWIFT) PYTHON=$(PYTHON) scripts/conformance $(OPERATORS)

bench: deps
	$(SWIFT) build -c release --product ftbench
	$(BIN)/ftbench

bench-peers: deps
	$(SWIFT) build -c release --product ftbench
	$(PYTHON) Benchmarks/peers/compare.py $(BIN)/ftbench

op-table: deps
	@$(SWIFT) build -c release --product optable >&2
	@$(BIN)/optable

# Without a GPU, by NVIDIA's packages for Python.
cuda-table:
	@python=$$(scripts/cuda-python) && $$python scripts/compile-cuda-kernels && \
		$$python scripts/check-cuda-kernels --table

cuda-roofline: deps
	@SWIFT=$(SWIFT) scripts/cuda-roofline

gpu-bundle: deps
	@scripts/gpu-bundle

test-gpu bench-gpu: gpu-bundle
	@RESULTS=dist/results-gpu PYTHON=$(PYTHON) dist/gpu/run.sh $(patsubst %-gpu,%,$@)

docs: deps
	@SWIFT=$(SWIFT) scripts/docs

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Examples/CustomModel/Package.swift Examples/CustomModel/Sources

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks Examples/CustomModel/Package.swift Examples/CustomModel/Sources

install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BIN)/fttrain $(DESTDIR)$(PREFIX)/bin/fttrain
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	$(BIN)/fttrain help --man > $(DESTDIR)$(PREFIX)/share/man/man1/fttrain.1

dist: deps
	scripts/dist

clean:
	$(SWIFT) package clean
	rm -rf dist
