import hashlib
import hmac
import os


def user_hash(user_id: str) -> str:
    secret = os.environ["PARLOR_IDENTITY_SECRET"]
    return hmac.new(secret.encode(), user_id.encode(), hashlib.sha256).hexdigest()
