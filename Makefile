# Tsunagi. `make run` starts everything, `make check` tests everything; both install what is missing.
#
# What belongs together is found by folder (services/<name>/main.c is a daemon, tests/unit/test_*.c
# a unit test …), so that a new file needs no line here. V=1 shows the commands, SANITIZE=1 builds
# with the address and undefined-behaviour sanitizers in a folder of its own.

SANITIZE ?= 0
ifeq ($(SANITIZE),1)
BUILD ?= build-sanitize
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else
BUILD ?= build
endif
STATE ?= run
MQTT_PORT ?= 8883
WEB_PORT ?= 8443
DEMO ?= city
PREFIX ?= /usr/local
PYTHON ?= /usr/bin/python3

WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wcast-qual -Wstrict-prototypes \
	-Wconversion -Werror
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -iquote services/common -iquote clients/common -I. \
	-isystem $(BUILD)/proto -MD -MP -fstack-protector-strong $(CFLAGS) $(SANITIZERS)
LIBS := -lglpk -lical -lmosquitto -lssl -lcrypto -lprotobuf-c -llmdb -ljansson -lutf8proc -ljwt -loath -lfido2 -lz -llzma -lpthread -lm

ifneq ($(V),1)
quiet = @printf '  %-8s %s\n' $1 $(patsubst $(BUILD)/%,%,$@);
endif

