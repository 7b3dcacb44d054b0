//! Whether what is stored fits together: every rule of the write path, asked of whole tables.
//!
//! The writer keeps these rules batch by batch; here they are worked out afresh from the messages themselves, so that a
//! mistake of the writer's cannot hide in its own counters. It reads everything: for tests, and for whoever doubts a database.

use crate::error::StoreError;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::fmt;

/// Findings of one rule that are told; the first few say what is wrong.
const TOLD: usize = 20;

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The broken rule.
    pub rule: &'static str,
    /// Where, and the numbers that disagree. Ids and counts only, never what somebody wrote.
    pub detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.detail)
    }
}

/// A rule, and the select that finds what breaks it, one text a row. `ID(…)`, `EVENT_SEQ` and `PREVIEW_SEQ` stand for what the
/// two databases spell differently.
struct Rule {
    name: &'static str,
    sql: &'static str,
}

/// Conversations of deleted channels are on their way out, in steps, and follow no rules any more. Those whose history was cleared
/// have counters that no row explains; what is said after it has a rule of its own.
const LIVING: &str =
    "conversation AS c JOIN channel AS h ON h.id = c.channel_id AND h.deleted_at IS NULL AND c.cleared_seq = 0";

const RULES: [Rule; 30] = [
    Rule {
        name: "a view names who looks and their session, who is another agent of the organisation",
        sql: "SELECT ID(s.id) AS fault FROM session AS s
              WHERE (s.viewed_by IS NULL) <> (s.viewed_from IS NULL)
                 OR s.viewed_by IS NOT NULL AND (s.viewed_by = s.agent_id OR NOT EXISTS
                    (SELECT 1 FROM agent AS a WHERE a.id = s.viewed_by AND a.org_id = s.org_id))",
    },
    Rule {
        name: "a webhook's deliveries are of its organisation, and it has come no further than the ledger",
        sql: "SELECT ID(d.id) AS fault FROM webhook_delivery AS d JOIN webhook AS w ON w.id = d.webhook_id
              WHERE d.org_id <> w.org_id
              UNION ALL
              SELECT ID(w.id) || ' is at ' || w.place || ' of ' || o.last_event_seq
              FROM webhook AS w JOIN organisation AS o ON o.id = w.org_id WHERE w.place > o.last_event_seq",
    },
    Rule {
        name: "of a conversation's deliveries that wait the first of a webhook that runs is due",
        sql: "SELECT ID(d.id) AS fault FROM webhook_delivery AS d JOIN webhook AS w ON w.id = d.webhook_id
              WHERE d.state = 'waiting' AND d.due_at IS NULL AND w.paused_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM webhook_delivery AS e
                                WHERE e.webhook_id = d.webhook_id AND e.conversation_id = d.conversation_id
                                  AND e.state = 'waiting' AND e.event_seq < d.event_seq)
              UNION ALL
              SELECT ID(d.id) FROM webhook_delivery AS d WHERE d.state <> 'waiting' AND d.due_at IS NOT NULL",
    },
    Rule {
        name: "recovery codes belong to a second factor that is on",
        sql: "SELECT ID(r.id) AS fault FROM recovery_code AS r
              WHERE NOT EXISTS (SELECT 1 FROM second_factor AS f
                                WHERE f.agent_id = r.agent_id AND f.org_id = r.org_id AND f.confirmed_at IS NOT NULL)",
    },
    Rule {
        name: "messages are numbered from 1 to last_seq without gaps",
        sql: "SELECT ID(c.id) || ' counts ' || count(m.seq) || ' up to ' || coalesce(max(m.seq), 0) || ', last_seq '
                     || c.last_seq AS fault
              FROM LIVING LEFT JOIN message AS m ON m.conversation_id = c.id
              GROUP BY c.id, c.last_seq
              HAVING count(DISTINCT m.seq) <> c.last_seq OR coalesce(max(m.seq), 0) <> c.last_seq
                  OR coalesce(min(m.seq), 1) <> 1",
    },
    Rule {
        name: "messages after a clearing are numbered up to last_seq without gaps",
        sql: "SELECT ID(c.id) || ' counts ' || count(m.seq) || ' after ' || c.cleared_seq || ', last_seq ' || c.last_seq AS fault
              FROM conversation AS c JOIN channel AS h ON h.id = c.channel_id AND h.deleted_at IS NULL
              LEFT JOIN message AS m ON m.conversation_id = c.id AND m.seq > c.cleared_seq
              WHERE c.cleared_seq > 0 GROUP BY c.id, c.cleared_seq, c.last_seq
              HAVING count(DISTINCT m.seq) <> c.last_seq - c.cleared_seq OR coalesce(max(m.seq), c.cleared_seq) <> c.last_seq",
    },
    Rule {
        name: "every message counts the visitor's messages up to itself",
        sql: "SELECT ID(x.conversation_id) || ' at ' || x.seq || ' says ' || x.inbound_count || ', counted '
                     || x.counted AS fault
              FROM (SELECT m.conversation_id, m.seq, m.inbound_count,
                           sum(CASE WHEN m.author_kind = 'visitor' THEN 1 ELSE 0 END)
                               OVER (PARTITION BY m.conversation_id ORDER BY m.seq) AS counted
                    FROM LIVING JOIN message AS m ON m.conversation_id = c.id) AS x
              WHERE x.inbound_count <> x.counted",
    },
    Rule {
        name: "a conversation counts its visitor's messages",
        sql: "SELECT ID(c.id) || ' says ' || c.inbound_count || ', counted ' || count(m.seq) AS fault
              FROM LIVING LEFT JOIN message AS m ON m.conversation_id = c.id AND m.author_kind = 'visitor'
              GROUP BY c.id, c.inbound_count HAVING c.inbound_count <> count(m.seq)",
    },
    Rule {
        name: "time does not go back within a conversation",
        sql: "SELECT ID(x.conversation_id) || ' at ' || x.seq AS fault
              FROM (SELECT m.conversation_id, m.seq, m.created_at,
                           lag(m.created_at) OVER (PARTITION BY m.conversation_id ORDER BY m.seq) AS earlier
                    FROM LIVING JOIN message AS m ON m.conversation_id = c.id) AS x
              WHERE x.earlier > x.created_at
              UNION ALL
              SELECT ID(c.id) || ' was active at ' || c.last_activity_at || ', last message ' || max(m.created_at)
              FROM LIVING JOIN message AS m ON m.conversation_id = c.id
              GROUP BY c.id, c.last_activity_at HAVING c.last_activity_at <> max(m.created_at)",
    },
    Rule {
        name: "the visitor waits since their first message after the last answer",
        sql: "SELECT ID(x.id) || ' says ' || coalesce(x.waiting_since, 0) || ', should be ' || coalesce(x.since, 0) AS fault
              FROM (SELECT c.id, c.waiting_since,
                           (SELECT min(m.created_at) FROM message AS m
                            WHERE m.conversation_id = c.id AND m.author_kind = 'visitor' AND m.seq >
                                (SELECT coalesce(max(a.seq), 0) FROM message AS a
                                 WHERE a.conversation_id = c.id AND a.author_kind = 'agent')) AS since
                    FROM LIVING) AS x
              WHERE x.waiting_since IS DISTINCT FROM x.since",
    },
    Rule {
        name: "a read mark lies within the conversation and counts the visitor's messages up to itself",
        sql: "SELECT ID(c.id) || ' mark at ' || r.seq || ' of ' || c.last_seq || ' says ' || r.inbound_count AS fault
              FROM LIVING JOIN read_mark AS r ON r.conversation_id = c.id
              WHERE r.seq > c.last_seq OR r.inbound_count <>
                  (SELECT count(*) FROM message AS m
                   WHERE m.conversation_id = c.id AND m.author_kind = 'visitor' AND m.seq <= r.seq)",
    },
    Rule {
        // Not as far, where the furthest is of somebody who only watches.
        name: "the agents have read no further than the furthest of their marks",
        sql: "SELECT ID(c.id) || ' says ' || c.agents_read_seq || ', furthest mark ' || coalesce(max(r.seq), 0) AS fault
              FROM LIVING LEFT JOIN read_mark AS r ON r.conversation_id = c.id
              GROUP BY c.id, c.agents_read_seq HAVING c.agents_read_seq > coalesce(max(r.seq), 0)",
    },
    Rule {
        name: "the visitor's mark lies within the conversation and counts the agents' messages up to itself",
        sql: "SELECT ID(c.id) || ' mark at ' || c.visitor_read_seq || ' says ' || c.visitor_read_outbound AS fault
              FROM LIVING
              WHERE c.visitor_read_seq > c.last_seq OR c.visitor_read_outbound <>
                  (SELECT count(*) FROM message AS m
                   WHERE m.conversation_id = c.id AND m.author_kind <> 'visitor' AND m.seq <= c.visitor_read_seq)",
    },
    Rule {
        name: "the preview is that of the last message",
        sql: "SELECT ID(c.id) || ' shows ' || coalesce(PREVIEW_SEQ, 0) || ', last_seq ' || c.last_seq AS fault
              FROM LIVING WHERE coalesce(PREVIEW_SEQ, 0) <> c.last_seq",
    },
    Rule {
        name: "the ledger is numbered from 1 to last_event_seq without gaps",
        // What the end of a channel, of a conversation, of its history or of a merge took with it is missing; that it came to that stays
        // in the ledger. Nothing is ever numbered beyond the counter.
        sql: "SELECT ID(o.id) || ' counts ' || count(e.seq) || ' up to ' || coalesce(max(e.seq), 0) || ', last_event_seq '
                     || o.last_event_seq AS fault
              FROM organisation AS o LEFT JOIN event AS e ON e.org_id = o.id
              GROUP BY o.id, o.last_event_seq
              HAVING coalesce(max(e.seq), 0) > o.last_event_seq
                  OR (count(DISTINCT e.seq) <> o.last_event_seq
                      AND NOT EXISTS (SELECT 1 FROM event AS d WHERE d.org_id = o.id AND d.kind
                                          IN ('channel_deleted', 'contact_deleted', 'contact_merge_undone', 'conversation_deleted',
                                              'conversation_cleared')))",
    },
    Rule {
        name: "a conversation names as many members as have it in their list, where it stands at its own activity",
        sql: "SELECT ID(c.id) || ' names ' || length(c.members) || ' characters, has ' || count(m.agent_id) AS fault
              FROM conversation AS c LEFT JOIN conversation_member AS m ON m.conversation_id = c.id
              GROUP BY c.id, c.members HAVING length(c.members) <> CASE WHEN count(m.agent_id) = 0 THEN 0
                                                                        ELSE count(m.agent_id) * 37 - 1 END
              UNION ALL
              SELECT ID(c.id) || ' stands at ' || m.last_activity_at || ', active at ' || c.last_activity_at
              FROM conversation AS c JOIN conversation_member AS m ON m.conversation_id = c.id
              WHERE m.last_activity_at <> c.last_activity_at",
    },
    Rule {
        name: "a contact names the tags by which it is found, and no others",
        sql: "SELECT ID(c.id) || ' names ' || length(c.tags) || ' characters of tags, has ' || count(t.tag_id) AS fault
              FROM contact AS c LEFT JOIN contact_tag AS t ON t.contact_id = c.id
              GROUP BY c.id, c.tags HAVING length(c.tags) <> count(t.tag_id) * 37
              UNION ALL
              SELECT ID(c.id) || ' does not name ' || ID(t.tag_id)
              FROM contact AS c JOIN contact_tag AS t ON t.contact_id = c.id
              WHERE replace(c.tags, '-', '') NOT LIKE '%:' || lower(replace(ID(t.tag_id), '-', '')) || '%'",
    },
    Rule {
        name: "a contact has something in the custom fields by which it is found",
        sql: "SELECT ID(c.id) || ' has nothing in ' || ID(f.field_id) AS fault
              FROM contact AS c JOIN contact_custom_field AS f ON f.contact_id = c.id
              WHERE replace(c.custom_values, '-', '') NOT LIKE '%' || lower(replace(ID(f.field_id), '-', '')) || '%'
              UNION ALL
              SELECT ID(c.id) || ' is found by no field, has ' || c.custom_values
              FROM contact AS c LEFT JOIN contact_custom_field AS f ON f.contact_id = c.id
              WHERE c.custom_values <> '[]' AND f.contact_id IS NULL",
    },
    Rule {
        name: "a conversation's person is its visitor, or who is there since that one was merged",
        sql: "SELECT ID(c.id) || ' is of ' || coalesce(ID(c.person_id), '-') AS fault
              FROM conversation AS c JOIN channel AS h ON h.id = c.channel_id AND h.deleted_at IS NULL
              LEFT JOIN contact AS v ON v.id = c.contact_id
              WHERE c.person_id IS NULL OR v.id IS NULL OR c.person_id <> coalesce(v.merged_into, v.id)",
    },
    Rule {
        name: "who was merged leads to somebody who was not, of the organisation, and is on the blacklist as they are",
        sql: "SELECT ID(m.id) || ' leads to ' || ID(m.merged_into) AS fault
              FROM contact AS m JOIN channel AS h ON h.id = m.channel_id AND h.deleted_at IS NULL
              LEFT JOIN contact AS s ON s.id = m.merged_into AND s.org_id = m.org_id AND s.merged_into IS NULL
              WHERE m.merged_into IS NOT NULL
                AND (s.id IS NULL OR (s.blocked_at IS NULL) <> (m.blocked_at IS NULL))
              UNION ALL
              SELECT ID(g.id) || ' tells of ' || ID(m.id)
              FROM contact_merge AS g JOIN contact AS m ON m.id = g.merged_id
              WHERE m.merged_into IS NULL OR m.org_id <> g.org_id",
    },
    Rule {
        name: "who was merged was so by a merge into who is there for them, or into somebody who leads there as well",
        sql: "SELECT ID(m.id) || ' is in no merge' AS fault
              FROM contact AS m
              WHERE m.merged_into IS NOT NULL AND NOT EXISTS
                    (SELECT 1 FROM contact_merge AS g JOIN contact AS s ON s.id = g.survivor_id
                     WHERE g.merged_id = m.id AND coalesce(s.merged_into, s.id) = m.merged_into)",
    },
    Rule {
        name: "notes are numbered up to the conversation's count, after those that were cleared",
        sql: "SELECT ID(c.id) || ' counts ' || count(n.number) || ' notes after ' || c.cleared_notes || ', written ' || c.notes
                     AS fault
              FROM conversation AS c JOIN channel AS h ON h.id = c.channel_id AND h.deleted_at IS NULL
              LEFT JOIN note AS n ON n.conversation_id = c.id
              GROUP BY c.id, c.cleared_notes, c.notes
              HAVING count(n.number) <> c.notes - c.cleared_notes OR coalesce(max(n.number), c.cleared_notes) <> c.notes
                  OR coalesce(min(n.number), c.cleared_notes + 1) <> c.cleared_notes + 1",
    },
    Rule {
        name: "whoever was removed cannot sign in, and is in no group",
        sql: "SELECT ID(a.id) || ' is removed, disabled at ' || coalesce(a.disabled_at, 0) || ', in '
                     || count(m.group_id) || ' groups' AS fault
              FROM agent AS a LEFT JOIN agent_group_member AS m ON m.agent_id = a.id
              WHERE a.removed_at IS NOT NULL GROUP BY a.id, a.disabled_at
              HAVING a.disabled_at IS NULL OR count(m.group_id) > 0",
    },
    Rule {
        name: "only what is open and nobody's waits in the queue",
        sql: "SELECT ID(c.id) || ' is queued' AS fault FROM LIVING
              WHERE c.queued_at IS NOT NULL AND (c.assignee_id IS NOT NULL OR c.closed_at IS NOT NULL)",
    },
    Rule {
        name: "only what is open and somebody's is put off",
        sql: "SELECT ID(c.id) || ' is put off' AS fault FROM LIVING
              WHERE c.snoozed_until IS NOT NULL AND (c.assignee_id IS NULL OR c.closed_at IS NOT NULL)",
    },
    Rule {
        name: "a sender's nonce is stored once",
        sql: "SELECT ID(m.conversation_id) || ' holds a nonce ' || count(*) || ' times' AS fault
              FROM message AS m GROUP BY m.conversation_id, m.sender, m.nonce HAVING count(*) > 1",
    },
    Rule {
        name: "a file belongs to a message that is there, or expires",
        sql: "SELECT ID(a.id) || ' of message ' || coalesce(ID(a.message_id), '-') AS fault
              FROM attachment AS a LEFT JOIN message AS m ON m.id = a.message_id
              WHERE (a.message_id IS NULL) = (a.expires_at IS NULL) OR (a.message_id IS NOT NULL AND m.id IS NULL)",
    },
    Rule {
        name: "a channel's group is there, and its picture is its own and does not expire",
        sql: "SELECT ID(h.id) || ' is in ' || ID(h.group_id) AS fault
              FROM channel AS h LEFT JOIN channel_group AS g ON g.id = h.group_id AND g.org_id = h.org_id
              WHERE h.deleted_at IS NULL AND h.group_id IS NOT NULL AND g.id IS NULL
              UNION ALL
              SELECT ID(h.id) || ' shows ' || ID(h.avatar_id)
              FROM channel AS h LEFT JOIN avatar AS a
                  ON a.id = h.avatar_id AND a.channel_id = h.id AND a.expires_at IS NULL
              WHERE h.deleted_at IS NULL AND h.avatar_id IS NOT NULL AND a.id IS NULL",
    },
    Rule {
        name: "of a channel's kept styles the newest is the one that visitors see",
        sql: "SELECT ID(h.id) || ' shows style ' || h.style_revision || ' of ' || max(v.revision) AS fault
              FROM channel AS h JOIN style_version AS v ON v.channel_id = h.id
              WHERE h.deleted_at IS NULL
              GROUP BY h.id, h.style_revision HAVING max(v.revision) <> h.style_revision",
    },
    Rule {
        name: "every message is in the ledger once, in the messages' order",
        sql: "SELECT ID(c.id) || ' has ' || count(e.seq) || ' events for ' || c.last_seq || ' messages' AS fault
              FROM LIVING LEFT JOIN event AS e ON e.conversation_id = c.id AND e.kind = 'message_created'
              GROUP BY c.id, c.last_seq HAVING count(e.seq) <> c.last_seq
              UNION ALL
              SELECT ID(x.conversation_id) || ' announces ' || x.told || ' in place of ' || x.place
              FROM (SELECT e.conversation_id, EVENT_SEQ AS told,
                           row_number() OVER (PARTITION BY e.conversation_id ORDER BY e.seq) AS place
                    FROM LIVING JOIN event AS e ON e.conversation_id = c.id AND e.kind = 'message_created') AS x
              WHERE x.told <> x.place",
    },
];

