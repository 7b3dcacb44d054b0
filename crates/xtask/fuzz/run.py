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
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from callers import Server, gather

HERE = Path(__file__).parent

# Seconds after which a caller's run is broken off: a server that hangs fails too. The longest takes some 200 on two cores.
PATIENCE = 900

# These end the identity that everything after them needs. The caller `leaver` does nothing else.
LEAVING = ["logout", "logout_everywhere", "revoke_session"]

# Nobody, an admin and an agent are asked everything, whatever its tag: where they are refused, it must be in a way that the
# document names. A visitor is asked what is made for visitors. Who has nothing to do with each other goes side by side, in the
# same turn: what an admin changes would otherwise decide, by chance, what an agent is answered.
RUNS = [
    # Everything that anybody may ask, and that everything else is refused.
    {"caller": "nobody", "turn": 1, "phases": "examples,coverage,fuzzing", "examples": 20},
    {"caller": "admin", "turn": 1, "without": LEAVING, "phases": "examples,coverage,fuzzing,stateful", "examples": 25},
    # Whatever an agent may, an admin may: what differs is what is refused and what is masked, and few examples show that.
    {"caller": "agent", "turn": 2, "without": LEAVING, "phases": "coverage,fuzzing", "examples": 5},
    {"caller": "visitor", "turn": 2, "tags": ["widget"], "phases": "examples,coverage,fuzzing,stateful", "examples": 40},
    {"caller": "leaver", "turn": 3, "leaves": True, "only": LEAVING, "phases": "coverage,fuzzing", "examples": 10},
]


# What is answered with 200 to nobody but a caller whose identity works: a run that is refused everything proves little.
PROOF = {"admin": "/api/v1/me", "agent": "/api/v1/me", "visitor": "/widget/v1/unread", "leaver": "/api/v1/me"}

# Who signs in, and by which account.
ACCOUNTS = {"admin": "fuzz-admin", "agent": "fuzz-agent", "leaver": "fuzz-leaver"}


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


def ask_as(run, server, options, tokens, environment):
    """Asks everything as one caller, and prints what came of it at the end, in one piece. Whether it is as it should be."""
    name = run["caller"]
    begun = time.monotonic()
    mobiles = str(RUNS.index(run) * 1_000_000)
    # An access token is good for ten minutes: whoever has one signs in when it is their turn.
    token = server.sign_in(ACCOUNTS[name]) if name in ACCOUNTS else tokens.get(name)
    good = is_known(server, name, token)
    # It remembers failures in a folder where it runs; here nothing is left for another run to depend on.
    with tempfile.TemporaryDirectory() as place:
        try:
            outcome = subprocess.run(
                command(run, options, token), env={**environment, "PARLOR_FUZZ_MOBILES": mobiles}, timeout=PATIENCE,
                cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            )
            said, good = outcome.stdout, outcome.returncode == 0 and good
        except subprocess.TimeoutExpired as late:
            # What it has said so far comes as bytes, whatever was asked for.
            said, good = f"{(late.stdout or b'').decode(errors='replace')}\nbroken off after {PATIENCE} s\n", False
    if not run.get("leaves"):
        good = is_known(server, name, token) and good
    end = f"── {name}: {'passed' if good else 'failed'} after {time.monotonic() - begun:.0f} s"
    print(f"\n── {name}, seed {options.seed}\n{said}{end}", flush=True)
    return good


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
    wanted = [run for run in RUNS if run["caller"] in options.callers.split(",")]
    failed = []
    for turn in sorted({run["turn"] for run in wanted}):
        beside = [run for run in wanted if run["turn"] == turn]
        with ThreadPoolExecutor(len(beside)) as pool:
            passed = list(pool.map(lambda run: ask_as(run, server, options, tokens, environment), beside))
        failed += [run["caller"] for run, good in zip(beside, passed) if not good]
    if failed:
        sys.exit(f"failed as: {', '.join(failed)}; again with `cargo xtask test fuzz -- --seed {options.seed}`")


if __name__ == "__main__":
    main()
