# Everybody who calls the server, made through its own interface: an admin, an agent who may not see contacts' details, a
# visitor, and nobody.
import hashlib
import itertools
import json
import sqlite3
import urllib.error
import urllib.request

PASSWORD = "lamp violet 47 harbour"
ADDRESSES = itertools.count()


class Server:
    """A running server and its database file, which stands in for operations that there are not yet."""

    def __init__(self, url, database):
        self.url = url
        self.database = database

    def ask(self, method, path, body=None, token=None):
        request = urllib.request.Request(self.url + path, method=method)
        # Each time somebody else: one address may solve sixty puzzles a minute.
        number = next(ADDRESSES)
        request.add_header("x-forwarded-for", f"10.1.{number // 250 % 250}.{number % 250}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("content-type", "application/json")
        if token is not None:
            request.add_header("authorization", f"Bearer {token}")
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def status(self, path, token):
        """The status with which a plain question is answered."""
        try:
            self.ask("GET", path, token=token)
            return 200
        except urllib.error.HTTPError as error:
            return error.code

    def solve(self):
        puzzle = self.ask("POST", "/api/v1/auth/challenges")
        nonce = 0
        while not begins_with_zeros(f"{puzzle['challenge']}:{nonce}", puzzle["bits"]):
            nonce += 1
        return {"challenge": puzzle["challenge"], "nonce": nonce}

    def code(self, mobile):
        """A code that was sent to the number."""
        self.ask("POST", "/api/v1/auth/verification-codes", {"mobile": mobile, "proof": self.solve()})
        codes = self.ask("GET", "/api/v1/dev/verification-codes")["items"]
        return next(sent["code"] for sent in codes if sent["mobile"] == mobile)

    def register(self, account, mobile):
        """Registers an organisation. Its admin is signed in; the access token."""
        code = self.code(mobile)
        form = {
            "org_name": "客厅科技", "contact_name": "张三", "email": "zhang@example.com", "account": account,
            "password": PASSWORD, "mobile": mobile, "code": code, "agreement_accepted": True,
        }
        self.ask("POST", "/api/v1/auth/registrations", form)
        return self.sign_in(account)

    def add(self, account, admin):
        """Adds an agent to the admin's organisation, who may not see contacts' details. Signed in; the access token."""
        agent = {"name": "李四", "account": account, "password": PASSWORD, "role": "agent"}
        self.ask("POST", "/api/v1/agents", agent, admin)
        # Before signing in: what a session may is believed for a while.
        with sqlite3.connect(self.database, timeout=10) as database:
            database.execute("UPDATE agent SET sees_contact_details = FALSE WHERE account = ?", (account,))
        return self.sign_in(account)

    def sign_in(self, account):
        login = {"account": account, "password": PASSWORD, "agreements_accepted": True}
        return self.ask("POST", "/api/v1/auth/sessions", login)["access_token"]


def begins_with_zeros(text, bits):
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0 if bits else True


def gather(server):
    """Callers who cannot sign in by name, each with its token, and the ids of things that are there."""
    admin = server.register("fuzz-admin", "13800138000")
    agent = server.add("fuzz-agent", admin)
    channel = server.ask("POST", "/api/v1/channels", {"kind": "website", "name": "官网"}, admin)
    session = server.ask("POST", "/widget/v1/sessions", {"channel_key": channel["key"]})
    visitor = session["visitor_token"]
    message = {"nonce": "0190163d-8694-739b-aea5-966c26f8ad91", "content": {"type": "text", "text": "你好"}}
    message = server.ask("POST", "/widget/v1/messages", message, visitor)
    with sqlite3.connect(server.database, timeout=10) as database:
        # An agent sees only what is theirs.
        database.execute("UPDATE conversation SET assignee_id = (SELECT id FROM agent WHERE account = 'fuzz-agent')")
    contact = server.ask("GET", f"/api/v1/contacts/{session['contact_id']}", token=agent)
    assert contact["masked"], "the agent sees contacts' details: what an agent is refused would not be asked"
    group = server.ask("POST", "/api/v1/tag-groups", {"name": "来源"}, admin)
    group = server.ask("POST", f"/api/v1/tag-groups/{group['id']}/tags", {"name": "展会"}, admin)
    # What the admin does, such as ending their other sessions, must not end this one.
    server.add("fuzz-leaver", admin)
    agents = server.ask("GET", "/api/v1/agents", token=admin)["items"]
    colleague = next(one for one in agents if one["account"] == "fuzz-agent")
    known = {
        "callers": [one["id"] for one in agents], "colleague_id": colleague["id"],
        "channel_id": channel["id"], "channel_key": channel["key"], "contact_id": session["contact_id"],
        "conversation_id": message["conversation_id"], "page": "privacy-policy",
        "group_id": group["id"], "tag_id": group["tags"][0]["id"],
    }
    return {"visitor": visitor}, known
