"""Verifies what Parlor sends to a webhook. Take it along: it needs nothing but Python."""

import base64
import hashlib
import hmac
import sys
import time

TOLERANCE = 300  # seconds that a signature is believed


def is_from_parlor(secret, webhook_id, timestamp, signatures, body, now=None):
    """Whether the body (bytes, as it came) was signed with this secret (`whsec_…`), and not long ago."""
    now = time.time() if now is None else now
    if not timestamp.isdigit() or abs(now - int(timestamp)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # There are two while the secret is being changed.
    return any(hmac.compare_digest(expected, signature) for signature in signatures.split(" "))


if __name__ == "__main__":
    # verify_webhook.py <secret> <webhook-id> <webhook-timestamp> <webhook-signature> < body
    sys.exit(0 if is_from_parlor(*sys.argv[1:5], sys.stdin.buffer.read()) else 1)