# The public targets install what is missing, then build under a lock, so that two may run at once.
locked = @services/run/install-packages $1 && mkdir -p $(BUILD) && \
	exec flock -F $(BUILD)/.lock $(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all run check bench fuzz install clean build build-check build-bench build-fuzz fuzzers

all:
	$(call locked) build

run:
	$(call locked) build
	@BUILD='$(BUILD)' STATE='$(STATE)' MQTT_PORT='$(MQTT_PORT)' WEB_PORT='$(WEB_PORT)' \
		DEMO='$(DEMO)' DAEMONS='$(DAEMONS)' exec services/run/run

check:
	$(call locked,check) build build-check
	@BUILD='$(BUILD)' PYTHON='$(PYTHON)' tests/check

bench:
	$(call locked) build build-bench
	@BUILD='$(BUILD)' DAEMONS='$(DAEMONS)' tests/bench/run

fuzz:
	$(call locked,fuzz) build-fuzz

clean:
	rm -rf build build-sanitize $(BUILD) $(WEB)/node_modules $(WEB)/src/gen

# ---- protocol --------------------------------------------------------------------------------

PROTOS := $(wildcard proto/tsunagi/v1/*.proto)
PROTO_C := $(PROTOS:%.proto=$(BUILD)/%.pb-c.c)
PROTO_H := $(PROTO_C:.c=.h)
PROTO_PY := $(PROTOS:proto/%.proto=$(BUILD)/python/%_pb2.py)
NAMES := $(BUILD)/proto/names.h

$(BUILD)/proto/%.pb-c.c $(BUILD)/proto/%.pb-c.h &: proto/%.proto
	$(call quiet,PROTOC)mkdir -p $(BUILD)/proto && protoc-c -Iproto --c_out=$(BUILD)/proto $<

$(BUILD)/python/%_pb2.py: proto/%.proto
	$(call quiet,PROTOC)mkdir -p $(BUILD)/python && protoc -Iproto --python_out=$(BUILD)/python $<

$(NAMES): proto/names.awk $(PROTO_H)
	$(call quiet,AWK)mkdir -p $(@D) && awk -f proto/names.awk $(PROTO_H) >$@

$(BUILD)/proto/%.o: $(BUILD)/proto/%.c | $(NAMES)
	$(call quiet,CC)$(CC) $(ALL_CFLAGS) -w -c -o $@ $<

# ---- objects and libraries, one a folder -----------------------------------------------------

DAEMONS := $(patsubst services/%/main.c,%,$(wildcard services/*/main.c))
FOLDERS := services/common clients/common clients/cli clients/demo clients/relay tests/lib $(DAEMONS:%=services/%)
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out %/main.c,$(wildcard $1/*.c)))
archive = $(BUILD)/lib/$(subst /,-,$1).a

$(BUILD)/obj/%.o: %.c | $(NAMES)
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(WARNINGS) -c -o $@ $<

# A daemon's main.c for the simulator, which runs all of them in one process.
$(BUILD)/obj/sim/%/main.o: services/%/main.c | $(NAMES)
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(WARNINGS) -Wno-missing-prototypes \
		-Dmain=$*_main -DTSUNAGI_SIM -c -o $@ $<

$(BUILD)/lib/%.a:
	$(call quiet,AR)mkdir -p $(@D) && rm -f $@ && $(AR) rcs $@ $^

define folder_library
$(call archive,$1): $(call objects,$1)
endef
$(foreach folder,$(FOLDERS),$(eval $(call folder_library,$(folder))))
PROTO_LIB := $(BUILD)/lib/proto.a
$(PROTO_LIB): $(PROTO_C:.c=.o)

CORE := $(call archive,services/common) $(PROTO_LIB)
CLIENT := $(call archive,clients/common)
EVERYTHING := $(foreach daemon,$(DAEMONS),$(call archive,services/$(daemon))) \
	$(call archive,clients/demo) $(call archive,clients/cli) $(call archive,clients/relay) \
	$(CLIENT) $(CORE)
TEST_LIB := $(call archive,tests/lib)
link = $(call quiet,LD)mkdir -p $(@D) && $(CC) $(SANITIZERS) $(LDFLAGS) -o $@ \
	-Wl,--start-group $(filter %.o %.a,$^) -Wl,--end-group

# ---- programs --------------------------------------------------------------------------------

BIN := $(BUILD)/bin
PROGRAMS := $(DAEMONS:%=$(BIN)/%) $(if $(wildcard clients/cli/main.c),$(BIN)/tsunagi) \
	$(if $(wildcard clients/demo/main.c),$(BIN)/tsunagi-demo) \
	$(if $(wildcard clients/relay/main.c),$(BIN)/relay) $(BIN)/websockets
GATE := $(if $(wildcard broker-config/gate.c),$(BUILD)/lib/gate.so)
WEB := clients/web
PACKAGES := $(WEB)/node_modules/.package-lock.json
PAGE := $(if $(wildcard $(WEB)/package.json),$(BUILD)/web.built)
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))
SIM := $(if $(wildcard tests/sim/*.c),$(BIN)/sim)
BENCHES := $(patsubst tests/bench/%.c,$(BIN)/bench-%,$(wildcard tests/bench/*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAY := $(if $(wildcard tests/fuzz/replay_main.c),$(FUZZERS:%=$(BUILD)/fuzz/replay_%))

build: $(PROGRAMS) $(GATE) $(PROTO_PY) $(PAGE) ; @:
build-check: $(UNIT_TESTS) $(SIM) $(REPLAY) $(PAGE:%=$(PACKAGES)) ; @:
build-bench: $(BENCHES) ; @:

$(foreach daemon,$(DAEMONS),$(eval \
	$(BIN)/$(daemon): $(BUILD)/obj/services/$(daemon)/main.o $(call archive,services/$(daemon)) $(CORE)))
$(BIN)/tsunagi: $(BUILD)/obj/clients/cli/main.o $(call archive,clients/cli) $(CLIENT) $(CORE)
$(BIN)/tsunagi-demo: $(BUILD)/obj/clients/demo/main.o $(call archive,clients/demo) \
	$(call archive,clients/cli) $(CLIENT) $(CORE)
$(BIN)/relay: $(BUILD)/obj/clients/relay/main.o $(call archive,clients/relay) $(CLIENT) $(CORE)
$(BIN)/bench-%: $(BUILD)/obj/tests/bench/%.o $(TEST_LIB) $(EVERYTHING)
	$(link) $(LIBS)
$(DAEMONS:%=$(BIN)/%) $(BIN)/tsunagi $(BIN)/tsunagi-demo:
	$(link) $(LIBS)
$(BIN)/relay:
	$(link) -lcurl $(LIBS)
$(BIN)/websockets: $(BUILD)/obj/broker-config/websockets.o $(CORE)
	$(link) -lwebsockets -lev

# The broker itself is not sanitized, so its plugin cannot be.
$(BUILD)/lib/gate.so: SANITIZERS :=
$(BUILD)/lib/gate.so: CFLAGS += -fPIC
$(BUILD)/lib/gate.so: $(BUILD)/obj/broker-config/gate.o $(BUILD)/obj/broker-config/token.o
	$(call quiet,LD)mkdir -p $(@D) && $(CC) $(SANITIZERS) $(LDFLAGS) -shared -o $@ $^ -ljwt -lcrypto

$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(TEST_LIB) $(EVERYTHING)
	$(link) -lcmocka $(LIBS)
$(BIN)/sim: $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/sim/*.c)) \
	$(DAEMONS:%=$(BUILD)/obj/sim/%/main.o) $(TEST_LIB) $(EVERYTHING)
	$(link) $(LIBS)

$(BUILD)/fuzz/replay_%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/obj/tests/fuzz/replay_main.o \
		$(TEST_LIB) $(EVERYTHING)
	$(link) $(LIBS)
# The real fuzzers: everything is built once more, instrumented by clang.
build-fuzz:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/clang CC=clang WARNINGS=-w \
		CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,address,undefined" fuzzers
	@mkdir -p $(BUILD)/fuzz && cp -u $(FUZZERS:%=$(BUILD)/clang/fuzz/%) $(BUILD)/fuzz
fuzzers: $(FUZZERS:%=$(BUILD)/fuzz/%)
$(BUILD)/fuzz/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(TEST_LIB) $(EVERYTHING)
	$(call quiet,LD)mkdir -p $(@D) && $(CC) -fsanitize=fuzzer,address,undefined -o $@ \
		-Wl,--start-group $^ -Wl,--end-group $(LIBS)

# ---- the page --------------------------------------------------------------------------------

# Two builds at once (SANITIZE=1 beside this one) share the packages and the generated messages.
npm = flock package-lock.json npm
# Nothing is said but in failure.
web_log = log=$$(realpath -m '$(BUILD)')/$1.log && mkdir -p '$(BUILD)' && cd $(WEB)
logged = >"$$log" 2>&1 || { cat "$$log" >&2; exit 1; }
PACKED := -name '*.js' -o -name '*.css' -o -name '*.html' -o -name '*.svg' -o -name '*.webmanifest'

# What the cache knows of a package may be older than package-lock.json.
$(PACKAGES): $(WEB)/package.json $(WEB)/package-lock.json
	$(call quiet,NPM)$(call web_log,npm) && export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 && \
		{ $(npm) ci --prefer-offline --no-progress || $(npm) ci --no-progress; } $(logged) && \
		touch node_modules/.package-lock.json

$(BUILD)/web.built: $(PROTOS) $(PACKAGES) \
		$(shell find $(WEB) \( -name node_modules -o -name gen -o -name tests \) -prune -o -type f -print)
	$(call quiet,VITE)$(call web_log,web) && out="$${log%.log}" && rm -rf "$$out.new" && \
		{ $(npm) run --silent proto && WEB_OUT="$$out.new" $(npm) run --silent build; } $(logged) && \
		find "$$out.new" -type f -size +1 \( $(PACKED) \) -exec gzip -9kn {} + && \
		rm -rf "$$out" && mv "$$out.new" "$$out" && touch "$$out.built"

# ---- installing ------------------------------------------------------------------------------

LIBEXEC := $(DESTDIR)$(PREFIX)/lib/tsunagi
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(LIBEXEC)/broker-config
	install $(BIN)/tsunagi $(DESTDIR)$(PREFIX)/bin
	install $(DAEMONS:%=$(BIN)/%) $(BIN)/websockets $(wildcard $(BIN)/tsunagi-demo $(BIN)/relay) $(LIBEXEC)
	install -m 644 $(BUILD)/lib/gate.so broker-config/mosquitto.conf broker-config/acl \
		broker-config/nginx.conf broker-config/device.html $(LIBEXEC)/broker-config
	install broker-config/pki broker-config/configure $(LIBEXEC)/broker-config
	rm -rf $(LIBEXEC)/web
	$(if $(PAGE),cp -R $(BUILD)/web $(LIBEXEC)/web && chmod -R a+rX $(LIBEXEC)/web)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
