# Loaded by schemathesis: gives requests that are meant to succeed what no schema can say, such as the id of something that
# is there, a code that was really sent, a puzzle that was really given.
import base64
import datetime
import itertools
import json
import os
import re
import uuid

import schemathesis
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase

from callers import PASSWORD, Server

KNOWN = json.loads(os.environ["PARLOR_FUZZ_KNOWN"])
SERVER = Server(os.environ["PARLOR_FUZZ_SERVER"], None)
# Numbers that nobody else asks codes for: a number gets one a minute.
MOBILES = itertools.count(int(os.environ["PARLOR_FUZZ_MOBILES"]))
# What these take away, or keep out, others still need.
KEPT = {
    "delete_channel": "channel_id",
    "delete_contact": "contact_id",
    "merge_contacts": "contact_id",
    "delete_conversation": "conversation_id",
    "set_contact_blocked": "contact_id",
    "delete_tag_group": "group_id",
    "delete_tag": "tag_id",
}
# Whoever asks must still be able to sign in, by the same name and password: colleagues whom the fuzzing made are as good.
LET_BE = {"remove_agent", "set_agent_disabled", "set_agent_password", "update_agent"}
SEALED = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}")


def is_sound(case):
    """Whether the case is meant to be accepted; what is meant to be refused must stay as it is."""
    return case.meta is None or case.meta.generation.mode == GenerationMode.POSITIVE


def is_made_up(value):
    """Whether it is an id out of thin air, and one of the half that is replaced."""
    try:
        return uuid.UUID(str(value)).int % 2 == 0
    except ValueError:
        return False


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation.definition.raw.get("operationId")
    path = case.path_parameters or {}
    kept = KEPT.get(operation)
    if kept is not None and path.get(kept) == KNOWN[kept]:
        # Others still need it; what the fuzzing made itself is deleted.
        path[kept] = str(uuid.UUID(int=1))
    if operation in LET_BE and path.get("agent_id") in KNOWN["callers"]:
        path["agent_id"] = str(uuid.UUID(int=1))
    if not is_sound(case):
        return
    # A story leads to things of its own.
    if case.meta is None or case.meta.phase.name != TestPhase.STATEFUL:
        for name, value in path.items():
            if name in KNOWN and operation not in KEPT and is_made_up(value):
                path[name] = KNOWN[name]
    # A link leads from a field that may be empty, as that of a contact without a conversation: then to nothing that is there.
    for name, value in path.items():
        if value is None or value == "None":
            path[name] = str(uuid.UUID(int=1))
    # A key is for one request and its repetitions.
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"fuzz-{next(MOBILES)}"
    query = case.query or {}
    # A cursor is opaque and signed; one that the server did not give is refused.
    for cursor in ("contacts_cursor", "cursor"):
        if cursor in query and not SEALED.fullmatch(str(query[cursor])):
            del query[cursor]
    # A page is of messages or of contacts.
    if "cursor" in query:
        query.pop("contacts_cursor", None)
    # A stretch of messages ends before, begins after or lies around a place, and only one of them.
    for place in [place for place in ("after_seq", "around_seq", "before_seq") if place in query][1:]:
        del query[place]
    complete = COMPLETED.get(operation)
    if complete is not None:
        complete(case)


def open_widget(case):
    if isinstance(case.body, dict) and len(str(case.body.get("channel_key"))) % 2 == 0:
        case.body["channel_key"] = KNOWN["channel_key"]


def keep_open(case):
    """Others still write to the channel that is known, at once."""
    ask_nothing(case)
    if isinstance(case.body, dict) and "enabled" in case.body and (case.path_parameters or {}).get("channel_id") == KNOWN["channel_id"]:
        case.body["enabled"] = True


def ask_nothing(case):
    """A form asks for what is there, each once; and for nothing of those who still write."""
    style = case.body.get("style") if isinstance(case.body, dict) else None
    if isinstance(style, dict) and isinstance(style.get("form"), dict):
        style["form"].update({"enabled": False, "fields": [{"kind": "phone", "required": True}]})


def say(case):
    """A file can be sent by whoever has uploaded it, once; what a text answers to is there."""
    content = case.body.get("content") if isinstance(case.body, dict) else None
    if isinstance(content, dict) and content.get("type") == "attachment":
        case.body["content"] = {"type": "text", "text": content["attachment_id"]}
    if isinstance(content, dict) and content.get("type") == "reply":
        case.body["content"] = {"type": "text", "text": content["text"]}


def note(case):
    """Who is mentioned must be there."""
    if isinstance(case.body, dict):
        case.body.pop("mentions", None)


