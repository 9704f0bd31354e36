# shuzhi: see README.md. `make run` sets up, builds and renders the fixture units; `make test` does every check.
# Rooms are src/*/; each becomes build/lib/ROOM.a, and a room's tests link only the rooms that it may include.

PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR    ?=
BUILD      ?= build
CC         := gcc
VERSION    := 0.1.0

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
ifdef CI
WERROR := -Werror
endif

PKGS := sqlite3 libxml-2.0 harfbuzz harfbuzz-subset fontconfig icu-uc zlib libdeflate libcrypto libpng libturbojpeg libqrencode cairo libzip
# Asked once, and only when something is compiled: before set-up there is nothing to ask.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)) -lhpdf -lm)$(PKG_LIBS)
ALL_CFLAGS = -std=c17 $(WARNINGS) $(WERROR) -D_GNU_SOURCE -Isrc -MMD -MP $(PKG_CFLAGS) $(CFLAGS) \
             -DSHUZHI_VERSION='"$(VERSION)"' -DSHUZHI_SYSCONFDIR='"$(SYSCONFDIR)"'

# One short line for each thing that is made; V=1 shows the commands.
brief = $(if $(V),,@echo "  $(1)	$@";)

# ── rooms ──

# Which rooms a room may use, itself first, in link order; `make lint` holds the includes to this table.
USES_base    := base
USES_data    := data base
USES_import  := import data base
USES_assess  := assess data base
USES_image   := image base
USES_layout  := layout image base
USES_page    := page base
USES_text    := text page base
USES_typeset := typeset layout image text page data base
USES_pdf     := pdf image text page base
USES_raster  := raster image text page base
USES_archive := archive data base
USES_batch   := batch archive typeset pdf raster layout image text page assess import data base
USES_cli     := cli batch archive typeset pdf raster layout image text page assess import data base

