//! Contacts, each with a conversation, of whom one in ten has a name of their own kind, most have a common one, and a third have none.
//!
//! They stand in the order in which they came; when they were last there lies scattered, as it would.

use super::{BEGAN, CONTACT, CONVERSATION, Dialect, Owner};

/// Twenty of the commonest family names.
const FAMILIES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗";
/// Of which given names are made.
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂";

/// How somebody is called, as SQL: a third by nothing, one in ten by a Latin name with their number, the others in Chinese.
fn name() -> String {
    let families = FAMILIES.chars().count();
    let given = GIVEN.chars().count();
    // The characters of a name go at different paces, so that all of them meet.
    format!(
        "CASE WHEN i % 3 = 0 THEN NULL WHEN i % 10 = 1 THEN 'Customer ' || i
              ELSE substr('{FAMILIES}', CAST(1 + i % {families} AS INTEGER), 1)
                   || substr('{GIVEN}', CAST(1 + i / 7 % {given} AS INTEGER), 1)
                   || substr('{GIVEN}', CAST(1 + i / 191 % {given} AS INTEGER), 1) END"
    )
}

pub(super) fn statements(dialect: Dialect, owner: Owner, contacts: u32) -> Vec<String> {
    let (org, channel) = (dialect.uuid(owner.org_id.0), dialect.uuid(owner.channel_id.0));
    let (contact, conversation) = (dialect.id(CONTACT, "i"), dialect.id(CONVERSATION, "i"));
    let (numbers, name) = (dialect.numbers(contacts), name());
    let people = format!(
        "INSERT INTO contact (id, org_id, channel_id, number, name, phone, remark, first_seen_at, last_seen_at)
         SELECT {contact}, {org}, {channel}, i, {name},
                CASE WHEN i % 2 = 0 THEN '' || (13900000000 + i) END,
                CASE WHEN i % 50 = 7 THEN '老客户，要开发票' END,
                {BEGAN} + i * 1000, {BEGAN} + i * 1000 + i * 7919 % {contacts} * 1000 FROM {numbers}"
    );
    let conversations = format!(
        "INSERT INTO conversation (id, org_id, channel_id, contact_id, last_seq, inbound_count, last_activity_at, created_at)
         SELECT {conversation}, {org}, {channel}, {contact}, 0, 0, {BEGAN} + i * 1000, {BEGAN} + i * 1000 FROM {numbers}"
    );
    let counted = format!("UPDATE organisation SET last_contact_number = {contacts} WHERE id = {org}");
    // No event tells of them: the server is to find them as it finds those whom an earlier version had indexed by less.
    let to_index = format!(
        "INSERT INTO search_progress (org_id, number, event_seq, contact_number)
         SELECT id, 1000, last_event_seq, 0 FROM organisation WHERE id = {org} ON CONFLICT (org_id) DO UPDATE SET contact_number = 0"
    );
    vec![people, conversations, counted, to_index]
}