def keep(case):
    """Views have names and ids of their own, days one way or the other, and channels and tags that are there."""
    if not isinstance(case.body, dict) or not isinstance(case.body.get("items"), list):
        return
    views = {}
    for view in case.body["items"]:
        view.pop("channel_id", None)
        view.pop("tag_id", None)
        if view.get("last_days") is not None or (view.get("from") or "") > (view.get("to") or "9999"):
            view.pop("from", None)
            view.pop("to", None)
        views[view["id"]] = view
    named = {view["name"].strip().lower(): view for view in views.values()}
    case.body["items"] = list(named.values())


def call(case):
    """A group of tags has a name of its own, and so has a tag."""
    if isinstance(case.body, dict) and "name" in case.body:
        case.body["name"] = f"fuzz {next(MOBILES)}"


def tag(case):
    """A contact's tags are there."""
    if isinstance(case.body, dict):
        case.body["tag_ids"] = [KNOWN["tag_id"]] if len(case.body["tag_ids"]) % 2 else []


def define(case):
    """Custom fields are new, with names of their own, and only a choice has choices."""
    if isinstance(case.body, dict) and isinstance(case.body.get("items"), list):
        for field in case.body["items"]:
            field.pop("id", None)
            field["name"] = f"fuzz {next(MOBILES)}"
            field["choices"] = ["A", "B"] if field.get("kind") == "choice" else []


def note_down(case):
    """What stands in custom fields stands in fields that are there."""
    if isinstance(case.body, dict):
        case.body.pop("custom_values", None)


def found(case):
    """A new channel stands at the top level: a group out of thin air is not there."""
    ask_nothing(case)
    if isinstance(case.body, dict):
        case.body.pop("group_id", None)


def ungroup(case):
    """A channel's group is there."""
    if isinstance(case.body, dict):
        case.body["group_id"] = None


def fill(case):
    """A file has at least one byte, which no schema says of bytes."""
    if not case.body:
        case.body = b"fuzz"


# A PNG of one pixel.
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def portray(case):
    """A picture is more than bytes, which no schema says of bytes either."""
    case.body = PIXEL


def solve(case):
    if isinstance(case.body, dict):
        case.body["proof"] = SERVER.solve()
        case.body["mobile"] = f"139{next(MOBILES):08}"


def verify(case):
    """Registers with a number that has a code, an account that nobody has and a password that is hard to guess."""
    if isinstance(case.body, dict):
        number = next(MOBILES)
        mobile = f"139{number:08}"
        code = SERVER.code(mobile)
        case.body.update(mobile=mobile, code=code, account=f"fuzz.{number}", password=PASSWORD)


def join(case):
    """Adds an agent with an account that nobody has and a password that is hard to guess."""
    if isinstance(case.body, dict):
        case.body.update(account=f"fuzz.{next(MOBILES)}", password=PASSWORD)
        ungrouped(case)


def ungrouped(case):
    """Groups that somebody is in are there."""
    if isinstance(case.body, dict) and isinstance(case.body.get("settings"), dict):
        case.body["settings"].pop("group_ids", None)


def edit(case):
    """An account is nobody else's, and groups are there."""
    ungrouped(case)
    if isinstance(case.body, dict) and "account" in case.body:
        case.body["account"] = f"fuzz.{next(MOBILES)}"


def rearrange(case):
    """A group of agents has a name of its own, and who is in it works here."""
    call(case)
    if isinstance(case.body, dict):
        case.body.pop("agent_ids", None)


def let_in(case):
    """A password is hard to guess."""
    if isinstance(case.body, dict):
        case.body["password"] = PASSWORD


def bequeath(case):
    """An heir is a colleague who can sign in."""
    if isinstance(case.body, dict):
        case.body.pop("heir_id", None)


def hand_down(case):
    """The same, where it is asked for in the address."""
    (case.query or {}).pop("heir_id", None)


def hand_on(case):
    """Whoever a conversation is handed on to works here; a colleague or a group, not both."""
    if isinstance(case.body, dict):
        case.body.pop("group_id", None)
        case.body["agent_id"] = KNOWN["colleague_id"]


def plant(case):
    """A channel stands in the tree once."""
    if isinstance(case.body, dict):
        case.body.update(channel_ids=[KNOWN["channel_id"]], groups=[])


def serve(case):
    """Groups that serve a channel are there."""
    if isinstance(case.body, dict):
        case.body["group_ids"] = []


def prove(case):
    """The present password is right, and there where it is needed."""
    if isinstance(case.body, dict) and case.body.keys() & {"password", "email", "mobile"}:
        case.body["password"] = PASSWORD