/// Checks every rule over the whole database and returns what breaks one, at most a few of each.
///
/// # Errors
/// Only those of the database.
pub async fn check<C: ConnectionTrait>(conn: &C) -> Result<Vec<Fault>, StoreError> {
    let backend = conn.get_database_backend();
    let mut faults = Vec::new();
    for rule in &RULES {
        let statement = Statement::from_string(backend, spelled(rule.sql, backend));
        for row in conn.query_all_raw(statement).await?.iter().take(TOLD) {
            faults.push(Fault { rule: rule.name, detail: row.try_get_by("fault")? });
        }
    }
    Ok(faults)
}

/// The select as this database reads it.
fn spelled(sql: &str, backend: DbBackend) -> String {
    let sql = sql.replace("LIVING", LIVING);
    if backend == DbBackend::Postgres {
        return sql
            .replace("ID(", "text(")
            .replace("EVENT_SEQ", "(e.payload::jsonb #>> '{message,seq}')::bigint")
            .replace("PREVIEW_SEQ", "(c.last_message::jsonb ->> 'seq')::bigint");
    }
    sql.replace("ID(", "hex(")
        .replace("EVENT_SEQ", "(e.payload ->> '$.message.seq')")
        .replace("PREVIEW_SEQ", "(c.last_message ->> '$.seq')")
}
