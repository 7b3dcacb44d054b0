# The index of everything one does here. Each recipe is one `cargo xtask` command; without `just`, type that.

# List the recipes.
[private]
default:
    @just --list --unsorted

# Build what changed and serve http://localhost:8080; arguments go to the server.
[group('develop')]
run *args:
    cargo xtask run {{ if args == "" { "" } else { "-- " + args } }}

# Build console and widget for the browser into target/web.
[group('develop')]
web:
    cargo xtask web

# Install everything that `run` and `test` would install when they first need it.
[group('develop')]
setup:
    cargo xtask setup

# Format every crate.
[group('develop')]
fmt:
    cargo xtask fmt

# Regenerate openapi/ from the server's code, and the TypeScript types from that.
[group('develop')]
openapi:
    cargo xtask openapi

# Set up what the tests need and run every suite, or only the named ones.
[group('test')]
test *suites:
    cargo xtask test {{ suites }}

# Show the suites and what each one covers.
[group('test')]
suites:
    cargo xtask test --list

# Units and integration on SQLite and PostgreSQL; arguments choose tests, for example `just rust send_message`.
[group('test')]
rust *filter:
    cargo xtask test rust {{ if filter == "" { "" } else { "-- " + filter } }}

# Everything that the OpenAPI document allows and forbids, asked as every kind of caller; for example `just fuzz --seed 7`.
[group('test')]
fuzz *args:
    cargo xtask test fuzz {{ if args == "" { "" } else { "-- " + args } }}

# Playwright in a real Chromium; arguments go to Playwright, for example `just e2e inbox`.
[group('test')]
e2e *filter:
    cargo xtask test e2e {{ if filter == "" { "" } else { "-- " + filter } }}

# Every fault on the real process, in rounds of growing load; for example `just soak 30 disk`.
[group('test')]
soak minutes='10' *only:
    cargo xtask soak {{ minutes }} {{ only }}

# Who is given conversations, over a hundred thousand random schedules.
[group('test')]
simulate schedules='100000':
    cargo xtask simulate {{ schedules }}

# Formatting, lints (native and WASM), documentation, fences, TypeScript: all with warnings denied.
[group('check')]
check:
    cargo xtask check

# Licences, sources and known holes of everything that Parlor is made with.
[group('check')]
audit:
    cargo xtask audit

# The fences: rules of the house that the compiler does not know.
[group('check')]
tidy:
    cargo xtask tidy

# Measure the machine and Parlor in the same run; names choose, for example `just bench latency --quick`.
[group('release')]
bench *args:
    cargo xtask bench {{ args }}

# The release binary with console and widget in it; `just dist --check` also starts it and looks at what it serves.
[group('release')]
dist *args:
    cargo xtask dist {{ args }}