def answer(case):
    """The puzzle was really given."""
    if isinstance(case.body, dict):
        case.body["proof"] = SERVER.solve()


def sign_in(case):
    """Whoever brings a puzzle has solved it; most are asked for none."""
    if isinstance(case.body, dict) and case.body.get("proof") is not None:
        case.body["proof"] = SERVER.solve()


def tag_many(case):
    """The tags are there; contacts are named, or found by a filter, not both."""
    if isinstance(case.body, dict):
        case.body["tag_ids"] = [KNOWN["tag_id"]]
        if "contact_ids" in case.body:
            case.body.pop("filter", None)
            case.body["contact_ids"] = list(dict.fromkeys(case.body["contact_ids"]))
        else:
            case.body["filter"] = {}


def carry_in(case):
    """A table has a head and a row, which no schema says of bytes."""
    case.body = b"name,phone\nAda,13800138000\n"


def map_columns(case):
    """Contacts come into a channel that is there, from the columns of that table."""
    if isinstance(case.body, dict):
        case.body["channel_id"] = KNOWN["channel_id"]
        case.body["columns"] = [{"column": 0, "field": {"type": "name"}}, {"column": 1, "field": {"type": "phone"}}]


def entitle(case):
    """A program acts as a colleague who is there, and for a time that is to come."""
    if isinstance(case.body, dict):
        case.body.pop("agent_id", None)
        case.body.pop("expires_at", None)
        case.body["scopes"] = list(dict.fromkeys(case.body["scopes"]))


def lead_nowhere(case):
    """A webhook leads to this machine, where nobody listens: nothing of this leaves it."""
    if isinstance(case.body, dict):
        if "url" in case.body:
            case.body["url"] = "http://127.0.0.1:9/"
        if "events" in case.body:
            case.body["events"] = list(dict.fromkeys(case.body["events"]))


def allow(case):
    """A host is more than characters, and is named once."""
    if isinstance(case.body, dict):
        case.body["items"] = [f"shop{number}.example" for number, _ in enumerate(case.body["items"])]


def put_off(case):
    """Until when is in the future, which moves."""
    if isinstance(case.body, dict):
        later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        case.body["until"] = later.isoformat()


def subscribe(case):
    """A browser's key is a point of a curve, and its push service is on the public internet; no schema says either."""
    if isinstance(case.body, dict):
        case.body["endpoint"] = "https://push.example/" + "".join(c for c in case.body["endpoint"] if c.isalnum() and c.isascii())
        case.body["p256dh"] = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


def meet(case):
    """Two contacts who are there; the one whom others need leads nowhere."""
    if isinstance(case.body, dict):
        case.body["other_id"] = str(uuid.UUID(int=1))


def upgrade(case):
    """Asks for a socket, with a ticket that is none: over HTTP nothing can be said on one."""
    if case.query and SEALED.fullmatch(str(case.query.get("ticket"))):
        case.query["ticket"] = "spent"
    case.headers = {
        **(case.headers or {}),
        "connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    }


COMPLETED = {
    "create_agent": join,
    "update_agent": edit,
    "set_agent_disabled": bequeath,
    "remove_agent": hand_down,
    "transfer_conversation": hand_on,
    "set_channel_assignment": serve,
    "create_api_token": entitle,
    "create_webhook": lead_nowhere,
    "update_webhook": lead_nowhere,
    "arrange_channels": plant,
    "update_me": prove,
    "send_password_reset_code": answer,
    "login": sign_in,
    "create_tagging": tag_many,
    "create_contact_import": carry_in,
    "begin_contact_import": map_columns,
    "set_agent_password": let_in,
    "create_agent_group": call,
    "update_agent_group": rearrange,
    "create_channel": found,
    "create_channel_group": call,
    "update_channel_group": call,
    "set_channel_group": ungroup,
    "set_channel_avatar": portray,
    "update_channel": keep_open,
    "set_saved_views": keep,
    "create_tag_group": call,
    "update_tag_group": call,
    "create_tag": call,
    "update_tag": call,
    "set_contact_tags": tag,
    "set_custom_fields": define,
    "update_contact": note_down,
    "merge_contacts": meet,
    "create_attachment": fill,
    "create_visitor_attachment": fill,
    "set_agent_avatar": portray,
    "set_avatar": portray,
    "set_channel_domains": allow,
    "snooze_conversation": put_off,
    "send_message": say,
    "create_note": note,
    "send_visitor_message": say,
    "open_visitor_session": open_widget,
    "send_verification_code": solve,
    "register_organisation": verify,
    "set_push_subscription": subscribe,
    "open_socket": upgrade,
    "open_visitor_socket": upgrade,
}
