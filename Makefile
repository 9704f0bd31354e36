# shuzhi: see README.md. `make run` sets up, builds and renders the fixture units; `make test` does every check.
# Rooms are src/*/; each becomes build/lib/ROOM.a, and a room's tests link only the rooms that it may include.

PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build
CC      ?= gcc
VERSION := 0.1.0

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
ALL_CFLAGS = -std=c17 $(WARNINGS) $(WERROR) -D_GNU_SOURCE -Isrc -I$(BUILD)/gen -MMD -MP $(PKG_CFLAGS) $(CFLAGS)
ifdef CI
WERROR := -Werror
endif

PKGS       := sqlite3 libxml-2.0 harfbuzz harfbuzz-subset icu-uc zlib libdeflate libcrypto
PKG_CFLAGS  = $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS    = $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lhpdf

# In link order: a room uses only rooms to its right.
ROOMS := cli batch archive typeset pdf layout page text assess data base
sources = $(wildcard src/$(1)/*.c)
objects = $(patsubst src/%.c,$(BUILD)/obj/%.o,$(call sources,$(1)))
LIVE_ROOMS := $(foreach room,$(ROOMS),$(if $(call sources,$(room)),$(room)))
LIBS := $(patsubst %,$(BUILD)/lib/%.a,$(filter-out cli,$(LIVE_ROOMS)))

# Text built into the program: NAME.c holds `const char NAME[]` and `const size_t NAME_length`.
GEN := data_activity_schema=src/data/schema.sql assess_schema=src/assess/assessment.sql \
       layout_grammar=layouts/layout.rng assess_grammar=layouts/scheme.rng batch_job_grammar=layouts/job.rng \
       text_fonts_grammar=fonts/fonts.rng
gen_room   = $(firstword $(subst _, ,$(1)))
gen_of     = $(foreach g,$(GEN),$(if $(filter $(1)_%,$(firstword $(subst =, ,$(g)))),$(if $(wildcard $(lastword $(subst =, ,$(g)))),$(firstword $(subst =, ,$(g))))))

.PHONY: all
all: $(BUILD)/shuzhi

$(BUILD)/shuzhi: $(call objects,cli) $(LIBS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(call objects,cli) $(LIBS) $(PKG_LIBS)

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DSHUZHI_VERSION='"$(VERSION)"' -c -o $@ $<

define gen_rule
$(BUILD)/gen/$(firstword $(subst =, ,$(1))).c: $(lastword $(subst =, ,$(1)))
	@mkdir -p $$(@D)
	@{ echo '#include <stddef.h>'; \
	   echo 'extern const char $(firstword $(subst =, ,$(1)))[]; extern const size_t $(firstword $(subst =, ,$(1)))_length;'; \
	   echo 'const char $(firstword $(subst =, ,$(1)))[] = {'; od -An -v -tu1 $$< | sed 's/\([0-9][0-9]*\)/(char)\1,/g'; \
	   echo '0}; const size_t $(firstword $(subst =, ,$(1)))_length = sizeof $(firstword $(subst =, ,$(1))) - 1;'; } > $$@
$(BUILD)/gen/$(firstword $(subst =, ,$(1))).o: $(BUILD)/gen/$(firstword $(subst =, ,$(1))).c
	$(CC) -std=c17 $(CFLAGS) -c -o $$@ $$<
endef
$(foreach g,$(GEN),$(eval $(call gen_rule,$(g))))

define room_rule
$(BUILD)/lib/$(1).a: $(call objects,$(1)) $(patsubst %,$(BUILD)/gen/%.o,$(call gen_of,$(1)))
	@mkdir -p $$(@D)
	@rm -f $$@
	ar rcs $$@ $$^
endef
$(foreach room,$(LIVE_ROOMS),$(eval $(call room_rule,$(room))))

# Which rooms a room may use (itself first); `make lint` holds the includes to this table.
USES_base    := base
USES_data    := data base
USES_assess  := assess data base
USES_layout  := layout base
USES_text    := text base
USES_page    := page base
USES_typeset := typeset layout page text data base
USES_pdf     := pdf page text base
USES_archive := archive data base
USES_batch   := $(filter-out cli,$(LIVE_ROOMS))
USES_cli     := $(filter-out cli,$(LIVE_ROOMS))

TESTS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/*/test_*.c))
define test_rule
$(BUILD)/tests/$(1)/test_%: tests/$(1)/test_%.c $(foreach r,$(USES_$(1)),$(if $(call sources,$(r)),$(BUILD)/lib/$(r).a))
	@mkdir -p $$(@D)
	$(CC) $(ALL_CFLAGS) -Itests $(LDFLAGS) -o $$@ $$< $(foreach r,$(USES_$(1)),$(if $(call sources,$(r)),$(BUILD)/lib/$(r).a)) $(PKG_LIBS) -lcmocka
endef
$(foreach room,$(ROOMS),$(eval $(call test_rule,$(room))))

$(BUILD)/make_fixtures: $(wildcard fixtures/*.c fixtures/*.h) $(BUILD)/gen/data_activity_schema.o
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -o $@ $(wildcard fixtures/*.c) $(BUILD)/gen/data_activity_schema.o -lsqlite3 -lm

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
