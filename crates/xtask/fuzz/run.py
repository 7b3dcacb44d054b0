# Asks a running server whatever its OpenAPI document allows and forbids, as every kind of caller.
#
# usage: run.py --server URL --database FILE --seed N [schemathesis options]
#
# Every check of schemathesis is on. What is left out, for one kind of caller, stands below with its reason.
import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from callers import Server, gather

HERE = Path(__file__).parent

# Seconds after which a caller's run is broken off: a server that answers ever more slowly fails too.
PATIENCE = 240

# These end the identity that everything after them needs. The caller `leaver` does nothing else.
LEAVING = ["logout", "logout_everywhere", "revoke_session"]

# Nobody, an admin and an agent are asked everything, whatever its tag: where they are refused, it must be in a way that the
# document names. A visitor is asked what is made for visitors.
RUNS = [
    # Everything that anybody may ask, and that everything else is refused.
    {"caller": "nobody", "phases": "examples,coverage,fuzzing", "examples": 20},
    {"caller": "admin", "without": LEAVING, "phases": "examples,coverage,fuzzing,stateful", "examples": 40},
    # Whatever an agent may, an admin may: what differs is what is refused and what is masked, and few examples show that.
    {"caller": "agent", "without": LEAVING, "phases": "coverage,fuzzing", "examples": 5},
    {"caller": "visitor", "tags": ["widget"], "phases": "examples,coverage,fuzzing,stateful", "examples": 40},
    {"caller": "leaver", "leaves": True, "only": LEAVING, "phases": "coverage,fuzzing", "examples": 10},
]


# What is answered with 200 to nobody but a caller whose identity works: a run that is refused everything proves little.
PROOF = {"admin": "/api/v1/me", "agent": "/api/v1/me", "visitor": "/widget/v1/unread", "leaver": "/api/v1/me"}


def is_known(server, name, token):
    """Whether the server still knows the caller; nobody is known for not being one."""
    if name not in PROOF:
        return token is None
    status = server.status(PROOF[name], token)
    if status != 200:
        print(f"── {name}: GET {PROOF[name]} is answered with {status}, so nothing was asked as {name}", flush=True)
    return status == 200


def command(run, options, token):
    line = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"]
    line += [f"{options.server}/openapi.json", "--seed", str(options.seed), "--checks", "all"]
    line += ["--phases", run["phases"], "--max-examples", str(run["examples"]), "--request-timeout", "20"]
    if token is not None:
        line += ["--header", f"Authorization: Bearer {token}"]
    for name in run.get("without", []):
        line += ["--exclude-operation-id", name]
    for name in run.get("only", []):
        line += ["--include-operation-id", name]
    for tag in run.get("tags", []):
        line += ["--include-tag", tag]
    return line + options.more


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--callers", default=",".join(run["caller"] for run in RUNS))
    options, options.more = parser.parse_known_args()
    server = Server(options.server, options.database)
    tokens, known = gather(server)
    environment = {
        **os.environ,
        "PARLOR_FUZZ_KNOWN": json.dumps(known), "PARLOR_FUZZ_SERVER": options.server,
        "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE),
    }
    failed = []
    for number, run in enumerate(RUNS):
        name = run["caller"]
        if name not in options.callers.split(","):
            continue
        print(f"\n── {name}, seed {options.seed}", flush=True)
        begun = time.monotonic()
        environment["PARLOR_FUZZ_MOBILES"] = str(number * 1_000_000)
        good = is_known(server, name, tokens[name])
        try:
            # It remembers failures in a folder where it runs; here nothing is left for the next run to depend on.
            line, place = command(run, options, tokens[name]), Path(options.database).parent
            outcome = subprocess.run(line, env=environment, timeout=PATIENCE, cwd=place)
            good = outcome.returncode == 0 and good
        except subprocess.TimeoutExpired:
            print(f"broken off after {PATIENCE} s")
            good = False
        if not run.get("leaves"):
            good = is_known(server, name, tokens[name]) and good
        print(f"── {name}: {'passed' if good else 'failed'} after {time.monotonic() - begun:.0f} s", flush=True)
        failed += [] if good else [name]
    if failed:
        sys.exit(f"failed as: {', '.join(failed)}; again with `cargo xtask test fuzz -- --seed {options.seed}`")


if __name__ == "__main__":
    main()