ROOMS      := base data import assess image layout page text typeset pdf raster archive batch cli
objects     = $(patsubst src/%.c,$(BUILD)/obj/%.o,$(wildcard src/$(1)/*.c))
LIVE_ROOMS := $(foreach room,$(ROOMS),$(if $(wildcard src/$(room)/*.c),$(room)))
libs        = $(patsubst %,$(BUILD)/lib/%.a,$(filter $(LIVE_ROOMS),$(1)))

# Text built into the program, SYMBOL=FILE: `const char SYMBOL[]` (NUL-terminated) and `const size_t SYMBOL_length`.
TEXTS := data_activity_schema=src/data/schema.sql assess_schema=src/assess/assessment.sql \
         assess_work=src/assess/work.sql assess_ask=src/assess/ask.sql assess_exempt=src/assess/exempt.sql assess_once=src/assess/once.sql \
         assess_tally=src/assess/tally.sql batch_quality_sql=src/batch/quality.sql batch_night_sql=src/batch/night.sql \
         assess_score=src/assess/score.sql assess_sources=src/assess/sources.sql assess_write=src/assess/write.sql \
         layout_grammar=layouts/layout.rng assess_grammar=layouts/scheme.rng batch_job_grammar=layouts/job.rng \
         text_fonts_grammar=fonts/fonts.rng import_mapping=layouts/import.xml import_grammar=layouts/import.rng
symbol    = $(firstword $(subst =, ,$(1)))
text_file = $(lastword $(subst =, ,$(1)))
texts_of  = $(foreach t,$(TEXTS),$(if $(filter $(1)_%,$(call symbol,$(t))),$(BUILD)/gen/$(call symbol,$(t)).o))

.PHONY: all
all: $(BUILD)/shuzhi

$(BUILD)/shuzhi: $(call objects,cli) $(call libs,$(filter-out cli,$(USES_cli)))
	$(call brief,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(call brief,CC)$(CC) $(ALL_CFLAGS) -c -o $@ $<

define text_rule
$(BUILD)/gen/$(call symbol,$(1)).c: $(call text_file,$(1))
	@mkdir -p $$(@D)
	@{ echo '#include <stddef.h>'; \
	   echo 'extern const char $(call symbol,$(1))[];'; \
	   echo 'extern const size_t $(call symbol,$(1))_length;'; \
	   echo 'const char $(call symbol,$(1))[] = {'; \
	   od -An -v -tu1 $$< | sed 's/\([0-9][0-9]*\)/(char)\1,/g'; \
	   echo '0};'; \
	   echo 'const size_t $(call symbol,$(1))_length = sizeof $(call symbol,$(1)) - 1;'; } > $$@
$(BUILD)/gen/$(call symbol,$(1)).o: $(BUILD)/gen/$(call symbol,$(1)).c
	$$(call brief,CC)$(CC) -std=c17 $(CFLAGS) -c -o $$@ $$<
endef
$(foreach t,$(TEXTS),$(eval $(call text_rule,$(t))))

define room_rule
$(BUILD)/lib/$(1).a: $(call objects,$(1)) $(call texts_of,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(call brief,AR)ar rcs $$@ $$^
endef
$(foreach room,$(LIVE_ROOMS),$(eval $(call room_rule,$(room))))

# ── fixtures ──

UNITS ?= 120
YEARS ?= 5
SEED  ?= 2020
YEAR  ?= 2020
FIXTURE_DB := $(BUILD)/fixtures/activity.db
SCHEME     := layouts/scheme-hangzhou-2020.xml
LAYOUTS    := $(shell grep -l '^<layout ' layouts/*.xml)

$(BUILD)/make_fixtures: $(wildcard fixtures/*.c fixtures/*.h) $(BUILD)/gen/data_activity_schema.o
	@mkdir -p $(@D)
	$(call brief,CC)$(CC) $(ALL_CFLAGS) -MF $@.d $(LDFLAGS) -o $@ $(wildcard fixtures/*.c) $(BUILD)/gen/data_activity_schema.o -lsqlite3 -lm

.PHONY: fixtures
fixtures: $(FIXTURE_DB)
$(FIXTURE_DB): $(BUILD)/make_fixtures
	@mkdir -p $(@D)
	@echo "  FIXTURE	$@"
	@$(BUILD)/make_fixtures --units $(UNITS) --years $(YEARS) --seed $(SEED) -o $@

# ── set-up: Debian packages and fonts ──

RUN_PACKAGES := gcc libc6-dev pkg-config libhpdf-dev libsqlite3-dev libxml2-dev zlib1g-dev libharfbuzz-dev libfontconfig-dev libicu-dev \
                libdeflate-dev libssl-dev libcairo2-dev libpng-dev libturbojpeg0-dev libqrencode-dev libzip-dev fonts-noto-cjk
TEST_PACKAGES := mandoc zsh procps xz-utils libcmocka-dev qpdf poppler-utils zbar-tools libpng-tools libjpeg-turbo-progs mupdf-tools sqlite3 libxml2-utils clang-format binutils locales unicode-data bzip2 \
                 libpdfbox2-java libactivation-java libjaxb-api-java default-jre-headless perl faketime openssl zip systemd
ASAN_PACKAGES := libasan8 libubsan1

# $(call install,PACKAGES): installs through apt what is missing, and does nothing when nothing is.
define install
	@missing=; for p in $(1); do \
	    case "$$(dpkg-query -W -f '$${Status}' $$p 2>/dev/null)" in *' installed') ;; *) missing="$$missing $$p" ;; esac; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	command -v apt-get >/dev/null || { echo "set-up needs Debian's apt-get; on another system install by hand:$$missing" >&2; exit 1; }; \
	root=; if [ "$$(id -u)" != 0 ]; then \
	    command -v sudo >/dev/null || { echo "not root and no sudo; as root run: apt-get install$$missing" >&2; exit 1; }; root=sudo; fi; \
	echo "installing:$$missing"; \
	{ $$root apt-get update -q && $$root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; } \
	    >$(BUILD)/setup.log 2>&1 || { tail -n 20 $(BUILD)/setup.log >&2; echo "set-up failed; the whole log: $(BUILD)/setup.log" >&2; exit 1; }
endef

.PHONY: setup setup-test fonts
setup:
	@mkdir -p $(BUILD)
	$(call install,$(RUN_PACKAGES))
	@fonts/fetch.sh
setup-test: setup
	$(call install,$(TEST_PACKAGES) $(ASAN_PACKAGES))
fonts:
	@fonts/fetch.sh

# ── what a user runs ──

.PHONY: run
run: setup
	@$(MAKE) --no-print-directory all fixtures
	$(BUILD)/shuzhi run --db $(FIXTURE_DB) --scheme $(SCHEME) $(addprefix --layout ,$(LAYOUTS)) --year $(YEAR) --out out

# Every example of the layout language as a picture for the documents and as a PDF.
EXAMPLES := $(wildcard docs/examples/*.xml)
.PHONY: gallery
gallery: setup
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory gallery-files
.PHONY: gallery-files
gallery-files: $(patsubst docs/examples/%.xml,out/gallery/%.pdf,$(EXAMPLES)) $(patsubst docs/examples/%.xml,docs/pictures/%.png,$(EXAMPLES))
	@docs/examples.sh >docs/layout-examples.md
EXAMPLE_PARTS := $(wildcard docs/examples/parts/*)
out/gallery/%.pdf: docs/examples/%.xml $(EXAMPLE_PARTS) $(BUILD)/shuzhi
	@mkdir -p $(@D)
	@$(BUILD)/shuzhi preview --empty --layout $< -o $@
docs/pictures/%.png: docs/examples/%.xml $(EXAMPLE_PARTS) $(BUILD)/shuzhi
	@mkdir -p $(@D)
	@$(BUILD)/shuzhi preview --empty --layout $< --sheet --resolution 90 -o $@

# Where systemd looks for what an administrator installed himself; a package sets UNITDIR=/usr/lib/systemd/system.
UNITDIR   ?= $(PREFIX)/lib/systemd/system
INSTALLED := -e "s|@PREFIX@|$(PREFIX)|g" -e "s|@SYSCONFDIR@|$(SYSCONFDIR)|g"
.PHONY: install
install: all fonts
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/shuzhi/layouts/reports $(DESTDIR)$(PREFIX)/share/shuzhi/fonts/files \
	    $(DESTDIR)$(PREFIX)/share/doc/shuzhi $(DESTDIR)$(SYSCONFDIR)/shuzhi
	install -m 755 $(BUILD)/shuzhi $(DESTDIR)$(PREFIX)/bin/shuzhi
	install -m 644 layouts/*.xml layouts/*.rng $(DESTDIR)$(PREFIX)/share/shuzhi/layouts
	install -m 644 layouts/reports/*.xml $(DESTDIR)$(PREFIX)/share/shuzhi/layouts/reports
	install -m 644 fonts/fonts.xml fonts/fonts.rng $(DESTDIR)$(PREFIX)/share/shuzhi/fonts
	install -m 644 fonts/files/* $(DESTDIR)$(PREFIX)/share/shuzhi/fonts/files
	install -m 644 README.md LICENSE docs/*.md src/data/schema.sql $(DESTDIR)$(PREFIX)/share/doc/shuzhi
	install -d $(DESTDIR)$(PREFIX)/share/doc/shuzhi/pictures
	install -m 644 docs/pictures/*.png $(DESTDIR)$(PREFIX)/share/doc/shuzhi/pictures
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/share/doc/shuzhi/examples
	@echo "install shuzhi.service shuzhi.cron"
	@sed $(INSTALLED) docs/service/shuzhi.service.in >$(DESTDIR)$(UNITDIR)/shuzhi.service
	@sed $(INSTALLED) docs/service/shuzhi.cron.in >$(DESTDIR)$(PREFIX)/share/doc/shuzhi/examples/shuzhi.cron
	install -m 644 docs/service/shuzhi.timer $(DESTDIR)$(UNITDIR)/shuzhi.timer
	install -m 644 docs/service/sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/shuzhi.conf
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/zh_CN/man1 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions
	@echo "install shuzhi.1 (English and Chinese)"
	@sed "s|/etc/shuzhi|$(SYSCONFDIR)/shuzhi|" docs/man/shuzhi.1 >$(DESTDIR)$(PREFIX)/share/man/man1/shuzhi.1
	@sed "s|/etc/shuzhi|$(SYSCONFDIR)/shuzhi|" docs/man/zh_CN/shuzhi.1 >$(DESTDIR)$(PREFIX)/share/man/zh_CN/man1/shuzhi.1
	install -m 644 docs/completion/shuzhi.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/shuzhi
	install -m 644 docs/completion/_shuzhi $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_shuzhi
	@[ -e $(DESTDIR)$(SYSCONFDIR)/shuzhi/job.xml ] || { \
	    echo "install job.xml"; \
	    sed 's|@SHARE@|$(PREFIX)/share/shuzhi|g' layouts/job.xml.in > $(DESTDIR)$(SYSCONFDIR)/shuzhi/job.xml; }

# ── tests ──

UNIT_TESTS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/*/test_*.c))
define test_rule
$(BUILD)/tests/$(1)/test_%: tests/$(1)/test_%.c $(call libs,$(USES_$(1)))
	@mkdir -p $$(@D)
	$$(call brief,CC)$$(CC) $$(ALL_CFLAGS) -Itests -MF $$@.d $(LDFLAGS) -o $$@ $$< $(call libs,$(USES_$(1))) $$(PKG_LIBS) -lcmocka
endef
$(foreach room,$(filter-out cli,$(ROOMS)),$(eval $(call test_rule,$(room))))

$(BUILD)/tests/oracle/oracle: $(wildcard tests/oracle/*.c tests/oracle/*.h)
	@mkdir -p $(@D)
	$(call brief,CC)$(CC) $(ALL_CFLAGS) -MF $@.d $(LDFLAGS) -o $@ $(wildcard tests/oracle/*.c) -lsqlite3

# Counts, kills and fails the system calls by which a program changes a directory.
$(BUILD)/tests/crash/disturb: tests/crash/disturb.c
	@mkdir -p $(@D)
	$(call brief,CC)$(CC) $(ALL_CFLAGS) -MF $@.d $(LDFLAGS) -o $@ $<

# Locales with a decimal comma, and a Chinese one; found through LOCPATH, so that the machine's own stay as they are.
LOCALES := $(addprefix build/locale/,de_DE.UTF-8 fr_FR.UTF-8 zh_CN.UTF-8)
$(LOCALES):
	@mkdir -p $(@D)
	$(call brief,LOCALE)localedef -i $(basename $(@F)) -f UTF-8 $@

.PHONY: test test-all build-tests
test: setup-test
	@$(MAKE) --no-print-directory test-all
build-tests: all $(LOCALES) $(BUILD)/make_fixtures $(UNIT_TESTS) $(BUILD)/tests/oracle/oracle $(BUILD)/tests/crash/disturb $(addprefix $(BUILD)/tests/fuzz/,read_fonts read_import small_fonts)
test-all: build-tests
	@BUILD=$(BUILD) tests/run.sh

# A night and the commands of a year's life, disturbed at every call in turn; `make test` takes a slice of it.
.PHONY: test-crash
test-crash: setup-test
	@$(MAKE) --no-print-directory all $(BUILD)/make_fixtures $(BUILD)/tests/crash/disturb
	@BUILD=$(BUILD) tests/crash/crash.sh

# docs/cluster on a Slurm of its own.
CLUSTER_PACKAGES := munge slurmctld slurmd slurm-client parallel
.PHONY: test-cluster
test-cluster: setup-test
	$(call install,$(CLUSTER_PACKAGES))
	@$(MAKE) --no-print-directory all $(BUILD)/make_fixtures $(BUILD)/tests/crash/disturb
	@BUILD=$(BUILD) tests/cluster/cluster.sh

.PHONY: lint
lint: all
	@BUILD=$(BUILD) tests/lint.sh

# The unit tests and one small night under AddressSanitizer and UndefinedBehaviorSanitizer, in a build of their own.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
.PHONY: asan
asan: setup-test
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan CFLAGS="-O1 -g $(SANITIZE)" build-tests
	@BUILD=$(BUILD)/asan tests/run.sh --sanitized

# Fuzzing of what reads fonts, definitions, pictures and tables, by clang's libFuzzer under ASan and UBSan, for FUZZ_SECONDS in FUZZ_JOBS processes; what it finds stays in
# build/fuzz/found, and what it learns from the small fonts and the tables is put into tests/fuzz/*.tar.xz.
FUZZ_SECONDS  ?= 600
FUZZ_JOBS     ?= 1
FUZZ_PACKAGES := xz-utils clang libclang-rt-14-dev libharfbuzz-bin
.PHONY: fuzz
fuzz: setup
	$(call install,$(FUZZ_PACKAGES))
	@$(MAKE) --no-print-directory BUILD=build/fuzz CC=clang \
	    CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined" $(addprefix build/fuzz/tests/fuzz/,fuzz_font fuzz_files fuzz_import small_fonts)
	@tests/fuzz/fuzz.sh $(FUZZ_SECONDS) $(FUZZ_JOBS)
build/fuzz/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(call libs,$(USES_batch))
	@mkdir -p $(@D)
	$(call brief,CC)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -o $@ $< $(call libs,$(USES_batch)) $(PKG_LIBS)
# Small fonts of squares, which no designer made: what grows from them may be kept.
$(BUILD)/tests/fuzz/small_fonts: tests/fuzz/small_fonts.c $(call libs,$(USES_base))
	@mkdir -p $(@D)
	$(call brief,CC)$(CC) $(ALL_CFLAGS) -MF $@.d $(LDFLAGS) -o $@ $< $(call libs,$(USES_base)) $(PKG_LIBS)
# The same without the fuzzer: they read the files that they are given.
$(BUILD)/tests/fuzz/read_fonts: tests/fuzz/fuzz_font.c $(call libs,$(USES_batch))
	@mkdir -p $(@D)
	$(call brief,CC)$(CC) $(ALL_CFLAGS) -DREPLAY -MF $@.d $(LDFLAGS) -o $@ $< $(call libs,$(USES_batch)) $(PKG_LIBS)
$(BUILD)/tests/fuzz/read_import: tests/fuzz/fuzz_import.c $(call libs,$(USES_import))
	@mkdir -p $(@D)
	$(call brief,CC)$(CC) $(ALL_CFLAGS) -DREPLAY -MF $@.d $(LDFLAGS) -o $@ $< $(call libs,$(USES_import)) $(PKG_LIBS)

$(BUILD)/tests/bench/bench: tests/bench/bench.c $(call libs,$(USES_batch))
	@mkdir -p $(@D)
	$(call brief,CC)$(CC) $(ALL_CFLAGS) -MF $@.d $(LDFLAGS) -o $@ $< $(call libs,$(USES_batch)) $(PKG_LIBS)

$(BUILD)/tests/bench/plain: tests/bench/plain.c $(call libs,$(USES_base))
	@mkdir -p $(@D)
	$(call brief,CC)$(CC) $(ALL_CFLAGS) -MF $@.d $(LDFLAGS) -o $@ $< $(call libs,$(USES_base)) $(PKG_LIBS)

.PHONY: bench
bench: setup
	@$(MAKE) --no-print-directory all $(BUILD)/make_fixtures $(BUILD)/tests/bench/bench $(BUILD)/tests/bench/plain
	@BUILD=$(BUILD) tests/bench.sh

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
